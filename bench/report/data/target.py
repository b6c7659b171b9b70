"""To what a measure is to get: the target of a grid, or what the baseline gets to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from bench.measures import EPOCH_MEASURES, Measure
from bench.report.data.columns import of_features
from bench.report.data.outcome import outcome
from bench.texts import say

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

# "given" by the grid; what the baseline gets to is "fixed" once all its planned seeds have
# completed, "preliminary" before.
Origin = Literal["given", "fixed", "preliminary"]


@dataclass(frozen=True)
class Target:
    """To what a measure is to get."""

    measure: Measure
    value: float
    origin: Origin

    def met(self, values: np.ndarray) -> np.ndarray:
        """Which values reach it; NaN does not."""
        higher = self.measure.direction == "higher"
        return np.asarray(values >= self.value if higher else values <= self.value, dtype=bool)


def target_of(data: SweepData) -> Target | str | None:
    """The target, a sentence that says why it cannot be used, or None where the grid has none.

    Args:
        data: of one facet, which has a baseline of its own.
    """
    asked = data.results.target
    if asked is None:
        return None
    if isinstance(asked, Mapping):
        ((name, value),) = asked.items()
        return _usable(data, name, float(value), "given")
    if data.baseline is None:
        return say("target-unusable", why="no-baseline")
    fixed = _fixed(data, data.baseline)
    return _reached_by(data, data.baseline) if fixed is None else _usable(data, *fixed, "fixed")


def _fixed(data: SweepData, baseline: str) -> tuple[str, float] | None:
    """The measure and value that the plan has for this baseline."""
    own = set(runs_of(data, baseline))
    for each in data.results.fixed_targets:
        if own & set(each["runs"]):
            return str(each["measure"]), float(each["value"])
    return None


def runs_of(data: SweepData, label: str) -> list[str]:
    """The ids of a configuration's planned runs."""
    planned = data.results.planned
    return [str(run_id) for run_id in planned.loc[planned["label"] == label, "run_id"]]


def _reached_by(data: SweepData, baseline: str) -> Target | str:
    """The median over the baseline's seeds of what it last got to."""
    judged = outcome(data)
    if judged is None:
        return say("target-unusable", why="no-measure")
    name = judged.measure
    column = f"{name}_final"
    values = list(data.by_seed(baseline, column).values())
    worst = -math.inf if EPOCH_MEASURES.get(name).direction == "higher" else math.inf
    values += [worst] * len(data.not_finite(baseline, column))
    if not values:
        return say("target-unusable", why="not-completed")
    median = float(np.median(values))
    if not math.isfinite(median):
        return say("target-unusable", why="nothing")
    complete = data.seeds(baseline) == len(runs_of(data, baseline))
    return _usable(data, name, median, "fixed" if complete else "preliminary")


def _usable(data: SweepData, name: str, value: float, origin: Origin) -> Target | str:
    if name not in EPOCH_MEASURES:
        return say("target-of", name=name, why="plug-in", count=0)
    if name in of_features() and len(data.protocols) > 1:
        return say("target-of", name=name, why="protocols", count=len(data.protocols))
    if name not in data.epochs or not data.epochs[name].notna().any():
        return say("target-of", name=name, why="not-measured", count=0)
    return Target(EPOCH_MEASURES.get(name), value, origin)
