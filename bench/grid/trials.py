"""The same few trials for every configuration, as data."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.spec import RunSpec


@dataclass(frozen=True)
class Tuning:
    """The trials of every configuration.

    Attributes:
        values: by field of the variants, what is tried; all combinations are.
        seed: of every trial, and of no run that is reported.
    """

    values: Mapping[str, Sequence[Any]]
    seed: int

    @property
    def combinations(self) -> list[dict[str, Any]]:
        """What is tried together, in the order of the grid."""
        products = itertools.product(*self.values.values())
        return [dict(zip(self.values, each, strict=True)) for each in products]

    def document(self) -> dict[str, Any]:
        """As a grid gives it."""
        return {**{key: list(values) for key, values in self.values.items()}, "seed": self.seed}


def trial(run: RunSpec, fields: Mapping[str, Any], seed: int | None = None) -> RunSpec:
    """A run with some fields of its recipe changed.

    Args:
        seed: of a trial, whose label says what is tried; None for a run with what was chosen.

    Raises:
        pydantic.ValidationError: the recipe does not allow them.
    """
    recipe = type(run.recipe)(**run.recipe.model_dump() | dict(fields))
    if seed is None:
        return replace(run, recipe=recipe)
    tried = " ".join(f"{key}={value}" for key, value in fields.items())
    return replace(run, recipe=recipe, seed=seed, label=f"{run.label} {tried}")


def trials(configurations: Sequence[RunSpec], tune: Tuning) -> dict[str, list[RunSpec]]:
    """The trials of each configuration, by its label."""
    return {
        run.label: [trial(run, fields, tune.seed) for fields in tune.combinations]
        for run in configurations
    }
