"""Differences of means of groups whose spreads differ.

References:
    Welch (1947). The generalization of 'Student's' problem when several different population
        variances are involved. Biometrika 34(1-2), 28-35.
    Satterthwaite (1946). An approximate distribution of estimates of variance components.
        Biometrics Bulletin 2(6), 110-114.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Groups of ``n`` values, by mean and variance (ddof 1): numbers, or arrays of one shape."""

    mean: ArrayLike
    variance: ArrayLike
    n: int

    @classmethod
    def of(cls, values: ArrayLike) -> Group:
        """The groups of an array (…, n) along its last axis; n is at least 2."""
        sample = np.asarray(values, dtype=np.float64)
        return cls(sample.mean(axis=-1), sample.var(axis=-1, ddof=1), sample.shape[-1])


@dataclass(frozen=True)
class Difference:
    """A difference of two means, its standard error and degrees of freedom; arrays of one shape.

    The standard error is 0 and the degrees of freedom are 1 where neither group varies.
    """

    value: Array
    error: Array
    degrees: Array

    @property
    def p(self) -> Array:
        """Two-sided, of no difference; NaN where the standard error is 0."""
        from scipy.special import stdtr

        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(self.error > 0, np.abs(self.value) / self.error, np.nan)
        return np.asarray(2 * stdtr(self.degrees, -t))

    def reach(self, level: ArrayLike) -> Array:
        """Half-width of the interval that a two-sided test at ``level`` gives."""
        from scipy.special import stdtrit

        quantile = stdtrit(self.degrees, 1 - np.asarray(level, dtype=np.float64) / 2)
        return np.asarray(quantile * self.error)


def difference(first: Group, second: Group) -> Difference:
    """first − second by Welch (1947), with Satterthwaite's (1946) degrees of freedom."""
    n, m = first.n, second.n
    own = np.asarray(first.variance, dtype=np.float64) / n
    other = np.asarray(second.variance, dtype=np.float64) / m
    squared = own + other
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = squared**2 / (own**2 / (n - 1) + other**2 / (m - 1))
    return Difference(
        np.asarray(first.mean, dtype=np.float64) - np.asarray(second.mean, dtype=np.float64),
        np.sqrt(squared),
        np.where(squared > 0, degrees, 1.0),
    )
