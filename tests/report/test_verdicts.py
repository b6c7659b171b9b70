"""Verdicts: known values by hand and by scipy, and what must hold of any data."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.report.comparisons import compare
from bench.report.statistics import (
    comparison,
    corrected,
    difference,
    each_level,
    front_probabilities,
    mean_bounds,
    mean_interval,
    nominal_level,
    permutation_p,
    step_down,
)
from bench.report.statistics.power import MOST
from bench.report.statistics.welch import Group
from bench.report.verdict_text import effect_text, verdict_text
from bench.report.verdicts import against

BASE = [20.0, 20.5, 19.6, 20.2, 19.9]


def log(base, others, **options):
    return against(base, others, scale="log", direction="lower", **options)


def test_welchs_test_is_scipys() -> None:
    a, b = [6.0, 7.0, 5.0, 8.0], [7.0, 8.5, 8.0]
    found = difference(Group.of(a), Group.of(b))
    theirs = stats.ttest_ind(a, b, equal_var=False)
    assert float(found.p) == pytest.approx(theirs.pvalue)
    assert float(found.degrees) == pytest.approx(theirs.df)
    interval = theirs.confidence_interval(0.95)
    reach = float(found.reach(0.05))
    assert (found.value - reach, found.value + reach) == pytest.approx(
        (interval.low, interval.high)
    )


def test_the_correction_is_the_size_of_welchs_test_by_simulation() -> None:
    """Three a side, one ten times as spread out: about the worst case at 1 %."""
    random = np.random.default_rng(1)
    first, second = random.normal(0, 10, (200_000, 3)), random.normal(0, 1, (200_000, 3))
    rejected = difference(Group.of(first), Group.of(second)).p <= 0.01
    assert float(corrected(0.01, 3, 3)) == pytest.approx(rejected.mean(), abs=0.001)
    assert float(corrected(0.01, 3, 3)) > 0.016


def test_the_correction_vanishes_with_many_seeds_and_never_helps() -> None:
    levels = np.array([1e-9, 1e-4, 0.01, 0.05, 0.5, 1.0])
    for n, m in ((2, 2), (3, 3), (4, 5), (30, 30)):
        assert np.all(corrected(levels, n, m) >= levels * (1 - 1e-9))
        assert np.all(np.diff(corrected(levels, n, m)) > 0)
    assert float(corrected(0.01, 40, 40)) == pytest.approx(0.01, rel=0.02)
    assert float(corrected(nominal_level(0.01, 4, 4), 4, 4)) == pytest.approx(0.01)
    assert math.isnan(corrected(math.nan, 3, 3))


@pytest.mark.parametrize(("n", "m"), [(2, 3), (2, 5), (3, 10), (4, 5), (9, 10)])
def test_unequal_numbers_of_seeds_keep_the_level(n: int, m: int) -> None:
    random = np.random.default_rng(n)
    for ratio in (0.1, 0.5, 1, 2, 10):
        first = Group.of(random.normal(0, ratio, (20_000, n)))
        second = Group.of(random.normal(0, 1, (20_000, m)))
        rejected = corrected(comparison(first, second).p, n, m) <= 0.05
        assert rejected.mean() <= 0.05 + 0.005


def test_step_down_by_hand() -> None:
    """Holm (1979) with Šidák's levels, on p values in any order."""
    found = step_down([0.04, 0.01, 0.03])
    assert found == pytest.approx([1 - 0.97**2, 1 - 0.99**3, 1 - 0.97**2])
    assert step_down([1.0, 0.0]) == pytest.approx([1.0, 0.0])
    assert each_level(0.05, 1) == pytest.approx(0.05)
    assert (1 - each_level(0.05, 5)) ** 5 == pytest.approx(0.95)


def test_with_equal_spreads_the_intervals_are_near_dunnetts_and_never_narrower() -> None:
    """Dunnett (1955) pools the spreads, which is only right where they are equal."""
    random = np.random.default_rng(7)
    base, *others = random.normal(0, 0.1, (4, 40))
    theirs = stats.dunnett(*others, control=base).confidence_interval(0.95)
    ours = against(
        base, {str(i): o for i, o in enumerate(others)}, scale="linear", direction="lower"
    )
    for index, found in enumerate(ours.values()):
        half, dunnetts = (found.high - found.low) / 2, (theirs.high - theirs.low)[index] / 2
        assert found.effect == pytest.approx(np.mean(others[index]) - np.mean(base))
        assert half == pytest.approx(dunnetts, rel=0.15)


