"""The report's figures: drawn for one or two journal columns, in colour or in grey.

Configurations differ in colour, marker and dash pattern, so that a figure survives a
grey printer and any colour vision. The palette is seaborn's ``colorblind`` (after Wong
(2011), Points of view: Color blindness, Nature Methods 8, 441) without its pale tones.
Text stays text in the SVG files.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from PIL import Image, UnidentifiedImageError

from bench.errors import ResultsError
from bench.report.measures import Axis, Measures, Protocol
from bench.report.placement import label_points
from bench.report.statistics import CONFIDENCE, mean_interval, pareto_front
from bench.report.tables import timing_notes
from bench.report.text import CONTENDED, listing, short_names, si_prefix, significant

COLUMN_INCHES = 3.5
WIDE_INCHES = 7.2
DOTS_PER_INCH = 250
BINS = 80  # points of a trajectory: enough for its shape, few enough to smooth it
MOST_TIMES = 6  # pictures in a row of samples through time
BAND_FROM = 4  # seeds; with fewer the seeds themselves say more than an interval
# Of a large sweep, what can still be told apart on a page:
MOST_CONFIGURATIONS = 30  # with a panel, a curve or a picture
MOST_NAMES = 60  # of points
MOST_RUNS = 10  # of a configuration, whose steps are read for its trajectory
MOST_LINES = 500  # of single runs in one figure

_PALETTE = [sns.color_palette("colorblind")[i] for i in (0, 1, 2, 3, 4, 9, 5)]
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
_DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)))
_GREY = "0.45"


@dataclass(frozen=True)
class Figure:
    """A finished figure, as bytes."""

    name: str  # of its files
    title: str
    caption: str
    png: bytes
    svg: bytes
    wide: bool  # two columns of a journal rather than one


@dataclass(frozen=True)
class _Style:
    colour: Any
    marker: str
    dash: Any


@dataclass(frozen=True)
class _CostAxis:
    """One of the two costs that quality is drawn against."""

    axis: Axis
    name: str  # of files
    unit: str
    label: str

    def aside(self, measures: Measures) -> str:
        """What a caption must say of this cost."""
        if self.axis == "training_flops":
            return ""
        notes = ["Time includes warm-up and leaves out evaluation.", *timing_notes(measures)]
        return " " + " ".join(note.removeprefix(f"{CONTENDED} ") for note in notes)

    def scale(self, values: Sequence[float]) -> tuple[float, str]:
        """What to divide by, and the axis label with the unit."""
        scale, letter = si_prefix(values) if self.unit == "FLOPs" else (1.0, "")
        return scale, f"{self.label} ({letter}{self.unit})"


_COSTS = (
    _CostAxis("training_seconds", "seconds", "s", "Training time"),
    _CostAxis("training_flops", "flops", "FLOPs", "Training compute"),
)


def all_figures(measures: Measures) -> tuple[list[Figure], list[str]]:
    """Every figure the data allows, and a sentence for each that it does not."""
    figures: list[Figure] = []
    omissions: list[str] = []
    with _publication_style():
        pictures = _sample_figures(measures)
        figures += pictures
        if not pictures:
            omissions.append("No completed run kept a sample grid.")
        if len(measures.labels) > MOST_CONFIGURATIONS:
            omissions.append(
                f"Curves, trajectories and samples are of {MOST_CONFIGURATIONS} of the "
                f"{len(measures.labels):,} configurations, the first ones of the grid and the "
                "baseline; the tables have all of them."
            )
        if measures.has_modes:
            figures.append(modes_captured(measures))
        for index, protocol in enumerate(measures.protocols):
            figures += _quality_figures(measures, index, protocol)
        if not measures.has_quality:
            omissions.append(
                "Quality was not measured by network features, so there are no quality curves and "
                "no Pareto front."
            )
        elif not measures.has_own_costs:
            omissions.append(f"{measures.shared_note} So nothing is drawn against time.")
        if measures.epochs["conditional_accuracy"].notna().any():
            figures.append(conditional_accuracy(measures))
        trajectories, without = _trajectories(measures)
        judged = [t for t in trajectories if any(np.isfinite(t.mean[n]).any() for n in _ACCURACIES)]
        if trajectories:
            figures.append(losses(trajectories))
        if judged:
            figures.append(critic_accuracy(judged))
        elif trajectories:
            omissions.append(
                "No critic here judges samples right or wrong, so there is no critic accuracy."
            )
        if without:
            names = listing(f"“{label}”" for label in without)
            omissions.append(
                f"The steps of {names} are not in the results folder (steps.parquet), so their "
                "trajectories are left out."
            )
        elif not trajectories:
            omissions.append("No step was recorded yet, so there are no trajectories.")
    return figures, omissions


# ------------------------------------------------------------------------- the style


@contextmanager
def _publication_style() -> Iterator[None]:
    style = {
        **sns.axes_style("ticks"),
        **sns.plotting_context("paper"),
        "font.family": "sans-serif",
        "font.size": 8,
        "axes.labelsize": 8,
        "axes.titlesize": 8,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "legend.fontsize": 7,
        "axes.linewidth": 0.6,
        "lines.linewidth": 1.2,
        "lines.markersize": 4,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.minor.width": 0.5,
        "ytick.minor.width": 0.5,
        "xtick.minor.size": 1.8,
        "ytick.minor.size": 1.8,
        "xtick.major.size": 3,
        "ytick.major.size": 3,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "legend.frameon": False,
        "legend.handlelength": 2.6,
        "figure.constrained_layout.h_pad": 0.03,
        "figure.constrained_layout.w_pad": 0.03,
        "svg.fonttype": "none",
        "svg.hashsalt": "gan-bench",
        # Labels are the user's words: a dollar sign in them is a dollar sign.
        "text.parse_math": False,
    }
    with mpl.rc_context(style), warnings.catch_warnings():
        # A label in a script the font lacks is drawn as boxes; the SVG keeps its text.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from", category=UserWarning)
        yield


def _drawn(measures: Measures) -> list[str]:
    """The configurations that have a curve: the first ones, and the baseline."""
    labels = measures.labels
    first = set(labels[:MOST_CONFIGURATIONS])
    if measures.baseline is not None and measures.baseline not in first:
        first = {measures.baseline, *labels[: MOST_CONFIGURATIONS - 1]}
    return [label for label in labels if label in first]


def _styles(measures: Measures) -> dict[str, _Style]:
    """A style per configuration: the baseline black and solid, the others in order."""
    styles = {}
    others = [label for label in measures.labels if label != measures.baseline]
    if measures.baseline is not None:
        styles[measures.baseline] = _Style("black", _MARKERS[0], _DASHES[0])
    for position, label in enumerate(others, start=1):
        styles[label] = _Style(
            _PALETTE[(position - 1) % len(_PALETTE)],
            _MARKERS[position % len(_MARKERS)],
            _DASHES[position % len(_DASHES)],
        )
    return styles


def _finished(canvas: Canvas, name: str, title: str, caption: str, *, wide: bool = False) -> Figure:
    png, svg = io.BytesIO(), io.BytesIO()
    canvas.savefig(png, format="png", dpi=DOTS_PER_INCH)
    canvas.savefig(svg, format="svg", metadata={"Date": None})
    return Figure(name, title, caption, png.getvalue(), svg.getvalue(), wide)


def _legend(
    owner: Canvas | Axes, handles: Sequence[Any], labels: Sequence[str], **place: Any
) -> None:
    # The texts are set afterwards because matplotlib drops labels that begin with "_".
    legend = owner.legend(handles, [str(i) for i in range(len(labels))], **place)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_text(label)


def _logarithmic(axis: Any) -> None:
    """Log scale with plain numbers at 1, 2 and 5."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _spread(values: Sequence[float]) -> float:
    """Largest over smallest, 1 where that means nothing."""
    return max(values) / min(values) if values and min(values) > 0 else 1.0


