"""Verdicts in words."""

from __future__ import annotations

from bench.report.statistics.power import MOST
from bench.report.statistics.values import Ratio
from bench.report.text import ABSENT, fixed_like, range_text, ratio_text, significant
from bench.report.verdicts import Comparison
from bench.units import counted


def margin_text(margin: float) -> str:
    """``10 %``."""
    return f"{100 * margin:.3g} %"


def verdict_text(found: Comparison) -> str:
    """``better``, ``equivalent within 10 %``, ``undecided: about 4 more seeds needed``."""
    if found.kind == "equivalent":
        return f"equivalent within {margin_text(found.margin)}"
    if found.kind == "undecided":
        return f"undecided: {needed_text(found)}"
    if found.kind == "untested":
        return f"untested: {found.reason}"
    if found.within_margin:
        return f"{found.kind} by less than {margin_text(found.margin)}"
    return found.kind


def needed_text(found: Comparison) -> str:
    """``about 4 more seeds needed``."""
    if found.more_seeds is None or found.more_seeds > MOST:
        return f"more than {MOST} more seeds needed"
    seeds = counted(found.more_seeds, "seed").replace(" ", " more ")
    return f"about {seeds} needed"


def effect_text(found: Comparison, scale: float = 1.0) -> str:
    """``0.85 (0.78–0.93)`` of a ratio, ``+1.2 (0.4–2.0)`` of a difference.

    Args:
        scale: what a difference is divided by.
    """
    if found.effect is None:
        return ABSENT
    if found.is_ratio:
        return ratio_text(Ratio(1, found.effect, found.low, found.high))
    sign = "+" if found.effect > 0 else ""
    if found.low is None or found.high is None:
        return f"{sign}{significant(found.effect / scale)}"
    low, high = found.low / scale, found.high / scale
    return f"{sign}{fixed_like(found.effect / scale, low, high)} ({range_text(low, high)})"
