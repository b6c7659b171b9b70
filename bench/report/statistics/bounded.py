"""Outcomes with known bounds, such as counts of modes: nothing is assumed but the bounds.

References:
    Anderson (1969). Confidence limits for the expected value of an arbitrary bounded random
        variable with a continuous distribution function. Stanford University, technical report 1.
    Birnbaum and Tingey (1951). One-sided confidence contours for probability distribution
        functions. Annals of Mathematical Statistics 22(4), 592-596: the exact quantiles.
    Pitman (1937). Significance tests which may be applied to samples from any populations.
        Supplement to the Journal of the Royal Statistical Society 4(1), 119-130.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

_MOST_ORDERS = 20_000  # beyond, as many are drawn
_SEED = 20_690_415  # of these draws, so that a report is the same every time


def mean_bounds(
    values: ArrayLike, bounds: tuple[float, float], confidence: float
) -> tuple[float, float]:
    """Anderson's (1969) interval of the mean of a variable that lies within ``bounds``.

    The distribution function is within ε of the empirical one, one-sided, with probability
    (1 + confidence) / 2 (Birnbaum and Tingey 1951, exact for every n). Each end is the mean of
    the most extreme distribution that this allows. It is never a point: three equal values say
    little of what a fourth could be.
    """
    from scipy.stats import ksone

    low, high = bounds
    sample = np.clip(np.sort(np.asarray(values, dtype=np.float64)), low, high)
    epsilon = float(ksone.ppf((1 + confidence) / 2, len(sample)))
    upper = _largest_mean(sample, high, epsilon)
    lower = -_largest_mean(-sample[::-1], -low, epsilon)
    return lower, upper


def _largest_mean(sample: NDArray[np.float64], bound: float, epsilon: float) -> float:
    """``bound`` − Σ (x₍ᵢ₊₁₎ − x₍ᵢ₎) · max(0, i/n − ε), with x₍ₙ₊₁₎ = ``bound``."""
    gaps = np.diff(np.append(sample, bound))
    known = np.maximum(0.0, np.arange(1, len(sample) + 1) / len(sample) - epsilon)
    return float(bound - gaps @ known)


def permutation_p(first: ArrayLike, second: ArrayLike) -> float:
    """Two-sided p of equal distributions, by the difference of means over all divisions.

    Pitman (1937): of all ways to divide the pooled values between the two sides, the share with
    a difference at least as large as the one seen. Where there are more than 20,000, that many
    are drawn, the seen one counting as one of them.
    """
    own, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    pooled, n = np.concatenate([own, other]), len(own)
    ways = math.comb(len(pooled), n)
    exact = ways <= _MOST_ORDERS
    if exact:
        chosen = np.array(list(itertools.combinations(range(len(pooled)), n)))
    else:
        random = np.random.default_rng(_SEED)
        orders = random.permuted(np.tile(np.arange(len(pooled)), (_MOST_ORDERS, 1)), axis=1)
        chosen = orders[:, :n]
    sums = pooled[chosen].sum(axis=1)
    # The difference of means is linear in the first side's sum, whose middle is n times the mean.
    middle = n * pooled.mean()
    seen = abs(own.sum() - middle)
    extreme = int(np.sum(np.abs(sums - middle) >= seen * (1 - 1e-9) - 1e-12))
    return extreme / ways if exact else (extreme + 1) / (_MOST_ORDERS + 1)


def smallest_permutation_p(n: int, m: int) -> float:
    """The smallest two-sided p that n against m can reach: 2/20 with three each."""
    return min(1.0, 2 / math.comb(n + m, n)) if n == m else 1 / math.comb(n + m, n)
