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
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bench.measures.measure import FLOORS, Measure, Value, averaged, declare, of_floor
from bench.quality.extractors.base import ClassifyingExtractor
from bench.quality.scorers.given import Context, Scored
from variants.registry import Place, Registry, caller, suggestion

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "NEEDS",
    "QUALITY_EVALUATED",
    "QUALITY_SAMPLES",
    "SCORERS",
    "Context",
    "PerSample",
    "Scored",
    "Scorer",
    "applicable",
    "checked",
    "scorer",
]

NEEDS = (
    *("samples", "images", "features", "classes", "labels"),
    *("sources", "source_labels", "targets", "reconstructions", "reversed", "reversed_features"),
)

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


class Scorer(ABC):
    """Computes some columns of every evaluated epoch.

    Attributes:
        measures: the columns it computes. Each must be a nullable epoch measure whose last
            value counts for a run: ``over_epochs="final"``.
        needs: what it reads of :class:`Scored`. An evaluation that lacks any of it leaves the
            columns null: without labels, no conditional accuracy.
        tasks: the names of the tasks it is for; None for any.
        fewest_samples: with fewer generated samples a run is refused.
        floors: a run that translates also scores the identity mapping and the mean target, as
            ``bench.measures.FLOORS`` calls them, under columns of their own.
    """

    measures: ClassVar[tuple[Measure, ...]]
    needs: ClassVar[frozenset[str]] = frozenset()
    tasks: ClassVar[tuple[str, ...] | None] = None
    fewest_samples: ClassVar[int] = 1
    floors: ClassVar[bool] = False

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


class PerSample(Scorer):
    """A scorer whose columns follow from means over the samples, each of which counts for itself.

    It is asked chunk by chunk, so that an evaluation need not keep all images. ``needs`` are of
    what can be cut into samples: neither ``classes`` nor ``samples``' features of all.
    """

    @abstractmethod
    def each(self, scored: Scored) -> Mapping[str, Tensor]:
        """Numbers of each sample of a chunk, float (n,), by any names."""

    def of_means(self, means: Mapping[str, float]) -> Mapping[str, Value]:
        """The columns, given the mean over all samples of what :meth:`each` returns."""
        return means

    def score(self, scored: Scored) -> Mapping[str, Value]:
        found = self.each(scored)
        return self.of_means({name: each.double().mean().item() for name, each in found.items()})


SCORERS: Registry[type[Scorer]] = Registry("scorer", packages=["bench.quality.scorers"])

S = TypeVar("S", bound=Scorer)

_declared: dict[str, Measure] = {}


def scorer(name: str) -> Callable[[type[S]], type[S]]:
    """Registers the decorated scorer as ``name`` and declares its measures.

    Each measure that is no control is declared once more for the averaged generator, and where the
    scorer has floors for each of these; see ``bench.measures.averaged`` and ``of_floor``.

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
                    for floor in FLOORS if found.floors else ():
                        declare(of_floor(measure, floor), place)
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