# ------------------------------------------------------------------- small multiples


@dataclass(frozen=True)
class _Trajectory:
    """The steps of one configuration, binned: mean over seeds, range over raw values."""

    label: str
    step: np.ndarray  # (bins,) middle of each bin
    mean: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    whole: bool  # or of the first seeds only


_LOSSES = ("critic_loss", "generator_loss")
_ACCURACIES = ("critic_accuracy_real", "critic_accuracy_fake")


def _trajectories(measures: Measures) -> tuple[list[_Trajectory], list[str]]:
    """Reads the steps run by run, so that only one run's steps are in memory at a time.

    Returns:
        The trajectories, and the labels of which some run's steps were made but not kept.
    """
    trajectories = []
    without = []
    for label in _drawn(measures):
        own = measures.started(label)
        recorded = own[own["steps_recorded"] > 0]
        runs = recorded[:MOST_RUNS]
        if runs.empty:
            continue
        width = max(1, math.ceil(int(runs["steps_recorded"].max()) / BINS))
        steps = (measures.results.steps([run_id]) for run_id in runs["run_id"])
        binned = [_binned(of_run, width) for of_run in steps if not of_run.empty]
        if len(binned) < len(runs):
            without.append(label)
        if binned:
            trajectories.append(_pooled(label, binned, width, whole=len(runs) == len(recorded)))
    return trajectories, without


