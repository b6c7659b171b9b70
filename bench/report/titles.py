"""Headings of several lines, and the names of what is declared in English elsewhere."""

from __future__ import annotations

import re

from bench.measures import EPOCH_MEASURES, Measure
from bench.texts import say, translated
from variants.scalars import Scalar

_BETWEEN = " | "  # the lines of a heading, as catalogues write them
_WORDS = 8  # of a text that make its key


def lines(text: str) -> tuple[str, ...]:
    """The lines of a heading: a text with ``|`` between them."""
    return tuple(text.split(_BETWEEN))


def key_of(text: str) -> str:
    """The end of the key of a text that is declared elsewhere: its first words."""
    return "-".join(re.findall("[a-z0-9]+", text.lower())[:_WORDS])


def title(measure: Measure, samples: str = "images") -> tuple[str, ...]:
    """The lines of a measure's heading, without unit and arrow.

    Args:
        samples: what samples are called.
    """
    if measure.averaged:
        own = title(EPOCH_MEASURES.get(measure.name.removesuffix("_averaged")), samples)
        return lines(say("column-averaged", metric=_BETWEEN.join(own), arrow=""))
    english = _BETWEEN.join(measure.title).replace(" images", f" {samples}")
    return lines(translated(f"measure-{measure.name}", english, samples=samples))


def legend_of(scalar: Scalar) -> str:
    """What a line of a figure by training step is called."""
    return translated(f"scalar-{scalar.name}", scalar.heading)
