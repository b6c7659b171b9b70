"""Verdicts in words."""

from __future__ import annotations

from bench.report.statistics.power import MOST
from bench.report.statistics.values import Ratio
from bench.report.text import ABSENT, fixed_like, range_text, ratio_text, significant
from bench.report.verdicts import Comparison
from bench.texts import say


def margin_text(margin: float) -> str:
    """``10 %``."""
    return f"{100 * margin:.3g} %"


def verdict_text(found: Comparison) -> str:
    """``better``, ``equivalent within 10 %``, ``undecided: about 4 more seeds needed``."""
    words, detail = verdict_words(found), verdict_detail(found)
    return f"{words}: {detail}" if detail else words


def verdict_words(found: Comparison) -> str:
    """``better``, ``equivalent within 10 %``, ``undecided``."""
    small = found.kind in ("better", "worse") and found.within_margin
    return say(
        "verdict-small" if small else "verdict", kind=found.kind, margin=margin_text(found.margin)
    )


def verdict_detail(found: Comparison) -> str:
    """What a verdict that is not given needs: ``about 4 more seeds needed``; "" of others."""
    if found.kind == "undecided":
        return needed_text(found)
    return reason_text(found) if found.kind == "untested" else ""


def reason_text(found: Comparison) -> str:
    """Why there is no test: ``one seed``."""
    return say("verdict-reason", reason=str(found.reason).replace(" ", "-"))


def needed_text(found: Comparison) -> str:
    """``about 4 more seeds needed``."""
    if found.more_seeds is None or found.more_seeds > MOST:
        return say("verdict-needed-many", most=MOST)
    return say("verdict-needed", count=found.more_seeds)


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
