"""The keys of a run besides its variant and its data, each declared in one line.

The grid's schema, the run's identity, the stored JSON and the grid as resolved all derive from that
line of :class:`RunKeys`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass as plain_dataclass
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic.dataclasses import dataclass

from bench.quality.extractors import registry as extractors
from bench.units import time_span

Precision = Literal["fp32", "tf32", "bf16"]
Execution = Literal["eager", "compile", "cuda-graph"]
AskedExecution = Literal["auto", "eager", "compile", "cuda-graph"]

STRICT = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
# ByteSize ignores what follows the first word, so "1,5GB" would be one byte.
_SIZE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?\s*(?:[KMGT]i?)?B")
_NO_LIMIT = 10**9  # seconds, 30 years


@plain_dataclass(frozen=True)
class Key:
    """What a run key means besides its type.

    Attributes:
        outcome: it changes what a run yields, so it is part of the run's identity wherever it
            is not at its default.
        stored: it is part of the spec stored with the results.
        axis: a list of its values in a grid makes one run of each. A key that does not change
            the outcome is never an axis, as its runs would be the same run.
    """

    outcome: bool = True
    stored: bool = True
    axis: bool = True


_LENGTH = Key(outcome=False)  # more epochs are the same run, trained further
_PICTURE = Key(outcome=False)
_PROTOCOL = Key(axis=False)
_LIMIT = Key(outcome=False, stored=False)


def _seconds(given: Any) -> float | None:
    seconds = time_span(given) if isinstance(given, str) else given
    if given is None or (type(seconds) in (int, float) and 0 < seconds < _NO_LIMIT):
        return None if given is None else float(seconds)
    raise ValueError(
        f"timeout is {given!r}; give a number of seconds above 0, or text such as 90s, 30m, "
        "2h or 1h30m"
    )


def _bytes(given: Any) -> int | None:
    size: int | None = given
    if isinstance(given, str):
        size = 0
        with suppress(ValidationError):
            if _SIZE.fullmatch(given.strip()):
                size = int(TypeAdapter(ByteSize).validate_python(given.strip()))
    if given is None or (type(size) is int and size > 0):
        return size
    raise ValueError(
        f"max_host_memory is {given!r}; give text such as 500 MB, 4GB or 2GiB, or a whole "
        "number of bytes above 0"
    )


def _features(name: str) -> str:
    if not extractors.is_choice(name):
        known = ", ".join(map(repr, extractors.choices()))
        raise ValueError(f"quality.features is {name!r}; it should be one of {known}")
    return name


def _off_is_a_name(name: Any) -> Any:
    return "off" if name is False else name  # YAML reads a bare off as false


def quality_fields(given: Any) -> Any:
    """``quality: off`` in short for ``{features: off}``; anything else as it is."""
    return {"features": "off"} if _off_is_a_name(given) == "off" else given


class QualitySpec(BaseModel):
    """How quality is measured: features, number of samples, how often, and against what."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    features: Annotated[str, BeforeValidator(_off_is_a_name), AfterValidator(_features)] = Field(
        "auto", description="whose features scores are made of: inception, classifier, off or auto"
    )
    # Precision and recall look at three neighbours.
    samples: Annotated[int, Field(ge=4, description="generated samples per evaluation")] = 5000
    every: Annotated[int, Field(ge=1, description="epochs between evaluations"), _LENGTH] = 1
    reference: Literal["training", "held-out"] = Field(
        "training", description="the real images that samples are compared with"
    )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RunKeys:
    """The keys that any run has besides its data, whatever its variant. One line each."""

    epochs: Annotated[int, Field(ge=1, description="passes through the data"), _LENGTH] = 10
    steps: Annotated[
        int | None, Field(ge=1, description="the length in steps, instead of epochs"), _LENGTH
    ] = None
    steps_per_epoch: Annotated[
        int | None, Field(ge=1, description="with steps: how many make an epoch"), _PROTOCOL
    ] = None
    samples_every: Annotated[
        int | None, Field(ge=1, description="epochs between pictures of samples"), _LENGTH
    ] = None
    samples_shown: Annotated[
        int | None, Field(ge=1, description="samples in a picture"), _PICTURE
    ] = None
    gif_fps: Annotated[
        float, Field(gt=0, le=50, description="frames per second of samples.gif"), _PICTURE
    ] = 5.0
    quality: Annotated[
        QualitySpec,
        BeforeValidator(quality_fields),
        Field(description="how quality is measured"),
        _PROTOCOL,
    ] = QualitySpec()
    precision: Annotated[Precision, Field(description="arithmetic of the steps")] = "fp32"
    execution: Annotated[AskedExecution, Field(description="how steps are executed")] = "auto"
    timeout_seconds: Annotated[
        float | None,
        BeforeValidator(_seconds),
        Field(validation_alias="timeout", description="the longest that one attempt may take"),
        _LIMIT,
    ] = None
    max_host_bytes: Annotated[
        int | None,
        BeforeValidator(_bytes),
        Field(
            validation_alias="max_host_memory",
            description="the most host memory of a run and its child processes",
        ),
        _LIMIT,
    ] = None

    def settings(self) -> dict[str, Any]:
        """Every run key's value, by field name."""
        return {declared.field: getattr(self, declared.field) for declared in run_keys()}


class Declared(NamedTuple):
    """A key as declared in :class:`RunKeys`."""

    field: str
    name: str  # in a grid
    key: Key
    default: Any


@cache
def _declared(kind: type[Any]) -> tuple[Declared, ...]:
    """What is declared in a class of pydantic's."""
    found = []
    for name, info in kind.__pydantic_fields__.items():
        key = next((m for m in info.metadata if isinstance(m, Key)), Key())
        found.append(Declared(name, str(info.validation_alias or name), key, info.default))
    return tuple(found)


def run_keys() -> tuple[Declared, ...]:
    """The run keys, in the order in which a resolved grid lists them."""
    return _declared(RunKeys)


def outcome(keys: RunKeys | QualitySpec) -> Iterator[tuple[str, Any]]:
    """What changes the outcome and is not at its default."""
    for declared in _declared(RunKeys if isinstance(keys, RunKeys) else QualitySpec):
        value = getattr(keys, declared.field)
        if declared.key.outcome and value != declared.default:
            value = dict(outcome(value)) if isinstance(value, QualitySpec) else value
            if value != {}:
                yield declared.field, value


def plain(value: Any) -> Any:
    """A key's value as JSON and YAML can hold it."""
    return value.model_dump() if isinstance(value, BaseModel) else value
