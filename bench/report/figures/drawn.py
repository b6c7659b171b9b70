"""The data of a figure, read back from what was drawn, so that every figure has them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

HEADER = ("panel", "x_axis", "y_axis", "configuration", "drawn", "x", "y", "y_low", "y_high")
_MARK = re.compile(r"of-(\d+)")


def data_csv(canvas: Canvas, labels: Sequence[str]) -> bytes:
    """Lines, points and bands of all panels as CSV; empty where a figure has pictures only.

    Args:
        labels: the configurations that ``style.mark`` counts; an artist without a mark has none.
    """
    rows = [row for ax in canvas.axes for row in _of_panel(canvas, ax, labels)]
    if not rows:
        return b""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return sink.getvalue().encode()


def _of_panel(canvas: Canvas, ax: Axes, labels: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    from matplotlib.collections import PolyCollection

    over = (canvas.get_supxlabel(), canvas.get_supylabel())
    axes = (ax.get_title(), ax.get_xlabel() or over[0], ax.get_ylabel() or over[1])
    for line in ax.lines:
        # Lines across the axes, such as a noise floor, are in the caption.
        if line.get_transform() != ax.transData and line.get_gid() is None:
            continue
        x, y = (np.asarray(values, dtype=np.float64) for values in line.get_data())
        if line.get_transform() == ax.get_xaxis_transform():  # y is a place on the axes
            for at in x:
                yield (*axes, _label(line, labels), "not finite", repr(float(at)), "", "", "")
            continue
        for at, value in zip(x, y, strict=True):
            if np.isfinite(value):
                yield (
                    *axes,
                    _label(line, labels),
                    "line",
                    repr(float(at)),
                    repr(float(value)),
                    "",
                    "",
                )
    for band in ax.collections:
        if not isinstance(band, PolyCollection):
            continue
        for path in band.get_paths():
            for at, low, high in _ends(np.asarray(path.vertices)):
                yield (*axes, _label(band, labels), "band", at, "", low, high)


def _label(artist: Any, labels: Sequence[str]) -> str:
    found = _MARK.fullmatch(artist.get_gid() or "")
    return labels[int(found[1])] if found else ""


def _ends(vertices: np.ndarray) -> Iterator[tuple[str, str, str]]:
    """Of a polygon (2n + 3, 2) of ``fill_between``: x and both ends of each of n places."""
    count = (len(vertices) - 3) // 2
    lower, upper = vertices[1 : count + 1], vertices[count + 2 : 2 * count + 2][::-1]
    if len(lower) != len(upper) or not np.array_equal(lower[:, 0], upper[:, 0]):
        return
    for (x, one), (_, other) in zip(lower, upper, strict=True):
        low, high = sorted((float(one), float(other)))
        yield repr(float(x)), repr(low), repr(high)
