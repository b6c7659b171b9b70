"""Which configuration reaches the target at the lowest cost, and how sure that is."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.time_to_target import TimeToTarget, time_to_target
from bench.report.findings import Finding, finding
from bench.report.findings.words import name
from bench.report.target_text import cost_unit, origin_text, target_text
from bench.report.text import listing, median_text
from bench.units import counted


@finding("time-to-target", position=3.2)
def first_to_target(data: SweepData) -> Finding | None:
    """Which configuration reaches the target at the lowest median cost, beside the baseline."""
    found = time_to_target(data)
    if found is None:
        return None
    timed = [label for label in data.labels if found.arrivals[label]]
    medians = {
        label: median.value
        for label in timed
        if (median := found.median(label, found.compared_by)) and median.value is not None
    }
    target = f"{target_text(found.target)}{origin_text(found.target)}"
    evidence = {
        "target": found.target.value,
        "measure": found.target.measure.name,
        "reached": {label: found.reached(label) for label in timed},
        "medians": medians,
        "races": found.races,
    }
    if not timed:
        return None
    if not medians:
        return Finding(
            f"No configuration reaches {target} in half of its seeds.{_shares(found, timed)}",
            evidence,
        )
    best = min(medians, key=lambda label: medians[label])
    text = f"{name(best)} takes least to reach {target}: {_cost(data, found, best)} in the median"
    if data.baseline is not None and best != data.baseline and data.baseline in timed:
        text += f", the baseline {_cost(data, found, data.baseline)}"
    text += f".{_shares(found, timed)}{_decided(found)}"
    return Finding(text, evidence)


def _cost(data: SweepData, found: TimeToTarget, label: str) -> str:
    """``12.3 s``, ``more than 40 GFLOPs``."""
    median = found.median(label, found.compared_by)
    assert median is not None
    size = median.beyond if median.value is None else median.value
    what, scale, unit = cost_unit(data, found.compared_by, [size])
    text = median_text(median, scale).replace("> ", "more than ")
    return f"{text} {unit or what.lower()}"


def _shares(found: TimeToTarget, labels: list[str]) -> str:
    """Who does not always reach it."""
    partly = [
        f"{found.reached(label)} of {counted(len(found.arrivals[label]), 'seed')} of {name(label)}"
        for label in labels
        if found.reached(label) < len(found.arrivals[label])
    ]
    return f" It is reached by {listing(partly)}." if partly else " All seeds reach it."


def _decided(found: TimeToTarget) -> str:
    """What the tests against the baseline say."""
    groups: dict[str, list[str]] = {}
    for label, race in found.races.items():
        groups.setdefault(race.verdict, []).append(name(label))
    if not groups:
        return ""
    parts = [f"{verdict}: {listing(labels)}" for verdict, labels in groups.items()]
    return f" Beside the baseline – {'; '.join(parts)} (log-rank test, Holm)."
