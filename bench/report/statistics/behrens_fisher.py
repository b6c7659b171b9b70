"""Welch's test with few values, made to keep its level whatever the two spreads are.

With two or three values a side Welch's (1947) degrees of freedom are themselves a rough estimate,
and at the small levels of one comparison among many the test is wrong too often: with three a side,
one of them ten times as spread out, 1.7 % instead of 1 %. Its exact size for normal values is an
integral over one variable (Lee and Gurland 1975). The p value here is the largest that any ratio of
the spreads gives (Berger and Boos 1994, over all values of the nuisance parameter), so it never
promises too much.

Where the numbers of values differ, that price can be higher than that of the smaller number's
degrees of freedom, which never promise too much either (Mickey and Brown 1966). The cheaper of the
two is taken, by the numbers of values alone.

References:
    Mickey and Brown (1966). Bounds on the distribution functions of the Behrens-Fisher statistic.
        Annals of Mathematical Statistics 37(3), 639-642.
    Lee and Gurland (1975). Size and power of tests for equality of means of two normal populations
        with unequal variances. Journal of the American Statistical Association 70(352), 933-941.
    Berger and Boos (1994). P values maximized over a confidence set for the nuisance parameter.
        Journal of the American Statistical Association 89(427), 1012-1016.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from bench.report.statistics.welch import Array, Difference, Group, difference

_NODES = 80
_RATIOS = np.exp(np.linspace(-np.log(100), np.log(100), 41))  # of the standard deviations
_AT = 0.01
_LEVELS = np.exp(np.linspace(np.log(1e-7), np.log(0.999), 33))


def comparison(first: Group, second: Group) -> Difference:
    """first − second as Welch has it, or with the degrees of freedom of the smaller group."""
    found = difference(first, second)
    if _welch(first.n, second.n):
        return found
    fewest = float(min(first.n, second.n) - 1)
    return replace(found, degrees=np.full_like(found.degrees, fewest))


@lru_cache(maxsize=1024)
def _welch(n: int, m: int) -> bool:
    """Whether Welch's test, at 1 % and with equal spreads, needs the smaller difference."""
    from scipy.special import stdtrit

    if n == m:
        return True
    found = difference(Group(0.0, 1.0, n), Group(0.0, 1.0, m))
    level = np.exp(np.interp(np.log(_AT), *_largest_sizes(n, m)[::-1]))
    quantiles = stdtrit([float(found.degrees), min(n, m) - 1], 1 - np.array([level, _AT]) / 2)
    return bool(quantiles[0] <= quantiles[1])


def corrected(p: ArrayLike, n: int, m: int) -> Array:
    """Two-sided p values, made the largest that any ratio of the spreads gives.

    Args:
        p: of :func:`comparison`, any shape; NaN stays NaN.
        n, m: values on the two sides, at least 2 each.
    """
    nominal, actual = _sizes(n, m)
    given = np.asarray(p, dtype=np.float64)
    with np.errstate(divide="ignore"):
        logarithm = np.log(given)
    inside = np.interp(logarithm, nominal, actual)
    # Below the table the size falls as a power of the level.
    slope = (actual[1] - actual[0]) / (nominal[1] - nominal[0])
    below = actual[0] + slope * (logarithm - nominal[0])
    result = np.exp(np.where(logarithm < nominal[0], below, inside))
    return np.asarray(np.where(given > _LEVELS[-1], given, result))


def nominal_level(level: ArrayLike, n: int, m: int) -> Array:
    """The level at which to make a :func:`comparison` so that its size is at most ``level``."""
    nominal, actual = _sizes(n, m)
    return np.asarray(np.exp(np.interp(np.log(level), actual, nominal)))


def _sizes(n: int, m: int) -> tuple[Array, Array]:
    """Logarithms of nominal levels and of the largest size at each; both ascend."""
    return _largest_sizes(n, m) if _welch(n, m) else (np.log(_LEVELS), np.log(_LEVELS))


@lru_cache(maxsize=1024)
def _largest_sizes(n: int, m: int) -> tuple[Array, Array]:
    """Logarithms of levels of Welch's test, and of its largest size at each; both ascend."""
    largest = np.maximum(_LEVELS, [_size(level, n, m).max() for level in _LEVELS])
    return np.log(_LEVELS), np.log(np.maximum.accumulate(np.minimum(largest, 1.0)))


def _size(level: float, n: int, m: int) -> Array:
    """How often Welch's test at ``level`` rejects equal means, for each of the ratios of spreads.

    Lee and Gurland (1975): given the share B ~ Beta((n−1)/2, (m−1)/2) of the first sum of squares
    in both, in units of their variances, the statistic is Student's with n + m − 2 degrees of
    freedom, times a constant. With B = sin²θ the density is smooth enough for Gauss-Legendre.
    """
    from scipy.special import betaln, stdtr, stdtrit

    own, other = n - 1, m - 1
    x, weights = _nodes()
    angle = (x + 1) * np.pi / 4
    sine, cosine = np.sin(angle), np.cos(angle)
    density = 2 * sine ** (own - 1) * cosine ** (other - 1) / np.exp(betaln(own / 2, other / 2))
    variance = _RATIOS[:, None] ** 2 / n, 1 / m  # of the two means; (ratios, 1)
    first, second = variance[0] * sine**2 / own, variance[1] * cosine**2 / other
    both = first + second
    degrees = both**2 / (first**2 / own + second**2 / other)
    # The quantile is smooth in 1/degrees: some of them are enough to interpolate.
    inverse = np.linspace(1 / (own + other), 1 / min(own, other), 60)
    quantile = np.interp(1 / degrees, inverse, stdtrit(1 / inverse, 1 - level / 2))
    scaled = quantile * np.sqrt((own + other) * both / (variance[0] + variance[1]))
    return np.asarray(2 * stdtr(own + other, -scaled) @ (weights * density * np.pi / 4))


@cache
def _nodes() -> tuple[Array, Array]:
    """Gauss-Legendre nodes in (−1, 1) and their weights."""
    return np.polynomial.legendre.leggauss(_NODES)
