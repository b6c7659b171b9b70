"""What games report at every step: losses, scores, accuracies, and whatever else they name.

``Scalar.figure`` says which figure draws a column of steps.parquet; a column that is declared
nowhere is drawn among the losses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from matplotlib.lines import Line2D

from bench.report.data import SweepData, columns, health
from bench.report.data.trajectories import MOST_RUNS, Trajectory
from bench.report.figures import FIGURES, Drawing, figure, panels
from bench.report.figures.names import legend_columns
from bench.report.figures.style import GREY, LEGEND_SIZE, WIDE_INCHES, legend, marking
from bench.report.statistics import CONFIDENCE
from bench.report.text import listing, quoted
from bench.report.titles import legend_of
from bench.texts import say, translated
from variants.scalars import (
    LOSSES,
    PAIRWISE_ACCURACY,
    PRODUCT_METRIC,
    WASSERSTEIN_ESTIMATE,
    Scalar,
)

_LOSSES = tuple(scalar.name for scalar in LOSSES)


@figure("losses", position=5.1)
def losses(data: SweepData) -> list[Drawing | str]:
    """Losses per step, and everything that is declared nowhere; a panel per configuration."""
    found: list[Drawing | str] = []
    trajectories = data.trajectories
    lines = _lines(data, "losses")
    if lines:
        more = [legend_of(line) for line in lines if line.name not in _LOSSES]
        subject = say("steps-losses-with", more=listing(more)) if more else say("steps-losses")
        marked: list[health.Kind] = ["generator loss runs away", "collapse", "not finite"]
        title, y_label = say("steps-losses-title"), say("axis-loss")
        found.append(_drawing(data, lines, title, y_label, subject, marked=marked))
    if trajectories.missing:
        found.append(say("steps-missing", labels=listing(map(quoted, trajectories.missing))))
    elif not trajectories.found:
        found.append(say("steps-none"))
    return found


@figure("critic-accuracy", position=5.2)
def critic_accuracy(data: SweepData) -> Drawing | str | None:
    """Share of real and of generated samples that the critic recognises."""
    lines = _lines(data, "critic-accuracy")
    lines.sort(key=lambda line: line.name == PAIRWISE_ACCURACY.name)  # every panel has it
    if not lines:
        return say("steps-accuracy-none") if data.trajectories.found else None
    return _drawing(
        data,
        lines,
        say("steps-accuracy-title"),
        f"{say('steps-accuracy-title')} (%)",
        say("steps-accuracy"),
        percent=True,
        marked=["critic wins"],
    )


@figure("critic-scores", position=5.3)
def critic_scores(data: SweepData) -> Drawing | None:
    """The critic's mean raw output on real and on generated samples."""
    lines = _lines(data, "critic-scores")
    if not lines:
        return None
    title, y_label = say("steps-scores-title"), say("axis-score")
    return _drawing(data, lines, title, y_label, say("steps-scores"), own_scale=True)


@figure(WASSERSTEIN_ESTIMATE.figure, position=5.32)
def wasserstein_estimate(data: SweepData) -> Drawing | None:
    """The critic's loss without penalty, as the distance that it estimates."""
    lines = _lines(data, WASSERSTEIN_ESTIMATE.figure)
    if not lines:
        return None
    title = legend_of(WASSERSTEIN_ESTIMATE)
    return _drawing(data, lines, title, title, say("steps-wasserstein"), own_scale=True)


@figure(PRODUCT_METRIC.figure, position=5.33)
def product_metric(data: SweepData) -> Drawing | None:
    """L of the vector critics."""
    lines = _lines(data, PRODUCT_METRIC.figure)
    if not lines:
        return None
    title = legend_of(PRODUCT_METRIC)
    return _drawing(data, lines, title, "L", say("steps-product-metric"), own_scale=True)


@figure("other-trajectories", position=5.4)
def others(data: SweepData) -> list[Drawing]:
    """A figure for each other name that scalars give, unless a figure of that name exists."""
    known = (columns.scalar(name) for name in data.trajectories.columns)
    drawings = []
    for name in dict.fromkeys(_figure_of(line) for line in known):
        lines = _lines(data, name)
        if name in FIGURES or not lines:
            continue
        title = translated(f"steps-of-{name}", name.replace("-", " ").capitalize())
        subject = listing(legend_of(line) for line in lines)
        subject = say("steps-others", lines=subject[:1].upper() + subject[1:])
        drawings.append(_drawing(data, lines, title, title, subject, name=name))
    return drawings


