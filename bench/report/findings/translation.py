"""Whether translations are better than those that learn nothing."""

from __future__ import annotations

from typing import Any

from bench.measures import EPOCH_MEASURES, Measure
from bench.report.data import SweepData
from bench.report.data.floors import FloorScores, floors, floors_of
from bench.report.findings import Finding, finding
from bench.report.notes import left_out
from bench.report.statistics import Estimate
from bench.report.text import estimate_text, listing, quoted
from bench.report.titles import title
from bench.texts import say

_COMPARED = ("ssim", "content_accuracy", "fid", "fcd")
_OF_FEATURES = ("content_accuracy", "fid", "fcd")


@finding("translation-floors", position=3.5)
def above_the_floors(data: SweepData) -> Finding | None:
    """Which configurations are better than the identity mapping and the mean target."""
    every = floors(data)
    parts: list[str] = []
    lost: dict[str, None] = {}
    evidence: dict[str, Any] = {}
    for key in _COMPARED:
        if not any(key in each.scores for each in every):
            continue
        if key in _OF_FEATURES and data.protocol is None:
            continue  # several protocols, which are not compared
        measure = EPOCH_MEASURES.get(key)
        estimates = {
            label: estimate
            for label in data.labels
            if (estimate := data.estimate(label, f"{key}_final")) is not None
        }
        if estimates:
            parts.append(_compared(data, measure, estimates))
            lost[left_out(data, data.labels, f"{key}_final")] = None
            evidence[key] = {
                "scores": estimates,
                "floors": {each.name: each.scores.get(key) for each in every},
            }
    if not parts:
        return None
    return Finding(
        say("finding-floors", parts="; ".join(parts)) + "".join(lost),
        evidence,
    )


def _compared(data: SweepData, measure: Measure, estimates: dict[str, Estimate]) -> str:
    """``SSIM: better than both: “a” (0.81 ± 0.02) – identity mapping 0.43, mean target 0.51``."""
    groups: dict[str, list[str]] = {}
    for label, estimate in estimates.items():
        own = [each for each in floors_of(data, label) if measure.name in each.scores]
        if own:
            shown = f"{quoted(label)} ({_text(measure, estimate)})"
            groups.setdefault(_verdict(measure, estimate, own), []).append(shown)
    said = ", ".join(f"{verdict}: {listing(labels)}" for verdict, labels in groups.items())
    known = [each for each in floors(data) if measure.name in each.scores]
    beside = ", ".join(
        f"{each.name} {_text(measure, Estimate(1, each.scores[measure.name], None))}"
        for each in known
    )
    return f"{' '.join(title(measure))}: {said} ({beside})"


def _verdict(measure: Measure, estimate: Estimate, own: list[FloorScores]) -> str:
    """On which side of both floors a configuration's interval lies."""
    scores = [each.scores[measure.name] for each in own]
    sign = 1 if measure.direction == "higher" else -1
    ahead = min(sign * (estimate.mean - score) for score in scores)
    best = sign * max(sign * score for score in scores)
    if estimate.low is None or estimate.high is None:
        verdict = "seems-better" if ahead > 0 else "seems-no-better"
    elif estimate.low <= best <= estimate.high or ahead == 0:
        verdict = "undecided"
    else:
        verdict = "better" if ahead > 0 else "worse"
    return say("finding-floors-verdict", verdict=verdict, count=estimate.n)


def _text(measure: Measure, estimate: Estimate) -> str:
    if measure.unit == "%":
        return f"{estimate_text(estimate, 0.01)} %"
    return estimate_text(estimate)
