"""The contract of a task, and the registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from bench.datasets import DataSpec, ImageData
from variants.recipe import Recipe, Refusal
from variants.registry import Registry
from variants.shapes import SampleShape

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.quality.evaluator import Conditions
    from bench.quality.reference import Against
    from bench.quality.scorers.base import Context
    from variants.game import Batch


@dataclass(frozen=True, kw_only=True)
class QualityPlan:
    """What quality is measured with.

    Attributes:
        task: the task's name.
        features: the extractor's name, or the task's own word for how it judges.
        samples: generated samples per evaluation.
        reference: which images they are compared with: "training" or "held-out".
        spec: the data set as the grid asks for it.
        data: what the run trains on.
        labelled: the whole data set behind it, for a classifier.
        cache: root of the cache.
        device: of the run.
    """

    task: str
    features: str
    samples: int
    spec: DataSpec
    data: ImageData
    labelled: ImageData
    cache: Path
    device: torch.device
    reference: Against = "training"


class Picture(NamedTuple):
    """A picture of generated samples.

    Attributes:
        samples: how many are in it.
        conditions: what they are generated from.
        png: draws them, (samples, …) in the range of the data.
        round_trip: of a translation, draws them and what a game that translates both ways makes
            of them: their sources again, (samples, …) in the range of the data.
    """

    samples: int
    conditions: Conditions
    png: Callable[[Tensor], bytes]
    round_trip: Callable[[Tensor, Tensor], bytes] | None = None


class Task(ABC):
    """What is learned. Tasks hold no state.

    Attributes:
        samples: what messages call the samples.
        keys: run keys, beyond those of every run, that mean something.
        through_time: reports show the samples of several epochs instead of the last.
        most_shown: samples that a picture, or the column of a class, has room for.
    """

    samples: ClassVar[str] = "images"
    keys: ClassVar[frozenset[str]] = frozenset({"image_size", "channels", "holdout"})
    through_time: ClassVar[bool] = False
    most_shown: ClassVar[int] = 400

    @classmethod
    def summary(cls) -> str:
        """One line on what is learned."""
        return ((cls.__doc__ or "").strip().splitlines() or [""])[0]

    @abstractmethod
    def shape(self, data: DataSpec, classes: int) -> SampleShape:
        """The shape of one sample; ``classes`` is the number of the data set's, 0 without."""

    def refusal(self, recipe: Recipe, precision: str) -> Refusal | None:
        """Why the task cannot be learned by a recipe in a precision; None where it can."""
        return None

    def modes(self, data: DataSpec) -> int | None:
        """How many modes the data have, where that is known."""
        return None

    @abstractmethod
    def example_batch(self, shape: SampleShape, count: int, noise: torch.Generator) -> Batch:
        """A batch of random samples, on the device of ``noise``, for counting and timing steps."""

    @abstractmethod
    def choose_quality(
        self, requested: str, *, device: str, labelled: ImageData
    ) -> tuple[str | None, str]:
        """How quality is measured, decided once per sweep.

        Args:
            requested: "auto", "off" or the name of an extractor.
            device: "cpu" or "cuda".
            labelled: the whole data set; where a part of it cannot be read, what is trained on.

        Returns:
            The extractor, or the task's own word for how it judges; None where quality is off.
            And a sentence that says why.

        Raises:
            QualityError: what was requested is not available.
        """

    def cannot_judge(self, plan: QualityPlan) -> str | None:
        """Why there are too few real samples or classes to judge by; None where there are enough.

        Asked where the grid leaves the features open, which are then none.
        """
        return None

    @abstractmethod
    def context(self, plan: QualityPlan) -> Context:
        """What scorers know of a run: extractor, real side, and so on.

        Raises:
            QualityError: the extractor is not available.
        """

    def cache_files(self, context: Context, cache: Path) -> tuple[Path, ...]:
        """Files of the cache that :meth:`context` reads, to be sent to other machines."""
        return ()

    @abstractmethod
    def conditions(self, data: ImageData, count: int, *, conditional: bool) -> Conditions:
        """What ``count`` evaluated samples are generated from, beside noise.

        Args:
            conditional: the generator's samples have the classes that it is given.
        """

    @abstractmethod
    def picture(
        self, spec: DataSpec, data: ImageData, *, conditional: bool, shown: int | None = None
    ) -> Picture:
        """The picture that is taken of a generator after an epoch.

        Args:
            conditional: the generator makes samples of classes that it is given.
            shown: samples in the picture, or of each class; None for the task's own number.
        """


TASKS: Registry[type[Task]] = Registry("task", packages=["bench.tasks"])
task = TASKS.register
