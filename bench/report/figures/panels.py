"""Panels of what games report at every step: the axes, the lines and the marks on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator

from bench.report.data import SweepData, health
from bench.report.data.trajectories import Trajectory
from bench.report.figures.names import fitting_names
from bench.report.figures.style import (
    FAILURE,
    PALETTE,
    TITLE_SIZE,
    WIDE_INCHES,
    compact_counts,
)
from bench.texts import say, translated
from variants.scalars import MIDPOINT_FAKE, MIDPOINT_REAL, PAIRWISE_ACCURACY

Look = tuple[Any, Any]  # colour and dash

_BESIDE_PANEL = 32.0  # points that numbers and labels of axes take from the width of a panel
# The first two lines differ in dash as well as in colour; of more, neighbours do.
_COLOURS = (0, 3, 4, 2, 1, 5, 6)
_DASHES: tuple[Any, ...] = ("-", (0, (4, 1.2)), (0, (1.2, 2.2)), (0, (4, 1.2, 1.2, 1.2)))
# Colour and dash, by position: what concerns real samples looks alike in every figure. A critic
# has an accuracy against a threshold or against the midpoint, never both.
_LOOKS = {MIDPOINT_REAL.name: (0, 2), MIDPOINT_FAKE.name: (1, 3), PAIRWISE_ACCURACY.name: (2, 0)}


def look(name: str, position: int) -> Look:
    """Colour and dash of a line."""
    colour, dash = _LOOKS.get(name, (position, position))
    return PALETTE[_COLOURS[colour % len(_COLOURS)]], _DASHES[dash % len(_DASHES)]


def panels(
    data: SweepData, shown: Sequence[Trajectory], *, own_scale: bool
) -> tuple[Canvas, list[Axes], str]:
    """A canvas, the axes of each configuration, and what the caption must say of their titles."""
    across = min(3, len(shown))
    rows = math.ceil(len(shown) / across)
    canvas = Canvas(figsize=(WIDE_INCHES, 1.75 * rows + 0.65), layout="constrained")
    grid = canvas.subplots(rows, across, sharex=True, sharey=not own_scale, squeeze=False)
    axes = list(grid.flat)
    for ax in axes[len(shown) :]:
        ax.remove()
    axes = axes[: len(shown)]
    room = 72 * WIDE_INCHES / across - _BESIDE_PANEL
    labels = [trajectory.label for trajectory in shown]
    titles = fitting_names(labels, room, TITLE_SIZE, of=data.labels)
    for position, (ax, title) in enumerate(zip(axes, titles.texts, strict=True)):
        ax.set_title(title, pad=3)
        ax.tick_params(labelbottom=position + across >= len(shown))
        ax.margins(x=0.01)
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
        compact_counts(ax.xaxis)
    canvas.supxlabel(say("axis-step"), fontsize=8)
    return canvas, axes, titles.note


def draw_lines(
    ax: Axes,
    trajectory: Trajectory,
    names: Sequence[str],
    looks: Sequence[Look],
    scale: float = 1.0,
) -> None:
    """The lines of one configuration: means over the seeds, with their intervals or the seeds.

    Args:
        names: of columns of the steps; those that its game does not report are left out.
        scale: what values are multiplied by.
    """
    for name, (colour, dash) in zip(names, looks, strict=True):
        if not trajectory.has(name):
            continue
        mean = trajectory.mean(name)
        # Some numbers, such as a penalty with an interval, are not reported at every step.
        reported = np.isfinite(mean)
        step = trajectory.step[reported]
        if (ends := trajectory.interval(name)) is not None:
            low, high = (scale * end[reported] for end in ends)
            ax.fill_between(step, low, high, color=colour, alpha=0.22, linewidth=0)
        elif len(trajectory.seeds) > 1:
            for own in trajectory.smooth(name):
                ax.plot(trajectory.step, scale * own, color=colour, linewidth=0.5, alpha=0.55)
        ax.plot(
            step,
            scale * mean[reported],
            color=colour,
            linestyle=dash,
            marker="o" if len(step) == 1 else "",  # a line of one point would not be seen
        )


def mark_signs(ax: Axes, trajectory: Trajectory, found: Sequence[health.Sign]) -> bool:
    """Shades since when a configuration's training shows signs of failure; whether there are any.

    Args:
        found: of any configuration.
    """
    own = [sign for sign in found if sign.label == trajectory.label and sign.since is not None]
    for row, sign in enumerate(own):
        assert sign.since is not None
        ax.axvspan(sign.since, trajectory.step[-1], color=FAILURE, alpha=0.07, linewidth=0)
        ax.axvline(sign.since, color=FAILURE, linestyle="--", linewidth=0.8)
        ax.annotate(
            _sign_text(sign),
            (0.99, 0.96 - 0.11 * row),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=6.5,
            color=FAILURE,
        )
    return bool(own)


def _sign_text(sign: health.Sign) -> str:
    kind = say(f"sign-{sign.kind.replace(' ', '-')}")
    if not sign.measure:
        return kind
    short = sign.measure.split("_")[0]
    return f"{kind}: {translated(f'sign-of-{short}', short)}"


def draw_steps(
    ax: Axes, data: SweepData, label: str, names: Sequence[str], scale: float = 1.0
) -> dict[str, Look]:
    """What one configuration reported at every step, and the signs of failure, on given axes.

    Args:
        names: of columns of the steps.
        scale: what values are multiplied by.

    Returns:
        How each of those is drawn that its game reports; none where its steps are not known.
    """
    known = {each.label: each for each in data.trajectories.found}
    if (trajectory := known.get(label)) is None:
        return {}
    drawn = list(filter(trajectory.has, names))
    looks = [look(name, place) for place, name in enumerate(drawn)]
    draw_lines(ax, trajectory, drawn, looks, scale)
    if drawn:
        ends = limits([trajectory], drawn)
        ax.set_ylim(scale * ends.bottom, scale * ends.top)
        mark_signs(ax, trajectory, health.signs(data))
        compact_counts(ax.xaxis)
    return dict(zip(drawn, looks, strict=True))


@dataclass(frozen=True)
class Limits:
    """The ends of an axis, and whether they cut anything."""

    bottom: float
    top: float
    cut: bool


def limits(shown: Sequence[Trajectory], names: Sequence[str]) -> Limits:
    """Limits that do not follow a rare spike or a diverging run."""
    drawn = [np.empty(0)]
    for trajectory in shown:
        for name in filter(trajectory.has, names):
            drawn += [trajectory.mean(name), *(trajectory.interval(name) or ())]
    values = np.concatenate(drawn)
    values = values[np.isfinite(values)]
    if not len(values):
        return Limits(0.0, 1.0, cut=False)
    bottom, top = (float(end) for end in np.quantile(values, (0.01, 0.99)))
    pad = 0.08 * ((top - bottom) or 1.0)
    bottom, top = bottom - pad, top + pad
    return Limits(bottom, top, bool(values.min() < bottom or values.max() > top))
