"""Intervals against scipy and simulation; fronts and interpolation by their properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.report.statistics import (
    Estimate,
    Ratio,
    TrialMean,
    interpolate,
    mean_interval,
    paired_difference,
    paired_ratio,
    pareto_front,
    standardised_difference,
    trial_mean,
)

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
samples = st.lists(numbers, min_size=2, max_size=20)


@settings(deadline=None)
@given(samples)
def test_interval_is_that_of_scipy(values: list[float]) -> None:
    estimate = mean_interval(values)
    error = stats.sem(values)
    assume(error > 1e-9)
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
    assert estimate is not None
    assert estimate.half_width is not None
    assert estimate.n == len(values)
    assert estimate.mean - estimate.half_width == pytest.approx(low, rel=1e-9, abs=1e-6)
    assert estimate.mean + estimate.half_width == pytest.approx(high, rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(samples)
def test_standard_error_is_that_of_scipy(values: list[float]) -> None:
    trials = trial_mean(values)
    assert trials is not None
    assert trials.n == len(values)
    assert trials.mean == pytest.approx(np.mean(values))
    assert trials.standard_error == pytest.approx(stats.sem(values))


def test_one_trial_has_no_standard_error() -> None:
    assert trial_mean([3.5, math.nan]) == TrialMean(1, 3.5, None)
    assert trial_mean([]) is None


def test_the_standardised_difference_is_welchs_statistic() -> None:
    """(Welch 1947): the t of two samples with variances of their own."""
    a, b = [6.0, 7.0, 5.0, 8.0], [7.0, 8.0, 8.0]
    first, second = trial_mean(a), trial_mean(b)
    assert first is not None
    assert second is not None
    expected = stats.ttest_ind(a, b, equal_var=False).statistic
    assert standardised_difference(first, second) == pytest.approx(expected)
    assert standardised_difference(second, first) == pytest.approx(-expected)


def test_without_errors_there_is_no_standardised_difference() -> None:
    known, alone = TrialMean(3, 1.0, 0.1), TrialMean(1, 2.0, None)
    assert standardised_difference(known, alone) is None
    assert standardised_difference(alone, known) is None
    assert standardised_difference(TrialMean(3, 8.0, 0.0), TrialMean(3, 7.0, 0.0)) is None


def test_one_seed_has_no_interval_and_none_has_no_mean() -> None:
    assert mean_interval([3.5]) == Estimate(1, 3.5, None)
    assert mean_interval([]) is None
    assert mean_interval([math.nan, math.inf]) is None
    assert mean_interval([math.nan, 2.0]) == Estimate(1, 2.0, None)


def test_differences_are_paired_by_seed() -> None:
    difference = paired_difference({0: 11.0, 1: 21.0, 2: 31.0, 9: 99.0}, {2: 30, 0: 10, 1: 20})
    assert difference == Estimate(3, 1.0, 0.0)
    assert difference.excludes_zero
    assert paired_difference({0: 1.0}, {1: 2.0}) is None
    one = paired_difference({0: 1.0}, {0: 3.0})
    assert one == Estimate(1, -2.0, None)
    assert not one.excludes_zero


def test_a_difference_whose_interval_reaches_zero_does_not_exclude_it() -> None:
    assert not Estimate(3, 1.0, 1.5).excludes_zero
    assert Estimate(3, -2.0, 1.5).excludes_zero


def test_the_ratio_of_costs_is_students_on_the_log_scale() -> None:
    x = {0: 10.0, 1: 10.8, 2: 9.6, 3: 10.1}
    y = {0: 15.2, 1: 15.9, 2: 14.1, 3: 15.5}
    ratio = paired_ratio(y, x)
    assert ratio is not None
    assert ratio.value == pytest.approx(stats.gmean([y[s] / x[s] for s in x]))
    for bound in (ratio.low, ratio.high):
        logs = [math.log(y[s] / x[s] / bound) for s in x]
        assert stats.ttest_1samp(logs, 0).pvalue == pytest.approx(0.05, rel=1e-6)


def test_the_ratio_of_what_is_not_all_positive_is_fiellers() -> None:
    """Each bound is a ρ for which the paired t test of y − ρx against 0 gives p = 0.05."""
    x = {0: 10.0, 1: 10.8, 2: 9.6, 3: 10.1}
    y = {0: 0.2, 1: 0.9, 2: -0.1, 3: 0.5}
    ratio = paired_ratio(y, x)
    assert ratio is not None
    assert ratio.value == pytest.approx(sum(y.values()) / sum(x.values()))
    for bound in (ratio.low, ratio.high):
        differences = np.array([y[s] - bound * x[s] for s in x])
        assert stats.ttest_1samp(differences, 0).pvalue == pytest.approx(0.05, rel=1e-6)


def test_a_ratio_of_positive_values_is_positive_and_bounded_however_far_the_seeds_are() -> None:
    ratio = paired_ratio({0: 0.1, 1: 5.0, 2: 40.0}, {0: 10.0, 1: 10.5, 2: 9.7})
    assert ratio is not None
    assert 0 < ratio.low < ratio.value < ratio.high < math.inf


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(9, 11, allow_subnormal=False), st.floats(4, 6, allow_subnormal=False)),
        min_size=2,
        max_size=8,
    )
)
def test_swapping_the_sides_inverts_the_ratio(pairs: list[tuple[float, float]]) -> None:
    x = {seed: pair[0] for seed, pair in enumerate(pairs)}
    y = {seed: pair[1] for seed, pair in enumerate(pairs)}
    there, back = paired_ratio(y, x), paired_ratio(x, y)
    assert there is not None
    assert back is not None
    assert there.value * back.value == pytest.approx(1)
    assume(there.low is not None and back.low is not None and there.low > 1e-3)
    assert there.low * back.high == pytest.approx(1, rel=1e-5)
    assert there.high * back.low == pytest.approx(1, rel=1e-5)
    assert there.low <= there.value * (1 + 1e-9)
    assert there.high >= there.value * (1 - 1e-9)


def test_ratio_covers_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(1)
    rounds, covered = 2000, 0
    for _ in range(rounds):
        machine = generator.normal(0, 0.5, 4)  # shared by a pair, as drift is
        x = dict(enumerate(10 + machine + generator.normal(0, 0.3, 4)))
        y = dict(enumerate(1.5 * (10 + machine) + generator.normal(0, 0.5, 4)))
        ratio = paired_ratio(y, x)
        covered += ratio.low <= 1.5 <= ratio.high
    assert covered / rounds == pytest.approx(0.95, abs=0.02)


def test_ratio_without_an_interval() -> None:
    assert paired_ratio({0: 3.0}, {0: 2.0}) == Ratio(1, 1.5, None, None)
    assert paired_ratio({0: 3.0}, {1: 2.0}) is None
    assert paired_ratio({0: 3.0}, {0: 0.0}) is None
    unbounded = paired_ratio({0: 1.0, 1: 2.0}, {0: -5.0, 1: 6.0})
    assert unbounded is not None
    assert unbounded.low is None
    assert unbounded.high is None
    assert not unbounded.excludes_one


def test_a_configuration_against_itself_is_exactly_one() -> None:
    values = {0: 10.0, 1: 11.0, 2: 9.0}
    ratio = paired_ratio(values, values)
    assert ratio is not None
    assert (ratio.low, ratio.value, ratio.high) == pytest.approx((1, 1, 1))


points = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=12)


@settings(deadline=None)
@given(points)
def test_the_front_is_what_nothing_dominates(raw: list[tuple[int, int]]) -> None:
    mask = pareto_front([p[0] for p in raw], [p[1] for p in raw])

    def beats(a: tuple[int, int], b: tuple[int, int]) -> bool:
        return a[0] <= b[0] and a[1] <= b[1] and a != b

    for point, kept in zip(raw, mask, strict=True):
        assert kept == (not any(beats(other, point) for other in raw))
    assert mask.any()


def test_unmeasured_points_are_not_on_the_front_and_dominate_nothing() -> None:
    mask = pareto_front([1.0, math.nan, 0.5, -math.inf], [1.0, 0.0, math.nan, 0.0])
    assert mask.tolist() == [True, False, False, False]


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=6), st.floats(0, 1), numbers, numbers)
def test_interpolation_is_exact_on_a_straight_line(
    gaps: list[float], share: float, slope: float, offset: float
) -> None:
    cost = np.cumsum(gaps).tolist()
    at = cost[0] + share * (cost[-1] - cost[0])
    at = min(max(at, cost[0]), cost[-1])
    value = interpolate(cost, [offset + slope * c for c in cost], at)
    assert value == pytest.approx(offset + slope * at, rel=1e-6, abs=1e-3)


def test_interpolation_never_extrapolates() -> None:
    assert interpolate([1.0, 2.0], [5.0, 3.0], 0.99) is None
    assert interpolate([1.0, 2.0], [5.0, 3.0], 2.01) is None
    assert interpolate([1.0, 2.0], [5.0, 3.0], 2.0) == 3.0
    assert interpolate([], [], 1.0) is None
