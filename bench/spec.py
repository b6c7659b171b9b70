"""One run, as plain data: what it trains, on what, from which seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from dataclasses import dataclass as plain_dataclass
from functools import cached_property
from typing import Any

from pydantic.dataclasses import dataclass

from bench import tasks
from bench.datasets import DataSpec
from bench.run_keys import STRICT, RunKeys, outcome, plain, run_keys
from variants import registry, revisions
from variants.recipe import Recipe
from variants.shapes import SampleShape

# Of what holds for every run: defaults of run keys, initial weights and random streams, the order
# of batches, execution of a step. See CONTRIBUTING.md.
TRAINING_REVISION = 1

_MOST_PICTURES = 100  # of a run, unless the grid asks for more


@dataclass(frozen=True, kw_only=True, config=STRICT)
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
            **dict(outcome(self)),
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
