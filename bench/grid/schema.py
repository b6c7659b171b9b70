"""The keys a grid may have."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from bench.run_keys import RunKeys, plain, run_keys
from variants import registry
from variants.recipe import Recipe

# What each key of the sweep is; docs/grids.md says more.
SWEEP_KEYS = {
    "name": "names the results folder",
    "question": "what the comparison is to answer; the report's title",
    "baseline": "the label that others are compared with; the first if left out",
    "seeds": "the replicates, or {until: decided, at_most: 12}",
    "stack_seeds": "train all seeds of a configuration together in one process",
    "keep_checkpoints": "keep the state after a run's last epoch in the results folder",
    "timing": "auto: time the configurations before training; off: take times from the runs",
    "tune": "the same few trials for every configuration before its runs",
    "target": "to what a measure is to get, or baseline",
    "margin": "the share of the baseline's quality within which a difference does not matter",
    "variants": "names of variants, or mappings with name, label and keys of their own",
    "axes": "key to list of values, each combination of which is trained",
    "exclude": "mappings; a configuration that matches one is left out",
}
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

    dataset: Annotated[str, Field(description="the data set")] = "mnist-5k"
    image_size: Annotated[
        int | None, Field(ge=1, description="pixels; the data set's own if left out")
    ] = None
    channels: Annotated[
        int | None, Field(ge=1, description="1 grey, 3 RGB; the data set's own if left out")
    ] = None
    classes: Annotated[
        list[Annotated[int | str, BeforeValidator(_class)]] | None,
        Field(min_length=1, description="the classes to train on; all if left out"),
    ] = None
    subset: Annotated[
        int | None, Field(ge=1, description="how many images to train on; all if left out")
    ] = None
    holdout: Annotated[
        float | None, Field(ge=0, lt=1, description="the share of images held out of training")
    ] = None
    match_flops: Annotated[
        str | None,
        Field(description="a variant or label at whose training FLOPs the widths are chosen"),
    ] = None


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
