"""Words that several findings use."""

from __future__ import annotations

from bench.report.statistics import Ratio
from bench.report.text import si_prefix, significant
from bench.report.verdict_text import effect_text, verdict_detail, verdict_words
from bench.report.verdicts import Comparison
from bench.texts import say


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
    kind = "ratio" if found.is_ratio else "difference"
    effect = say("verdict-effect", kind=kind, effect=effect_text(found))
    more = verdict_detail(found)
    if found.kind in ("better", "worse") and found.p is not None:
        more = "p < 0.001" if found.p < 0.001 else f"p = {significant(found.p, 1)}"
    return verdict_words(found), f"{effect}, {more}" if more else effect


def compared(found: Comparison, metric: str) -> str:
    """``verdict on its final FCD: better (ratio 0.75 (0.70–0.81), p = 0.003)``."""
    heading, detail = headings(found)
    return say("verdict-on-final", metric=metric, verdict=heading, detail=detail)


def ahead_kind(ratio: Ratio | None) -> str:
    """How surely the best is ahead of the second best: shown, not-shown, untested or apart.

    To test the best against the second best by an ordinary two-sided test errs in at most that
    test's share of cases, however many there were to choose from (Gutmann and Maymin 1987, Annals
    of Statistics 15(1), 456-461).

    Args:
        ratio: of the better one to the other, with the interval of these two alone; None where
            they cannot be compared.
    """
    if ratio is None:
        return "apart"
    if ratio.low is None:
        return "untested"
    return "shown" if ratio.excludes_one else "not-shown"


def gain_kind(low: float | None) -> str:
    """How surely something is gained over the baseline: shown, doubtful or untested.

    Args:
        low: the lower end of the gain's interval, as a ratio.
    """
    return "untested" if low is None else "doubtful" if low <= 1 else "shown"
