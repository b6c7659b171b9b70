"""Costs until something is reached, of which some are only known to be larger.

A run that has not reached its target by its last look is *censored*: its cost is known to be above
that of the last look, and says so much. It is never dropped, and never counted as reached.

References:
    Kaplan and Meier (1958). Nonparametric estimation from incomplete observations. Journal of the
        American Statistical Association 53(282), 457-481.
    Mantel (1966). Evaluation of survival data and two new rank order statistics arising in its
        consideration. Cancer Chemotherapy Reports 50(3), 163-170.
    Peto and Peto (1972). Asymptotically efficient rank invariant test procedures. Journal of the
        Royal Statistical Society A 135(2), 185-207.
    Fay, Brittain and Proschan (2013). Pointwise confidence intervals for a survival distribution
        with small samples or heavy censoring. Biostatistics 14(4), 723-736.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_ORDERS = 200_000  # of an exact test: ten against ten have 184,756

Array = NDArray[np.float64]


class Observation(NamedTuple):
    """A cost, and whether something was reached at it; if not, it is reached later or never."""

    cost: float
    reached: bool


@dataclass(frozen=True)
class Curve:
    """The Kaplan-Meier estimate of the share that has not reached its target yet.

    Attributes:
        cost: (k,) ascending, from 0: the share is that from here to the next.
        share: (k,) from 1 down.
        low, high: (k,) ends of the interval at each cost by itself.
    """

    cost: Array
    share: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Median:
    """The cost by which half of ``n`` have reached their target.

    Attributes:
        value: None where fewer than half are known to reach it.
        low, high: ends of the interval; None where it has none on that side.
        beyond: the largest cost up to which it is known not to be reached by half; 0 where
            ``value`` is known.
    """

    n: int
    reached: int
    value: float | None
    low: float | None
    high: float | None
    beyond: float = 0.0


@dataclass(frozen=True)
class LogRank:
    """A test of whether two groups reach a target at the same costs.

    Attributes:
        excess: how many more of the first group reached it than if both were alike; above 0 the
            first reaches it at lower costs.
        p: two-sided.
        exact: by all permutations, rather than by the normal approximation.
        smallest: what p can be at least with so many in each group.
    """

    excess: float
    p: float
    exact: bool
    smallest: float


def kaplan_meier(observed: Sequence[Observation], confidence: float = 0.95) -> Curve:
    """The share that has not reached its target, by cost (Kaplan and Meier 1958).

    The interval at each cost is the beta product's (Fay, Brittain and Proschan 2013), by the method
    of moments. Where nothing is censored it is that of Clopper and Pearson, so it holds with few
    observations, too.

    Raises:
        ValueError: nothing was observed.
    """
    from scipy.special import betaincinv

    if not observed:
        raise ValueError("nothing was observed")
    costs = np.array([each.cost for each in observed], dtype=np.float64)
    reached = np.array([each.reached for each in observed], dtype=bool)
    tail = (1 - confidence) / 2
    share, passed = 1.0, _Product()
    rows = []
    for cost in [0.0, *np.unique(costs[costs > 0])]:
        at_risk = int((costs >= cost).sum())
        events = int((costs == cost)[reached].sum())
        if events:
            share *= 1 - events / at_risk
            passed = passed.times(at_risk - events + 1, events)
        left = int((costs > cost).sum())
        below = passed.times(left, 1)
        low = float(betaincinv(*below.beta, tail)) if left else 0.0
        high = float(betaincinv(*passed.beta, 1 - tail)) if passed.mean < 1 else 1.0
        rows.append((float(cost), share, low, high))
    return Curve(*np.array(rows).T)


class _Product(NamedTuple):
    """The first two moments of a product of independent beta variables."""

    mean: float = 1.0
    square: float = 1.0

    def times(self, a: float, b: float) -> _Product:
        first = a / (a + b)
        return _Product(self.mean * first, self.square * first * (a + 1) / (a + b + 1))

    @property
    def beta(self) -> tuple[float, float]:
        """The beta distribution with these moments."""
        size = (self.mean - self.square) / (self.square - self.mean**2)
        return self.mean * size, (1 - self.mean) * size


def median(observed: Sequence[Observation], confidence: float = 0.95) -> Median | None:
    """The cost by which half have reached their target, with its interval; None of nothing.

    The interval holds every cost at which that of the share contains one half. With fewer than six
    observations it has no end on either side, since six coin tosses are needed for two-sided 95 %.
    """
    if not observed:
        return None
    curve = kaplan_meier(observed, confidence)
    reached = sum(each.reached for each in observed)
    value = _first(curve.cost, curve.share <= 0.5 + 1e-12)
    low = _first(curve.cost, curve.low <= 0.5)
    beyond = 0.0 if value is not None else float(curve.cost[-1])
    return Median(
        n=len(observed),
        reached=reached,
        value=value,
        low=low or None,
        high=_first(curve.cost, curve.high < 0.5),
        beyond=beyond,
    )


def _first(cost: Array, where: NDArray[np.bool_]) -> float | None:
    return float(cost[np.argmax(where)]) if where.any() else None


def log_rank(first: Sequence[Observation], second: Sequence[Observation]) -> LogRank | None:
    """Whether two groups reach a target at the same costs (Mantel 1966); None without either.

    Exact by all ways to divide the observations into groups of these sizes, as a permutation test
    of the log-rank scores (Peto and Peto 1972), which requires that censoring is alike in both
    groups. Where there are too many ways, by the normal approximation.
    """
    if not first or not second:
        return None
    scores, variance = _scores(first, second)
    n, size = len(scores), len(first)
    excess = float(scores[:size].sum())
    ways = math.comb(n, size)
    if ways > MOST_ORDERS:
        from scipy.special import ndtr

        p = 2 * float(ndtr(-abs(excess) / math.sqrt(variance))) if variance > 0 else 1.0
        return LogRank(excess, p, exact=False, smallest=0.0)
    sums = np.concatenate([scores[block].sum(axis=1) for block in _divisions(n, size)])
    extreme = np.abs(sums) >= abs(excess) - 1e-9
    symmetric = 2 if 2 * size == n else 1
    return LogRank(excess, float(extreme.mean()), exact=True, smallest=symmetric / ways)


def _divisions(n: int, size: int) -> Iterator[NDArray[np.intp]]:
    """All ways to choose ``size`` of ``n``, in blocks of rows."""
    ways = itertools.combinations(range(n), size)
    while block := list(itertools.islice(ways, 20_000)):
        yield np.array(block, dtype=np.intp)


def _scores(first: Sequence[Observation], second: Sequence[Observation]) -> tuple[Array, float]:
    """The log-rank score of each observation, and the hypergeometric variance of a group's sum.

    A score is whether the target was reached, less the hazard up to then: 1 − Σ d/n or −Σ d/n, d
    of n at risk reaching it at each cost. The sum over a group is observed minus expected.
    """
    both = [*first, *second]
    costs = np.array([each.cost for each in both], dtype=np.float64)
    reached = np.array([each.reached for each in both], dtype=bool)
    own = np.arange(len(both)) < len(first)
    hazard, variance = np.zeros(len(both)), 0.0
    for cost in np.unique(costs[reached]):
        at_risk = costs >= cost
        n, d = int(at_risk.sum()), int((reached & (costs == cost)).sum())
        hazard[at_risk] += d / n
        if n > 1:
            share = float(own[at_risk].mean())
            variance += d * share * (1 - share) * (n - d) / (n - 1)
    return reached - hazard, variance


def until(observed: Sequence[Observation], budget: float) -> list[Observation]:
    """The same as far as it is known at a cost: what is reached later counts as not reached."""
    return [
        Observation(min(each.cost, budget), each.reached and each.cost <= budget)
        for each in observed
    ]