def test_one_comparison_by_hand() -> None:
    own = [15.1, 15.3, 14.8, 15.0, 15.2]
    (found,) = log(BASE, {"own": own}).values()
    welch = stats.ttest_ind(np.log(own), np.log(BASE), equal_var=False)
    assert found.effect == pytest.approx(stats.gmean(own) / stats.gmean(BASE))
    assert found.p == pytest.approx(float(corrected(welch.pvalue, 5, 5)))
    interval = welch.confidence_interval(1 - float(nominal_level(0.05, 5, 5)))
    assert (found.low, found.high) == pytest.approx((np.exp(interval.low), np.exp(interval.high)))
    assert (found.kind, found.n, found.base_n, found.is_ratio) == ("better", 5, 5, True)


def test_two_one_sided_tests_by_hand() -> None:
    """Equivalent where both one-sided tests reject at half the level of the interval."""
    own = [20.1, 20.3, 19.8, 20.2, 20.0]
    level = float(nominal_level(0.05, 5, 5)) / 2
    for margin in (0.01, 0.02, 0.03, 0.05, 0.1):
        shifted = [
            stats.ttest_ind(
                np.log(own), np.log(BASE) + side * np.log1p(margin), equal_var=False, alternative=to
            ).pvalue
            for side, to in ((1, "less"), (-1, "greater"))
        ]
        (found,) = log(BASE, {"own": own}, margin=margin).values()
        assert (found.kind == "equivalent") == (max(shifted) < level), margin
        assert found.within_margin is (found.kind == "equivalent")


def test_direction_decides_what_is_better() -> None:
    for direction, verdict in (("lower", "worse"), ("higher", "better")):
        found = against(BASE, {"up": [30, 31, 30.5]}, scale="log", direction=direction)["up"]
        assert found.kind == verdict


def test_a_difference_that_does_not_matter_is_said_to_be_small() -> None:
    random = np.random.default_rng(2)
    base, own = random.normal(20, 0.1, 50), random.normal(20.5, 0.1, 50)
    found = log(base, {"own": own})["own"]
    assert (found.kind, found.within_margin) == ("worse", True)
    assert verdict_text(found) == "worse by less than 10 %"


def test_about_so_many_more_seeds_have_the_power_they_promise() -> None:
    random = np.random.default_rng(3)
    base, own = (
        [math.exp(0.1 * z) for z in (-1, 0, 1)],
        [math.exp(0.2 + 0.1 * z) for z in (-1, 0, 1)],
    )
    found = log(base, {"own": own})["own"]
    assert found.kind == "undecided"
    n = 3 + found.more_seeds
    rounds = 4000
    samples = random.normal(0, 0.1, (rounds, 2, n)) + np.array([[0.0], [0.2]])
    p = difference(Group.of(samples[:, 1]), Group.of(samples[:, 0])).p
    assert (corrected(p, n, n) <= 0.05).mean() == pytest.approx(0.84, abs=0.07)
    fewer = samples[..., : n - 1]
    p = difference(Group.of(fewer[:, 1]), Group.of(fewer[:, 0])).p
    assert (corrected(p, n - 1, n - 1) <= 0.05).mean() < 0.83


def test_hopeless_comparisons_say_so() -> None:
    found = log([10.0, 20.0, 5.0], {"own": [11.0, 21.0, 6.0]})["own"]
    assert found.more_seeds == MOST + 1
    assert verdict_text(found) == "undecided: more than 100 more seeds needed"


