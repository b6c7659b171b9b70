"""Names next to points, placed where they cover nothing.

Greedy: each name in turn takes the nearest of the places around its point that covers
no other name, point, error bar or line, or the one that covers least; none reaches beyond the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

NAME_SIZE = 6.5  # of the font, in points
_POINT = 4.0  # half the width of a marker with some air, in points
_AIR = 1.2  # around lines, in points
_DISTANCES = (6.0, 9.0, 13.0, 19.0, 27.0, 36.0, 46.0)
_LEADER_FROM = 9.0  # beyond this a name needs a line to its point
_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_HORIZONTAL: dict[int, Literal["left", "center", "right"]] = {1: "left", 0: "center", -1: "right"}
_VERTICAL: dict[int, Literal["bottom", "center", "top"]] = {1: "bottom", 0: "center", -1: "top"}


def label_points(
    figure: Figure,
    ax: Axes,
    points: NDArray[np.float64],
    names: Sequence[str | None],
    segments: NDArray[np.float64],
) -> None:
    """Writes each name near its point.

    Args:
        figure: complete except for these names.
        ax: the axes of the points, at their final limits and scales.
        points: (n, 2), in data coordinates.
        names: n texts; None for a point without one.
        segments: (m, 2, 2) vertical and horizontal lines to avoid, from end to end, in
            data coordinates.
    """
    figure.draw_without_rendering()
    unit = figure.dpi / 72
    frame = ax.get_window_extent().padded(-1)
    boxes = [_box(ax, [point, point], _POINT * unit) for point in points]
    boxes += [_box(ax, segment, _AIR * unit) for segment in segments]
    boxes += [text.get_window_extent() for text in ax.texts]
    taken = np.array([box.extents for box in boxes])
    for point, name in zip(points, names, strict=True):
        if name is None:
            continue
        note = ax.annotate(
            name, point, xytext=(0, 0), textcoords="offset points", fontsize=NAME_SIZE, zorder=4
        )
        note.set_in_layout(False)
        best: tuple[float, tuple[float, float], float, tuple[int, int]] | None = None
        for distance, direction in product(_DISTANCES, _DIRECTIONS):
            _move(note, distance, direction)
            box = _inside(note, frame, unit)
            cost = float(_overlaps(box, taken).sum())
            if best is None or cost < best[0] - 1e-6:
                best = (cost, note.get_position(), distance, direction)
            if cost <= 1e-6:
                break
        assert best is not None
        _, position, distance, direction = best
        _move(note, distance, direction)
        note.set_position(position)
        if distance > _LEADER_FROM:
            ax.annotate(
                "",
                point,
                xytext=note.get_position(),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": "0.5", "shrinkB": 4},
            ).set_in_layout(False)
        taken = np.concatenate([taken, [note.get_window_extent().extents]])


def _move(note: Annotation, distance: float, direction: tuple[int, int]) -> None:
    across, up = direction
    reach = distance * (0.7 if across and up else 1.0)
    note.set_position((across * reach, up * reach))
    note.set_horizontalalignment(_HORIZONTAL[across])
    note.set_verticalalignment(_VERTICAL[up])


def _inside(note: Annotation, frame: Bbox, unit: float) -> Bbox:
    """Moves a name into the frame where it reaches beyond; returns its pixels.

    Args:
        unit: pixels of a point.
    """
    box = note.get_window_extent()
    right = max(0.0, frame.x0 - box.x0) - max(0.0, box.x1 - frame.x1)
    up = max(0.0, frame.y0 - box.y0) - max(0.0, box.y1 - frame.y1)
    if right or up:
        x, y = note.get_position()
        note.set_position((x + right / unit, y + up / unit))
    return box.translated(right, up)


def _box(ax: Axes, ends: ArrayLike, pad: float) -> Bbox:
    """The pixels of a segment given by its (2, 2) ends, widened by ``pad``."""
    low = np.array([ax.get_xlim()[0], ax.get_ylim()[0]])
    high = np.array([ax.get_xlim()[1], ax.get_ylim()[1]])
    # On a logarithmic axis an error bar that reaches below zero ends at the frame.
    pixels = ax.transData.transform(np.clip(np.asarray(ends, dtype=np.float64), low, high))
    return Bbox([pixels.min(axis=0) - pad, pixels.max(axis=0) + pad])


def _overlaps(box: Bbox, others: NDArray[np.float64]) -> NDArray[np.float64]:
    """The areas that a box shares with (n, 4) others, given by their corners, in square pixels."""
    extents = np.array(box.extents)
    low = np.maximum(extents[:2], others[:, :2])
    high = np.minimum(extents[2:], others[:, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=1))
