"""Captured modes of mixtures and stacked digits during training."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.over_seeds import over_seeds
from bench.report.figures import Drawing, figure
from bench.report.figures.curves import curves_over_seeds
from bench.report.figures.style import GREY, compact_counts
from bench.report.text import listing
from bench.texts import grouped, say


@figure("modes-step", position=2)
def modes_captured(data: SweepData) -> Drawing | None:
    """How many modes of the data the samples capture, by training step."""
    if not data.has_modes:
        return None
    found = over_seeds(data, "modes_captured", "steps")
    if not found:
        return None
    canvas, ax, explanation = curves_over_seeds(data, found)
    present = dict.fromkeys(data.modes(curve.label) for curve in found)
    known = [modes for modes in present if modes is not None]
    for modes in known:
        ax.axhline(modes, color=GREY, linestyle=":", linewidth=1, zorder=0)
    if known:
        ax.set_ylim(0, 1.05 * max(known))
        counts = listing(map(grouped, known))
        explanation += f" {say('figure-modes-dotted', counts=counts)}"
    compact_counts(ax.xaxis)
    ax.set(xlabel=say("axis-step"), ylabel=say("axis-modes"))
    return Drawing(canvas, say("figure-modes-title"), say("figure-modes-caption") + explanation)
