"""Words that several findings use."""

from __future__ import annotations

from bench.report.statistics import Estimate
from bench.report.text import estimate_text, si_prefix, signed_text, significant


def name(label: str) -> str:
    """A configuration's label in quotation marks."""
    return f"“{label}”"


def flops(value: float) -> str:
    """``1.23 TFLOPs``."""
    scale, letter = si_prefix([value])
    return f"{significant(value / scale)} {letter}FLOPs"


def compared(difference: Estimate) -> str:
    """``is 4.2 ± 1.1 higher (worse)``, or that the difference is not significant."""
    size = Estimate(difference.n, abs(difference.mean), difference.half_width)
    if difference.n > 1 and not difference.excludes_zero:
        return (
            f"does not differ significantly from the baseline’s with {difference.n} seeds "
            f"(difference {signed_text(difference)})"
        )
    if difference.mean == 0:
        return "is the same"
    side = "higher (worse)" if difference.mean > 0 else "lower (better)"
    note = ", from one seed without an interval" if difference.n == 1 else ""
    return f"is {estimate_text(size)} {side}{note}"
