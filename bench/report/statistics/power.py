"""How many more seeds a comparison needs until a verdict can be expected."""

from __future__ import annotations

import bisect
from dataclasses import replace

from bench.report.statistics.behrens_fisher import comparison, nominal_level
from bench.report.statistics.welch import Difference, Group

POWER = 0.8
MOST = 100  # more seeds than that are not counted


def _difference_power(found: Difference, level: float) -> float:
    """That a two-sided test at ``level`` finds a difference of this size, on its own side."""
    from scipy.special import nctdtr, stdtrit

    quantile = stdtrit(found.degrees, 1 - level / 2)
    noncentrality = min(abs(float(found.value / found.error)), 30.0)  # 30 errors are certain
    return float(1 - nctdtr(found.degrees, noncentrality, quantile))


def _equivalence_power(found: Difference, limits: tuple[float, float], level: float) -> float:
    """That the interval at ``level`` lies within the limits, if the difference is as seen."""
    from scipy.special import stdtr

    low, high = limits
    reach = found.reach(level)
    above = stdtr(found.degrees, (high - found.value - reach) / found.error)
    below = stdtr(found.degrees, (found.value - low - reach) / found.error)
    return max(0.0, float(above + below - 1))


def more_seeds(
    own: Group,
    base: Group,
    *,
    limits: tuple[float, float] | None,
    difference_level: float,
    equivalence_level: float,
    fewest: int = 1,
) -> int:
    """The smallest further number of seeds of both with which a verdict has 80 % power.

    The observed difference and spreads are taken for the true ones, so it is a rough number. A
    verdict is a significant difference, or an interval within ``limits``.

    Args:
        limits: between which the two are equivalent, on the scale of analysis; None where no
            number of seeds shows that.
        difference_level: of the two-sided test.
        equivalence_level: of the interval.
        fewest: the answer is at least that.

    Returns:
        ``MOST`` + 1 where ``MOST`` do not suffice.
    """

    def suffice(further: int) -> bool:
        n, m = own.n + further, base.n + further
        grown = comparison(replace(own, n=n), replace(base, n=m))
        if grown.error == 0:
            return bool(grown.value != 0)
        power = _difference_power(grown, float(nominal_level(difference_level, n, m)))
        if limits is not None:
            level = float(nominal_level(equivalence_level, n, m))
            power = max(power, _equivalence_power(grown, limits, level))
        return power >= POWER

    return bisect.bisect_left(range(MOST + 1), True, lo=min(fewest, MOST + 1), key=suffice)
