"""On which scale a column of the runs is compared, and which of its values are better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.measures import EPOCH_MEASURES, RUN_MEASURES, Direction, Measure, Scale
from bench.report.data.columns import of_features


@dataclass(frozen=True)
class MeasuredAs:
    """How a column is compared.

    Attributes:
        bounds: of its values, where these are all that is known of them.
        by_protocol: whether values of different protocols of quality must not be mixed.
    """

    scale: Scale
    direction: Direction | None
    bounds: tuple[float, float] | None = None
    by_protocol: bool = False

    @property
    def sign(self) -> float:
        """What values are multiplied by so that lower ones are better."""
        return -1.0 if self.direction == "higher" else 1.0


# Computed by the report itself.
_COSTS = frozenset({"training_seconds", "training_flops", "seconds_per_epoch"})
_QUALITY = frozenset({"quality", "quality_lowest", "quality_averaged"})


def measured_as(column: str, modes: Callable[[], int | None]) -> MeasuredAs:
    """How a column of a sweep's runs is compared; one that is declared nowhere, linearly.

    Args:
        modes: how many modes the data has, the bound of counts that declare none.
    """
    name = column.removeprefix("only_").removesuffix("_final")
    if name in _COSTS:
        return MeasuredAs("log", "lower")
    if name in _QUALITY:  # a distance, whatever the features
        return MeasuredAs("log", "lower", by_protocol=True)
    measure = _declared(name)
    if measure is None:
        return MeasuredAs("linear", None)
    bounds = measure.bounds
    if measure.scale == "bounded" and bounds is None:
        most = modes()
        bounds = None if most is None else (0.0, float(most))
    return MeasuredAs(measure.scale, measure.direction, bounds, name in of_features())


def _declared(name: str) -> Measure | None:
    for registry in (EPOCH_MEASURES, RUN_MEASURES):
        if name in registry:
            return registry.get(name)
    return None
