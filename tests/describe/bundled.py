"""The bundled variants, each described once for all tests."""

from __future__ import annotations

from functools import cache

from bench.describe import Description, describe
from variants import registry
from variants.recipe import Recipe
from variants.shapes import ImageShape, PairShape, PointShape, SampleShape

SHAPE = ImageShape(1, 28, 10)


PAIR = PairShape(ImageShape(1, 32, 10), ImageShape(1, 32, 10))
_SHAPES: dict[str, SampleShape] = {"mixtures": PointShape(), "pairs": PAIR, "unpaired": PAIR}


def shape_of(name: str) -> SampleShape:
    """The samples that a variant is described for."""
    return _SHAPES.get(registry.get(name).task, SHAPE)


def recipe_of(name: str) -> Recipe:
    """A variant with its defaults; those that are large are narrow."""
    kind = registry.get(name)
    large = shape_of(name) == PAIR or name in ("sngan", "conditional-sngan", "r3gan")
    return kind(width_factor=0.125) if large else kind()


@cache
def described(name: str) -> Description:
    return describe(name, recipe_of(name), shape_of(name))