def _figure_of(line: Scalar) -> str:
    """The name of a scalar's figure, fit for a file."""
    return re.sub("[^a-z0-9]+", "-", line.figure.lower()).strip("-") or "losses"


def _lines(data: SweepData, name: str) -> list[Scalar]:
    """What the figure ``name`` draws: the columns that any of the games reported for it."""
    known = (columns.scalar(column) for column in data.trajectories.columns)
    own = [line for line in known if _figure_of(line) == name]
    # Losses are drawn even if none is finite, so that a sweep of diverged runs shows them.
    return [
        line
        for line in own
        if line.name in _LOSSES or any(each.has(line.name) for each in data.trajectories.found)
    ]


def _drawing(
    data: SweepData,
    lines: Sequence[Scalar],
    title: str,
    y_label: str,
    subject: str,
    *,
    percent: bool = False,
    own_scale: bool = False,
    marked: Collection[health.Kind] = (),
    name: str = "",
) -> Drawing:
    """A panel per configuration that reports any of the lines.

    Args:
        subject: a sentence on what the lines are.
        percent: the lines are shares, with chance at one half.
        own_scale: the lines of two configurations have no unit in common.
        marked: the signs of failure that concern this figure.
    """
    names = [line.name for line in lines]
    found = data.trajectories.found
    shown = [each for each in found if any(map(each.has, names))] or list(found)
    canvas, axes, note = panels.panels(data, shown, own_scale=own_scale)
    looks = [panels.look(line.name, position) for position, line in enumerate(lines)]
    for ax, trajectory in zip(axes, shown, strict=True):
        with marking(ax, data.labels, trajectory.label):
            panels.draw_lines(ax, trajectory, names, looks, scale=100.0 if percent else 1.0)
    sentences = [subject, _of_lines(shown, names, percent=percent)]
    if percent:
        for ax in axes:
            ax.axhline(50, color=GREY, linestyle=":", linewidth=0.8, zorder=0)
        axes[0].set_ylim(0, 102)
    else:
        groups = [[each] for each in shown] if own_scale else [shown]
        every = [panels.limits(group, names) for group in groups]
        for ax, limits in zip(axes, every, strict=False):
            ax.set_ylim(limits.bottom, limits.top)
        if any(each.cut for each in every):
            sentences.append(say("steps-cut"))
        if own_scale and len(shown) > 1:
            sentences.append(say("steps-own-scale"))
    signs = [sign for sign in health.signs(data) if sign.kind in marked]
    marks = [panels.mark_signs(ax, each, signs) for ax, each in zip(axes, shown, strict=True)]
    if any(marks):
        sentences.append(say("steps-signs"))
    if len(shown) < len(found):
        sentences.append(say("steps-left-out"))
    handles = [Line2D([], [], color=colour, linestyle=dash) for colour, dash in looks]
    headings = [legend_of(line) for line in lines]
    if headings != [title]:
        most = len(lines) if len(lines) < 5 else 3
        across = legend_columns(headings, WIDE_INCHES, LEGEND_SIZE, most)
        legend(canvas, handles, headings, loc="outside upper center", ncols=across)
    canvas.supylabel(y_label, fontsize=8)
    return Drawing(canvas, title, " ".join(sentences) + note, wide=True, name=name)


def _of_lines(shown: Sequence[Trajectory], names: Sequence[str], *, percent: bool) -> str:
    """What the lines are, and what is drawn around them."""
    return say(
        "steps-lines",
        seeds="all" if all(each.whole for each in shown) else str(MOST_RUNS),
        around=_around(shown, names),
        level=f"{100 * CONFIDENCE:.0f}",
        dotted="yes" if percent else "no",
    )


def _around(shown: Sequence[Trajectory], names: Sequence[str]) -> str:
    """What is drawn around the lines: "bands", "thin" lines or "nothing"."""
    every = [each for each in shown if any(map(each.has, names))]
    if any(each.interval(n) is not None for each in every for n in names if each.has(n)):
        return "bands"
    return "thin" if any(len(each.seeds) > 1 for each in every) else "nothing"
