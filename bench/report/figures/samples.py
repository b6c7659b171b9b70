"""Generated samples: the last ones, or through time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from PIL import Image, UnidentifiedImageError

from bench.errors import ResultsError
from bench.pictures import GAP_PIXELS, tile_pitch
from bench.report.data import SweepData
from bench.report.data.outcome import outcome_by
from bench.report.data.task import through_time, translates
from bench.report.figures import Drawing, figure
from bench.report.figures.names import fitting_names
from bench.report.figures.style import TITLE_SIZE, WIDE_INCHES
from bench.report.text import not_finite
from bench.texts import grouped, say

MOST_TIMES = 6  # pictures in a row of samples through time
TILES = 4  # of the sheets' corners that are shown through time, in both directions
_PER_GAP = 24  # of a picture's width that is left between it and the next
MOST_TALL = 2.0  # height over width for which a sheet gets its whole width

Run = dict[Any, Any]


@figure("samples-through-time", position=1.1)
def samples_through_time(data: SweepData) -> Drawing | None:
    """The samples of each configuration's first completed seed, a row each, times in columns."""
    rows, times = _through_time(data)
    if not times:
        return None
    return _by_time(
        data,
        rows,
        times,
        say("figure-samples-time-caption"),
    )


@figure("samples-by-epoch", position=1.15)
def samples_by_epoch(data: SweepData) -> Drawing | None:
    """The same corner of each configuration's sheets, a row each, epochs in columns."""
    rows = {
        label: _by_epoch(found) for label in _of_noise(data) if (found := _pictures(data, label))
    }
    times = _shared(rows)
    if not times:
        return None
    return _by_time(
        data,
        rows,
        times,
        say("figure-samples-epoch-caption"),
        corner=True,
    )


def draw_sheet(
    ax: Axes, data: SweepData, label: str, seed: int | None = None, epoch: int | None = None
) -> tuple[int, int] | None:
    """One sample grid on given axes.

    Args:
        seed: None for the first completed one that has grids.
        epoch: None for the last one that has a grid.

    Returns:
        The seed and the epoch; None where there is no such grid.
    """
    runs = data.of(label) if seed is None else data.started(label)
    if seed is not None:
        runs = runs[runs["seed"] == seed]
    for run in runs.sort_values("seed").to_dict("records"):
        _, paths = _by_epoch((run, data.results.samples(str(run["run_id"]))))
        if not paths or (epoch is not None and epoch not in paths):
            continue
        chosen = max(paths) if epoch is None else epoch
        _show(ax, picture(paths[chosen]), interpolation="none")
        ax.set_axis_off()
        return int(run["seed"]), chosen
    return None


def _of_noise(data: SweepData) -> list[str]:
    """The configurations whose sheets are of images that are made from noise."""
    return [
        label
        for label in data.drawn
        if (task := data.task(label)) is not None
        and not through_time(task)
        and not translates(task)
        and data.common(label, "image_size") is not None
    ]


def _by_time(
    data: SweepData,
    rows: Mapping[str, tuple[Run, dict[int, Path]]],
    times: Sequence[int],
    caption: str,
    *,
    corner: bool = False,
) -> Drawing:
    """A row for each configuration, a column for each time."""
    if corner:
        titled = [[say("figure-samples-at-epoch", epoch=str(epoch)) for epoch in times]]
    else:
        titled = _steps(data, [run for run, _ in rows.values()], times)
    side = WIDE_INCHES / MOST_TIMES
    canvas = Canvas(
        figsize=(side * len(times) + 0.2, (side - 0.08) * len(rows) + 0.15 * len(titled)),
        layout="constrained",
    )
    axes = list(canvas.subplots(len(rows), 1, squeeze=False).flat)
    names = fitting_names(list(rows), 72 * side - 6, TITLE_SIZE, of=data.labels)
    for ax, name, (run, paths) in zip(axes, names.texts, rows.values(), strict=True):
        sheets = [picture(paths[epoch]) for epoch in times]
        if corner:
            sheets = [_corner(sheet, int(run["image_size"])) for sheet in sheets]
        _show(ax, _side_by_side(sheets))
        ax.set(xticks=[], yticks=[])
        sns.despine(ax=ax, left=True, bottom=True)
        ax.set_ylabel(f"{name}\n{say('figure-samples-seed', seed=str(run['seed']))}")
    for ax, row in zip(axes, titled, strict=False):
        width = ax.get_xlim()[1] / len(times)
        places = [width * (place + 0.5) for place in range(len(times))]
        ax.set_xticks(places, row, fontsize=6.5)
        ax.tick_params(axis="x", length=0, pad=2, top=True, labeltop=True, labelbottom=False)
    return Drawing(
        canvas,
        say("figure-samples-epoch-title" if corner else "figure-samples-time-title"),
        f"{caption}{names.note}",
        wide=True,
    )


def _steps(data: SweepData, runs: Sequence[Run], times: Sequence[int]) -> list[list[str]]:
    """The steps after which sheets were drawn: of all runs together if alike, else of each."""
    of_runs = data.epochs["run_id"].isin([run["run_id"] for run in runs])
    steps = data.epochs[of_runs].set_index(["run_id", "epoch"])["steps"]
    said = [
        [
            say("figure-samples-step", step=grouped(int(steps[run["run_id"], epoch])))
            for epoch in times
        ]
        for run in runs
    ]
    return said[:1] if all(row == said[0] for row in said) else said


