"""Which configuration trains fastest, image by image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.report.comparisons import compare
from bench.report.data import SweepData, units
from bench.report.data.outcome import chosen_outcome
from bench.report.findings import Finding, finding
from bench.report.findings.words import ahead_kind, compared, gain_kind
from bench.report.notes import left_out
from bench.report.statistics import Ratio
from bench.report.text import quoted, ratio_text
from bench.texts import say


@finding("fastest", position=3)
def fastest(data: SweepData) -> Finding | None:
    """The fastest configuration per real image, its speed-up with interval, its price in quality.

    Where generator updates take different numbers of images, its speed per update is given too.
    """
    baseline = data.baseline
    if baseline is None:
        return None
    ratios = {
        label: ratio
        for label in data.labels
        if label != baseline and (ratio := data.speed_up(label)) is not None
    }
    if not ratios:
        return None
    label, ratio = max(ratios.items(), key=lambda item: item[1].value)
    evidence: dict[str, Any] = {"label": label, "speed_up": ratio}
    said = {
        "label": quoted(label),
        "baseline": quoted(baseline),
        "sample": units.sample(data),
        "times": ratio_text(ratio),
        "update": "alike",
    }
    if not units.updates_alike(data):
        update = data.speed_up(label, "update")
        evidence["speed_up_per_generator_update"] = update
        said["update"] = ratio_text(update)
    weak = all(data.contended(each) for each in data.labels)
    if ratio.value <= 1:
        return Finding(say("finding-none-faster", **said), evidence, weak)
    ahead, over, other = "alone", "", ""
    if (second := _second(data, label, ratios)) is not None:
        evidence |= {"second": second[0], "over_second": second[1]}
        ahead = ahead_kind(second[1])
        other, over = quoted(second[0]), ratio_text(second[1])
    verdict, lost = "none", ""
    judged = chosen_outcome(data)
    if data.protocol is not None and judged is not None:
        quality = compare(data, judged.column, 0).get(label)
        if quality is not None and quality.effect is not None:
            evidence["quality"] = quality
            verdict = compared(quality, judged.metric)
            lost = left_out(data, (label, baseline), judged.column, 0)
    text = say(
        "finding-fastest",
        **said,
        unit="seeds" if data.rounds is None else "rounds",
        count=ratio.n,
        gain=gain_kind(ratio.low),
        ahead=ahead,
        second=other,
        over=over,
        doubt=_doubt(data, label, baseline),
        verdict=verdict,
    )
    return Finding(f"{text}{lost}", evidence, weak)


def _doubt(data: SweepData, label: str, baseline: str) -> str:
    """What speaks against the times of two configurations."""
    timing = data.timing(label).beside(data.timing(baseline))
    doubts = ["contended"] * (timing.contended is True) + ["drifted"] * (timing.drifted is True)
    return "-".join(doubts) or "none"


def _second(
    data: SweepData, fastest: str, others: Mapping[str, Ratio]
) -> tuple[str, Ratio | None] | None:
    """The second fastest, and how many times its speed the fastest has.

    None where that is the baseline, which the speed-up is already over.
    """
    speeds = {label: ratio.value for label, ratio in others.items() if label != fastest}
    label = max(speeds, key=lambda each: speeds[each], default=None)
    if label is None or speeds[label] <= 1:
        return None
    return label, data.speed_up_over(fastest, label)