def test_what_cannot_be_tested() -> None:
    found = log(
        [20.0, 20.0, 20.0],
        {
            "one": [19.0],
            "none": [math.nan, math.inf],
            "same": [20.0, 20.0, 20.0],
            "other": [25.0, 25.0, 25.0],
            "varied": [25.0, 25.2, 24.9],
        },
    )
    reasons = {label: (each.kind, each.reason) for label, each in found.items()}
    assert reasons == {
        "one": ("untested", "one seed"),
        "none": ("untested", "no value"),
        "same": ("untested", "identical seeds"),
        "other": ("untested", "identical seeds"),
        "varied": ("worse", None),
    }
    assert found["other"].effect == pytest.approx(1.25)
    assert found["none"].effect is None
    assert verdict_text(found["one"]) == "untested: one seed"
    assert effect_text(found["none"]) == "–"
    assert {each.kind for each in log([20.0], {"a": [19.0, 18.0]}).values()} == {"untested"}
    assert log([], {"a": [1.0, 2.0]})["a"].reason == "no value"
    assert log(BASE, {}) == {}


def test_untested_ones_cost_the_others_nothing() -> None:
    own = [17.0, 17.5, 16.8]
    alone = log(BASE, {"own": own})["own"]
    beside = log(BASE, {"own": own, "one": [3.0], "none": []})["own"]
    assert alone == beside


values = st.lists(st.floats(0.01, 100), min_size=2, max_size=3)


@settings(deadline=None, max_examples=12)
@given(values, st.lists(values, min_size=1, max_size=4), st.floats(0.1, 10))
def test_units_do_not_matter_on_the_log_scale(base, others, unit) -> None:
    named = {str(i): o for i, o in enumerate(others)}
    scaled = {label: [unit * v for v in o] for label, o in named.items()}
    found, again = log(base, named), log([unit * v for v in base], scaled)
    for one, other in zip(found.values(), again.values(), strict=True):
        assert one.reason == other.reason
        if one.p is not None and one.p > 1e-6:
            assert one.p == pytest.approx(other.p, rel=1e-4)
            assert 0 < one.low <= one.effect <= one.high


@settings(deadline=None, max_examples=12)
@given(values, values)
def test_swapping_the_sides_inverts_ratio_and_verdict(base, own) -> None:
    there, back = log(base, {"x": own})["x"], log(own, {"x": base})["x"]
    swapped = {"better": "worse", "worse": "better"}
    assert back.kind == swapped.get(there.kind, there.kind)
    assert there.effect * back.effect == pytest.approx(1)
    if there.low is not None:
        assert there.low * back.high == pytest.approx(1, rel=1e-6)


def test_more_comparisons_make_each_less_sure() -> None:
    own = [17.0, 17.5, 16.8]
    widths = []
    for k in (1, 3, 9):
        found = log(BASE, {str(i): [v + 0.01 * i for v in own] for i in range(k)})["0"]
        widths.append(found.high / found.low)
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] / 1.1


# -------------------------------------------------------------------- shares and counts


def test_intervals_respect_what_a_share_can_be() -> None:
    found = mean_interval([0.99, 0.97, 0.999], scale="share")
    assert 0 < found.low < found.mean < found.high <= 1
    sure = mean_interval([1.0, 1.0, 1.0], scale="share")
    assert sure.low < 0.5
    assert sure.high == 1
    assert mean_interval([0.3, 0.3, 0.3], scale="share").low == pytest.approx(0.3)


def test_shares_are_compared_at_the_baselines_mean() -> None:
    base, own = [0.80, 0.82, 0.81, 0.80], [0.90, 0.91, 0.92, 0.90]
    found = against(base, {"own": own}, scale="share", direction="higher")["own"]
    assert found.kind == "better"
    assert found.effect == pytest.approx(np.mean(own) - np.mean(base), abs=1e-3)
    assert 0 < found.low < found.effect < found.high < 0.2
    near_one = against(
        [0.99, 0.98, 1.0], {"x": [1.0, 1.0, 0.97]}, scale="share", direction="higher"
    )
    assert near_one["x"].high < 0.02


def test_three_equal_counts_are_no_certainty() -> None:
    """Anderson (1969) by hand: n = 1 leaves 1 − (1 + 0.95)/2 of the bound; three leave more."""
    found = mean_interval([8, 8, 8], scale="bounded", bounds=(0, 8))
    assert found.high == 8
    epsilon = stats.ksone.ppf(0.975, 3)
    assert found.low == pytest.approx(8 * (1 - epsilon))
    low, high = mean_bounds([0, 0, 0, 0], (0, 8), 0.95)
    assert low == 0
    assert high == pytest.approx(8 * stats.ksone.ppf(0.975, 4))


