"""Digits, units and escaping."""

from __future__ import annotations

import pytest

from bench.report.choices import Choices, choosing
from bench.report.statistics import Estimate, Ratio, TrialMean
from bench.report.text import (
    byte_unit,
    estimate_text,
    interval_text,
    listing,
    ratio_text,
    si_prefix,
    signed_number,
    signed_text,
    significant,
    span_text,
    trials_text,
)


@pytest.mark.parametrize(
    ("mean", "half_width", "text"),
    [
        (12.3456, 0.4321, "12.3 ± 0.4"),
        (12.3456, 0.1234, "12.35 ± 0.12"),  # 100-354: two digits
        (0.827, 0.0354, "0.827 ± 0.035"),
        (0.827, 0.0356, "0.83 ± 0.04"),
        (0.827, 0.0962, "0.83 ± 0.10"),  # 950-999: becomes 1000
        (1234.5, 56.7, "1230 ± 60"),
        (-3.14159, 0.2, "−3.14 ± 0.20"),
        (0.001, 0.4, "0.0 ± 0.4"),
        (5.0, 0.0, "5.00 ± 0"),
        (3.14159, None, "3.14"),
    ],
)
def test_an_interval_decides_the_digits(mean: float, half_width: float | None, text: str) -> None:
    assert estimate_text(Estimate(3, mean, half_width)) == text


@pytest.mark.parametrize(
    ("digits", "mean", "half_width", "text"),
    [
        (2, 12.3456, 0.4321, "12.3 ± 0.4"),  # the uncertainty keeps one digit
        (3, 12.3456, 0.4321, "12.3 ± 0.4"),
        (4, 12.3456, 0.4321, "12.35 ± 0.43"),
        (6, 12.3456, 0.4321, "12.3456 ± 0.4321"),
        (1, 12.3456, 9.9, "12 ± 10"),
        (2, 0.001, 0.4, "0.00 ± 0.40"),  # the larger of the two decides
        (2, 1234.5, 567.0, "1234 ± 567"),
        (2, 5.0, 0.0, "5.0 ± 0"),
        (5, 3.14159, None, "3.1416"),
        (2, 1.2345e12, None, "1.2e12"),
        (1, 1.2345e12, None, "1e12"),
    ],
)
def test_a_choice_decides_the_digits(
    digits: int, mean: float, half_width: float | None, text: str
) -> None:
    with choosing(Choices(precision=digits)):
        assert estimate_text(Estimate(3, mean, half_width)) == text


def test_ends_of_an_interval_have_the_decimals_of_the_value() -> None:
    with choosing(Choices(precision=2)):
        assert estimate_text(Estimate(3, 8.83, None, (8.04, 9.97))) == "8.8 (8.0–10.0)"
        assert ratio_text(Ratio(5, 1.5283, 1.4908, 1.5666)) == "1.53 (1.49–1.57)"
        assert ratio_text(Ratio(5, 2.2037, 1.2, 3.1)) == "2.2 (1.2–3.1)"
        assert interval_text(Estimate(3, 6.25, 1.15)) == "5.1–7.4"
        assert signed_number(1.234) == "+1.2"
        assert signed_number(12.34) == "+12"
    assert ratio_text(Ratio(5, 2.2037, 1.2, 3.1)) == "2.2 (1.2–3.1)"
    assert signed_number(12.34) == "+12.3"


def test_nothing_measured_is_a_dash_and_never_zero() -> None:
    assert estimate_text(None) == "–"
    assert ratio_text(None) == "–"


def test_scale_divides_both_parts() -> None:
    assert estimate_text(Estimate(3, 12_345_600, 432_100), 1e6) == "12.3 ± 0.4"


@pytest.mark.parametrize(
    ("error", "decimals", "text"),
    [
        (0.123, None, "6.30 ± 0.12"),
        (0.1, 1, "6.3 ± 0.1"),  # as printed, though the error's digits would justify another
        (None, None, "6.30"),
        (None, 1, "6.3"),
        (0.0, None, "6.30 ± 0"),
    ],
)
def test_trials_show_their_standard_error(
    error: float | None, decimals: int | None, text: str
) -> None:
    assert trials_text(TrialMean(10, 6.3, error), decimals=decimals) == text


def test_trials_are_scaled_before_they_are_rounded() -> None:
    assert trials_text(TrialMean(10, 0.956, 0.02), 0.01, 1) == "95.6 ± 2.0"


def test_both_ends_of_an_interval_have_the_digits_its_width_justifies() -> None:
    assert interval_text(Estimate(3, 6.3, 0.51)) == "5.8–6.8"
    assert interval_text(Estimate(3, 0.5, 0.123), 0.01) == "38–62"
    assert interval_text(Estimate(3, 8.0, 0.0)) == "8.00–8.00"
    assert interval_text(Estimate(1, 8.0, None)) == "–"


def test_spans_and_signed_numbers() -> None:
    assert span_text((8000, 12_000)) == "8,000–12,000"
    assert span_text((12_000, 12_000)) == "12,000"
    assert [signed_number(value) for value in (1.25, -0.93, 0.04, -0.04)] == [
        "+1.2",
        "−0.9",
        "+0.0",
        "+0.0",
    ]


def test_differences_carry_their_sign() -> None:
    assert signed_text(Estimate(3, 1.25, 0.4)) == "+1.2 ± 0.4"
    assert signed_text(Estimate(3, -1.25, None)) == "−1.25"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (Ratio(3, 1.534, 1.401, 1.702), "1.53 (1.40–1.70)"),
        (Ratio(3, 1.5, None, None), "1.50 (unbounded)"),
        (Ratio(1, 1.5, None, None), "1.50"),
        (Ratio(3, 1.0, 1.0, 1.0), "1.00"),
    ],
)
def test_ratios(ratio: Ratio, text: str) -> None:
    assert ratio_text(ratio) == text


def test_columns_share_one_prefix() -> None:
    assert si_prefix([857_000, 12_000_000]) == (1e6, "M")
    assert si_prefix([None, 999]) == (1.0, "")
    assert si_prefix([]) == (1.0, "")
    assert byte_unit([500 * 2**20]) == (2**20, "MiB")
    assert byte_unit([9 * 2**30]) == (2**20, "MiB")
    assert byte_unit([11 * 2**30]) == (2**30, "GiB")


def test_whole_digits_are_kept() -> None:
    assert significant(123_456) == "123456"
    assert significant(0.012345) == "0.0123"
    assert significant(0) == "0"


def test_listing() -> None:
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