@dataclass(frozen=True)
class _Binned:
    """The steps of one run, a row per bin and a column per quantity; NaN where there is none."""

    index: np.ndarray  # (bins,) ascending
    mean: np.ndarray  # (bins, quantities)
    low: np.ndarray
    high: np.ndarray


def _binned(steps: pd.DataFrame, width: int) -> _Binned:
    """Mean and range over ``width`` neighbouring steps, of what is finite."""
    values = steps[[*_LOSSES, *_ACCURACIES]].to_numpy(dtype=np.float64, na_value=math.nan)
    values = np.where(np.isfinite(values), values, math.nan)
    index = (steps["step"].to_numpy() - 1) // width
    first = np.flatnonzero(np.diff(index, prepend=-1))
    known = np.add.reduceat(np.isfinite(values), first, dtype=np.int64)
    total = np.add.reduceat(np.nan_to_num(values), first)
    return _Binned(
        index[first],
        np.divide(total, known, out=np.full_like(total, math.nan), where=known > 0),
        np.fmin.reduceat(values, first),
        np.fmax.reduceat(values, first),
    )


def _pooled(label: str, runs: Sequence[_Binned], width: int, *, whole: bool) -> _Trajectory:
    index = np.unique(np.concatenate([run.index for run in runs]))
    shape = (len(runs), len(index), len(_LOSSES) + len(_ACCURACIES))
    mean, low, high = (np.full(shape, math.nan) for _ in range(3))
    for position, run in enumerate(runs):
        place = np.searchsorted(index, run.index)
        mean[position, place], low[position, place] = run.mean, run.low
        high[position, place] = run.high
    known = np.isfinite(mean).sum(axis=0)
    total = np.nan_to_num(mean).sum(axis=0)
    pooled = np.divide(total, known, out=np.full_like(total, math.nan), where=known > 0)

    def named(values: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip((*_LOSSES, *_ACCURACIES), values.T, strict=True))

    return _Trajectory(
        label,
        (index + 0.5) * width,
        named(pooled),
        named(np.fmin.reduce(low)),
        named(np.fmax.reduce(high)),
        whole,
    )


def losses(trajectories: Sequence[_Trajectory]) -> Figure:
    """Critic and generator loss per step, a panel per configuration."""
    canvas, axes = _panels(trajectories)
    _draw_pairs(axes, trajectories, _LOSSES, scale=1.0)
    bottom, top, cut = _loss_limits(trajectories)
    axes[0].set_ylim(bottom, top)
    _pair_legend(canvas, ("critic", "generator"))
    canvas.supylabel("Loss", fontsize=8)
    caption = (
        "Losses of critic and generator per training step. Lines: means over "
        f"{_seeds(trajectories)}, averaged over neighbouring steps; shading: the range of the raw "
        "values."
    )
    if cut:
        caption += " Rare values beyond the axis are cut."
    return _finished(canvas, "losses", "Loss trajectories", caption, wide=True)


def critic_accuracy(trajectories: Sequence[_Trajectory]) -> Figure:
    """Share of real and of fake images the critic recognises, a panel per configuration."""
    canvas, axes = _panels(trajectories)
    _draw_pairs(axes, trajectories, _ACCURACIES, scale=100.0)
    for ax in axes:
        ax.axhline(50, color=_GREY, linestyle=":", linewidth=0.8, zorder=0)
    axes[0].set_ylim(0, 102)
    _pair_legend(canvas, ("real images", "generated images"))
    canvas.supylabel("Critic accuracy (%)", fontsize=8)
    return _finished(
        canvas,
        "critic-accuracy",
        "Critic accuracy",
        "Share of real and of generated images that the critic recognises, per training step. "
        f"Lines: means over {_seeds(trajectories)}, averaged over neighbouring steps; shading: the "
        "range of the raw values; dotted: a coin toss.",
        wide=True,
    )


