"""Final quality against the cost of the whole training, with the Pareto front."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from bench.report.data import SweepData
from bench.report.data.outcome import Outcome, outcome_by
from bench.report.figures import Drawing, figure
from bench.report.figures.costs import COMPUTE, TIME, CostAxis, protocol_suffix, quality_axis
from bench.report.figures.curves import draw_noise_floor
from bench.report.figures.names import fitting_names
from bench.report.figures.placement import NAME_SIZE, label_points
from bench.report.figures.style import COLUMN_INCHES, GREY, logarithmic, marking, spread, styles
from bench.report.notes import left_out
from bench.report.statistics import CONFIDENCE, Estimate, pareto_front
from bench.report.text import capital
from bench.texts import say

MOST_NAMES = 60  # of points; of more, only the front and the baseline have names
MOST_LEGIBLE = 12  # names beside points; of more, their numbers
_NAME_POINTS = 90.0  # how wide a name may be


@figure("pareto-flops", position=3.4)
def against_compute(data: SweepData) -> list[Drawing]:
    """Final quality against training FLOPs, per protocol."""
    return _fronts(data, "pareto-flops", COMPUTE)


@figure("pareto-seconds", position=3.5)
def against_time(data: SweepData) -> list[Drawing]:
    """Final quality against training time, per protocol."""
    return _fronts(data, "pareto-seconds", TIME)


def _fronts(data: SweepData, name: str, cost: CostAxis) -> list[Drawing]:
    if not data.has_quality:
        return []
    drawings = (
        _pareto(data, judged, cost, f"{name}{protocol_suffix(data, index)}")
        for index in range(len(data.protocols))
        if (judged := outcome_by(data, index)) is not None
    )
    return [drawing for drawing in drawings if drawing is not None]


@dataclass(frozen=True)
class _Points:
    """Cost and quality of n configurations: means (n,), and the intervals' arms (n, 2)."""

    labels: list[str]
    x: np.ndarray
    y: np.ndarray
    x_error: np.ndarray
    y_error: np.ndarray
    on_front: np.ndarray
    named: np.ndarray

    @property
    def stairs(self) -> np.ndarray:
        """The corners (2m−1, 2) of the front: what is reached at a cost holds until the next."""
        order = np.argsort(self.x[self.on_front], kind="stable")
        x, y = self.x[self.on_front][order], self.y[self.on_front][order]
        return np.stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]], axis=-1)

    @property
    def segments(self) -> np.ndarray:
        """Error bars and front as (m, 2, 2) lines from end to end."""
        x_ends = self.x[:, None] + self.x_error * [-1, 1]
        y_ends = self.y[:, None] + self.y_error * [-1, 1]
        stairs = self.stairs
        return np.concatenate(
            [
                np.stack([x_ends, np.broadcast_to(self.y[:, None], x_ends.shape)], axis=-1),
                np.stack([np.broadcast_to(self.x[:, None], y_ends.shape), y_ends], axis=-1),
                np.stack([stairs[:-1], stairs[1:]], axis=1),
            ]
        )


def _pareto(data: SweepData, judged: Outcome, cost: CostAxis, name: str) -> Drawing | None:
    """The figure of one protocol; None with fewer than two points."""
    assert judged.protocol is not None
    measured = _points(data, judged, cost)
    if measured is None:
        return None
    points, x_label = measured
    canvas = Canvas(figsize=(COLUMN_INCHES, 2.7), layout="constrained")
    ax = canvas.subplots()
    _draw(ax, data, points)
    ax.margins(x=0.26, y=0.16)
    if spread(points.x.tolist()) >= 4:
        ax.set_xscale("log")
        logarithmic(ax.xaxis)
    if spread(points.y.tolist()) >= 10:
        ax.set_yscale("log")
        logarithmic(ax.yaxis)
    floor_note = ""
    if judged.has_floor:
        protocol = data.protocols[judged.protocol]
        floor_note = draw_noise_floor(ax, protocol, float(points.y.min()), reach=2)
    ax.set(xlabel=x_label, ylabel=quality_axis(data, judged, final=True))
    chosen = [label for label, named in zip(points.labels, points.named, strict=True) if named]
    called = fitting_names(chosen, _NAME_POINTS, NAME_SIZE, of=data.labels, most=MOST_LEGIBLE)
    by_label = dict(zip(chosen, called.texts, strict=True))
    shown = [by_label.get(label) for label in points.labels]
    label_points(canvas, ax, np.stack([points.x, points.y], axis=-1), shown, points.segments)
    bars = f" {say('figure-bars', level=f'{100 * CONFIDENCE:.0f}')}" if points.y_error.any() else ""
    if not points.named.all():
        bars += f" {say('figure-front-named')}"
    return Drawing(
        canvas,
        capital(say(f"figure-pareto-title-{cost.name}", metric=judged.metric)),
        capital(say(f"figure-pareto-caption-{cost.name}", metric=judged.metric))
        + f"{bars}{called.note}{cost.notes(data)}{floor_note}"
        f"{left_out(data, data.labels, judged.column, judged.protocol)}",
        name=name,
    )


