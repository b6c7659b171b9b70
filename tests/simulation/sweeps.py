"""Many sweeps at once whose truth is known, judged by the functions that reports use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.report.statistics import (
    Group,
    corrected,
    difference,
    nominal_level,
    spent,
    step_down,
)
from bench.report.statistics.multiplicity import each_levels

LEVEL = 0.05
# Heavy: Student's t with three degrees of freedom. Skewed: a gamma distribution of skewness 1.
Noise = Literal["normal", "heavy", "skewed"]
# Of the standard deviations: all equal; drawn for each group from a range of ten; the baseline's,
# the others' or one other's ten times the rest.
Spreads = Literal["equal", "tenfold", "baseline", "others", "one"]
MARGIN = np.log(1.1)


@dataclass(frozen=True)
class World:
    """Sweeps of a baseline and others, on the scale of analysis.

    Attributes:
        true: the others' differences from the baseline, (k,).
        size: the largest standard deviation over the smallest is 1 or 10; the smallest is this.
    """

    seeds: int
    true: Sequence[float]
    noise: Noise = "normal"
    spreads: Spreads = "equal"
    size: float = 0.03

    def draw(self, sweeps: int, random: np.random.Generator) -> np.ndarray:
        """Values, (sweeps, 1 + k, seeds), the baseline first."""
        shape = (sweeps, 1 + len(self.true), self.seeds)
        if self.noise == "heavy":
            values = random.standard_t(3, shape) / np.sqrt(3)
        elif self.noise == "skewed":
            values = (random.gamma(4, 1, shape) - 4) / 2
        else:
            values = random.standard_normal(shape)
        spread = np.ones(shape[:2])
        if self.spreads == "tenfold":
            spread = np.exp(random.uniform(0, np.log(10), shape[:2]))
        elif self.spreads == "baseline":
            spread[:, 0] = 10
        elif self.spreads == "others":
            spread[:, 1:] = 10
        elif self.spreads == "one":
            spread[:, 1] = 10
        return self.size * spread[..., None] * values + np.array([0, *self.true])[:, None]


@dataclass(frozen=True)
class Judged:
    """What is decided of each comparison: (sweeps, k) each.

    Attributes:
        sign: −1 or 1 where a difference is found, else 0.
        equivalent: where none is and the interval is within the margin.
        low, high: ends of the simultaneous intervals.
    """

    sign: np.ndarray
    equivalent: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def wrong(self, true: Sequence[float], margin: float = MARGIN) -> float:
        """The share of sweeps with a false difference, a wrong sign or a false equivalence."""
        truth = np.asarray(true)
        false = (self.sign != 0) & (self.sign != np.sign(truth))
        false |= self.equivalent & (np.abs(truth) >= margin)
        return float(false.any(axis=1).mean())

    def covered(self, true: Sequence[float]) -> float:
        """The share of sweeps of which all intervals hold the truth."""
        truth = np.asarray(true)
        return float(((self.low <= truth) & (truth <= self.high)).all(axis=1).mean())

    @property
    def found(self) -> float:
        """The share of comparisons of which a difference is found."""
        return float((self.sign != 0).mean())


def judge(
    values: np.ndarray,
    level: float = LEVEL,
    margin: float = MARGIN,
    before: Judged | None = None,
) -> Judged:
    """As ``bench.report.verdicts.against`` does on the log scale.

    Args:
        values: as a world draws them.
        before: what earlier looks have decided; only the others are compared.
    """
    n, k = values.shape[-1], values.shape[1] - 1
    sign = np.zeros((len(values), k)) if before is None else before.sign
    equivalent = np.zeros((len(values), k), bool) if before is None else before.equivalent
    over = (sign != 0) | equivalent
    found = difference(Group.of(values[:, 1:]), Group.of(values[:, :1]))
    # At the head of the steps, decided ones leave a family of the others.
    p = np.where(over, 0.0, corrected(found.p, n, n))
    rejected = (step_down(p) <= level) & ~over
    each = each_levels(level, k - over.sum(axis=1, keepdims=True))
    reach = found.reach(nominal_level(each, n, n))
    low, high = found.value - reach, found.value + reach
    sign = np.where(rejected, np.sign(found.value), sign)
    within = (-margin < low) & (high < margin)
    equivalent = equivalent | (within & ~rejected & ~over)
    if before is not None:  # a comparison stays as it was when it was decided
        low, high = np.where(over, before.low, low), np.where(over, before.high, high)
    return Judged(sign, equivalent, low, high)


def judge_until_decided(values: np.ndarray, looks: Sequence[int], margin: float = MARGIN) -> Judged:
    """As ``bench.report.looks.follow`` does, up to as many seeds as ``values`` has."""
    at_most = values.shape[-1]
    judged: Judged | None = None
    before = 0.0
    for count in looks:
        so_far = spent(count / at_most, LEVEL)
        judged = judge(values[..., :count], so_far - before, margin, judged)
        before = so_far
    assert judged is not None
    return judged


def earlier_rule(values: np.ndarray) -> np.ndarray:
    """The rule before, a paired t test each, uncorrected: (sweeps, k) whether one is found."""
    from scipy.special import stdtr

    n = values.shape[-1]
    paired = values[:, 1:] - values[:, :1]
    t = np.abs(paired.mean(axis=-1)) / (paired.std(axis=-1, ddof=1) / np.sqrt(n))
    return np.asarray(2 * stdtr(n - 1, -t) <= LEVEL)
