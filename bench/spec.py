"""One run, as plain data: what it trains, on what, from which seed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from bench.datasets import DataSpec
from variants import registry
from variants.recipe import ImageShape, PointShape, Recipe, SampleShape

Precision = Literal["fp32", "tf32", "bf16"]
Execution = Literal["eager", "compile", "cuda-graph"]
AskedExecution = Literal["auto", "eager", "compile", "cuda-graph"]


@dataclass(frozen=True, kw_only=True)
class QualitySpec:
    """How quality is measured: which features, how many samples, every how many epochs."""

    features: str = "auto"
    samples: int = 5000
    every: int = 1


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """Everything that determines a run's outcome, its label and its limits.

    ``recipe`` holds every field of the variant's recipe, resolved. ``data_identity`` is
    what the data set is called independently of where it lies (a folder's content hash).
    A run whose length was given in ``steps`` has epochs of ``steps_per_epoch``, the last
    perhaps shorter; any other's epoch is once through the data, or a round where they are too
    few for it. An attempt that takes longer
    than ``timeout_seconds``, or more memory than ``max_host_bytes``, is stopped; neither is
    part of the run's identity. ``execution`` is how steps are executed, where that is not left
    to the sweep.
    """

    variant: str
    recipe: Recipe
    data: DataSpec
    data_identity: str
    seed: int
    epochs: int
    quality: QualitySpec
    samples_every: int
    label: str
    classes: int = 0  # of the data set; 0 where it has none
    steps: int | None = None
    steps_per_epoch: int | None = None
    precision: Precision = "fp32"
    execution: AskedExecution = "auto"
    timeout_seconds: float | None = None
    max_host_bytes: int | None = None

    @property
    def shape(self) -> SampleShape:
        """Of one sample, and the number of classes."""
        if self.data.image_size is None or self.data.channels is None:
            return PointShape()
        return ImageShape(self.data.channels, self.data.image_size, self.classes)

    def samples_shown(self, size: int) -> int:
        """Real samples the critic is shown in all, where the data set has ``size``.

        A length in steps takes every batch for a whole one; an epoch has at least one round.
        """
        of_round = self.recipe.batch_size * self.recipe.critic_steps
        if self.steps is None:
            return max(size, of_round) * self.epochs
        return self.steps * of_round

    def identity(self) -> dict[str, Any]:
        """What the run id is a hash of.

        Fields at their default are left out, so that spelling out a default, or a later
        version adding a field, leaves ids unchanged. So are ``epochs``, ``steps`` and
        ``samples_every``, as more epochs are the same run gone further, and the limits.
        """
        defaults = registry.get(self.variant)()
        quality = {
            key: value
            for key, value in asdict(self.quality).items()
            if key != "every" and value != getattr(QualitySpec(), key)
        }
        identity: dict[str, Any] = {
            "variant": self.variant,
            "recipe": {
                key: value
                for key, value in self.recipe.model_dump().items()
                if value != getattr(defaults, key)
            },
            "dataset": self.data_identity,
            "image_size": self.data.image_size,
            "channels": self.data.channels,
            "seed": self.seed,
        }
        if self.steps_per_epoch is not None:
            identity["steps_per_epoch"] = self.steps_per_epoch
        if self.data.classes is not None:
            identity["classes"] = list(self.data.classes)
        if self.data.subset is not None:
            identity["subset"] = self.data.subset
        if quality:
            identity["quality"] = quality
        if self.precision != "fp32":
            identity["precision"] = self.precision
        if self.execution != "auto":
            identity["execution"] = self.execution
        return identity

    @property
    def run_id(self) -> str:
        """A stable name for the run, safe as a folder name on every system."""
        canonical = json.dumps(self.identity(), sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()[:10]
        return f"{self.variant}-s{self.seed}-{digest}"

    def configuration(self) -> RunSpec:
        """The same run with seed 0: what its replicates have in common."""
        return replace(self, seed=0)

    def as_json(self) -> str:
        """The whole resolved spec, as stored with the results."""
        return json.dumps(
            {
                "variant": self.variant,
                "recipe": self.recipe.model_dump(),
                "dataset": asdict(self.data) | {"name": self.data_identity},
                "seed": self.seed,
                "epochs": self.epochs,
                "steps": self.steps,
                "steps_per_epoch": self.steps_per_epoch,
                "quality": asdict(self.quality),
                "samples_every": self.samples_every,
                "precision": self.precision,
                "execution": self.execution,
            },
            sort_keys=True,
        )
