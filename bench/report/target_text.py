"""A target and its costs in words."""

from __future__ import annotations

from collections.abc import Sequence

from bench.report.data import SweepData, units
from bench.report.data.target import Target
from bench.report.data.time_to_target import Cost
from bench.report.text import si_prefix, significant, time_unit
from bench.report.titles import title
from bench.texts import say


def target_text(target: Target) -> str:
    """``FCD ≤ 8``, ``Precision ≥ 50 %``."""
    sign = "≥" if target.measure.direction == "higher" else "≤"
    share = target.measure.unit == "%"
    number = 100 * target.value if share else target.value
    value = f"{number:g}" if target.origin == "given" else significant(number, 4)
    unit = f" {target.measure.unit}" if target.measure.unit else ""
    return f"{' '.join(title(target.measure))} {sign} {value}{unit}"


def origin_text(target: Target) -> str:
    """Where it comes from, after what it is; "" where the grid gives it."""
    if target.origin == "given":
        return ""
    return f" ({say('target-origin', origin=target.origin)})"


def cost_unit(data: SweepData, cost: Cost, values: Sequence[float]) -> tuple[str, float, str]:
    """What a cost is called, what to divide it by, and its unit."""
    if cost == "training_seconds":
        scale, unit = time_unit(values)
        letter = ""
    else:
        scale, letter = si_prefix(values)
        unit = {"training_flops": "FLOPs", "samples_seen": "", "joules": "J"}[cost]
    kind = cost.replace("_", "-")
    return say("target-cost", cost=kind, samples=units.samples(data)), scale, f"{letter}{unit}"
