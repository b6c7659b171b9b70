"""The keys a grid may have."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from bench.spec import RunKeys, plain, run_keys
from variants import registry
from variants.recipe import Recipe

SWEEP_KEYS = (
    "name",
    "question",
    "baseline",
    "seeds",
    "stack_seeds",
    "keep_checkpoints",
    "timing",
    "tune",
    "target",
    "margin",
    "variants",
    "axes",
    "exclude",
)
# A list is the value of these, not an axis.
LIST_KEYS = {"classes"}


def _class(asked: Any) -> int | str:
    if (type(asked) is int and asked >= 0) or (isinstance(asked, str) and asked):
        return asked
    raise ValueError(
        f"classes has {asked!r}; a class is a whole number from 0, or a name, in quotes where YAML "
        "reads it as something else"
    )


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", strict=True))
class RunFields(RunKeys):
    """What a grid says of a run besides its recipe: which data, and the run keys.

    Raises:
        pydantic.ValidationError: a value is of the wrong type or out of range.
    """

    dataset: str = "mnist-5k"
    image_size: Annotated[int | None, Field(ge=1)] = None
    channels: Annotated[int | None, Field(ge=1)] = None
    classes: Annotated[
        list[Annotated[int | str, BeforeValidator(_class)]] | None, Field(min_length=1)
    ] = None
    subset: Annotated[int | None, Field(ge=1)] = None
    holdout: Annotated[float | None, Field(ge=0, lt=1)] = None
    match_flops: str | None = None


DATA_KEYS = tuple(RunFields.__annotations__)
RUN_KEYS = (*DATA_KEYS, *(declared.name for declared in run_keys()))
# These cannot tell two runs apart, or are mappings.
NOT_AXES = {"name", "label", "match_flops"} | {
    declared.name for declared in run_keys() if not (declared.key.outcome and declared.key.axis)
}


def defaults(recipe: type[Recipe]) -> dict[str, Any]:
    """The value of each key of a variant that a grid need not give, where that has one."""
    run = {declared.name: plain(declared.default) for declared in run_keys()}
    return {"dataset": RunFields().dataset, **run, **recipe().model_dump()}


def recipe_keys() -> list[str]:
    """Every key that some variant has."""
    keys = (key for name in registry.names() for key in registry.get(name).grid_keys())
    return list(dict.fromkeys(keys))


def all_keys() -> list[str]:
    """Every key a grid may have at its top."""
    return [*RUN_KEYS, *recipe_keys(), *SWEEP_KEYS]
