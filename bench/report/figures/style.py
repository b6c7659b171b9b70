"""How figures look: for one or two journal columns, in colour or in grey.

Configurations differ in colour, marker and dash pattern, so that a figure stays readable on a
grey printer and with any colour vision. The palette is seaborn's ``colorblind`` (after Wong
(2011), Points of view: Color blindness, Nature Methods 8, 441) without its pale tones.
Text stays text in the SVG files.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.report.data import SweepData
from bench.report.text import si_prefix

COLUMN_INCHES = 3.5
WIDE_INCHES = 7.2
PALETTE = [sns.color_palette("colorblind")[i] for i in (0, 1, 2, 3, 4, 9, 5)]
GREY = "0.45"
FAILURE = "#b3261e"  # of signs that training has failed
TITLE_SIZE, LEGEND_SIZE = 8, 7  # of fonts, in points

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
_DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)))


@dataclass(frozen=True)
class Style:
    """How a configuration is drawn."""

    colour: Any
    marker: str
    dash: Any


@contextmanager
def publication_style() -> Iterator[None]:
    """Sets matplotlib up for the report's figures."""
    style = {
        **sns.axes_style("ticks"),
        **sns.plotting_context("paper"),
        "font.family": "sans-serif",
        "font.size": 8,
        "axes.labelsize": 8,
        "axes.titlesize": TITLE_SIZE,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "legend.fontsize": LEGEND_SIZE,
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
        "pdf.fonttype": 42,  # whole outlines, which publishers ask for
        "svg.hashsalt": "gan-bench",
        # Labels are the user's words: a dollar sign in them is a dollar sign.
        "text.parse_math": False,
    }
    with mpl.rc_context(style), warnings.catch_warnings():
        # A label in a script the font lacks is drawn as boxes; the SVG keeps its text.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from", category=UserWarning)
        yield


def styles(data: SweepData) -> dict[str, Style]:
    """A style per configuration of a sweep."""
    return styles_of(data.labels, data.baseline)


def styles_of(labels: Sequence[str], baseline: str | None) -> dict[str, Style]:
    """A style per configuration: the baseline black and solid, the others in order."""
    chosen = {}
    others = [label for label in labels if label != baseline]
    if baseline is not None:
        chosen[baseline] = Style("black", _MARKERS[0], _DASHES[0])
    for position, label in enumerate(others, start=1):
        chosen[label] = Style(
            PALETTE[(position - 1) % len(PALETTE)],
            _MARKERS[position % len(_MARKERS)],
            _DASHES[position % len(_DASHES)],
        )
    return chosen


def mark(artist: Any, labels: Sequence[str], label: str) -> None:
    """Says which of a sweep's configurations an artist shows, so that a page can highlight it."""
    if label in labels:
        artist.set_gid(f"of-{labels.index(label)}")


@contextmanager
def marking(ax: Axes, labels: Sequence[str], label: str) -> Iterator[None]:
    """Marks whatever is drawn meanwhile; see :func:`mark`."""
    before = set(ax.get_children())
    yield
    for artist in ax.get_children():
        if artist not in before:
            mark(artist, labels, label)


def legend(
    owner: Canvas | Axes,
    handles: Sequence[Any],
    labels: Sequence[str],
    *,
    marked: Sequence[str] = (),
    of: Sequence[str] = (),
    **place: Any,
) -> None:
    """Adds a legend with any labels.

    Args:
        marked: the configurations of its entries, if they are; see :func:`mark`.
        of: all configurations of the sweep.
    """
    # The texts are set afterwards because matplotlib drops labels that begin with "_".
    drawn = owner.legend(handles, [str(i) for i in range(len(labels))], **place)
    for text, label in zip(drawn.get_texts(), labels, strict=True):
        text.set_text(label)
    for handle, text, label in zip(drawn.legend_handles, drawn.get_texts(), marked, strict=False):
        mark(handle, of, label)
        mark(text, of, label)


def logarithmic(axis: Any) -> None:
    """Sets plain numbers at 1, 2 and 5 on a logarithmic axis."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(_plain))
    axis.set_minor_formatter(NullFormatter())


def compact_counts(axis: Any) -> None:
    """Sets numbers such as 20k on an axis."""
    axis.set_major_formatter(FuncFormatter(_compact))


# Named, since a figure with a lambda in it cannot be sent to another process by pickle.
def _plain(value: float, _: int) -> str:
    return f"{value:g}"


def _compact(value: float, _: int) -> str:
    scale, letter = si_prefix([value])
    return f"{value / scale:g}{letter}"


def spread(values: Sequence[float]) -> float:
    """Largest over smallest; 1 where that is undefined."""
    return max(values) / min(values) if values and min(values) > 0 else 1.0
