"""Measures of translations during training, with what translates without learning."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bench.measures import EPOCH_MEASURES, Measure
from bench.report.data import SweepData
from bench.report.data.floors import floors
from bench.report.data.over_seeds import over_seeds
from bench.report.figures import Drawing, figure
from bench.report.figures.curves import curves_over_seeds
from bench.report.figures.style import GREY
from bench.report.notes import epochs_note
from bench.report.text import listing
from bench.report.titles import title
from bench.texts import say

_DRAWN = ("ssim", "content_accuracy", "cycle_error")


@figure("translation", position=4.1)
def translation(data: SweepData) -> list[Drawing]:
    """Similarity to the target, content and cycle error of translations, after each epoch."""
    known = {measure.name for measure in data.finals}
    found = [_curves(data, EPOCH_MEASURES.get(name)) for name in _DRAWN if name in known]
    return [drawing for drawing in found if drawing is not None]


def _curves(data: SweepData, measure: Measure) -> Drawing | None:
    found = over_seeds(data, measure.name, "epoch")
    if not found:
        return None
    scale = 100.0 if measure.unit == "%" else 1.0
    canvas, ax, explanation = curves_over_seeds(data, found, unit=scale)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    name = " ".join(title(measure))
    better = say("axis-better", direction=str(measure.direction))
    ax.set(xlabel=say("axis-epoch"), ylabel=f"{name} ({measure.unit or better})")
    return Drawing(
        canvas,
        say("figure-translation-title", measure=name),
        say(f"figure-translation-{measure.name.replace('_', '-')}")
        + explanation
        + _draw_floors(ax, data, measure, scale)
        + "".join(f" {note}" for note in epochs_note(data)),
        name=f"translation-{measure.name.replace('_', '-')}",
    )


def _draw_floors(ax: Axes, data: SweepData, measure: Measure, scale: float) -> str:
    """Draws what each floor scores; returns what the caption must say about it."""
    known = [each for each in floors(data) if measure.name in each.scores]
    highest = max((each.scores[measure.name] for each in known), default=None)
    for each in known:
        value = each.scores[measure.name]
        ax.axhline(scale * value, color=GREY, linestyle=":", linewidth=1, zorder=0)
        ax.annotate(
            each.name,
            (1, scale * value),  # beside the axes, where no curve is
            xycoords=ax.get_yaxis_transform(),
            xytext=(3, 0),
            textcoords="offset points",
            ha="left",
            va="bottom" if value == highest else "top",  # two floors may be near each other
            fontsize=6.5,
            color=GREY,
            annotation_clip=False,
        )
    names = [each.name for each in known]
    return f" {say('figure-translation-dotted', floors=listing(names))}" if known else ""
