"""What a scorer is: a quality metric, in one file that declares its columns and computes them.

    @scorer("brightness")
    class Brightness(Scorer):
        measures = (Measure(name="brightness", doc="mean pixel, 0 to 255", over_epochs="final"),)
        needs = frozenset({"images"})

        def score(self, scored: Scored) -> Mapping[str, Value]:
            return {"brightness": scored.images.float().mean().item()}

in ``bench/quality/scorers/``, in a file named with ``--plugin``, or in an installed package. The
column then appears in epochs.parquet, the report and ``bench list``. Reports and ``bench list``
import scorer files without torch: use ``variants.lazy.LazyModule`` or import inside functions.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bench.measures.measure import Measure, Value, averaged, declare
from bench.quality.extractors.base import ClassifyingExtractor, Extractor
from variants.registry import Place, Registry, caller, suggestion

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.datasets.mixtures import Mixture
    from bench.datasets.spec import ImageData
    from bench.quality.reference import Reference

NEEDS = ("samples", "images", "features", "classes", "labels", "sources", "targets")

QUALITY_SAMPLES = declare(
    Measure(name="quality_samples", type=int, doc="generated samples scored", over_epochs="final")
)

QUALITY_EVALUATED = declare(
    Measure(
        name="quality_evaluated",
        type=bool,
        doc="true after an epoch whose samples were evaluated: a score of it that is null was not "
        "finite, or does not apply; null after other epochs and in earlier results",
    )
)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a scorer knows of a run before the first evaluation.

    Attributes:
        task: the task's name.
        device: where features are, and where scores should be computed.
        samples: how many generated samples each evaluation scores.
        data: the real samples that the run trains on, with those held out; of paired tasks with
            ``sources``.
        extractor: of features; None where the task or the run has none.
        reference: the real side in this extractor's features; None without extractor.
        mixture: the real distribution of points; None for images.
    """

    task: str
    device: torch.device
    samples: int
    data: ImageData
    extractor: Extractor | None = None
    reference: Reference | None = None
    mixture: Mixture | None = None

    @cached_property
    def real_features(self) -> Tensor:
        """The reference's features on ``device``: float32 (n, d), n at most 10,000.

        Raises:
            ValueError: there is no reference.
        """
        return self._known_reference().features.to(self.device)

    @cached_property
    def training_features(self) -> Tensor:
        """Features of the training images on ``device``: float32 (m, d), m at most 60,000.

        Raises:
            ValueError: there is no reference.
        """
        return self._known_reference().training.to(self.device)

    @cached_property
    def held_out_features(self) -> Tensor | None:
        """Features of held-out images on ``device``: float32 (h, d); None where there are none."""
        found = self.reference.held_out if self.reference else None
        return None if found is None else found.to(self.device)

    def _known_reference(self) -> Reference:
        if self.reference is None:
            raise ValueError("this run has no reference features")
        return self.reference


@dataclass(frozen=True)
class Scored:
    """What one evaluation has generated, and what it was generated from.

    Only what a scorer lists in its ``needs`` can be read; anything else raises LookupError.
    """

    available: Mapping[str, Tensor]

    @property
    def samples(self) -> Tensor:
        """What the generator returned: float (n, …), images in [−1, 1]."""
        return self._get("samples")

    @property
    def images(self) -> Tensor:
        """Generated images as saved: uint8 (n, c, h, w)."""
        return self._get("images")

    @property
    def features(self) -> Tensor:
        """The extractor's features of the generated images: float32 (n, d)."""
        return self._get("features")

    @property
    def classes(self) -> Tensor:
        """The class of each generated image, as the extractor classifies it: int64 (n,)."""
        return self._get("classes")

    @property
    def labels(self) -> Tensor:
        """The class that each image was conditioned on: int64 (n,), on any device."""
        return self._get("labels")

    @property
    def sources(self) -> Tensor:
        """What each image was generated from, of paired and unpaired tasks: uint8 (n, c, h, w)."""
        return self._get("sources")

    @property
    def targets(self) -> Tensor:
        """The real counterpart of each generated image, of paired tasks: uint8 (n, c, h, w)."""
        return self._get("targets")

    def _get(self, name: str) -> Tensor:
        try:
            return self.available[name]
        except KeyError:
            raise LookupError(
                f"a scorer reads {name} without needing them: add {name!r} to its needs"
            ) from None


