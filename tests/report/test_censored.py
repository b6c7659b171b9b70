"""Costs of which some are only known to be larger: beside published values and scipy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from bench.report.statistics import censored
from bench.report.statistics.censored import (
    Observation,
    kaplan_meier,
    log_rank,
    median,
    until,
)


def observed(*costs: float, censored_at: tuple[float, ...] = ()) -> list[Observation]:
    return [Observation(c, True) for c in costs] + [Observation(c, False) for c in censored_at]


# Weeks of remission of leukaemia: Freireich et al. (1963), Blood 21, 699-716, as in Gehan (1965).
MERCAPTOPURINE = observed(
    *(6, 6, 6, 7, 10, 13, 16, 22, 23),
    censored_at=(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35),
)
PLACEBO = observed(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def test_kaplan_meier_has_the_published_shares() -> None:
    """Cox and Oakes (1984), Analysis of Survival Data, and every textbook since."""
    curve = kaplan_meier(MERCAPTOPURINE)
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for cost, share in published.items():
        assert curve.share[list(curve.cost).index(cost)] == pytest.approx(share, abs=5e-4)
    assert curve.share[0] == 1
    assert np.all(np.diff(curve.share) <= 0)
    assert np.all((curve.low <= curve.share) & (curve.share <= curve.high))


def test_medians_of_both_groups_are_the_published_ones() -> None:
    treated, placebo = median(MERCAPTOPURINE), median(PLACEBO)
    assert treated is not None
    assert placebo is not None
    assert (treated.value, placebo.value) == (23, 8)
    assert treated.high is None, "the curve never has an upper limit below one half"
    assert (treated.n, treated.reached) == (21, 9)


def test_log_rank_has_the_published_statistic() -> None:
    """χ² = 16.79: 9 observed, 19.25 expected under 6-mercaptopurine."""
    scores, variance = censored._scores(MERCAPTOPURINE, PLACEBO)
    assert scores[:21].sum() ** 2 / variance == pytest.approx(16.79, abs=5e-3)
    found = log_rank(MERCAPTOPURINE, PLACEBO)
    assert found is not None
    assert found.excess == pytest.approx(9 - 19.25, abs=5e-3)
    assert not found.exact, "21 against 21 has too many orders"
    assert found.p == pytest.approx(4.17e-5, rel=1e-2)


def test_log_rank_agrees_with_scipy_where_some_are_censored() -> None:
    generator = np.random.default_rng(0)
    for _ in range(5):
        groups = []
        for scale in (1.0, 1.5):
            costs = np.round(generator.exponential(scale, 15), 1) + 0.1
            groups.append([Observation(float(c), bool(c < 2)) for c in costs])
        given = [
            stats.CensoredData.right_censored([o.cost for o in g], [not o.reached for o in g])
            for g in groups
        ]
        found = log_rank(*groups)
        assert found is not None
        assert found.p == pytest.approx(stats.logrank(*given).pvalue)


def test_intervals_of_what_is_not_censored_are_clopper_and_pearsons() -> None:
    curve = kaplan_meier(observed(*range(1, 9)))
    for gone, (low, high) in enumerate(zip(curve.low, curve.high, strict=True)):
        exact = stats.binomtest(8 - gone, 8).proportion_ci(method="exact")
        assert (low, high) == pytest.approx((exact.low, exact.high))


def test_few_observations_give_no_certainty() -> None:
    same = median(observed(5, 5, 5))
    assert same is not None
    assert (same.value, same.low, same.high) == (5, None, None)
    six = median(observed(1, 2, 3, 4, 5, 6))
    assert six is not None
    assert (six.low, six.high) == (1, 6)  # 1 − 2/2⁶ = 96.9 %


def test_intervals_of_the_median_cover_it() -> None:
    generator = np.random.default_rng(1)
    missed = 0
    for _ in range(400):
        costs = generator.exponential(1.0, 8)
        found = median([Observation(float(min(c, 1.5)), bool(c <= 1.5)) for c in costs])
        assert found is not None
        low, high = found.low or 0.0, found.high or np.inf
        missed += not low <= np.log(2) <= high
    assert missed <= 0.05 * 400


def test_a_median_that_is_not_reached_is_known_to_be_larger() -> None:
    found = median(observed(3, censored_at=(9, 10)))
    assert found is not None
    assert (found.value, found.beyond, found.reached) == (None, 10, 1)
    never = median(observed(censored_at=(4, 4, 4)))
    assert never is not None
    assert (never.value, never.beyond, never.low) == (None, 4, None)
    assert median([]) is None


def test_censored_runs_are_not_dropped() -> None:
    """Without the two that never reach it, the median would be 2."""
    found = median(observed(1, 2, 3, censored_at=(10, 10)))
    assert found is not None
    assert found.value == 3


def test_an_exact_test_counts_all_orders() -> None:
    """Three against three: 2 of 20 orders are as extreme as a complete separation."""
    found = log_rank(observed(1, 2, 3), observed(4, 5, 6))
    assert found is not None
    assert (found.p, found.exact, found.smallest) == (pytest.approx(0.1), True, 0.1)
    assert found.excess > 0, "the first group reaches it sooner"
    unequal = log_rank(observed(1, 2, 3), observed(4, 5, 6, 7))
    assert unequal is not None
    assert unequal.smallest == pytest.approx(1 / 35)
    assert unequal.p == pytest.approx(2 / 35), (
        "the three last ones are as far from what is expected"
    )


def test_the_exact_test_is_that_of_brute_force() -> None:
    first, second = observed(1, 4, censored_at=(6,)), observed(2, 5, 6, censored_at=(6, 6))
    both = [*first, *second]
    sums = []
    for chosen in itertools.combinations(range(len(both)), len(first)):
        own = [both[i] for i in chosen]
        others = [both[i] for i in range(len(both)) if i not in chosen]
        excess = 0.0
        for cost in sorted({o.cost for o in both if o.reached}):
            at_risk, own_at_risk = (sum(o.cost >= cost for o in g) for g in (both, own))
            d = sum(o.reached and o.cost == cost for o in both)
            excess += sum(o.reached and o.cost == cost for o in own) - d * own_at_risk / at_risk
        del others
        sums.append(excess)
    found = log_rank(first, second)
    assert found is not None
    assert found.excess == pytest.approx(sums[0])
    extreme = [abs(each) >= abs(sums[0]) - 1e-9 for each in sums]
    assert found.p == pytest.approx(np.mean(extreme))


def test_all_at_the_same_cost_are_alike() -> None:
    found = log_rank(observed(5, 5, 5), observed(5, 5, 5))
    assert found is not None
    assert (found.p, found.excess) == (1, 0)
    assert log_rank(observed(5), []) is None


def test_nothing_reached_is_no_difference() -> None:
    found = log_rank(observed(censored_at=(5, 5)), observed(censored_at=(5, 5)))
    assert found is not None
    assert found.p == 1


def test_the_test_keeps_its_level_where_both_are_alike() -> None:
    generator = np.random.default_rng(2)
    wrong = 0
    for _ in range(300):
        costs = generator.exponential(1.0, (2, 4))
        groups = [until([Observation(float(c), True) for c in g], 1.2) for g in costs]
        found = log_rank(*groups)
        assert found is not None
        wrong += found.p <= 0.05
    assert wrong <= 0.05 * 300 + 3


def test_what_is_known_up_to_a_cost() -> None:
    assert until(observed(3, 8, censored_at=(9,)), 5) == observed(3, censored_at=(5, 5))
