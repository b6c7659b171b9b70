"""Means with their intervals, on the scale of each measure (docs/measuring.md, "Uncertainty")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats


class Interval(NamedTuple):
    """A value with the ends of its interval; of ``n`` values."""

    value: float
    low: float
    high: float
    n: int
    linear: bool = False


def student(values: np.ndarray, level: float = 0.95) -> Interval:
    """Mean and Student's interval."""
    mean, n = float(values.mean()), len(values)
    reach = float(stats.t.ppf((1 + level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - reach, mean + reach, n, linear=True)


def estimate(values: Sequence[float] | np.ndarray | pd.Series, scale: str) -> Interval:
    """Mean and interval on a scale, and back: "log", "share" or "linear"."""
    sample = np.asarray(values, dtype=float)
    if scale == "linear":
        return student(sample)
    if scale == "log":
        found = np.exp(student(np.log(sample))[:3])
    else:
        ends = np.clip(student(np.arcsin(np.sqrt(sample)))[:3], 0, np.pi / 2)
        found = np.sin(ends) ** 2
    return Interval(*map(float, found), len(sample))


def paired_ratio(own: pd.Series, base: pd.Series, level: float = 0.95) -> Interval:
    """The geometric mean of the ratios of pairs, and its interval."""
    ratios = (own / base).dropna().to_numpy(float)
    found = np.exp(student(np.log(ratios), level)[:3])
    return Interval(*map(float, found), len(ratios))


def sidak(level: float, count: int) -> float:
    """The level of each of so many tests that together have a level."""
    return float(1 - (1 - level) ** (1 / max(1, count)))