def _side_by_side(sheets: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures as one, (H, W) or (H, W, 3): far quicker to lay out than axes for each."""
    height = max(sheet.shape[0] for sheet in sheets)
    width = max(sheet.shape[1] for sheet in sheets)
    if any(sheet.ndim == 3 for sheet in sheets):
        sheets = [np.dstack([sheet] * 3) if sheet.ndim == 2 else sheet for sheet in sheets]
    gap = -(-width // _PER_GAP)
    across = (width + gap) * len(sheets) - gap
    whole = np.full((height, across, *sheets[0].shape[2:]), 255, np.uint8)
    for place, sheet in enumerate(sheets):
        left = place * (width + gap)
        whole[: sheet.shape[0], left : left + sheet.shape[1]] = sheet
    return whole


def _corner(sheet: np.ndarray, image_size: int) -> np.ndarray:
    """The first tiles of a sheet, without the headings that it may have: (h, w) or (h, w, 3)."""
    pitch = tile_pitch(image_size)
    top = (sheet.shape[0] + GAP_PIXELS) % pitch
    side = TILES * pitch - GAP_PIXELS
    return sheet[top : top + side, :side]


@figure("samples", position=1.2)
def samples(data: SweepData) -> Drawing | str | None:
    """The last sample grid of each configuration's first completed seed, side by side."""
    elsewhere, times = _through_time(data)
    pictures = {
        label: found
        for label in data.drawn
        if not (times and label in elsewhere) and (found := _pictures(data, label)) is not None
    }
    if not pictures:
        return None if times else say("figure-samples-none")
    columns = min(3, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    side = WIDE_INCHES / 3
    sheets = [picture(paths[-1]) for _, paths in pictures.values()]
    tall = [min(MOST_TALL, sheet.shape[0] / sheet.shape[1]) for sheet in sheets]
    heights = [side * max(tall[at : at + columns]) + 0.32 for at in range(0, len(tall), columns)]
    canvas = Canvas(figsize=(columns * side, sum(heights)), layout="constrained")
    grid = canvas.subplots(rows, columns, squeeze=False, height_ratios=heights)
    for ax in grid.flat:
        ax.set_axis_off()
        ax.set_anchor("N")  # titles in line, and none above the canvas
    titles = fitting_names(list(pictures), 72 * side - 12, TITLE_SIZE, of=data.labels)
    runs = [run for run, _ in pictures.values()]
    for ax, title, run, sheet in zip(grid.flat, titles.texts, runs, sheets, strict=False):
        _show(ax, sheet, interpolation="none")
        ax.set_title(f"{title}\n{_score(data, run)}", pad=3)
    tasks = {data.task(label) for label in pictures}
    translated = all(task is not None and translates(task) for task in tasks)
    made = "translations" if translated else "last"
    return Drawing(
        canvas,
        say("figure-samples-title"),
        f"{say(f'figure-samples-{made}-caption')}{titles.note}",
        wide=True,
    )


def _through_time(data: SweepData) -> tuple[dict[str, tuple[Run, dict[int, Path]]], list[int]]:
    """What is shown through time.

    Returns:
        By label, a run and its pictures by epoch; and the epochs to show, none where the
        configurations do not share the pictures of at least two epochs.
    """
    rows = {
        label: _by_epoch(found)
        for label in data.drawn
        if (task := data.task(label)) is not None
        and through_time(task)
        and (found := _pictures(data, label)) is not None
    }
    return rows, _shared(rows)


def _by_epoch(found: tuple[Run, Sequence[Path]]) -> tuple[Run, dict[int, Path]]:
    run, paths = found
    return run, {int(path.stem.removeprefix("epoch-")): path for path in paths}


def _shared(rows: Mapping[str, tuple[Run, dict[int, Path]]]) -> list[int]:
    """Some of the epochs of which all have pictures, evenly spread; none if that is only one."""
    if not rows:
        return []
    shared = sorted(set.intersection(*(set(paths) for _, paths in rows.values())))
    if len(shared) < 2:
        return []
    spread = np.linspace(0, len(shared) - 1, min(MOST_TIMES, len(shared))).round().astype(int)
    return [shared[position] for position in spread]


def _pictures(data: SweepData, label: str) -> tuple[Run, Sequence[Path]] | None:
    """The first completed seed that has sample grids, and these, first epoch first."""
    for run in data.of(label).sort_values("seed").to_dict("records"):
        paths = data.results.samples(str(run["run_id"]))
        if paths:
            return run, paths
    return None


def _score(data: SweepData, run: Run) -> str:
    seed = say("figure-samples-seed", seed=str(run["seed"]))
    if run["protocol"] < 0 or not math.isfinite(run["quality_final_epoch"]):
        return seed
    if (judged := outcome_by(data, run["protocol"])) is None:
        return seed
    quality = run[judged.column]
    known = math.isfinite(quality)
    return f"{judged.score(quality) if known else f'{judged.metric} {not_finite()}'}, {seed}"


def _show(ax: Axes, picture: np.ndarray, **how: Any) -> None:
    ax.imshow(picture, cmap="gray" if picture.ndim == 2 else None, vmin=0, vmax=255, **how)


def picture(path: Path) -> np.ndarray:
    """A sample grid as uint8, (H, W) or (H, W, 3).

    Raises:
        ResultsError: it is truncated.
    """
    try:
        with Image.open(path) as image:
            return np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise ResultsError(
            f"{path} is truncated or not an image: delete the folder {path.parent.parent} "
            "and run the grid again to repeat this run only."
        ) from error