@pytest.mark.parametrize("n", [3, 10])
def test_andersons_interval_holds_whatever_the_counts_are(n: int) -> None:
    random = np.random.default_rng(n)
    for p in (0.02, 0.5, 0.95):
        samples = random.binomial(8, p, (1000, n))
        held = [
            low <= 8 * p <= high for low, high in (mean_bounds(s, (0, 8), 0.95) for s in samples)
        ]
        assert np.mean(held) >= 0.95


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(0, 8), min_size=2, max_size=5),
    st.lists(st.integers(0, 8), min_size=2, max_size=5),
)
def test_the_permutation_test_is_scipys(own, other) -> None:
    theirs = stats.permutation_test(
        (own, other), lambda a, b: abs(np.mean(a) - np.mean(b)), alternative="greater"
    )
    assert permutation_p(own, other) == pytest.approx(theirs.pvalue)


def test_many_divisions_are_drawn_always_the_same() -> None:
    own, other = list(range(12)), list(range(3, 15))
    first = permutation_p(own, other)
    assert first == permutation_p(own, other)
    exact = stats.permutation_test(
        (own, other),
        lambda a, b: abs(np.mean(a) - np.mean(b)),
        n_resamples=50_000,
        alternative="greater",
        rng=1,
    ).pvalue
    assert first == pytest.approx(exact, abs=0.01)


def test_counts_are_never_decided_by_three_seeds() -> None:
    options = {"scale": "bounded", "direction": "higher", "bounds": (0, 8)}
    found = against([1, 1, 1], {"own": [8, 8, 8]}, **options)
    assert (found["own"].kind, found["own"].p) == ("undecided", pytest.approx(0.1))
    assert found["own"].more_seeds == 1
    found = against([1] * 4, {"own": [8] * 4}, **options)
    assert (found["own"].kind, found["own"].p) == ("better", pytest.approx(2 / 70))


# ---------------------------------------------------------------------------- of a sweep


def test_verdicts_of_a_sweep(synthetic) -> None:
    lost = replace(
        synthetic.SMALL_GENERATOR,
        final=(20.1, 20.3, 19.8),
        statuses=("completed", "diverged", "completed"),
        errors=(None, "nan", None),
    )
    base = replace(synthetic.BASELINE, final=(20.0, 20.4, 19.6))
    data = synthetic.data([base, lost, synthetic.SMALL_CRITIC])
    found = compare(data, "quality_final")
    assert {label: each.n for label, each in found.items()} == {
        "half generator": 2,
        "half critic": 3,
    }
    assert found["half critic"].kind == "worse"
    assert found == against(
        base.final,
        {"half generator": (20.1, 19.8), "half critic": synthetic.SMALL_CRITIC.final},
        scale="log",
        direction="lower",
    )
    assert compare(data, "precision_final")["half critic"].kind in ("worse", "undecided")
    assert compare(data, "kid_std_final") == {}, "neither direction is better"


def test_protocols_are_not_mixed_in_verdicts(synthetic) -> None:
    other = replace(synthetic.SMALL_CRITIC, setup={"quality_samples": 100})
    data = synthetic.data([synthetic.BASELINE, other])
    assert compare(data, "quality_final") == {}
    assert compare(data, "fcd_final") == {}
    assert compare(data, "quality_final", 0)["half critic"].reason == "no value"


def test_a_sweep_without_a_baseline_has_no_verdict(synthetic) -> None:
    assert compare(synthetic.data(baseline=None), "quality_final") == {}


def test_the_probability_of_being_on_the_front() -> None:
    alike = {"a": [1.0, 1.1, 0.9], "b": [1.0, 1.1, 0.9], "far": [9.0, 9.1, 9.2]}
    cost = {"a": [5.0] * 3, "b": [5.0] * 3, "far": [6.0] * 3}
    found = front_probabilities(cost, alike)
    assert found == front_probabilities(cost, alike)
    assert found["a"] == pytest.approx(0.5, abs=0.05)
    assert found["a"] + found["b"] == pytest.approx(1)
    assert found["far"] < 0.01
    assert front_probabilities(cost, alike | {"a": [1.0]}) is None
