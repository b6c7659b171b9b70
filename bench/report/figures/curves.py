"""A line per configuration over its seeds, for whatever is measured at evaluations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from bench.report.data import Protocol, SweepData
from bench.report.data.over_seeds import SeedCurve
from bench.report.figures.names import fitting_names, legend_columns, legend_room
from bench.report.figures.style import (
    COLUMN_INCHES,
    FAILURE,
    GREY,
    LEGEND_SIZE,
    Style,
    legend,
    logarithmic,
    marking,
    spread,
    styles,
)
from bench.report.statistics import CONFIDENCE
from bench.report.text import significant
from bench.texts import say

MOST_LINES = 500  # of single runs in one figure
MOST_NAMED = 16  # in a legend; of more, their numbers


def curves_over_seeds(
    data: SweepData, found: Sequence[SeedCurve], *, per: float = 1.0, unit: float = 1.0
) -> tuple[Canvas, Axes, str]:
    """A line per configuration: the mean with its interval, or with the seeds if there are few.

    Args:
        found: one at least.
        per: what x is divided by.
        unit: what values are multiplied by, such as 100 for per cent.

    Returns:
        The canvas with its legend, its axes, and what the caption must say about the lines.
    """
    style_of = styles(data)
    canvas, ax, note = _axes(data, [curve.label for curve in found], style_of)
    draw_over_seeds(ax, data, found, per=per, unit=unit)
    ends = [
        end / per
        for curve in found
        for end in curve.runs[curve.runs["completed"]].groupby("run_id")["x"].max()
    ]
    if spread(ends) >= 4:
        ax.set_xscale("log")
        logarithmic(ax.xaxis)
    return canvas, ax, _explanation(found) + note


def draw_over_seeds(
    ax: Axes,
    data: SweepData,
    found: Sequence[SeedCurve],
    *,
    per: float = 1.0,
    unit: float = 1.0,
) -> dict[str, Style]:
    """The same lines on given axes.

    Returns:
        How each configuration is drawn.
    """
    style_of = styles(data)
    few = _few(found)
    for curve in found:
        with marking(ax, data.labels, curve.label):
            if few:
                _draw_runs(ax, curve, style_of[curve.label], per, unit)
            if len(curve.x):
                _draw_mean(ax, curve, style_of[curve.label], per, unit)
            if len(curve.lost):
                _draw_lost(ax, curve, per)
    return {curve.label: style_of[curve.label] for curve in found}


def _alone(curve: SeedCurve, *, completed: bool) -> bool:
    """Whether a run is drawn itself: one that did not complete, or one of two seeds."""
    return not completed or (curve.seeds > 1 and not curve.banded)


def _few(found: Sequence[SeedCurve]) -> bool:
    """Whether there are few enough single runs to draw."""
    alone = 0
    for curve in found:
        runs = curve.runs.drop_duplicates("run_id")["completed"]
        alone += sum(_alone(curve, completed=bool(completed)) for completed in runs)
    return alone <= MOST_LINES


def _axes(
    data: SweepData, shown: list[str], style_of: dict[str, Style]
) -> tuple[Canvas, Axes, str]:
    """A canvas of one column, axes, below them a legend, and what the caption must say of it."""
    room = legend_room(COLUMN_INCHES, LEGEND_SIZE)
    called = fitting_names(shown, room, LEGEND_SIZE, of=data.labels, most=MOST_NAMED)
    most = 6 if called.numbered else 2
    columns = legend_columns(called.texts, COLUMN_INCHES, LEGEND_SIZE, most)
    rows = math.ceil(len(shown) / columns)
    canvas = Canvas(figsize=(COLUMN_INCHES, 2.35 + 0.16 * rows), layout="constrained")
    ax = canvas.subplots()
    handles = [
        Line2D([], [], color=style.colour, linestyle=style.dash, marker=style.marker)
        for style in map(style_of.__getitem__, shown)
    ]
    legend(
        canvas,
        handles,
        called.texts,
        marked=shown,
        of=data.labels,
        loc="outside lower center",
        ncols=columns,
    )
    return canvas, ax, called.note


def _draw_runs(ax: Axes, curve: SeedCurve, style: Style, per: float, unit: float) -> None:
    """Thin lines of single runs, with a cross where one did not complete."""
    for _, run in curve.runs.groupby("run_id"):
        done = bool(run["completed"].iloc[0])
        if not _alone(curve, completed=done):
            continue
        x, y = run["x"] / per, unit * run["value"]
        ax.plot(x, y, color=style.colour, linewidth=0.5, alpha=0.55)
        if not done:
            ax.plot(x.iloc[-1], y.iloc[-1], "x", color=style.colour, markersize=5)


def _draw_mean(ax: Axes, curve: SeedCurve, style: Style, per: float, unit: float) -> None:
    """The mean of a configuration's completed runs, with its interval as a band."""
    x = curve.x / per
    ax.plot(
        x,
        unit * curve.mean,
        color=style.colour,
        linestyle=style.dash,
        marker=style.marker,
        markevery=max(1, len(x) // 10),
        markeredgecolor="white",
        markeredgewidth=0.4,
    )
    if curve.banded:
        low, high = unit * curve.low, unit * curve.high
        ax.fill_between(x, low, high, color=style.colour, alpha=0.15, linewidth=0)


def _draw_lost(ax: Axes, curve: SeedCurve, per: float) -> None:
    """Crosses at the upper edge, where evaluations were not finite."""
    ax.plot(
        curve.lost / per,
        [1.0] * len(curve.lost),
        "x",
        color=FAILURE,
        markersize=5,
        transform=ax.get_xaxis_transform(),
        clip_on=False,
    )


def _explanation(found: Sequence[SeedCurve]) -> str:
    """What lines, bands and crosses are."""
    few = _few(found)
    pairs = few and any(curve.seeds > 1 and not curve.banded for curve in found)
    sentences = []
    if any(curve.banded for curve in found):
        sentences.append(say("figure-bands", level=f"{100 * CONFIDENCE:.0f}"))
        if pairs:
            sentences.append(say("figure-pairs"))
    elif pairs:
        sentences.append(say("figure-two-seeds"))
    elif any(curve.seeds > 1 for curve in found):
        sentences.append(say("figure-means"))
    neighbours = max(curve.neighbours for curve in found)
    if neighbours > 1:
        sentences.append(say("figure-neighbours", neighbours=str(neighbours)))
    if not all(curve.runs["completed"].all() for curve in found):
        sentences.append(say("figure-crosses" if few else "figure-incomplete"))
    if lost := sum(len(curve.lost) for curve in found):
        sentences.append(say("note-evaluations-lost", count=lost))
    return "".join(f" {sentence}" for sentence in sentences)


def draw_noise_floor(ax: Axes, protocol: Protocol, lowest: float, reach: float) -> str:
    """Draws the noise floor if it is no lower than ``lowest / reach``.

    Returns:
        What the caption must say about it.
    """
    floor = protocol.noise_floor
    if floor is None or floor <= 0:
        return ""
    value, extrapolated = significant(floor), "yes" if protocol.extrapolated else "no"
    if floor < lowest / reach:
        return f" {say('figure-floor-below', floor=value, extrapolated=extrapolated)}"
    ax.axhline(floor, color=GREY, linestyle=":", linewidth=1, zorder=0)
    ax.annotate(
        say("figure-floor"),
        (1, floor),
        xycoords=ax.get_yaxis_transform(),
        xytext=(0, 1.5),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=6.5,
        color=GREY,
    )
    return f" {say('figure-floor-dotted', floor=value, extrapolated=extrapolated)}"