def _seeds(trajectories: Sequence[_Trajectory]) -> str:
    if all(trajectory.whole for trajectory in trajectories):
        return "the seeds"
    return f"the first {MOST_RUNS} seeds"


_PAIR: tuple[tuple[Any, Any], ...] = ((_PALETTE[0], "-"), (_PALETTE[3], (0, (4, 1.2))))


def _panels(trajectories: Sequence[_Trajectory]) -> tuple[Canvas, list[Axes]]:
    columns = min(3, len(trajectories))
    rows = math.ceil(len(trajectories) / columns)
    canvas = Canvas(figsize=(WIDE_INCHES, 1.55 * rows + 0.65), layout="constrained")
    grid = canvas.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    axes = list(grid.flat)
    for ax in axes[len(trajectories) :]:
        ax.remove()
    axes = axes[: len(trajectories)]
    titles = short_names([trajectory.label for trajectory in trajectories], 34)
    for position, (ax, title) in enumerate(zip(axes, titles, strict=True)):
        ax.set_title(title, pad=3)
        below = position + columns >= len(trajectories)
        ax.tick_params(labelbottom=below)
        ax.margins(x=0.01)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _compact(value)))
    canvas.supxlabel("Training step", fontsize=8)
    return canvas, axes


def _compact(value: float) -> str:
    scale, letter = si_prefix([value])
    return f"{value / scale:g}{letter}"


def _draw_pairs(
    axes: Sequence[Axes],
    trajectories: Sequence[_Trajectory],
    names: tuple[str, str],
    scale: float,
) -> None:
    for ax, trajectory in zip(axes, trajectories, strict=True):
        for name, (colour, dash) in zip(names, _PAIR, strict=True):
            ax.fill_between(
                trajectory.step,
                scale * trajectory.low[name],
                scale * trajectory.high[name],
                color=colour,
                alpha=0.18,
                linewidth=0,
            )
            ax.plot(trajectory.step, scale * trajectory.mean[name], color=colour, linestyle=dash)


def _pair_legend(canvas: Canvas, labels: tuple[str, str]) -> None:
    handles = [Line2D([], [], color=colour, linestyle=dash) for colour, dash in _PAIR]
    _legend(canvas, handles, labels, loc="outside upper center", ncols=2)


def _loss_limits(trajectories: Sequence[_Trajectory]) -> tuple[float, float, bool]:
    """Limits that a rare spike or a diverging run does not blow up, and whether they cut."""
    lows = np.concatenate([t.low[name] for t in trajectories for name in _LOSSES])
    highs = np.concatenate([t.high[name] for t in trajectories for name in _LOSSES])
    lows, highs = lows[np.isfinite(lows)], highs[np.isfinite(highs)]
    if not len(lows):
        return 0.0, 1.0, False
    bottom, top = float(np.quantile(lows, 0.01)), float(np.quantile(highs, 0.99))
    pad = 0.05 * ((top - bottom) or 1.0)
    bottom, top = bottom - pad, top + pad
    return bottom, top, bool(lows.min() < bottom or highs.max() > top)


# --------------------------------------------------------------------------- quality


def _quality_figures(measures: Measures, index: int, protocol: Protocol) -> list[Figure]:
    suffix = f"-protocol-{index + 1}" if len(measures.protocols) > 1 else ""
    curves = _curves(measures, index)
    if curves.empty:
        return []
    figures = [_against_epoch(measures, curves, protocol, suffix)]
    figures += [
        _against_cost(measures, curves, protocol, cost, suffix)
        for cost in _COSTS
        if curves[cost.axis].notna().any()
    ]
    fronts = [_pareto(measures, index, protocol, cost, suffix) for cost in reversed(_COSTS)]
    return [*figures, *(front for front in fronts if front is not None)]


