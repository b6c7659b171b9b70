"""Verdicts on changes.

Scores follow the report's rules, with the older sweep in place of the baseline: all comparisons of
one measure hold together at 95 % (Šidák). Equal values are no evidence of a difference: "same".

Times, energy and memory are of one session in each sweep. The rounds of a session say how
repeatable it is, and nothing of how the machine differs from session to session, so such a cost is
better or worse only where its whole interval lies beyond the margin. What is counted is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.report import statistics
from bench.report.change.values import Measured
from bench.report.verdict_text import effect_text, margin_text, reason_text, verdict_text
from bench.report.verdicts import LEVEL, Comparison, Kind, against
from bench.texts import say

Verdict = Literal["same", "equivalent", "better", "worse", "undecided", "lost"]


@dataclass(frozen=True)
class Change:
    """How one measure of one configuration changed.

    Attributes:
        effect: the newer mean over the older one, or minus it, with its interval.
        text: the verdict in words.
        matters: it is better or worse by more than the margin, or lost.
    """

    measured: Measured
    verdict: Verdict
    effect: str
    text: str
    matters: bool = False

    @property
    def is_regression(self) -> bool:
        """Whether it is worse by more than the margin, or lost."""
        return self.matters and self.verdict in ("worse", "lost")


def judged(found: Sequence[Measured]) -> list[Change]:
    """The verdicts on everything that is compared, in the given order."""
    tested = Counter(each.name for each in found if _needs_a_test(each))
    return [_change(each, tested[each.name]) for each in found]


def _needs_a_test(each: Measured) -> bool:
    return not each.lost and each.kind != "counted" and not _same(each)


def _same(each: Measured) -> bool:
    """Whether all values are equal, seed by seed or round by round."""
    return each.old == each.new


def _change(each: Measured, tests: int) -> Change:
    if each.lost:
        return Change(each, "lost", "–", say("change-lost", why=each.lost), matters=True)
    if _same(each):
        return Change(each, "same", "–", say("change-same"))
    level = statistics.each_level(LEVEL, tests)
    how = each.measured_as
    assert how.direction is not None
    found = against(
        list(each.old.values()),
        {"": list(each.new.values())},
        scale=how.scale,
        direction=how.direction,
        margin=each.margin,
        bounds=how.bounds,
        level=level,
    )[""]
    if each.kind == "score":
        return _of_score(each, found)
    if each.contended:
        return Change(each, "undecided", _effect(found), _undecided("contended"))
    return _of_cost(each, found)


def _of_score(each: Measured, found: Comparison) -> Change:
    effect = _effect(found, each.scale)
    if found.kind == "untested":
        return Change(each, "undecided", effect, _unclear(reason_text(found)))
    matters = found.kind in ("better", "worse") and not found.within_margin
    return Change(each, found.kind, effect, verdict_text(found), matters)


def _of_cost(each: Measured, found: Comparison) -> Change:
    """By where the whole interval lies; a value that never varies is its own interval."""
    if found.effect is None:
        return Change(each, "undecided", "–", _unclear(reason_text(found)))
    exact = each.kind == "counted" or found.reason == "identical seeds"
    if found.reason == "one seed" and not exact:
        return Change(each, "undecided", _effect(found), _undecided("once"))
    low, high = (found.effect,) * 2 if exact else (found.low, found.high)
    if low is None or high is None:
        return Change(each, "undecided", _effect(found), say("verdict-kind", kind="undecided"))
    found = replace(found, low=low, high=high)
    limits = (1 / (1 + each.margin), 1 + each.margin) if found.is_ratio else (0.0, 0.0)
    lower_is_better = each.measured_as.direction == "lower"
    kind: Kind = "undecided"
    if high < limits[0]:
        kind = "better" if lower_is_better else "worse"
    elif low > limits[1]:
        kind = "worse" if lower_is_better else "better"
    elif limits[0] < low and high < limits[1]:
        kind = "equivalent"
    if kind in ("better", "worse"):
        text = say("verdict-kind", kind=kind)
        return Change(each, kind, _effect(found), text, matters=True)
    within = margin_text(each.margin)
    if kind == "equivalent":
        text = say("verdict", kind=kind, margin=within)
        return Change(each, "equivalent", _effect(found), text)
    return Change(each, "undecided", _effect(found), _undecided("margin", within))


def _undecided(why: Literal["contended", "once", "margin"], margin: str = "") -> str:
    return _unclear(say("change-undecided", why=why, margin=margin))


def _unclear(why: str) -> str:
    return f"{say('verdict-kind', kind='undecided')}: {why}"


def _effect(found: Comparison, scale: float = 1.0) -> str:
    """``× 0.85 (0.78–0.93)`` of a ratio, ``+1.2 (0.4–2.0)`` of a difference."""
    text = effect_text(found, scale)
    return f"× {text}" if found.is_ratio and found.effect is not None else text
