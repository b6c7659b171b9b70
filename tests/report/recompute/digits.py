"""Numbers as a report writes them: with the digits that their interval justifies.

The rule is that of the Particle Data Group (Review of Particle Physics, Introduction, 5.3): of the
three leading digits of an uncertainty, 100 to 354 keep two digits, 355 to 949 one. Counted numbers
have three significant digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.report.recompute.intervals import Interval

_CONSTANT = 1e-9  # a relative width that is rounding alone


def fixed(value: float, decimals: int) -> str:
    """With a real minus; 460 of 457 with −1 decimals."""
    return f"{round(value, decimals) + 0.0:.{max(0, decimals)}f}".replace("-", "−")


def significant(value: float, digits: int = 3) -> str:
    if value == 0:
        return "0"
    return fixed(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))))


def decimals_of(half_width: float) -> int:
    exponent = math.floor(math.log10(half_width))
    return (1 if half_width / 10.0**exponent < 3.55 else 0) - exponent


def estimate(found: Interval, factor: float = 1.0) -> str:
    """``7.0 (6.1–8.0)``, or ``0.878 ± 0.014`` where both arms are the same in these digits."""
    value, low, high = (each / factor for each in found[:3])
    half = (high - low) / 2
    if half <= _CONSTANT * abs(value):
        return f"{significant(value)} ± 0"
    decimals = decimals_of(half)
    even = round(value - low, decimals) == round(high - value, decimals)
    if found.linear or even:
        return f"{fixed(value, decimals)} ± {fixed(half, decimals)}"
    return f"{fixed(value, decimals)} ({_ends(low, high, decimals)})"


def _ends(low: float, high: float, decimals: int) -> str:
    between = " to " if low < 0 else "–"
    return f"{fixed(low, decimals)}{between}{fixed(high, decimals)}"


def signed(found: Interval, factor: float = 1.0) -> str:
    """A difference with its sign."""
    text = estimate(found, factor)
    return text if text.startswith("−") else f"+{text}"


def ratio(value: float, low: float, high: float) -> str:
    """``1.53 (1.49–1.57)``: two digits of the value at least, three decimals at most."""
    half = (high - low) / 2
    if half <= _CONSTANT * abs(value):
        return significant(value)
    two = 1 - math.floor(math.log10(abs(value)))
    decimals = min(3, max(decimals_of(half), two))
    return f"{fixed(value, decimals)} ({fixed(low, decimals)}–{fixed(high, decimals)})"


def grouped(count: float) -> str:
    return f"{count:,.0f}"


def listing(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))


def span(counts: Sequence[int]) -> str:
    """``3–4``, or ``5`` where all are the same."""
    low, high = min(counts), max(counts)
    return grouped(low) if low == high else f"{grouped(low)}–{grouped(high)}"
