"""A line per configuration over its seeds, for whatever is measured at evaluations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D

from bench.report.data import Protocol, SweepData
from bench.report.figures.names import fitting_names, legend_columns, legend_room
from bench.report.figures.style import (
    COLUMN_INCHES,
    GREY,
    LEGEND_SIZE,
    Style,
    legend,
    logarithmic,
    marking,
    spread,
    styles,
)
from bench.report.statistics import CONFIDENCE, mean_interval
from bench.report.text import significant

BAND_FROM = 4  # seeds; with fewer, the seeds themselves say more than an interval
MOST_LINES = 500  # of single runs in one figure
MOST_NAMED = 16  # in a legend; of more, their numbers


def curves_over_seeds(data: SweepData, curves: pd.DataFrame) -> tuple[Canvas, Axes, str]:
    """A line per configuration: the mean with its interval, or with the seeds if there are few.

    Args:
        curves: rows of label, run_id, epoch, completed, x and value.

    Returns:
        The canvas with its legend, its axes, and what the caption must say about the lines.
    """
    style_of = styles(data)
    lines = _lines(data, curves)
    canvas, ax, note = _axes(data, list(lines.of_label), style_of)
    _draw(ax, data, lines, style_of)
    curves = pd.concat(lines.of_label.values())
    ends = curves[curves["completed"]].groupby("run_id")["x"].max().tolist()
    if spread(ends) >= 4:
        ax.set_xscale("log")
        logarithmic(ax.xaxis)
    incomplete = not bool(curves["completed"].all())
    return canvas, ax, _explanation(lines.seeds, few=lines.few, incomplete=incomplete) + note


def draw_over_seeds(ax: Axes, data: SweepData, curves: pd.DataFrame) -> dict[str, Style]:
    """The same lines on given axes.

    Returns:
        How each configuration is drawn.
    """
    style_of, lines = styles(data), _lines(data, curves)
    _draw(ax, data, lines, style_of)
    return {label: style_of[label] for label in lines.of_label}


@dataclass(frozen=True)
class _Lines:
    """What is drawn.

    Attributes:
        of_label: the rows of each configuration, in the order of the grid.
        seeds: of the configuration that has most.
        few: whether single runs are drawn.
    """

    of_label: dict[str, pd.DataFrame]
    seeds: int
    few: bool


def _lines(data: SweepData, curves: pd.DataFrame) -> _Lines:
    replicates = curves[curves["completed"]].groupby("label")["run_id"].nunique()
    seeds = max(replicates.tolist(), default=0)
    columns = ["label", "run_id", "epoch", "completed", "x", "value"]
    found = dict(list(curves[columns].groupby("label", sort=False)))
    of_label = {label: found[label] for label in data.drawn if label in found}
    curves = pd.concat(of_label.values())
    thin = curves if 1 < seeds < BAND_FROM else curves[~curves["completed"]]
    return _Lines(of_label, seeds, thin["run_id"].nunique() <= MOST_LINES)


def _draw(ax: Axes, data: SweepData, lines: _Lines, style_of: dict[str, Style]) -> None:
    for label, own in lines.of_label.items():
        completed = own[own["completed"]]
        with marking(ax, data.labels, label):
            if lines.few:
                _draw_runs(ax, own, style_of[label], completed=1 < lines.seeds < BAND_FROM)
            if not completed.empty:
                _draw_mean(ax, completed, style_of[label], band=lines.seeds >= BAND_FROM)


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


def _draw_runs(ax: Axes, own: pd.DataFrame, style: Style, *, completed: bool) -> None:
    """Thin lines of single runs: those that did not complete, and the ``completed`` if asked."""
    for _, run in own.groupby("run_id"):
        done = bool(run["completed"].iloc[0])
        if done and not completed:
            continue
        ax.plot(run["x"], run["value"], color=style.colour, linewidth=0.5, alpha=0.55)
        if not done:
            last = run.iloc[-1]
            ax.plot(last["x"], last["value"], "x", color=style.colour, markersize=5)


def _draw_mean(ax: Axes, completed: pd.DataFrame, style: Style, *, band: bool) -> None:
    """The mean of a configuration's completed runs, with its interval as a band if asked."""
    epochs = completed.groupby("epoch")
    # Seeds share their epochs but not their seconds: the mean is drawn at the mean time.
    x = epochs["x"].mean().to_numpy()
    order = np.argsort(x, kind="stable")
    ax.plot(
        x[order],
        epochs["value"].mean().to_numpy()[order],
        color=style.colour,
        linestyle=style.dash,
        marker=style.marker,
        markevery=max(1, len(x) // 10),
        markeredgecolor="white",
        markeredgewidth=0.4,
    )
    if band:
        low, high = np.array([interval(values) for _, values in epochs["value"]])[order].T
        ax.fill_between(x[order], low, high, color=style.colour, alpha=0.15, linewidth=0)


def interval(values: Any) -> tuple[float, float]:
    """Lower and upper end of the mean's interval, NaN where there is none."""
    estimate = mean_interval(values)
    if estimate is None or estimate.half_width is None:
        return math.nan, math.nan
    return estimate.mean - estimate.half_width, estimate.mean + estimate.half_width


def _explanation(seeds: int, *, few: bool, incomplete: bool) -> str:
    """What lines, bands and crosses are."""
    text = ""
    if seeds >= BAND_FROM:
        text = f" Lines: means over the seeds; bands: {CONFIDENCE:.0%} t intervals."
    elif seeds > 1 and few:
        text = f" Thick lines: means over the seeds; thin lines: the {seeds} seeds."
    elif seeds > 1:
        text = " Lines: means over the seeds."
    if incomplete and few:
        text += " A cross marks the end of a run that did not complete; the means exclude it."
    elif incomplete:
        text += " Runs that did not complete are not drawn, and the means exclude them."
    return text


def draw_noise_floor(ax: Axes, protocol: Protocol, lowest: float, reach: float) -> str:
    """Draws the noise floor if it is no lower than ``lowest / reach``.

    Returns:
        What the caption must say about it.
    """
    floor = protocol.noise_floor
    fewer = ", extrapolated from fewer real images" if protocol.extrapolated else ""
    if floor is None or floor <= 0:
        return ""
    if floor < lowest / reach:
        return f" The noise floor, {significant(floor)}{fewer}, is below the axis."
    ax.axhline(floor, color=GREY, linestyle=":", linewidth=1, zorder=0)
    ax.annotate(
        "noise floor",
        (1, floor),
        xycoords=ax.get_yaxis_transform(),
        xytext=(0, 1.5),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=6.5,
        color=GREY,
    )
    return f" Dotted: the noise floor, {significant(floor)}{fewer}."
