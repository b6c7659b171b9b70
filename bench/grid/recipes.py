"""A single variant with some of its fields set, as ``bench describe`` asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bench import tasks
from bench.datasets import DataSpec
from bench.errors import GridError
from bench.grid.messages import unknown_key, validation_sentence
from variants import registry
from variants.recipe import Recipe
from variants.shapes import SampleShape

_USUAL = 28  # px, of digits


def recipe(
    name: str, data: DataSpec, classes: int, settings: Mapping[str, Any]
) -> tuple[Recipe, SampleShape]:
    """A variant's recipe with some fields set, checked as a grid's would be.

    Args:
        data: size and channels, for a variant of a task that has them.
        classes: of the data set.

    Returns:
        The recipe and the shape of the samples of its task.

    Raises:
        GridError: no such variant or field, a wrong value, or images it cannot generate.
    """
    kind = _kind(name)
    for key in settings:
        if key not in kind.grid_keys():
            problem = unknown_key(key, kind.grid_keys(), f"the variant {name}")
            raise GridError(f"--set {key}: {problem}")
    try:
        point = kind(**settings)
    except ValidationError as error:
        raise GridError(f"--set: {validation_sentence(error.errors()[0])}") from error
    shape = tasks.get(kind.task).shape(data, classes)
    refusal = point.refusal(shape)
    if refusal is not None:
        raise GridError(f"the variant {name} {refusal.reason}; see bench describe --help.")
    return point, shape


def usual_size(name: str) -> int:
    """The size that a variant is described for where none is asked for: 28 px, or its smallest.

    Raises:
        GridError: no such variant.
    """
    sizes = _kind(name).image_sizes
    return _USUAL if not sizes or _USUAL in sizes else min(sizes)


def _kind(name: str) -> type[Recipe]:
    try:
        return registry.get(name)
    except registry.UnknownName as error:
        raise GridError(f"{error} (bench list variants)") from error
