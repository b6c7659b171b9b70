"""A sweep that adds seeds until its verdicts are given: what each look found, what comes next.

Everything follows from the stored results and the plan, so that a sweep that was killed, or that
several processes share, comes to the same verdicts: each look is made again as it was, of the seeds
that belong to it. At a look, only configurations without a verdict are compared. They share what
that look may spend of the error (``statistics.sequential``). So verdicts hold together over all
looks: where a true hypothesis is first rejected, all true ones are still compared, so by Holm's
(1979) argument that happens at look k no more often than k may spend.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bench.measures import Looks
from bench.report.statistics import sequential
from bench.report.verdicts import LEVEL, Comparison

# By label, the final value of each seed whose run has ended; None where it has none.
Ended = Mapping[str, Mapping[int, float | None]]


class Judge(Protocol):
    """Compares others with the baseline at a level: ``verdicts.against`` with its measure given."""

    def __call__(
        self, base: Sequence[float], others: Mapping[str, Sequence[float]], *, level: float
    ) -> dict[str, Comparison]: ...


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the seeds.

    Attributes:
        seeds: those that were looked at.
        level: what the look may spend of the error.
        found: by label, of the configurations that had no verdict before.
    """

    seeds: tuple[int, ...]
    level: float
    found: Mapping[str, Comparison]

    @property
    def decided(self) -> list[str]:
        """Those that got a verdict at this look."""
        return [label for label, each in self.found.items() if each.decided]


@dataclass(frozen=True, kw_only=True)
class Course:
    """How far a sweep has got.

    Attributes:
        looks: those made so far.
        due: the runs that the next look waits for, by label and seed.
        state: "decided": no configuration lacks a verdict that more seeds could give; "at most":
            the last look is made, and some are undecided; "due": more runs are.
    """

    looks: tuple[Look, ...]
    due: tuple[tuple[str, int], ...]
    state: Literal["decided", "at most", "due"]

    @property
    def found(self) -> dict[str, Comparison]:
        """The last comparison of every configuration: its verdict where it has one."""
        return {label: each for look in self.looks for label, each in look.found.items()}


def follow(plan: Looks, baseline: str, labels: Sequence[str], ended: Ended, judge: Judge) -> Course:
    """Makes every look again for which the runs have ended.

    A run that ended without a final value counts as used, and its configuration is compared by the
    others. One with fewer than two values after a look gets no more seeds, and with such a baseline
    nobody does.

    Args:
        labels: of all configurations, in the order of the grid.
    """
    open_ = [label for label in labels if label != baseline]
    looks: list[Look] = []
    spent = 0.0
    for count in plan.counts:
        if not open_:
            return Course(looks=tuple(looks), due=(), state="decided")
        seeds = plan.seeds(count)
        due = [
            (label, seed)
            for seed in seeds
            for label in labels
            if (label == baseline or label in open_) and seed not in ended.get(label, {})
        ]
        if due:
            return Course(looks=tuple(looks), due=tuple(due), state="due")
        so_far = sequential.spent(count / plan.at_most, LEVEL)
        level, spent = so_far - spent, so_far
        values = {label: _values(ended[label], seeds) for label in (baseline, *open_)}
        base = values.pop(baseline)
        looks.append(Look(seeds=seeds, level=level, found=judge(base, values, level=level)))
        over = set(looks[-1].decided)
        over |= {label for label, own in values.items() if len(own) < 2 or len(base) < 2}
        open_ = [label for label in open_ if label not in over]
    return Course(looks=tuple(looks), due=(), state="at most" if open_ else "decided")


def _values(of_seed: Mapping[int, float | None], seeds: Sequence[int]) -> list[float]:
    found = (of_seed[seed] for seed in seeds)
    return [value for value in found if value is not None and math.isfinite(value)]