def _curves(measures: Measures, index: int) -> pd.DataFrame:
    """Evaluations of the runs of one protocol, and whether each run completed."""
    runs = measures.runs.loc[measures.runs["protocol"] == index, "run_id"]
    return measures.curve[measures.curve["run_id"].isin(runs)]


def _against_epoch(
    measures: Measures, curves: pd.DataFrame, protocol: Protocol, suffix: str
) -> Figure:
    return _quality_curves(
        measures,
        curves.assign(x=curves["epoch"].astype("float64")),
        protocol,
        f"quality-epoch{suffix}",
        f"{protocol.metric} by epoch",
        "Epoch",
        f"{protocol.metric} after each evaluated epoch.",
        whole=True,
    )


def _against_cost(
    measures: Measures, curves: pd.DataFrame, protocol: Protocol, cost: _CostAxis, suffix: str
) -> Figure:
    curves = curves[curves[cost.axis].notna()]
    scale, label = cost.scale(curves[cost.axis].tolist())
    return _quality_curves(
        measures,
        curves.assign(x=curves[cost.axis] / scale),
        protocol,
        f"quality-{cost.name}{suffix}",
        f"{protocol.metric} by {cost.label.lower()}",
        label,
        f"{protocol.metric} against cumulative {cost.label.lower()}.{cost.aside(measures)}",
    )


def _quality_curves(
    measures: Measures,
    curves: pd.DataFrame,
    protocol: Protocol,
    name: str,
    title: str,
    x_label: str,
    caption: str,
    *,
    whole: bool = False,
) -> Figure:
    """Quality against ``x`` on scales that fit it, with the noise floor."""
    canvas, ax, explanation = _curves_over_seeds(measures, curves.assign(value=curves["quality"]))
    values = curves["quality"].tolist()
    if _spread(values) >= 10:
        ax.set_yscale("log")
        _logarithmic(ax.yaxis)
    floor_note = _noise_floor(ax, protocol, min(values), reach=10)
    if whole:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=x_label, ylabel=f"{protocol.metric} (lower is better)")
    return _finished(canvas, name, title, caption + explanation + floor_note)


def _curves_over_seeds(measures: Measures, curves: pd.DataFrame) -> tuple[Canvas, Axes, str]:
    """A line per configuration: the mean with its interval, or with the seeds themselves if few.

    Args:
        curves: rows of label, run_id, epoch, completed, x and value.

    Returns:
        The canvas with its legend, its axes, and what the caption must say of the lines.
    """
    styles = _styles(measures)
    replicates = curves[curves["completed"]].groupby("label")["run_id"].nunique()
    seeds = max(replicates.tolist(), default=0)
    columns = ["label", "run_id", "epoch", "completed", "x", "value"]
    of_label = dict(list(curves[columns].groupby("label", sort=False)))
    shown = [label for label in _drawn(measures) if label in of_label]
    curves = pd.concat([of_label[label] for label in shown])
    rows = math.ceil(len(shown) / 2)
    canvas = Canvas(figsize=(COLUMN_INCHES, 2.35 + 0.16 * rows), layout="constrained")
    ax = canvas.subplots()
    handles = []
    alone = curves if 1 < seeds < BAND_FROM else curves[~curves["completed"]]
    few = alone["run_id"].nunique() <= MOST_LINES
    ended_early = not bool(curves["completed"].all())
    for label in shown:
        style = styles[label]
        own = of_label[label]
        for _, run in own.groupby("run_id") if few else ():
            done = bool(run["completed"].iloc[0])
            if done and (seeds >= BAND_FROM or seeds == 1):
                continue
            ax.plot(run["x"], run["value"], color=style.colour, linewidth=0.5, alpha=0.55)
            if not done:
                last = run.iloc[-1]
                ax.plot(last["x"], last["value"], "x", color=style.colour, markersize=5)
        completed = own[own["completed"]]
        if not completed.empty:
            _draw_mean(ax, completed, style, band=seeds >= BAND_FROM)
        handles.append(
            Line2D([], [], color=style.colour, linestyle=style.dash, marker=style.marker)
        )
    ends = curves[curves["completed"]].groupby("run_id")["x"].max().tolist()
    if _spread(ends) >= 4:
        ax.set_xscale("log")
        _logarithmic(ax.xaxis)
    _legend(canvas, handles, short_names(shown, 24), loc="outside lower center", ncols=2)
    explanation = ""
    if seeds >= BAND_FROM:
        explanation = f" Lines: means over the seeds; bands: {CONFIDENCE:.0%} t intervals."
    elif seeds > 1 and few:
        explanation = f" Thick lines: means over the seeds; thin lines: the {seeds} seeds."
    elif seeds > 1:
        explanation = " Lines: means over the seeds."
    if ended_early and few:
        explanation += " A cross ends a run that did not complete; it enters no mean."
    elif ended_early:
        explanation += " Runs that did not complete are not drawn and enter no mean."
    return canvas, ax, explanation


