"""Comparisons with the baseline, and the verdicts that hold together.

All comparisons of one measure are one family. Their intervals cover all true values together at
95 % (Šidák); of the verdicts "better" and "worse", which a step-down procedure gives (Holm), none
is wrong in 95 % of sweeps. A configuration whose interval lies within the margin and that is not
shown to be different is equivalent: two one-sided tests inside the simultaneous interval.

References:
    Schuirmann (1987). A comparison of the two one-sided tests procedure and the power approach for
        assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and
        Biopharmaceutics 15(6), 657-680.
    Those of ``bench.report.statistics.welch``, ``multiplicity``, ``bounded`` and ``scales``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.measures import MARGIN, Direction, Scale
from bench.report import statistics
from bench.report.statistics.power import MOST
from bench.report.statistics.welch import Difference, Group

LEVEL = 0.05

Kind = Literal["better", "worse", "equivalent", "undecided", "untested"]
# Why there is no test.
Reason = Literal["no value", "one seed", "identical seeds"]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One configuration against the baseline, of one measure.

    Attributes:
        effect: of the configuration: its mean over the baseline's, or minus it; see ``is_ratio``.
            None where one of them has no value.
        low, high: the ends of the effect's interval; with those of all other configurations it
            holds at 95 %. None where nothing was tested.
        p: of no difference, two-sided, adjusted for all comparisons; None where not tested.
        more_seeds: of an undecided one, about how many further seeds of both are needed; above
            ``statistics.power.MOST`` means more than that. None for other verdicts.
        is_ratio: whether the effect is a ratio; else it is a difference.
        margin: the share of the baseline within which a difference does not matter.
        within_margin: the interval lies within the margin; of a better or worse one, the
            difference is then shown to be too small to matter.
        n, base_n: seeds of the configuration and of the baseline.
        reason: why it is untested.
    """

    label: str
    kind: Kind
    effect: float | None
    low: float | None
    high: float | None
    p: float | None
    more_seeds: int | None
    is_ratio: bool
    margin: float
    within_margin: bool = False
    n: int = 0
    base_n: int = 0
    reason: Reason | None = None

    @property
    def decided(self) -> bool:
        """Whether there is a verdict."""
        return self.kind in ("better", "worse", "equivalent")


def against(
    base: Sequence[float],
    others: Mapping[str, Sequence[float]],
    *,
    scale: Scale,
    direction: Direction,
    margin: float = MARGIN,
    bounds: tuple[float, float] | None = None,
    level: float = LEVEL,
) -> dict[str, Comparison]:
    """Each of ``others`` against ``base``; all verdicts hold together at 1 − ``level``.

    Differences are Welch's on the scale, corrected for few seeds: the spreads of configurations
    differ up to tenfold.
    Bounded outcomes have a permutation test and Anderson's intervals. Values that are not finite
    count as not measured.

    Args:
        base: the baseline's value of each seed.
        others: by label, the values of each seed; seeds are not paired.
        direction: which values are better.
        margin: a share of the baseline: on the log scale, ratios from 1/(1 + margin) to
            1 + margin are equivalent; elsewhere, differences up to margin times the baseline's
            mean.
        bounds: of the values, for "bounded".
        level: the share of sweeps that may have a wrong verdict.
    """
    own = {label: statistics.finite(values) for label, values in others.items()}
    reference = statistics.finite(base)
    scale = statistics.usable(scale, reference, *own.values())
    if scale == "bounded" and bounds is None:
        scale = "linear"
    family = _Family(reference, scale, direction, margin, bounds, level)
    reasons = {label: family.reason(values) for label, values in own.items()}
    tested = family.tested({label: v for label, v in own.items() if reasons[label] is None})
    return {
        label: tested.get(label) or family.untested(label, values, reasons[label])
        for label, values in own.items()
    }