class Scorer(ABC):
    """Computes some columns of every evaluated epoch.

    Attributes:
        measures: the columns it computes. Each must be a nullable epoch measure whose last
            value counts for a run: ``over_epochs="final"``.
        needs: what it reads of :class:`Scored`. An evaluation that lacks any of it leaves the
            columns null: without labels, no conditional accuracy.
        tasks: the names of the tasks it is for; None for any.
        fewest_samples: with fewer generated samples a run is refused.
    """

    measures: ClassVar[tuple[Measure, ...]]
    needs: ClassVar[frozenset[str]] = frozenset()
    tasks: ClassVar[tuple[str, ...] | None] = None
    fewest_samples: ClassVar[int] = 1

    @classmethod
    def applies(cls, context: Context) -> bool:
        """Whether to compute it in this run, beyond what ``tasks`` and ``needs`` decide."""
        return True

    def __init__(self, context: Context) -> None:
        """Prepares what all evaluations of a run share, such as statistics of the real side.

        Runs in full float32 and without gradient, and must draw no global random number.
        """
        self.context = context

    @abstractmethod
    def score(self, scored: Scored) -> Mapping[str, Value]:
        """The columns of one evaluation; one that is left out or not finite is null.

        Runs in full float32 and without gradient, and must draw no global random number.
        Samples are finite. An exception ends the run as ``failed``.
        """


SCORERS: Registry[type[Scorer]] = Registry("scorer", packages=["bench.quality.scorers"])

S = TypeVar("S", bound=Scorer)

_declared: dict[str, Measure] = {}


def scorer(name: str) -> Callable[[type[S]], type[S]]:
    """Registers the decorated scorer as ``name`` and declares its measures.

    Each measure that is no control is declared once more for the averaged generator; see
    ``bench.measures.averaged``.

    Two scorers may share a measure, as the same object, if only one of them applies to a run.

    Raises:
        DuplicateName: another scorer has that name, or another measure one of the columns'.
        ValueError: a measure or a need that a scorer cannot have.
    """
    place = caller()

    def register(found: type[S]) -> type[S]:
        _check_names(place, name, found)
        for need in found.needs.difference(NEEDS):
            raise ValueError(f"{place}: scorer {name!r} needs {need!r}; {suggestion(need, NEEDS)}")
        for measure in found.measures:
            if (measure.level, measure.nullable, measure.over_epochs) != ("epoch", True, "final"):
                raise ValueError(
                    f"{place}: measure {measure.name!r} of scorer {name!r} must have "
                    'level="epoch", nullable=True and over_epochs="final"'
                )
            if _declared.get(measure.name) is not measure:
                declare(measure, place)
                if not measure.control:
                    declare(averaged(measure), place)
                _declared[measure.name] = measure
        SCORERS.add(name, found, place)
        return found

    return register


def _check_names(place: Place, name: str, found: type[Scorer]) -> None:
    """Needs and tasks are collections of names; a text is one of its letters.

    Raises:
        ValueError: one is a text, or made of one.
    """
    tasks: Any = found.tasks
    needs: Any = found.needs
    if isinstance(tasks, str):
        remedy = f"write tasks = ({tasks!r},)"
        raise ValueError(f"{place}: the tasks of scorer {name!r} are a text, not names; {remedy}")
    if isinstance(needs, str) or (needs and max(map(len, needs)) == 1):
        need = needs if isinstance(needs, str) else "features"
        remedy = f"write needs = frozenset({{{need!r}}}), with braces"
        raise ValueError(f"{place}: the needs of scorer {name!r} are letters of a text; {remedy}")


def applicable(context: Context) -> dict[str, type[Scorer]]:
    """The registered scorers that a run computes, by name."""
    return {name: found for name, found in SCORERS.items() if _applies(found, context)}


def _applies(found: type[Scorer], context: Context) -> bool:
    if found.tasks is not None and context.task not in found.tasks:
        return False
    if "classes" in found.needs and not isinstance(context.extractor, ClassifyingExtractor):
        return False
    if "features" in found.needs and context.extractor is None:
        return False
    return found.applies(context)


def checked(name: str, found: type[Scorer], scores: Mapping[str, Any]) -> dict[str, Value]:
    """What a scorer returned, as values of its columns; what is not finite becomes None.

    Args:
        name: of the scorer.
        scores: numbers, also of numpy or torch.

    Raises:
        ValueError: a column that is not among the scorer's measures, or a value of another type.
    """
    measures = {measure.name: measure for measure in found.measures}
    values: dict[str, Value] = {}
    for column, score in scores.items():
        if column not in measures:
            raise ValueError(
                f"scorer {name!r} returned the column {column!r}, which is not among its measures "
                f"({', '.join(measures)})"
            )
        values[column] = _value(name, measures[column], score)
    return values


def _value(name: str, measure: Measure, score: Any) -> Value:
    value: Value = score.item() if hasattr(score, "item") else score
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if type(value) is int and measure.type is float:
        return float(value)
    fits = type(value) is measure.type  # not isinstance: a bool is no int here
    if not fits:
        raise ValueError(
            f"scorer {name!r} returned {value!r} for {measure.name!r}, "
            f"which is declared as {measure.type.__name__}"
        )
    return value
