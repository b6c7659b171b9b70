"""What can be concluded from replicates: intervals, paired comparisons, Pareto fronts.

The seed is the unit of replication: epochs of one run depend on each other, so every
interval is over seeds. Non-finite values are treated as not measured.

References:
    Student (1908). The probable error of a mean. Biometrika 6(1), 1-25.
    Fieller (1954). Some problems in interval estimation. Journal of the Royal
        Statistical Society B 16(2), 175-185.
    Mann and Whitney (1947). On a test of whether one of two random variables is
        stochastically larger than the other. Annals of Mathematical Statistics 18(1), 50-60.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
# The level at which airspeed velocity calls a difference by a Mann-Whitney test significant.
RANK_LEVEL = 0.002


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` seeds and the half-width of its interval (None with one seed)."""

    n: int
    mean: float
    half_width: float | None

    @property
    def low(self) -> float | None:
        """The interval's lower end."""
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """The interval's upper end."""
        return None if self.half_width is None else self.mean + self.half_width

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is outside the interval; False without an interval."""
        return self.half_width is not None and abs(self.mean) > self.half_width


@dataclass(frozen=True)
class TrialMean:
    """A mean over ``n`` trials and its standard error (None with one trial)."""

    n: int
    mean: float
    standard_error: float | None


@dataclass(frozen=True)
class Ratio:
    """A ratio of two means over ``n`` pairs, and its interval.

    ``low`` and ``high`` are None with one pair, and where the denominator is so
    uncertain that its own interval reaches zero: the ratio is then unbounded.
    """

    n: int
    value: float
    low: float | None
    high: float | None

    @property
    def excludes_one(self) -> bool:
        """Whether one is outside the interval; False without an interval."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


def _t_quantile(n: int, confidence: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, (1 + confidence) / 2))


def trial_mean(values: ArrayLike) -> TrialMean | None:
    """Mean ± s/√n; None where nothing was measured."""
    sample = np.asarray(values, dtype=np.float64).ravel()
    sample = sample[np.isfinite(sample)]
    n = len(sample)
    if n == 0:
        return None
    error = float(sample.std(ddof=1)) / math.sqrt(n) if n > 1 else None
    return TrialMean(n, float(sample.mean()), error)


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Estimate | None:
    """Mean ± t·s/√n (Student 1908); None where nothing was measured."""
    trials = trial_mean(values)
    if trials is None:
        return None
    if trials.standard_error is None:
        return Estimate(1, trials.mean, None)
    return Estimate(
        trials.n, trials.mean, _t_quantile(trials.n, confidence) * trials.standard_error
    )


def standardised_difference(first: TrialMean, second: TrialMean) -> float | None:
    """first − second in units of the standard error of that difference, √(e₁² + e₂²).

    Returns:
        None where a standard error is unknown, or both are zero.
    """
    if first.standard_error is None or second.standard_error is None:
        return None
    combined = math.hypot(first.standard_error, second.standard_error)
    return (first.mean - second.mean) / combined if combined > 0 else None


def paired(
    first: Mapping[int, float], second: Mapping[int, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values of the seeds that both have, in order of the seeds: two (n,) arrays."""
    seeds = [
        seed
        for seed in sorted(first.keys() & second.keys())
        if math.isfinite(first[seed]) and math.isfinite(second[seed])
    ]
    return np.array([first[s] for s in seeds]), np.array([second[s] for s in seeds])


def paired_difference(
    first: Mapping[int, float], second: Mapping[int, float], confidence: float = CONFIDENCE
) -> Estimate | None:
    """first − second, paired by seed, with the t interval of the differences."""
    a, b = paired(first, second)
    return mean_interval(a - b, confidence)


def paired_ratio(
    numerator: Mapping[int, float],
    denominator: Mapping[int, float],
    confidence: float = CONFIDENCE,
) -> Ratio | None:
    """Ratio of means, paired by seed, with Fieller's (1954) interval.

    The interval holds every ρ for which mean(y) − ρ·mean(x) is compatible with zero:
    the roots of (x̄² − t²s_xx/n)ρ² − 2(x̄ȳ − t²s_xy/n)ρ + (ȳ² − t²s_yy/n) = 0. Swapping
    numerator and denominator inverts the interval, so speed-up and slow-down agree.

    Returns:
        None without a pair or with a denominator of mean zero.
    """
    y, x = paired(numerator, denominator)
    n = len(x)
    if n == 0 or x.mean() == 0:
        return None
    value = float(y.mean() / x.mean())
    if n == 1:
        return Ratio(1, value, None, None)
    covariance = np.cov(x, y, ddof=1) * _t_quantile(n, confidence) ** 2 / n
    a = float(x.mean() ** 2 - covariance[0, 0])
    b = float(x.mean() * y.mean() - covariance[0, 1])
    c = float(y.mean() ** 2 - covariance[1, 1])
    if a <= 0:
        return Ratio(n, value, None, None)
    # Apart from rounding the discriminant is never negative, as the value itself is inside.
    reach = math.sqrt(max(0.0, b * b - a * c))
    return Ratio(n, value, (b - reach) / a, (b + reach) / a)


def smallest_rank_p(n: int) -> float:
    """The smallest two-sided p that n against n can reach in a rank test (Mann-Whitney 1947).

    Of the (2n choose n) equally likely orders, two separate the sides: 2/924 = 0.00216 with six,
    2/3,432 = 0.00058 with seven.
    """
    return 2 / math.comb(2 * n, n)


def fewest_for_rank_test(level: float = RANK_LEVEL) -> int:
    """The fewest seeds a side with which a rank test can reach a two-sided p below ``level``."""
    return next(n for n in itertools.count(1) if smallest_rank_p(n) < level)


def pareto_front(cost: ArrayLike, loss: ArrayLike) -> NDArray[np.bool_]:
    """Which points no other point dominates: (n,) mask; lower is better on both axes.

    A point dominates another if it is no worse on both and better on one. Points that
    were not measured on both axes are never on the front.
    """
    points = np.stack(
        [np.asarray(cost, dtype=np.float64), np.asarray(loss, dtype=np.float64)], axis=-1
    )
    measured = np.all(np.isfinite(points), axis=-1)
    points[~measured] = np.nan  # compares as neither better nor worse
    no_worse = np.all(points[:, None] <= points[None], axis=-1)
    better = np.any(points[:, None] < points[None], axis=-1)
    dominated = np.any(no_worse & better, axis=0)
    return np.asarray(measured & ~dominated)


def interpolate(cost: Sequence[float], quality: Sequence[float], at: float) -> float | None:
    """Quality at a given cumulative cost, linear between evaluations.

    ``cost`` ascends. Nothing is extrapolated: None before the first evaluation and
    after the last. NaN between evaluations of which one is NaN.
    """
    if not cost or not cost[0] <= at <= cost[-1]:
        return None
    return float(np.interp(at, cost, quality))