@dataclass(frozen=True)
class _Family:
    """The comparisons of one measure."""

    base: np.ndarray  # (n,) finite
    scale: Scale
    direction: Direction
    margin: float
    bounds: tuple[float, float] | None
    level: float

    @property
    def is_ratio(self) -> bool:
        return self.scale == "log"

    def reason(self, values: np.ndarray) -> Reason | None:
        """Why a configuration cannot be tested; None if it can."""
        if not len(values) or not len(self.base):
            return "no value"
        if len(values) == 1 or len(self.base) == 1:
            return "one seed"
        constant = statistics.is_constant(values) and statistics.is_constant(self.base)
        return "identical seeds" if constant and self.scale != "bounded" else None

    def untested(self, label: str, values: np.ndarray, reason: Reason | None) -> Comparison:
        effect = None
        if len(values) and len(self.base):
            effect = self._effect(self._mean(values) - self._mean(self.base))
        return Comparison(
            label=label,
            kind="untested",
            effect=effect,
            low=None,
            high=None,
            p=None,
            more_seeds=None,
            is_ratio=self.is_ratio,
            margin=self.margin,
            n=len(values),
            base_n=len(self.base),
            reason=reason,
        )

    def tested(self, others: Mapping[str, np.ndarray]) -> dict[str, Comparison]:
        if not others:
            return {}
        adjusted = statistics.step_down([self._p(values) for values in others.values()])
        remaining = int(np.sum(adjusted > self.level))
        each = statistics.each_level(self.level, len(others))
        step = statistics.each_level(self.level, remaining)
        return {
            label: self._comparison(label, values, float(p), each, step)
            for (label, values), p in zip(others.items(), adjusted, strict=True)
        }

    def _p(self, values: np.ndarray) -> float:
        """Of no difference, two-sided, of this comparison alone."""
        if self.scale == "bounded":
            return statistics.permutation_p(values, self.base)
        return float(statistics.corrected(self._difference(values).p, len(values), len(self.base)))

    def _comparison(
        self, label: str, values: np.ndarray, p: float, each: float, step: float
    ) -> Comparison:
        """The verdict on one of several.

        Args:
            p: adjusted for all comparisons.
            each: the level of each comparison's interval.
            step: the level of the tests that the step-down has not yet decided.
        """
        value = float(self._difference(values).value)
        low, high = self._ends(values, each)
        limits = self._limits()
        within = limits[0] < low and high < limits[1]
        kind: Kind = "equivalent" if within else "undecided"
        if p <= self.level and value != 0:
            kind = "better" if (value < 0) == (self.direction == "lower") else "worse"
        needed = None
        if kind == "undecided":
            needed = statistics.more_seeds(
                self._group(values),
                self._group(self.base),
                limits=None if self.scale == "bounded" else limits,
                difference_level=step,
                equivalence_level=each,
                fewest=self._fewest(len(values), step),
            )
        return Comparison(
            label=label,
            kind=kind,
            effect=self._effect(value),
            low=self._effect(low),
            high=self._effect(high),
            p=p,
            more_seeds=needed,
            is_ratio=self.is_ratio,
            margin=self.margin,
            within_margin=within,
            n=len(values),
            base_n=len(self.base),
        )

    def _difference(self, values: np.ndarray) -> Difference:
        return statistics.comparison(self._group(values), self._group(self.base))

    def _group(self, values: np.ndarray) -> Group:
        """Mean and variance on the scale; values that differ by rounding alone do not vary."""
        group = Group.of(statistics.forward(values, self.scale))
        return Group(group.mean, 0.0, group.n) if statistics.is_constant(values) else group

    def _mean(self, values: np.ndarray) -> float:
        return float(statistics.forward(values, self.scale).mean())

    def _ends(self, values: np.ndarray, level: float) -> tuple[float, float]:
        """The ends of the difference's interval on the scale."""
        if self.scale == "bounded" and self.bounds is not None:
            one_side = 1 - level / 2  # both means are inside theirs at once
            own = statistics.mean_bounds(values, self.bounds, one_side)
            base = statistics.mean_bounds(self.base, self.bounds, one_side)
            return own[0] - base[1], own[1] - base[0]
        found = self._difference(values)
        reach = found.reach(statistics.nominal_level(level, len(values), len(self.base)))
        return float(found.value - reach), float(found.value + reach)

    def _limits(self) -> tuple[float, float]:
        """Between which differences on the scale do not matter."""
        if self.scale == "log":
            return -math.log1p(self.margin), math.log1p(self.margin)
        centre = self._mean(self.base)
        base = statistics.back(centre, self.scale)
        most = 1.0 if self.scale == "share" else math.inf
        low, high = sorted(
            float(statistics.forward(min(most, base * factor), self.scale))
            for factor in (1 - self.margin, 1 + self.margin)
        )
        return low - centre, high - centre

    def _effect(self, value: float) -> float:
        """A ratio, or a difference; of a share, at the baseline's mean."""
        if self.scale == "log":
            return statistics.back(value, "log")
        if self.scale == "share":
            centre = self._mean(self.base)
            return statistics.back(centre + value, "share") - statistics.back(centre, "share")
        return value

    def _fewest(self, n: int, level: float) -> int:
        """Of further seeds: a permutation test needs some to reach the level at all."""
        if self.scale != "bounded":
            return 1
        base_n = len(self.base)
        return next(
            further
            for further in range(1, MOST + 2)
            if statistics.smallest_permutation_p(n + further, base_n + further) <= level
            or further > MOST
        )