def _draw_mean(ax: Axes, completed: pd.DataFrame, style: _Style, *, band: bool) -> None:
    """The mean of a configuration's completed runs, with its interval if there is to be a band."""
    epochs = completed.groupby("epoch")
    # Seeds share their epochs but not their seconds: the mean stands at the mean time.
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
        low, high = np.array([_interval(values) for _, values in epochs["value"]])[order].T
        ax.fill_between(x[order], low, high, color=style.colour, alpha=0.15, linewidth=0)


def _interval(values: Any) -> tuple[float, float]:
    estimate = mean_interval(values)
    if estimate is None or estimate.half_width is None:
        return math.nan, math.nan
    return estimate.mean - estimate.half_width, estimate.mean + estimate.half_width


def _noise_floor(ax: Axes, protocol: Protocol, lowest: float, reach: float) -> str:
    """Draws the noise floor where it is near enough to be seen; returns what to say of it."""
    floor = protocol.noise_floor
    if floor is None or floor <= 0:
        return ""
    if floor < lowest / reach:
        return f" The noise floor, {significant(floor)}, lies below the axis."
    ax.axhline(floor, color=_GREY, linestyle=":", linewidth=1, zorder=0)
    ax.annotate(
        "noise floor",
        (1, floor),
        xycoords=ax.get_yaxis_transform(),
        xytext=(0, 1.5),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=6.5,
        color=_GREY,
    )
    return f" Dotted: the noise floor, {significant(floor)}."


def modes_captured(measures: Measures) -> Figure:
    """How many modes of the data the samples reach, against the steps made."""
    course = measures.course("modes_captured")
    canvas, ax, explanation = _curves_over_seeds(
        measures, course.assign(x=course["steps"].astype("float64"))
    )
    present = dict.fromkeys(measures.modes(str(label)) for label in course["label"].unique())
    for modes in present:
        if modes is not None:
            ax.axhline(modes, color=_GREY, linestyle=":", linewidth=1, zorder=0)
    if known := [modes for modes in present if modes is not None]:
        ax.set_ylim(0, 1.05 * max(known))
        counts = listing(f"{modes:,}" for modes in known)
        explanation += f" Dotted: all {counts} modes of the data."
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _compact(value)))
    ax.set(xlabel="Training step", ylabel="Modes captured")
    return _finished(
        canvas,
        "modes-step",
        "Modes captured by step",
        "Modes of the data that the generated samples reach, at each evaluation." + explanation,
    )