def draw_front(ax: Axes, data: SweepData, cost: CostAxis) -> bool:
    """The points of the only protocol and their front on given axes, with names beside them.

    Returns:
        Whether there are two points at least.
    """
    judged = outcome_by(data, 0)
    measured = None if judged is None else _points(data, judged, cost)
    if judged is None or measured is None:
        return False
    points, x_label = measured
    _draw(ax, data, points)
    for label, x, y in zip(points.labels, points.x, points.y, strict=True):
        ax.annotate(label, (x, y), xytext=(4, 4), textcoords="offset points")
    ax.margins(x=0.26, y=0.16)
    ax.set(xlabel=x_label, ylabel=quality_axis(data, judged, final=True))
    return True


def _points(data: SweepData, judged: Outcome, cost: CostAxis) -> tuple[_Points, str] | None:
    """The configurations measured on both axes, and the label of the cost's axis."""
    estimates = {}
    for label in data.labels:
        x = data.estimate(label, cost.axis, judged.protocol)
        y = data.estimate(label, judged.column, judged.protocol)
        if x is not None and y is not None:
            estimates[label] = (x, y)
    if len(estimates) < 2:
        return None
    scale, x_label = cost.scale([x.mean for x, _ in estimates.values()])
    xs = np.array([x.mean / scale for x, _ in estimates.values()])
    ys = np.array([y.mean / judged.scale for _, y in estimates.values()])
    on_front = pareto_front(xs, data.measured_as(judged.column).sign * ys)
    named = np.ones(len(estimates), dtype=bool)
    if len(estimates) > MOST_NAMES:
        named = on_front | np.array([label == data.baseline for label in estimates])
    points = _Points(
        list(estimates),
        xs,
        ys,
        np.array([_arms(x) for x, _ in estimates.values()]) / scale,
        np.array([_arms(y) for _, y in estimates.values()]) / judged.scale,
        on_front,
        named,
    )
    return points, x_label


def _arms(estimate: Estimate) -> tuple[float, float]:
    """How far the interval reaches below and above the mean; 0 without one."""
    if estimate.low is None or estimate.high is None:
        return 0.0, 0.0
    return estimate.mean - estimate.low, estimate.high - estimate.mean


def _draw(ax: Axes, data: SweepData, points: _Points) -> None:
    ax.plot(*points.stairs.T, color=GREY, linewidth=0.9, zorder=1)
    others = ~points.named
    if others.any():
        ax.plot(
            points.x[others],
            points.y[others],
            "o",
            color=GREY,
            markerfacecolor="white",
            markersize=3,
        )
    style_of = styles(data)
    for row, label in enumerate(points.labels):
        if not points.named[row]:
            continue
        style = style_of[label]
        with marking(ax, data.labels, label):
            ax.errorbar(
                points.x[row],
                points.y[row],
                xerr=points.x_error[row][:, None] if points.x_error[row].any() else None,
                yerr=points.y_error[row][:, None] if points.y_error[row].any() else None,
                fmt=style.marker,
                color=style.colour,
                markerfacecolor=style.colour if points.on_front[row] else "white",
                markersize=5,
                elinewidth=0.7,
                capsize=1.5,
                capthick=0.7,
                zorder=3,
            )
