"""What one measure says of a configuration against the baseline, in short: a cell of the verdicts.

Quality has the verdicts of ``comparisons``. A measured cost is judged by its ratio: its interval
holds together with those of all other configurations, so where it excludes 1, cheaper or costlier
is shown. Counted costs, such as FLOPs, are known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bench.report.statistics import Ratio
from bench.report.text import ratio_text, significant
from bench.report.verdict_text import effect_text, margin_text, verdict_detail, verdict_words
from bench.report.verdicts import Comparison, Kind
from bench.texts import say

Subject = Literal["speed", "FLOPs", "memory"]


@dataclass(frozen=True)
class Judged:
    """A verdict with its evidence.

    Attributes:
        value, low, high: of the ratio to the baseline, or the difference from it; the interval
            holds together with those of all other configurations. None where there is none.
        effect: value and interval as text.
        words: the verdict in words.
        detail: what a verdict that is not given needs, in words; "" for others.
    """

    kind: Kind
    value: float | None
    low: float | None
    high: float | None
    effect: str
    words: str
    detail: str = ""
    neutral: float = field(default=1.0)

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a ratio; else it is a difference."""
        return self.neutral == 1

    @property
    def arrow(self) -> str:
        """Whether the value is above (↑) or below (↓) the baseline's; "=" for the same."""
        if self.value is None or self.value == self.neutral:
            return "="
        return "↑" if self.value > self.neutral else "↓"

    def __str__(self) -> str:
        words = f"{self.words}: {self.detail}" if self.detail else self.words
        return f"{self.arrow} {self.effect}, {words}"


def of_quality(found: Comparison, scale: float = 1.0) -> Judged | None:
    """A comparison of values of seeds; None where one side has none.

    Args:
        scale: what a shown difference is divided by.
    """
    if found.effect is None:
        return None
    effect = effect_text(found, scale)
    return Judged(
        found.kind,
        found.effect,
        found.low,
        found.high,
        _times(effect) if found.is_ratio else effect,
        verdict_words(found),
        verdict_detail(found),
        neutral=1.0 if found.is_ratio else 0.0,
    )


def of_cost(ratio: Ratio, subject: Subject, margin: float) -> Judged:
    """A ratio to the baseline with an interval that holds for all configurations together.

    Args:
        subject: "speed", of which more is better, or a cost, of which less is.
        margin: the share of the baseline within which a difference does not matter.
    """
    kind: Kind = "undecided"
    reason, small = "includes-none", False
    if ratio.low is None or ratio.high is None:
        kind, reason = "untested", "one-measurement" if ratio.n == 1 else "spread"
    else:
        small = 1 / (1 + margin) < ratio.low and ratio.high < 1 + margin
        if ratio.excludes_one:
            kind = "better" if (ratio.value > 1) == (subject == "speed") else "worse"
        elif small:
            kind = "equivalent"
    within = margin_text(margin)
    if kind in ("undecided", "untested"):
        words = say("verdict", kind=kind, margin=within)
        detail = say("verdict-cost-detail", reason=reason)
    else:
        verdict = f"small-{kind}" if small and kind != "equivalent" else kind
        words = say("verdict-cost", verdict=verdict, subject=subject, margin=within)
        detail = ""
    effect = _times(ratio_text(ratio))
    return Judged(kind, ratio.value, ratio.low, ratio.high, effect, words, detail)


def of_count(ratio: float, subject: Subject) -> Judged:
    """A ratio of counts, which have no uncertainty."""
    kind: Kind = "equivalent" if ratio == 1 else "better" if ratio < 1 else "worse"
    words = say("verdict-cost", verdict=kind, subject=subject, margin="")
    if kind == "equivalent":
        words = say("verdict-cost-same")
    return Judged(kind, ratio, None, None, _times(significant(ratio)), words)


def _times(text: str) -> str:
    """``0.85 × (0.78–0.93)`` for ``0.85 (0.78–0.93)``."""
    value, space, interval = text.partition(" ")
    return f"{value} ×{space}{interval}"
