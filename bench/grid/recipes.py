"""A single variant with some of its fields set, as ``bench describe`` asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bench.errors import GridError
from bench.grid.messages import unknown_key, validation_sentence
from variants import registry
from variants.recipe import PointShape, Recipe, SampleShape


def is_of_points(name: str) -> bool:
    """Whether a variant generates points; False where there is no such variant."""
    # task: which tasks a variant suits, asked of every task
    try:
        return registry.get(name)().refusal(PointShape()) is None
    except registry.UnknownName:
        return False


def recipe(name: str, shape: SampleShape, settings: Mapping[str, Any]) -> Recipe:
    """A variant's recipe with some fields set, checked as a grid's would be.

    Raises:
        GridError: no such variant or field, a wrong value, or images it cannot generate.
    """
    try:
        kind = registry.get(name)
    except registry.UnknownName as error:
        raise GridError(f"{error} (bench list variants)") from error
    for key in settings:
        if key not in kind.grid_keys():
            problem = unknown_key(key, kind.grid_keys(), f"the variant {name}")
            raise GridError(f"--set {key}: {problem}")
    try:
        point = kind(**settings)
    except ValidationError as error:
        raise GridError(f"--set: {validation_sentence(error.errors()[0])}") from error
    refusal = point.refusal(shape)
    if refusal is not None:
        raise GridError(f"the variant {name} {refusal.reason}; see bench describe --help.")
    return point
