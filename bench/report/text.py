"""Numbers and names as text: the digits that an interval justifies, units, escaping."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bench.report.choices import chosen
from bench.report.statistics import Estimate, Ratio, TrialMean
from bench.report.statistics.censored import Median
from bench.texts import grouped, say

ABSENT = "–"
CONTENDED = "†"
DRIFTED = "§"
PARTLY_FINITE = "‡"  # of some runs
_SCIENTIFIC = 1e9  # numbers from here on are written as 1.23e24
_DIGITS = 3  # significant ones, where no other number is chosen

_SI = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
_SHORT = ((1e-3, "ms"), (1e-6, "µs"))
_BINARY = ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B"))


def _largest(values: Iterable[float | None]) -> float:
    return max((abs(v) for v in values if v is not None and math.isfinite(v)), default=0.0)


def si_prefix(values: Iterable[float | None]) -> tuple[float, str]:
    """The SI prefix for one column of counts: (what to divide by, its letter)."""
    largest = _largest(values)
    return next(((scale, letter) for scale, letter in _SI if largest >= scale), (1.0, ""))


def byte_unit(values: Iterable[float | None]) -> tuple[float, str]:
    """The unit for one column of bytes: (what to divide by, the unit)."""
    largest = _largest(values)
    # Below 10 GiB the MiB is kept, so that small differences stay visible.
    candidates = _BINARY if largest >= 10 * 2.0**30 else _BINARY[1:]
    return next(((scale, unit) for scale, unit in candidates if largest >= scale), (1.0, "B"))


def time_unit(values: Iterable[float | None]) -> tuple[float, str]:
    """The unit for one column of seconds: (what to divide by, the unit)."""
    largest = _largest(values)
    if largest >= 0.1:
        return 1.0, "s"
    return next(((scale, unit) for scale, unit in _SHORT if largest >= scale), (1.0, "s"))


def _decimals_of(value: float, digits: int) -> int:
    """Decimals that show ``value`` with this many significant digits."""
    return 0 if value == 0 else digits - 1 - math.floor(math.log10(abs(value)))


def _fixed(value: float, decimals: int) -> str:
    if abs(value) >= _SCIENTIFIC:
        digits = chosen().precision or _DIGITS
        return f"{value:.{digits - 1}e}".replace("e+", "e").replace("-", "−")
    rounded = round(value, decimals)
    return f"{rounded + 0.0:.{max(0, decimals)}f}".replace("-", "−")


def significant(value: float, digits: int | None = None) -> str:
    """A plain number with this many significant digits; below 10⁹ all integer digits stay.

    Args:
        digits: None for as many as are chosen, or three.
    """
    return _fixed(value, max(0, _decimals_of(value, digits or chosen().precision or _DIGITS)))


def decimals_justified(half_width: float) -> int:
    """Decimals of a value whose uncertainty is ``half_width``.

    The rule of the Particle Data Group (Review of Particle Physics, "Introduction",
    section 5.3): of the three leading digits of the uncertainty, 100-354 keep two
    digits, 355-949 keep one, 950-999 become 1000 and keep two.
    """
    exponent = math.floor(math.log10(half_width))
    leading = half_width / 10.0**exponent
    if leading < 3.55:
        return 1 - exponent
    return -exponent


def _decimals(value: float, uncertainty: float) -> int:
    """Decimals of a value and its uncertainty: those justified, or as many digits as are chosen.

    Where that would round the uncertainty to 0, it keeps one digit.
    """
    digits = chosen().precision
    if digits is None:
        return decimals_justified(uncertainty)
    of_value = _decimals_of(max(abs(value), uncertainty), digits)
    return max(0, of_value, _decimals_of(uncertainty, 1))


def estimate_text(estimate: Estimate | None, scale: float = 1.0) -> str:
    """``12.3 ± 0.4``, or ``12.3 (11.4–13.5)`` where the interval's arms differ in the digits shown.

    Without an interval only the mean; "–" where nothing was measured.
    """
    if estimate is None:
        return ABSENT
    if estimate.ends is not None and (decimals := _uneven(estimate, scale)) is not None:
        ends = interval_text(estimate, scale, decimals)
        return f"{_fixed(estimate.mean / scale, decimals)} ({ends})"
    return _plus_minus(estimate.mean, estimate.half_width, scale, None)


def _uneven(estimate: Estimate, scale: float) -> int | None:
    """The decimals to show, where the two arms of an interval then differ; None if they do not."""
    low, high, mean = estimate.low, estimate.high, estimate.mean / scale
    assert low is not None
    assert high is not None
    half_width = (high - low) / scale / 2
    if half_width <= 1e-9 * abs(mean):
        return None
    decimals = _decimals(mean, half_width)
    below, above = mean - low / scale, high / scale - mean
    return None if round(below, decimals) == round(above, decimals) else decimals


def trials_text(trials: TrialMean, scale: float = 1.0, decimals: int | None = None) -> str:
    """``6.30 ± 0.12``: mean and standard error, with ``decimals`` if given."""
    return _plus_minus(trials.mean, trials.standard_error, scale, decimals)


def _plus_minus(mean: float, uncertainty: float | None, scale: float, decimals: int | None) -> str:
    mean /= scale
    if uncertainty is None:
        return significant(mean) if decimals is None else _fixed(mean, decimals)
    uncertainty /= scale
    if decimals is None:
        # Differences in the last bits of equal numbers are not uncertainty.
        if uncertainty <= 1e-9 * abs(mean):
            return f"{significant(mean)} ± 0"
        decimals = _decimals(mean, uncertainty)
    return f"{_fixed(mean, decimals)} ± {_fixed(uncertainty, decimals)}"


def interval_text(estimate: Estimate, scale: float = 1.0, decimals: int | None = None) -> str:
    """``5.1–7.4``, with ``decimals`` if given; "–" without an interval."""
    if estimate.low is None or estimate.high is None:
        return ABSENT
    return range_text(estimate.low / scale, estimate.high / scale, decimals)


def range_text(low: float, high: float, decimals: int | None = None) -> str:
    """``5.1–7.4``, ``−5.1 to 7.4``: two ends with the digits that their distance justifies.

    Args:
        decimals: of both, if given.
    """
    half_width = (high - low) / 2
    if decimals is None and half_width <= 1e-9 * max(abs(low), abs(high)):
        ends = significant(low), significant(high)
    else:
        if decimals is None:
            decimals = _decimals(max(abs(low), abs(high)), half_width)
        ends = _fixed(low, decimals), _fixed(high, decimals)
    return say("range", low=ends[0], high=ends[1]) if low < 0 else "–".join(ends)


def fixed_like(value: float, low: float, high: float) -> str:
    """A value with the digits of its interval in :func:`range_text`."""
    half_width = (high - low) / 2
    if half_width <= 1e-9 * max(abs(low), abs(high)):
        return significant(value)
    return _fixed(value, _decimals(max(abs(low), abs(high)), half_width))


def signed_text(estimate: Estimate, scale: float = 1.0) -> str:
    """A difference with its sign: ``+1.2 ± 0.3``."""
    text = estimate_text(estimate, scale)
    return text if text.startswith("−") else f"+{text}"


def signed_number(value: float) -> str:
    """A plain number with its sign and one decimal, or the chosen digits: ``+1.2``."""
    text = _fixed(value, 1) if chosen().precision is None else significant(value)
    return text if text.startswith("−") else f"+{text}"


def ratio_text(ratio: Ratio | None) -> str:
    """``1.53 (1.40–1.70)``; without an interval only the ratio."""
    if ratio is None:
        return ABSENT
    if ratio.low is None or ratio.high is None:
        return significant(ratio.value) + (f" ({say('unbounded')})" if ratio.n > 1 else "")
    half_width = (ratio.high - ratio.low) / 2
    if half_width <= 1e-9 * abs(ratio.value):
        return significant(ratio.value)
    if chosen().precision is None:
        decimals = min(3, max(decimals_justified(half_width), _decimals_of(ratio.value, 2)))
    else:
        decimals = _decimals(ratio.value, half_width)
    return (
        f"{_fixed(ratio.value, decimals)} "
        f"({_fixed(ratio.low, decimals)}–{_fixed(ratio.high, decimals)})"
    )


def median_text(median: Median, scale: float = 1.0) -> str:
    """``42.1 (40.2–51.7)``, ``> 60`` where fewer than half got there; "–" for an unknown end."""
    if median.value is None:
        return f"> {significant(median.beyond / scale)}"
    text = significant(median.value / scale)
    if median.low is None and median.high is None:
        return text
    low, high = (
        ABSENT if end is None else significant(end / scale) for end in (median.low, median.high)
    )
    ends = say("range", low=low, high=high) if ABSENT in (low, high) else f"{low}–{high}"
    return f"{text} ({ends})"


def span_text(span: tuple[int, int]) -> str:
    """``8,000–12,000``, or ``12,000`` where both ends are the same."""
    low, high = span
    return grouped(low) if low == high else f"{grouped(low)}–{grouped(high)}"


def listing(items: Iterable[str]) -> str:
    """``a, b and c``."""
    *most, last = items
    return say("listing", most=", ".join(most), last=last) if most else last


def alternatives(items: Iterable[str]) -> str:
    """``a, b or c``."""
    *most, last = items
    return say("alternatives", most=", ".join(most), last=last) if most else last


def quoted(label: str) -> str:
    """A configuration's label in quotation marks."""
    return say("quoted", name=label)


def status_text(status: str, count: int) -> str:
    """What has become of so many runs, as it is said after their number: ``out of memory``."""
    return say("status", status=status, name=status.replace("_", " "), count=count)


def not_finite() -> str:
    """What stands for a value that is none."""
    return say("not-finite")


def capital(text: str) -> str:
    """A text with a capital letter, as where a sentence begins with the name of a metric."""
    return f"{text[:1].upper()}{text[1:]}"
