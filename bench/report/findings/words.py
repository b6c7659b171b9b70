"""Words that several findings use."""

from __future__ import annotations

from bench.report.text import si_prefix, significant
from bench.report.verdict_text import effect_text, needed_text, verdict_text
from bench.report.verdicts import Comparison


def name(label: str) -> str:
    """A configuration's label in quotation marks."""
    return f"“{label}”"


def flops(value: float) -> str:
    """``1.23 TFLOPs``."""
    scale, letter = si_prefix([value])
    return f"{significant(value / scale)} {letter}FLOPs"


def chance_text(probability: float) -> str:
    """``87 %``; ends are ``> 99 %`` and ``< 1 %``, since a bootstrap proves neither."""
    per_cent = round(100 * probability)
    return "< 1 %" if per_cent < 1 else "> 99 %" if per_cent > 99 else f"{per_cent} %"


def headings(found: Comparison) -> tuple[str, str]:
    """Under which verdict a configuration is listed, and what is said of it there.

    ``better`` and ``ratio 0.75 (0.70–0.81), p = 0.003``; ``undecided`` and ``ratio 1.0 (0.8–1.3),
    about 4 more seeds needed``.
    """
    effect = f"{'ratio' if found.is_ratio else 'difference'} {effect_text(found)}"
    if found.kind == "undecided":
        return "undecided", f"{effect}, {needed_text(found)}"
    if found.kind == "untested":
        return "untested", f"{effect}, {found.reason}"
    if found.kind != "equivalent" and found.p is not None:
        p = "p < 0.001" if found.p < 0.001 else f"p = {significant(found.p, 1)}"
        return verdict_text(found), f"{effect}, {p}"
    return verdict_text(found), effect


def compared(found: Comparison, metric: str) -> str:
    """``verdict on its final FCD: better (ratio 0.75 (0.70–0.81), p = 0.003)``."""
    heading, detail = headings(found)
    return f"verdict on its final {metric}: {heading} ({detail})"
