"""What configurations are called in figures: names that fit, by the measured width of their text.

Labels stand as they are where they fit. A grid's default labels, ``dcgan width_factor=0.5 pack=2``,
name what varies only; where that is too long, their values alone, and the caption says of what.
Other labels that are too long are cut in the middle. Where nothing fits, or there are too many
names to read, numbers stand in the figure and its caption is their key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from bench.labels import KEY
from bench.markup import one_line
from bench.report.text import listing, quoted
from bench.texts import say

_LEGEND_HANDLE, _LEGEND_GAP, _LEGEND_EDGE = 3.6, 2.0, 2.0  # in units of the font's size


@dataclass(frozen=True)
class Names:
    """The names of some configurations.

    Attributes:
        texts: one for each label, all different.
        note: what a caption must say about them, after a space; "" if nothing.
        numbered: whether they are numbers.
    """

    texts: list[str]
    note: str = ""
    numbered: bool = False


def fitting_names(
    labels: Sequence[str], room: float, size: float, *, of: Sequence[str], most: int = 30
) -> Names:
    """Names for configurations, each at most ``room`` wide.

    Args:
        room: in points.
        size: of the font, in points.
        of: all labels of the sweep; numbers are positions in it, so that figures agree.
        most: so many have names, more have numbers.
    """
    if len(labels) <= most:
        for found in _candidates([one_line(label) for label in labels], room, size):
            distinct = len(set(found.texts)) == len(labels)
            if distinct and all(width(text, size) <= room for text in found.texts):
                return found
    places = {label: str(place) for place, label in enumerate(of, start=1)}
    key = listing(f"{places[label]} {quoted(label)}" for label in labels)
    note = f" {say('figure-numbers', key=key)}"
    return Names([places[label] for label in labels], note, numbered=True)


def width(text: str, size: float) -> float:
    """How wide a text is in the figures' font, in points."""
    measured, _, _ = text_to_path.get_text_width_height_descent(
        text, FontProperties(size=size), ismath=False
    )
    return float(measured)


def legend_columns(texts: Sequence[str], inches: float, size: float, most: int) -> int:
    """How many columns a legend may have in so many inches."""
    column = max(width(text, size) for text in texts) + (_LEGEND_HANDLE + _LEGEND_GAP) * size
    room = 72 * inches - (_LEGEND_EDGE - _LEGEND_GAP) * size
    return max(1, min(most, len(texts), int(room // column)))


def legend_room(inches: float, size: float) -> float:
    """How wide a text can be in a legend of one column, in points."""
    return 72 * inches - (_LEGEND_HANDLE + _LEGEND_EDGE) * size


def _candidates(labels: list[str], room: float, size: float) -> Iterator[Names]:
    """Ways to name configurations, the best first."""
    parts = [KEY.split(label) for label in labels]
    if len(labels) < 2 or not any(len(part) > 1 for part in parts):
        yield Names(labels)
        yield Names([_cut(label, lambda text: width(text, size) <= room) for label in labels])
        return
    heads = [part[0] for part in parts]
    points = [dict(zip(part[1::2], part[2::2], strict=True)) for part in parts]
    keys = list(dict.fromkeys(key for point in points for key in point))
    varying = [key for key in keys if len({point.get(key) for point in points}) > 1]
    shown = [[head] if len(set(heads)) > 1 else [] for head in heads]
    yield Names(
        [
            " ".join([*first, *(f"{key}={point[key]}" for key in varying if key in point)])
            for first, point in zip(shown, points, strict=True)
        ]
    )
    if all(key in point for point in points for key in varying):
        said = [*([say("figure-variant")] if len(set(heads)) > 1 else []), *varying]
        yield Names(
            [
                ", ".join([*first, *(point[key] for key in varying)])
                for first, point in zip(shown, points, strict=True)
            ],
            f" {say('figure-names', keys=listing(said))}",
        )


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    """The text, cut in the middle until it fits."""
    for length in range(len(text), 3, -1):
        tail = length // 3
        cut = f"{text[: length - 1 - tail].rstrip()}…{text[-tail:].lstrip()}"
        shown = text if length == len(text) else cut
        if fits(shown):
            return shown
    return text
