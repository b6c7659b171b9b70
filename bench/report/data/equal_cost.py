"""The quality of several configurations at one training cost that all their runs reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bench.report.statistics import interpolate

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

Axis = Literal["training_flops", "training_seconds"]


@dataclass(frozen=True)
class EqualCost:
    """Quality of several configurations at one budget that all their runs reached."""

    axis: Axis
    budget: float  # FLOPs or seconds, cumulative over the training of one run
    quality: dict[str, dict[int, float]]  # by label, by seed; NaN where it was not finite

    def not_finite(self, first: str, second: str) -> tuple[int, int, int]:
        """Of how many seeds the quality of each, and of either, is not finite."""
        own, other = (
            {seed for seed, value in self.quality[label].items() if not math.isfinite(value)}
            for label in (first, second)
        )
        return len(own), len(other), len(own | other)


def equal_cost(
    data: SweepData,
    labels: Sequence[str],
    axis: Axis,
    protocol: int | None = None,
    column: str = "quality",
) -> EqualCost | None:
    """Quality at the largest cumulative cost that all completed runs of ``labels`` reached.

    Each run's quality is interpolated between its evaluations; NaN where one of these was not
    finite.

    Args:
        column: of the epochs, which is the quality.

    Returns:
        None where a run was not evaluated, has no known cost, or was first evaluated beyond
        that budget.
    """
    curves = {label: data.curves(label, axis, protocol, column) for label in labels}
    every = [curve for of_label in curves.values() for curve in of_label.values()]
    if not all(curves.values()) or not all(cost for cost, _ in every):
        return None
    budget = min(cost[-1] for cost, _ in every)
    quality: dict[str, dict[int, float]] = {}
    for label, of_label in curves.items():
        quality[label] = {}
        for seed, (cost, evaluated) in of_label.items():
            value = interpolate(cost, evaluated, budget)
            if value is None:
                return None
            quality[label][seed] = value
    return EqualCost(axis, budget, quality)
