"""What it takes until a run first reaches the target.

A run is looked at where it was evaluated, and nothing is interpolated: it reaches the target at the
first evaluation that meets it. A completed run that never does is censored at its last evaluation,
at the cost of the costliest run of as many images: their clocks differ, not how far they were
followed. One that diverged is as one that was trained to the end: waiting does not help it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from bench.measures.unit_costs import ENERGIES
from bench.report.data.frames import numbers
from bench.report.data.target import Target, target_of
from bench.report.statistics import step_down
from bench.report.statistics.censored import LogRank, Median, Observation, log_rank, median, until

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

Cost = Literal["training_seconds", "training_flops", "samples_seen", "joules"]
COSTS: tuple[Cost, ...] = ("training_seconds", "training_flops", "samples_seen", "joules")


class Arrival(NamedTuple):
    """One run: at what costs it reached the target, else up to which costs it has not.

    Attributes:
        last: its costs at its last evaluation; infinite for a run that diverged.
    """

    reached: bool
    costs: Mapping[Cost, float]
    last: Mapping[Cost, float]


class Race(NamedTuple):
    """A configuration against another: which reaches the target at lower cost.

    Attributes:
        test: up to the largest cost that all runs of both were trained to.
        p: against the baseline, adjusted for all configurations, so that all verdicts hold
            together.
    """

    test: LogRank
    p: float

    @property
    def verdict(self) -> str:
        """``sooner``, ``later`` or ``undecided``, at 5 %."""
        if self.p > 0.05:
            return "undecided"
        return "sooner" if self.test.excess > 0 else "later"


@dataclass(frozen=True)
class TimeToTarget:
    """What runs take to reach the target.

    Attributes:
        arrivals: by label, of its completed and its diverged runs.
    """

    target: Target
    baseline: str | None
    arrivals: Mapping[str, Sequence[Arrival]]

    def observed(self, label: str, cost: Cost) -> list[Observation]:
        """The runs of a configuration; none where the cost of some is not known."""
        runs = self.arrivals[label]
        if any(math.isnan(run.costs[cost]) for run in runs):
            return []
        return [Observation(run.costs[cost], run.reached) for run in runs]

    def median(self, label: str, cost: Cost) -> Median | None:
        """Kaplan and Meier's median; None where the cost is not known."""
        return median(self.observed(label, cost))

    def reached(self, label: str) -> int:
        """How many of a configuration's runs reached the target."""
        return sum(run.reached for run in self.arrivals[label])

    def known(self, cost: Cost) -> bool:
        """Whether a cost is known of all runs."""
        return all(self.observed(label, cost) for label, runs in self.arrivals.items() if runs)

    @cached_property
    def compared_by(self) -> Cost:
        """Seconds, or FLOPs where some configuration has no seconds."""
        return next((cost for cost in COSTS if self.known(cost)), "samples_seen")

    @cached_property
    def races(self) -> dict[str, Race]:
        """Every other configuration against the baseline; none without one."""
        if self.baseline is None or not self.arrivals[self.baseline]:
            return {}
        tests = {}
        for label, runs in self.arrivals.items():
            if label != self.baseline and runs:
                test = self._test(label, self.baseline)
                if test is not None:
                    tests[label] = test
        if not tests:
            return {}
        adjusted = step_down([test.p for test in tests.values()])
        return {
            label: Race(test, float(p))
            for (label, test), p in zip(tests.items(), adjusted, strict=True)
        }

    def race(self, label: str, other: str) -> Race | None:
        """One configuration against another, at 5 % for these two alone; None without runs."""
        test = self._test(label, other)
        return None if test is None else Race(test, test.p)

    def _test(self, label: str, other: str) -> LogRank | None:
        """Up to one cost for all runs, so that censoring is alike on both sides."""
        cost = self.compared_by
        runs = [*self.arrivals[label], *self.arrivals[other]]
        budget = min(run.last[cost] for run in runs)
        if not math.isfinite(budget):  # all diverged, or the cost of some is not known
            budget = max(run.costs[cost] for run in runs)
        sides = (self.observed(each, cost) for each in (label, other))
        return log_rank(*(until(side, budget) for side in sides))


def time_to_target(data: SweepData) -> TimeToTarget | None:
    """What the runs of a sweep take; None without a target that can be used.

    Args:
        data: of one facet, whose runs have the same target.
    """
    target = target_of(data)
    if not isinstance(target, Target):
        return None
    epochs = _with_joules(data)
    looks = dict(list(epochs.groupby("run_id", sort=False)))
    arrivals: dict[str, list[Arrival]] = {}
    for label in data.labels:
        runs = data.started(label)
        ended = {
            status: [looks[run] for run in of["run_id"] if run in looks]
            for status, of in runs.groupby("status")
        }
        completed, diverged = ended.get("completed", []), ended.get("diverged", [])
        arrivals[label] = []
        if any(rows[target.measure.name].notna().any() for rows in [*completed, *diverged]):
            for rows in completed:
                images = rows["samples_seen"].iloc[-1]
                alike = [own for own in completed if own["samples_seen"].iloc[-1] == images]
                arrivals[label].append(_arrival(target, rows, _costs(rows, -1), _end(alike)))
            never = dict.fromkeys(COSTS, math.inf)
            for rows in diverged:
                arrivals[label].append(_arrival(target, rows, never, _end(completed or [epochs])))
    return TimeToTarget(target, data.baseline, arrivals)


def _arrival(
    target: Target, rows: pd.DataFrame, last: Mapping[Cost, float], end: Mapping[Cost, float]
) -> Arrival:
    """When one run reached the target.

    Args:
        rows: its evaluations, in order.
        last: its costs at the last of them.
        end: costs up to which it has not reached the target if it never does.
    """
    met = target.met(numbers(rows[target.measure.name]))
    if met.any():
        return Arrival(True, _costs(rows, int(np.argmax(met))), last)
    return Arrival(False, end, last)


def _costs(rows: pd.DataFrame, place: int) -> dict[Cost, float]:
    return {cost: float(numbers(rows[cost])[place]) for cost in COSTS}


def _end(runs: Sequence[pd.DataFrame]) -> dict[Cost, float]:
    """The largest costs of some runs' evaluations; NaN where one is not known."""
    return {cost: max(float(numbers(rows[cost]).max()) for rows in runs) for cost in COSTS}


def _with_joules(data: SweepData) -> pd.DataFrame:
    """The evaluations with cumulative ``joules``: real images times the joules of one."""
    looks = data.epochs[data.epochs["was_evaluated"]]
    energies = [f"{name}_per_1000_images" for name in ENERGIES]
    name = next((name for name in energies if data.has_cost(name)), None)
    if name is None:
        return looks.assign(joules=math.nan)
    if data.rounds is None:
        rates = looks["run_id"].map(data.runs.set_index("run_id")[name])
    else:
        means = {label: data.cost(label, name) for label in data.labels}
        known = {label: mean.mean for label, mean in means.items() if mean is not None}
        rates = looks["label"].map(known)
    return looks.assign(joules=numbers(rates) * numbers(looks["samples_seen"]) / 1000)