def conditional_accuracy(measures: Measures) -> Figure:
    """How often a classifier finds the class that was asked for, after each epoch."""
    course = measures.course("conditional_accuracy")
    canvas, ax, explanation = _curves_over_seeds(
        measures,
        course.assign(x=course["epoch"].astype("float64"), value=100 * course["value"]),
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylim(0, 102)
    ax.set(xlabel="Epoch", ylabel="Conditional accuracy (%)")
    return _finished(
        canvas,
        "conditional-accuracy",
        "Conditional accuracy by epoch",
        "Share of samples that the data set’s classifier assigns to the class they were asked "
        "to be of, after each evaluated epoch." + explanation,
    )


# ------------------------------------------------------------------------ the front


def _pareto(
    measures: Measures, index: int, protocol: Protocol, cost: _CostAxis, suffix: str
) -> Figure | None:
    """Final quality against the whole training's cost, with the front; None under 2 points."""
    points = {}
    for label in measures.labels:
        x = measures.estimate(label, cost.axis, index)
        y = measures.estimate(label, "quality_final", index)
        if x is not None and y is not None:
            points[label] = (x, y)
    if len(points) < 2:
        return None
    scale, x_label = cost.scale([x.mean for x, _ in points.values()])
    xs = np.array([x.mean / scale for x, _ in points.values()])
    ys = np.array([y.mean for _, y in points.values()])
    x_errors = np.array([(x.half_width or 0.0) / scale for x, _ in points.values()])
    y_errors = np.array([y.half_width or 0.0 for _, y in points.values()])
    on_front = pareto_front(xs, ys)
    styles = _styles(measures)
    canvas = Canvas(figsize=(COLUMN_INCHES, 2.7), layout="constrained")
    ax = canvas.subplots()
    order = np.argsort(xs[on_front], kind="stable")
    stairs = _stairs(xs[on_front][order], ys[on_front][order])
    ax.plot(*stairs.T, color=_GREY, linewidth=0.9, zorder=1)
    named = np.ones(len(points), dtype=bool)
    if len(points) > MOST_NAMES:
        named = on_front | np.array([label == measures.baseline for label in points])
        ax.plot(xs[~named], ys[~named], "o", color=_GREY, markerfacecolor="white", markersize=3)
    for row, label in enumerate(points):
        if not named[row]:
            continue
        style = styles[label]
        ax.errorbar(
            xs[row],
            ys[row],
            xerr=x_errors[row] or None,
            yerr=y_errors[row] or None,
            fmt=style.marker,
            color=style.colour,
            markerfacecolor=style.colour if on_front[row] else "white",
            markersize=5,
            elinewidth=0.7,
            capsize=1.5,
            capthick=0.7,
            zorder=3,
        )
    ax.margins(x=0.26, y=0.16)
    if _spread(xs.tolist()) >= 4:
        ax.set_xscale("log")
        _logarithmic(ax.xaxis)
    if _spread(ys.tolist()) >= 10:
        ax.set_yscale("log")
        _logarithmic(ax.yaxis)
    floor_note = _noise_floor(ax, protocol, float(ys.min()), reach=2)
    ax.set(xlabel=x_label, ylabel=f"Final {protocol.metric} (lower is better)")
    centres = np.stack([xs, ys], axis=-1)
    reach_x = np.stack([x_errors, np.zeros_like(xs)], axis=-1)
    reach_y = np.stack([np.zeros_like(ys), y_errors], axis=-1)
    segments = np.concatenate(
        [
            np.stack([centres - reach_x, centres + reach_x], axis=1),
            np.stack([centres - reach_y, centres + reach_y], axis=1),
            np.stack([stairs[:-1], stairs[1:]], axis=1),
        ]
    )
    names = short_names(list(points), 24)
    shown = [name if chosen else None for name, chosen in zip(names, named, strict=True)]
    label_points(canvas, ax, centres, shown, segments)
    bars = f" Bars: {CONFIDENCE:.0%} t intervals over the seeds." if y_errors.any() else ""
    if not named.all():
        bars += " The front and the baseline alone have names and bars."
    return _finished(
        canvas,
        f"pareto-{cost.name}{suffix}",
        f"Final {protocol.metric} against {cost.label.lower()}",
        f"Final {protocol.metric} against {cost.label.lower()} of a whole run. Filled and joined: "
        f"the Pareto front of the means; hollow: beaten on both axes.{bars}{cost.aside(measures)}"
        f"{floor_note}",
    )


def _stairs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The corners (2n−1, 2) of the front: what is reached at a cost holds until the next."""
    corners = np.stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]], axis=-1)
    return np.asarray(corners)


# -------------------------------------------------------------------------- samples


def _sample_figures(measures: Measures) -> list[Figure]:
    """Points as they move through time, pictures as they are in the end."""
    labels = _drawn(measures)
    points = [label for label in labels if measures.told(label, "image_size") is None]
    through_time = samples_through_time(measures, points)
    of_points = points if through_time is not None else []
    last = samples(measures, [label for label in labels if label not in of_points])
    return [figure for figure in (through_time, last) if figure is not None]


def samples_through_time(measures: Measures, labels: Sequence[str]) -> Figure | None:
    """The samples of each configuration's first completed seed, a row each, times in columns.

    Returns:
        None where the configurations do not share the pictures of at least two epochs.
    """
    rows: dict[str, tuple[dict[Any, Any], dict[int, Path]]] = {}
    for label in labels:
        for run in measures.of(label).sort_values("seed").to_dict("records"):
            pictures = measures.results.samples(str(run["run_id"]))
            if pictures:
                rows[label] = (
                    run,
                    {int(path.stem.removeprefix("epoch-")): path for path in pictures},
                )
                break
    shared = sorted(set.intersection(*(set(paths) for _, paths in rows.values()))) if rows else []
    if len(shared) < 2:
        return None
    spread = np.linspace(0, len(shared) - 1, min(MOST_TIMES, len(shared))).round().astype(int)
    times = [shared[position] for position in spread]
    of_runs = measures.epochs["run_id"].isin([run["run_id"] for run, _ in rows.values()])
    steps = measures.epochs[of_runs].set_index(["run_id", "epoch"])["steps"]
    made = [[int(steps[run["run_id"], epoch]) for epoch in times] for run, _ in rows.values()]
    titled = made[:1] if all(row == made[0] for row in made) else made
    side = WIDE_INCHES / MOST_TIMES
    canvas = Canvas(
        figsize=(side * len(times) + 0.2, (side - 0.08) * len(rows) + 0.15 * len(titled)),
        layout="constrained",
    )
    grid = canvas.subplots(len(rows), len(times), squeeze=False)
    for axes, step in zip(grid, titled, strict=False):
        for ax, count in zip(axes, step, strict=True):
            ax.set_title(f"step {count:,}", pad=2, fontsize=6.5)
    names = short_names(list(rows), 18)
    for axes, name, (run, paths) in zip(grid, names, rows.values(), strict=True):
        for ax, epoch in zip(axes, times, strict=True):
            picture = _picture(paths[epoch])
            ax.imshow(picture, cmap="gray" if picture.ndim == 2 else None, vmin=0, vmax=255)
            ax.set(xticks=[], yticks=[])
            sns.despine(ax=ax, left=True, bottom=True)
        axes[0].set_ylabel(f"{name}\nseed {run['seed']}")
    return _finished(
        canvas,
        "samples-through-time",
        "Generated samples through time",
        "Samples from the same fixed latents as training goes on, of the first seed that "
        "completed in each configuration, not selected.",
        wide=True,
    )


def samples(measures: Measures, labels: Sequence[str]) -> Figure | None:
    """The last sample grid of each configuration's first completed seed, side by side."""
    chosen: list[tuple[str, str, Path]] = []
    for label in labels:
        for run in measures.of(label).sort_values("seed").to_dict("records"):
            pictures = measures.results.samples(str(run["run_id"]))
            if pictures:
                chosen.append((label, _score(measures, run), pictures[-1]))
                break
    if not chosen:
        return None
    columns = min(3, len(chosen))
    rows = math.ceil(len(chosen) / columns)
    side = WIDE_INCHES / 3
    canvas = Canvas(figsize=(columns * side, rows * (side + 0.3)), layout="constrained")
    grid = canvas.subplots(rows, columns, squeeze=False)
    for ax in grid.flat:
        ax.set_axis_off()
    titles = short_names([label for label, _, _ in chosen], 34)
    for ax, title, (_, score, path) in zip(grid.flat, titles, chosen, strict=False):
        picture = _picture(path)
        ax.imshow(
            picture,
            cmap="gray" if picture.ndim == 2 else None,
            vmin=0,
            vmax=255,
            interpolation="none",
        )
        ax.set_title(f"{title}\n{score}", pad=3)
    return _finished(
        canvas,
        "samples",
        "Generated samples",
        "Samples of the last epoch from the same fixed latents, of the first seed that completed "
        "in each configuration, not selected.",
        wide=True,
    )


def _score(measures: Measures, run: dict[Any, Any]) -> str:
    seed = f"seed {run['seed']}"
    if run["protocol"] < 0 or not math.isfinite(run["quality_final"]):
        return seed
    metric = measures.protocols[run["protocol"]].metric
    return f"{metric} {significant(run['quality_final'])}, {seed}"


def _picture(path: Path) -> np.ndarray:
    """A sample grid as uint8, (H, W) or (H, W, 3)."""
    try:
        with Image.open(path) as image:
            return np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise ResultsError(
            f"{path} is torn or not an image: delete the folder {path.parent.parent} "
            "and run the grid again to redo this run alone."
        ) from error
