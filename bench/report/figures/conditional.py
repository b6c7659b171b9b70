"""Accuracy of conditional generators during training."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from bench.report.data import SweepData
from bench.report.data.over_seeds import over_seeds
from bench.report.figures import Drawing, figure
from bench.report.figures.curves import curves_over_seeds
from bench.report.notes import epochs_note
from bench.texts import say


@figure("conditional-accuracy", position=4)
def conditional_accuracy(data: SweepData) -> Drawing | None:
    """How often a classifier assigns samples to the requested class, after each epoch."""
    found = over_seeds(data, "conditional_accuracy", "epoch")
    if not found:
        return None
    canvas, ax, explanation = curves_over_seeds(data, found, unit=100)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylim(0, 102)
    ax.set(xlabel=say("axis-epoch"), ylabel=say("axis-conditional-accuracy"))
    return Drawing(
        canvas,
        say("figure-conditional-title"),
        say("figure-conditional-caption")
        + explanation
        + "".join(f" {note}" for note in epochs_note(data)),
    )
