"""Quality at each evaluation: by epoch, by training time and by training compute."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from bench.report.data import Protocol, SweepData
from bench.report.data.over_seeds import over_seeds
from bench.report.figures import Drawing, figure
from bench.report.figures.costs import COMPUTE, TIME, CostAxis, protocol_suffix
from bench.report.figures.curves import curves_over_seeds, draw_noise_floor
from bench.report.figures.style import logarithmic, spread
from bench.report.notes import epochs_note, shared_note
from bench.texts import say


@figure("quality-epoch", position=3.1)
def by_epoch(data: SweepData) -> list[Drawing | str]:
    """Quality after each evaluated epoch, per protocol."""
    if not data.has_quality:
        return [say("figure-quality-none")]
    unlike = "".join(f" {note}" for note in epochs_note(data))
    drawings: list[Drawing | str] = []
    for index, protocol in enumerate(data.protocols):
        drawings += _quality_curves(
            data,
            index,
            f"quality-epoch{protocol_suffix(data, index)}",
            say("figure-quality-epoch-title", metric=protocol.metric),
            f"{say('figure-quality-epoch-caption', metric=protocol.metric)}{unlike}",
        )
    return drawings


@figure("quality-epoch-averaged", position=3.15)
def of_averages_by_epoch(data: SweepData) -> list[Drawing]:
    """Quality of averaged generators after each evaluated epoch, per protocol."""
    drawings = []
    for index, protocol in enumerate(data.protocols):
        drawings += _quality_curves(
            data,
            index,
            f"quality-epoch-averaged{protocol_suffix(data, index)}",
            say("figure-quality-averaged-title", metric=protocol.metric),
            say("figure-quality-averaged-caption", metric=protocol.metric),
            column="quality_averaged",
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
    for index, protocol in enumerate(data.protocols):
        drawings += _quality_curves(
            data,
            index,
            f"{name}{protocol_suffix(data, index)}",
            say(f"figure-quality-title-{cost.name}", metric=protocol.metric),
            say(f"figure-quality-caption-{cost.name}", metric=protocol.metric) + cost.notes(data),
            cost=cost,
        )
    return drawings


def _quality_curves(
    data: SweepData,
    index: int,
    name: str,
    title: str,
    caption: str,
    *,
    column: str = "quality",
    cost: CostAxis | None = None,
) -> list[Drawing]:
    """Quality of one protocol on scales that fit it, with the noise floor; none without any.

    Args:
        cost: on the horizontal axis; None for epochs.
    """
    protocol: Protocol = data.protocols[index]
    found = over_seeds(data, column, "epoch" if cost is None else cost.axis, index)
    if not found:
        return []
    largest = max(float(curve.runs["x"].max()) for curve in found)
    per, x_label = (1.0, say("axis-epoch")) if cost is None else cost.scale([largest])
    canvas, ax, explanation = curves_over_seeds(data, found, per=per)
    lowest = min(float(curve.runs["value"].min()) for curve in found)
    highest = max(float(curve.runs["value"].max()) for curve in found)
    if spread([lowest, highest]) >= 10:
        ax.set_yscale("log")
        logarithmic(ax.yaxis)
    floor_note = draw_noise_floor(ax, protocol, lowest, reach=10)
    if cost is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=x_label, ylabel=say("axis-quality", metric=protocol.metric))
    return [Drawing(canvas, title, caption + explanation + floor_note, name=name)]
