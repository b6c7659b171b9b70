"""The share of seeds that have reached the target, by what they cost until then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from bench.report.data import SweepData
from bench.report.data.time_to_target import Cost, TimeToTarget, time_to_target
from bench.report.figures import Drawing, figure
from bench.report.figures.costs import TIME
from bench.report.figures.names import fitting_names, legend_columns
from bench.report.figures.style import LEGEND_SIZE, WIDE_INCHES, Style, legend, marking, styles
from bench.report.statistics.censored import Observation, kaplan_meier
from bench.report.target_text import cost_unit, origin_text, target_text
from bench.texts import say

_BANDS = 3  # configurations at most, of which more would hide each other
_FROM = 6  # seeds, of which fewer have bands as wide as the figure


@figure("time-to-target", position=3.6)
def share_by_cost(data: SweepData) -> Drawing | None:
    """One panel by seconds and one by FLOPs, as far as they are known."""
    found = time_to_target(data)
    if found is None or not any(found.arrivals.values()):
        return None
    costs = _costs(found)
    shown = [label for label in data.drawn if found.arrivals[label]]
    canvas = Canvas(figsize=(WIDE_INCHES, 2.7), layout="constrained")
    axes = canvas.subplots(1, len(costs), sharey=True, squeeze=False)[0]
    style_of = styles(data)
    for ax, cost in zip(axes, costs, strict=True):
        draw_shares(ax, data, found, cost)
    axes[0].set_ylabel(share_label(found))
    called = fitting_names(shown, 36 * WIDE_INCHES, LEGEND_SIZE, of=data.labels, most=16)
    handles = [
        Line2D([], [], color=style.colour, linestyle=style.dash)
        for style in map(style_of.__getitem__, shown)
    ]
    across = legend_columns(called.texts, WIDE_INCHES, LEGEND_SIZE, 6)
    legend(
        canvas,
        handles,
        called.texts,
        marked=shown,
        of=data.labels,
        loc="outside lower center",
        ncols=across,
    )
    target = f"{target_text(found.target)}{origin_text(found.target)}"
    caption = say("figure-target-caption", target=target)
    if _banded(found, shown):
        caption += f" {say('figure-target-bands')}"
    if "training_seconds" in costs:
        caption += TIME.notes(data)
    return Drawing(
        canvas,
        say("table-target-title", target=target_text(found.target)),
        caption + called.note,
        wide=True,
    )


def share_label(found: TimeToTarget) -> str:
    """What the shares of seeds are called beside their axis."""
    return f"{say('axis-seeds-reached')}\n{target_text(found.target)} (%)"


def _costs(found: TimeToTarget) -> list[Cost]:
    """Seconds and FLOPs as far as they are known, or else real images."""
    costs: list[Cost] = ["training_seconds", "training_flops"]
    return [cost for cost in costs if found.known(cost)] or ["samples_seen"]


def _banded(found: TimeToTarget, shown: Sequence[str]) -> bool:
    """Whether there are so few configurations, with so many seeds, that intervals can be seen."""
    return len(shown) <= _BANDS and min(len(found.arrivals[label]) for label in shown) >= _FROM


def draw_shares(ax: Axes, data: SweepData, found: TimeToTarget, cost: Cost) -> dict[str, Style]:
    """The share of seeds that have reached the target, by a cost, on given axes.

    Args:
        cost: known of all runs (``found.known``).

    Returns:
        How each configuration is drawn.
    """
    style_of = styles(data)
    shown = [label for label in data.drawn if found.arrivals[label]]
    banded = _banded(found, shown)
    ends = {label: [run.cost for run in found.observed(label, cost)] for label in shown}
    last = max(max(own) for own in ends.values())
    name, scale, unit = cost_unit(data, cost, [last])
    for label in shown:
        with marking(ax, data.labels, label):
            observed = found.observed(label, cost)
            _draw_one(ax, observed, style_of[label], last, scale, banded=banded)
    ax.set(xlim=(0, 1.04 * last / scale), ylim=(-3, 103))
    ax.set_xlabel(f"{name} ({unit})" if unit else name)
    return {label: style_of[label] for label in shown}


def _draw_one(
    ax: Axes,
    observed: Sequence[Observation],
    style: Style,
    last: float,
    scale: float,
    *,
    banded: bool,
) -> None:
    """The curve of one configuration; ``last`` is the largest cost of all."""
    curve = kaplan_meier(observed)
    x = np.append(curve.cost, 1.04 * last) / scale
    share = np.append(curve.share, curve.share[-1])
    stops = [run.cost for run in observed if not run.reached]
    # Where nothing is left to be seen, the line ends.
    if stops and curve.share[-1] > 0:
        x[-1] = max(stops) / scale
    ax.plot(
        x,
        100 * (1 - share),
        drawstyle="steps-post",
        color=style.colour,
        linestyle=style.dash,
    )
    for stop in sorted(set(stops)):
        at = curve.share[np.searchsorted(curve.cost, stop, side="right") - 1]
        ax.plot(
            stop / scale,
            100 * (1 - at),
            "x",
            color=style.colour,
            markersize=5,
            clip_on=False,
        )
    if banded:
        ax.fill_between(
            x,
            100 * (1 - np.append(curve.high, curve.high[-1])),
            100 * (1 - np.append(curve.low, curve.low[-1])),
            step="post",
            color=style.colour,
            alpha=0.12,
            linewidth=0,
        )
