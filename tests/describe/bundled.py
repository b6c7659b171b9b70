"""The bundled variants, each described once for all tests."""

from __future__ import annotations

from functools import cache

from bench.describe import Description, describe
from variants import registry
from variants.shapes import ImageShape, PointShape, SampleShape

SHAPE = ImageShape(1, 28, 10)


@cache
def described(name: str) -> Description:
    kind = registry.get(name)
    shape: SampleShape = PointShape() if kind.task == "mixtures" else SHAPE
    return describe(name, kind(), shape)
