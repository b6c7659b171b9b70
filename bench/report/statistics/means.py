"""The mean of one configuration over its seeds, and differences and ratios paired by seed.

References:
    Student (1908). The probable error of a mean. Biometrika 6(1), 1-25.
    Fieller (1954). Some problems in interval estimation. Journal of the Royal
        Statistical Society B 16(2), 175-185.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.measures import Scale
from bench.report.statistics.bounded import mean_bounds
from bench.report.statistics.scales import back, finite, forward, usable
from bench.report.statistics.values import CONFIDENCE, Estimate, Ratio, TrialMean

Bounds = tuple[float, float]


def t_quantile(n: int, confidence: float) -> float:
    """Of Student's distribution with n − 1 degrees of freedom, two-sided."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, (1 + confidence) / 2))


def trial_mean(values: ArrayLike) -> TrialMean | None:
    """Mean ± s/√n; None where nothing was measured."""
    sample = finite(np.asarray(values, dtype=np.float64).ravel())
    n = len(sample)
    if n == 0:
        return None
    error = float(sample.std(ddof=1)) / math.sqrt(n) if n > 1 else None
    return TrialMean(n, float(sample.mean()), error)


def mean_interval(
    values: ArrayLike,
    confidence: float = CONFIDENCE,
    *,
    scale: Scale = "linear",
    bounds: Bounds | None = None,
) -> Estimate | None:
    """The mean on a scale and its interval, both transformed back.

    On "log", the geometric mean; its interval is never below zero. On "share", arc sine of the
    square root; its interval ends within 0 and 1. Both are Student's (1908) on the scale. On
    "bounded", the mean with Anderson's interval, which assumes nothing but the bounds; so have
    shares that are all 0 or all 1, whose spread says nothing of the next one.

    Args:
        bounds: of what the values can be, for "bounded".

    Returns:
        None where nothing was measured.
    """
    sample = finite(np.asarray(values, dtype=np.float64).ravel())
    n = len(sample)
    if n == 0:
        return None
    scale = usable(scale, sample)
    if scale == "share" and np.ptp(sample) == 0 and sample[0] in (0, 1):
        scale, bounds = "bounded", (0.0, 1.0)
    if scale == "bounded" and bounds is not None:
        mean = float(sample.mean())
        if n == 1:
            return Estimate(1, mean, None)
        low, high = mean_bounds(sample, bounds, confidence)
        return Estimate(n, mean, (high - low) / 2, (low, high))
    trials = trial_mean(forward(sample, scale))
    assert trials is not None
    if trials.standard_error is None:
        return Estimate(1, float(sample[0]), None)
    reach = t_quantile(n, confidence) * trials.standard_error
    if scale in ("linear", "bounded"):
        return Estimate(n, trials.mean, reach)
    if np.ptp(sample) == 0:  # not through logarithms and back, which would round it
        return Estimate(n, float(sample[0]), 0.0)
    low, high = back(trials.mean - reach, scale), back(trials.mean + reach, scale)
    return Estimate(n, back(trials.mean, scale), (high - low) / 2, (low, high))


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
    """Ratio of two costs, paired by seed: the geometric mean of the seeds' ratios.

    Its interval is Student's of the logarithms of these ratios, so it is positive and bounded,
    and swapping numerator and denominator inverts it. Values that are not all positive have the
    ratio of their means, with Fieller's (1954) interval.

    Returns:
        None without a pair or with a denominator of mean zero.
    """
    y, x = paired(numerator, denominator)
    n = len(x)
    if n == 0 or x.mean() == 0:
        return None
    if np.any(x <= 0) or np.any(y <= 0):
        return _fieller(y, x, confidence)
    found = mean_interval(y / x, confidence, scale="log")
    assert found is not None
    return Ratio(n, found.mean, found.low, found.high)


def _fieller(y: NDArray[np.float64], x: NDArray[np.float64], confidence: float) -> Ratio:
    """Ratio of means with Fieller's (1954) interval.

    The interval holds every ρ for which mean(y) − ρ·mean(x) is compatible with zero:
    the roots of (x̄² − t²s_xx/n)ρ² − 2(x̄ȳ − t²s_xy/n)ρ + (ȳ² − t²s_yy/n) = 0.
    """
    n = len(x)
    value = float(y.mean() / x.mean())
    if n == 1:
        return Ratio(1, value, None, None)
    covariance = np.cov(x, y, ddof=1) * t_quantile(n, confidence) ** 2 / n
    a = float(x.mean() ** 2 - covariance[0, 0])
    b = float(x.mean() * y.mean() - covariance[0, 1])
    c = float(y.mean() ** 2 - covariance[1, 1])
    if a <= 0:
        return Ratio(n, value, None, None)
    # Apart from rounding the discriminant is never negative, as the value itself is inside.
    reach = math.sqrt(max(0.0, b * b - a * c))
    return Ratio(n, value, (b - reach) / a, (b + reach) / a)
