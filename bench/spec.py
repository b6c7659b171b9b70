"""One run, as plain data: what it trains, on what, from which seed.

A key of a run is one line of :class:`RunKeys`. The grid's schema, the run's identity, the stored
JSON and the grid as resolved all derive from that line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, field, replace
from dataclasses import dataclass as plain_dataclass
from functools import cache, cached_property
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

from bench import tasks
from bench.datasets import DataSpec
from bench.quality.extractors import registry as extractors
from bench.units import time_span
from variants import registry, revisions
from variants.recipe import Recipe
from variants.shapes import SampleShape

Precision = Literal["fp32", "tf32", "bf16"]
Execution = Literal["eager", "compile", "cuda-graph"]
AskedExecution = Literal["auto", "eager", "compile", "cuda-graph"]

# Of what holds for every run: defaults of run keys, initial weights and random streams, the order
# of batches, execution of a step. See CONTRIBUTING.md.
TRAINING_REVISION = 1

_STRICT = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
# ByteSize ignores what follows the first word, so "1,5GB" would be one byte.
_SIZE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?\s*(?:[KMGT]i?)?B")
_NO_LIMIT = 10**9  # seconds, 30 years
_MOST_PICTURES = 100  # of a run, unless the grid asks for more


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


@dataclass(frozen=True, kw_only=True, config=_STRICT)
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


def _outcome(keys: RunKeys | QualitySpec) -> Iterator[tuple[str, Any]]:
    """What changes the outcome and is not at its default."""
    for declared in _declared(RunKeys if isinstance(keys, RunKeys) else QualitySpec):
        value = getattr(keys, declared.field)
        if declared.key.outcome and value != declared.default:
            value = dict(_outcome(value)) if isinstance(value, QualitySpec) else value
            if value != {}:
                yield declared.field, value


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class RunSpec(RunKeys):
    """Everything that determines a run's outcome, its label and its limits.

    A run whose length was given in ``steps`` has epochs of ``steps_per_epoch``, the last
    perhaps shorter; any other's epoch is one pass through the data, or one round where the data
    has fewer batches than a round. An attempt that takes longer than ``timeout_seconds``, or
    more memory than ``max_host_bytes``, is stopped.

    A longer run continues a shorter one and has its id, unless the learning rates fall with its
    length (``lr_decay``, ``schedules``).

    Attributes:
        recipe: every field of the variant's recipe, resolved.
        data_identity: names the data set independently of where it is stored (a folder's
            content hash).
        task: what is learned; follows from the data set, so it is not part of the identity.
        classes: of the data set; 0 where it has none, or nobody needs their number.
        chosen: what the classes that it is trained on are called, where a grid has to say that to
            choose them again; their indices are in ``data``.
        match_flops: at whose training FLOPs per image its widths are to be chosen, which a sweep
            does before anything else; None where they are as given.
    """

    variant: str
    recipe: Recipe
    data: DataSpec
    data_identity: str
    seed: int
    label: str
    task: str = "images"
    classes: int = 0
    chosen: tuple[str, ...] | None = None
    match_flops: str | None = None

    def __hash__(self) -> int:
        return hash(self.run_id)

    @property
    def shape(self) -> SampleShape:
        """The shape of one sample, and the number of classes."""
        return tasks.get(self.task).shape(self.data, self.classes)

    @property
    def revision(self) -> int:
        """Of all that a run is made of; 1 before anything changed what runs yield."""
        return revisions.together((self.recipe.whole_revision, TRAINING_REVISION))

    def pictured(self, epoch: int) -> bool:
        """Whether a picture of samples is made after an epoch.

        After each, or in a run of more than 100 epochs after every ⌈epochs / 100⌉-th; or as often
        as ``samples_every`` says. The last epoch always has one.
        """
        every = self.samples_every or -(-self.epochs // _MOST_PICTURES)
        return epoch == self.epochs or epoch % every == 0

    def samples_trained(self, size: int) -> int:
        """Real samples the critic is shown in all, where the data set has ``size``.

        A length in steps counts every batch as a whole one; an epoch has at least one round.
        """
        of_round = self.recipe.batch_size * self.recipe.critic_steps
        if self.steps is None:
            return max(size, of_round) * self.epochs
        return self.steps * of_round

    def identity(self) -> dict[str, Any]:
        """What the run id is a hash of.

        Fields at their default are left out, so that spelling out a default, or a later
        version adding a field, leaves ids unchanged. A default that changes raises the revision.
        """
        default_values = registry.get(self.variant)().model_dump()
        data = asdict(self.data) | {"name": self.data_identity}
        # Nothing held out is what results of before have, and their runs are the same.
        data["holdout"] = self.data.holdout or None
        return {
            "variant": self.variant,
            "recipe": {
                key: value
                for key, value in self.recipe.model_dump().items()
                if value != default_values[key]
            },
            "dataset": data.pop("name"),
            "image_size": data.pop("image_size"),
            "channels": data.pop("channels"),
            "seed": self.seed,
            **{key: value for key, value in data.items() if value is not None},
            **dict(_outcome(self)),
            **self._length(),
            **({"match_flops": self.match_flops} if self.match_flops is not None else {}),
            **({"revision": self.revision} if self.revision > 1 else {}),
        }

    def _length(self) -> dict[str, int]:
        """What says how long the run is, where every step depends on that; else nothing."""
        if not self.recipe.depends_on_length:
            return {}
        return {"epochs": self.epochs, **({"steps": self.steps} if self.steps else {})}

    @cached_property
    def run_id(self) -> str:
        """A stable name for the run, safe as a folder name on every system."""
        canonical = json.dumps(self.identity(), sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()[:10]
        return f"{self.variant}-s{self.seed}-{digest}"

    @property
    def configuration(self) -> Configuration:
        """The run without its seed."""
        run = replace(self, seed=0)
        return Configuration(run.run_id, run)

    def as_json(self) -> str:
        """The whole resolved spec, as stored with the results."""
        stored: Mapping[str, Any] = {
            "variant": self.variant,
            "revision": self.revision,
            "recipe": self.recipe.model_dump(),
            "dataset": asdict(self.data) | {"name": self.data_identity},
            "seed": self.seed,
            **{d.field: plain(getattr(self, d.field)) for d in run_keys() if d.key.stored},
        }
        return json.dumps(stored, sort_keys=True)


@plain_dataclass(frozen=True)
class Configuration:
    """A run without its seed: what its replicates have in common. Equal where the ids are."""

    id: str
    run: RunSpec = field(compare=False, repr=False)  # the one with seed 0


def plain(value: Any) -> Any:
    """A key's value as JSON and YAML can hold it."""
    return value.model_dump() if isinstance(value, BaseModel) else value
