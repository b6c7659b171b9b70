"""Quality at each evaluation: by epoch, by training time and by training compute."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.ticker import MaxNLocator

from bench.report.data import SweepData
from bench.report.data.outcome import Outcome, averaged_outcome, outcome_by
from bench.report.data.over_seeds import over_seeds
from bench.report.figures import Drawing, figure
from bench.report.figures.costs import COMPUTE, TIME, CostAxis, protocol_suffix, quality_axis
from bench.report.figures.curves import curves_over_seeds, draw_noise_floor
from bench.report.figures.style import logarithmic, spread
from bench.report.notes import epochs_note, shared_note
from bench.report.text import capital
from bench.texts import say


@figure("quality-epoch", position=3.1)
def by_epoch(data: SweepData) -> list[Drawing | str]:
    """Quality after each evaluated epoch, per protocol."""
    if not data.has_quality:
        return [say("figure-quality-none")]
    unlike = "".join(f" {note}" for note in epochs_note(data))
    drawings: list[Drawing | str] = []
    for judged, suffix in _of_protocols(data):
        drawings += _quality_curves(
            data,
            judged,
            f"quality-epoch{suffix}",
            say("figure-quality-epoch-title", metric=judged.metric),
            f"{say('figure-quality-epoch-caption', metric=judged.metric)}{unlike}",
        )
    return drawings


@figure("quality-epoch-averaged", position=3.15)
def of_averages_by_epoch(data: SweepData) -> list[Drawing]:
    """Quality of averaged generators after each evaluated epoch, per protocol."""
    drawings = []
    for judged, suffix in _of_protocols(data, averaged_outcome):
        drawings += _quality_curves(
            data,
            judged,
            f"quality-epoch-averaged{suffix}",
            say("figure-quality-averaged-title", metric=judged.metric),
            say("figure-quality-averaged-caption", metric=judged.metric),
        )
    return drawings


@figure("quality-seconds", position=3.2)
def by_time(data: SweepData) -> list[Drawing | str]:
    """Quality against training time, per protocol."""
    if data.has_quality and not data.has_own_costs:
        return [f"{shared_note(data)} {say('figure-quality-no-time')}"]
    return _by_cost(data, "quality-seconds", TIME)


@figure("quality-flops", position=3.3)
def by_compute(data: SweepData) -> list[Drawing | str]:
    """Quality against training FLOPs, per protocol."""
    return _by_cost(data, "quality-flops", COMPUTE)


def _by_cost(data: SweepData, name: str, cost: CostAxis) -> list[Drawing | str]:
    drawings: list[Drawing | str] = []
    for judged, suffix in _of_protocols(data):
        drawings += _quality_curves(
            data,
            judged,
            f"{name}{suffix}",
            say(f"figure-quality-title-{cost.name}", metric=judged.metric),
            say(f"figure-quality-caption-{cost.name}", metric=judged.metric) + cost.notes(data),
            cost=cost,
        )
    return drawings


def _of_protocols(
    data: SweepData, of: Callable[[SweepData, int], Outcome | None] = outcome_by
) -> list[tuple[Outcome, str]]:
    """What is shown of each protocol, and the end of its figures' names."""
    found = (
        (of(data, index), protocol_suffix(data, index)) for index in range(len(data.protocols))
    )
    return [(judged, suffix) for judged, suffix in found if judged is not None]


def _quality_curves(
    data: SweepData,
    judged: Outcome,
    name: str,
    title: str,
    caption: str,
    *,
    cost: CostAxis | None = None,
) -> list[Drawing]:
    """Quality of one protocol on scales that fit it, with the noise floor; none without any.

    Args:
        cost: on the horizontal axis; None for epochs.
    """
    assert judged.protocol is not None
    axis = "epoch" if cost is None else cost.axis
    found = over_seeds(data, judged.of_epochs, axis, judged.protocol)
    if not found:
        return []
    largest = max(float(curve.runs["x"].max()) for curve in found)
    per, x_label = (1.0, say("axis-epoch")) if cost is None else cost.scale([largest])
    canvas, ax, explanation = curves_over_seeds(data, found, per=per, unit=1 / judged.scale)
    lowest = min(float(curve.runs["value"].min()) for curve in found)
    highest = max(float(curve.runs["value"].max()) for curve in found)
    if spread([lowest, highest]) >= 10:
        ax.set_yscale("log")
        logarithmic(ax.yaxis)
    floor_note = ""
    if judged.has_floor:
        floor_note = draw_noise_floor(ax, data.protocols[judged.protocol], lowest, reach=10)
    if cost is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=x_label, ylabel=quality_axis(data, judged))
    return [Drawing(canvas, capital(title), capital(caption) + explanation + floor_note, name=name)]
