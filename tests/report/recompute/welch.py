"""Final quality against the baseline: ratios, adjusted p values, verdicts, and how many more seeds.

docs/measuring.md, "Verdicts": Welch's test on the log scale. Its p value is replaced by the largest
that any ratio of the spreads gives, or, where seeds were lost, Welch's degrees of freedom by those
of the smaller number if that costs less at 1 % and equal spreads. Holm's procedure with Šidák's
levels combines the comparisons, intervals have Šidák's level.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from tests.report.recompute.intervals import sidak
from tests.report.recompute.sweep import Sweep

LEVEL = 0.05
POWER = 0.8
MOST = 100
_RATIOS = np.exp(np.linspace(-np.log(100), np.log(100), 41))[:, None]


class Verdict(NamedTuple):
    """On one configuration; ``more`` is None where there is a verdict."""

    kind: str
    ratio: float
    low: float
    high: float
    p: float
    more: int | None
    small: bool


class _Difference(NamedTuple):
    value: float
    error: float
    degrees: float


@cache
def size(level: float, n: int, m: int, steps: int = 2000) -> float:
    """How often Welch's test at a level rejects equal means, at the worst ratio of the spreads.

    By Lee and Gurland (1975): given the share B ~ Beta((n-1)/2, (m-1)/2) of the first sum of
    squares, the statistic is a constant times Student's with n + m - 2 degrees of freedom.
    """
    share = special.betaincinv((n - 1) / 2, (m - 1) / 2, (np.arange(steps) + 0.5) / steps)
    own, other = _RATIOS**2 / n, 1 / m
    first, second = own * share / (n - 1), other * (1 - share) / (m - 1)
    degrees = (first + second) ** 2 / (first**2 / (n - 1) + second**2 / (m - 1))
    critical = special.stdtrit(degrees, 1 - level / 2)
    scaled = critical * np.sqrt((first + second) * (n + m - 2) / (own + other))
    worst = float((2 * special.stdtr(n + m - 2, -scaled)).mean(axis=1).max())
    return max(level, worst)


@cache
def nominal_level(level: float, n: int, m: int, steps: int = 2000) -> float:
    """At which to test so that the test has this size."""
    if not by_welch(n, m):
        return level
    return _welch_level(level, n, m, steps)


@cache
def _welch_level(level: float, n: int, m: int, steps: int) -> float:
    def above(nominal: float) -> float:
        return size(nominal, n, m, steps) - level

    return float(optimize.brentq(above, level / 100, level, xtol=1e-6 * level))


@cache
def by_welch(n: int, m: int) -> bool:
    """Whether Welch's test asks for the smaller difference, at 1 % and with equal spreads."""
    if n == m:
        return True
    degrees = (1 / n + 1 / m) ** 2 / (1 / n**2 / (n - 1) + 1 / m**2 / (m - 1))
    corrected = stats.t.ppf(1 - _welch_level(0.01, n, m, 2000) / 2, degrees)
    return bool(corrected <= stats.t.ppf(1 - 0.01 / 2, min(n, m) - 1))


def _difference(
    means: tuple[float, float], variances: tuple[float, float], n: int, m: int
) -> _Difference:
    first, second = variances[0] / n, variances[1] / m
    degrees = (first + second) ** 2 / (first**2 / (n - 1) + second**2 / (m - 1))
    if not by_welch(n, m):
        degrees = min(n, m) - 1
    return _Difference(means[0] - means[1], float(np.sqrt(first + second)), float(degrees))


def p_value(own: np.ndarray, base: np.ndarray) -> float:
    """Of one comparison alone, two-sided; the values are on the scale of analysis."""
    found = _of_samples(own, base)
    p = 2 * stats.t.sf(abs(found.value) / found.error, found.degrees)
    n, m = len(own), len(base)
    return size(float(p), n, m, 4000) if by_welch(n, m) else float(p)


def _of_samples(own: np.ndarray, base: np.ndarray) -> _Difference:
    means, variances = (own.mean(), base.mean()), (own.var(ddof=1), base.var(ddof=1))
    return _difference(means, variances, len(own), len(base))


def ends(own: np.ndarray, base: np.ndarray, level: float) -> tuple[float, float]:
    """Of the interval of the difference whose test has this size."""
    found = _of_samples(own, base)
    nominal = nominal_level(level, len(own), len(base))
    reach = stats.t.ppf(1 - nominal / 2, found.degrees) * found.error
    return float(found.value - reach), float(found.value + reach)


def holm(raw: dict[str, float]) -> dict[str, float]:
    """Adjusted p values, with Šidák's levels."""
    adjusted, found = 0.0, {}
    for place, label in enumerate(sorted(raw, key=lambda each: raw[each])):
        adjusted = max(adjusted, 1 - (1 - raw[label]) ** (len(raw) - place))
        found[label] = adjusted
    return found


def verdicts(sweep: Sweep) -> dict[str, Verdict]:
    """On each configuration but the baseline."""
    values = {label: sweep.final(label, "fcd") for label in sweep.others}
    return family(values, sweep.final(sweep.baseline, "fcd"), sweep.margin)


def family(
    values: Mapping[str, pd.Series], reference: pd.Series, margin: float
) -> dict[str, Verdict]:
    """On each of several groups of distances against a reference; all hold together."""
    logs = {label: np.log(own.to_numpy(float)) for label, own in values.items()}
    base = np.log(reference.to_numpy(float))
    adjusted = holm({label: p_value(own, base) for label, own in logs.items()})
    left = sum(p > LEVEL for p in adjusted.values())
    each, limit = sidak(LEVEL, len(adjusted)), float(np.log1p(margin))
    found = {}
    for label, own in logs.items():
        value, p = own.mean() - base.mean(), adjusted[label]
        low, high = ends(own, base, each)
        small = -limit < low and high < limit
        kind = "equivalent" if small else "undecided"
        if p <= LEVEL:
            kind = "better" if value < 0 else "worse"
        needed = None
        if kind == "undecided":
            needed = more_seeds(own, base, limit, sidak(LEVEL, left), each)
        ratio, low, high = map(float, np.exp([value, low, high]))
        found[label] = Verdict(kind, ratio, low, high, p, needed, small)
    return found


def more_seeds(own: np.ndarray, base: np.ndarray, limit: float, step: float, each: float) -> int:
    """The fewest further seeds of both that give a verdict with 80 % power, all else as seen."""

    def suffice(further: int) -> bool:
        n, m = len(own) + further, len(base) + further
        found = _difference((own.mean(), base.mean()), (own.var(ddof=1), base.var(ddof=1)), n, m)
        t = stats.t(found.degrees)
        critical = t.ppf(1 - nominal_level(step, n, m, 300) / 2)
        shown = stats.nct.sf(critical, found.degrees, abs(found.value) / found.error)
        reach = t.ppf(1 - nominal_level(each, n, m, 300) / 2) * found.error
        above = t.cdf((limit - found.value - reach) / found.error)
        below = t.cdf((found.value + limit - reach) / found.error)
        return max(shown, above + below - 1) >= POWER

    low, high = 0, MOST + 1  # low does not suffice; high is where counting ends
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffice(middle) else (middle, high)
    return high
