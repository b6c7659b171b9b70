"""Which configuration trains fastest, image by image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.report.comparisons import compare
from bench.report.data import SweepData, units
from bench.report.findings import Finding, finding
from bench.report.findings.words import compared, name
from bench.report.notes import left_out
from bench.report.statistics import Ratio
from bench.report.text import listing, ratio_text
from bench.units import counted


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
    sample = units.sample(data)
    per_update = ""
    if not units.updates_alike(data):
        update = data.speed_up(label, "update")
        evidence["speed_up_per_generator_update"] = update
        per_update = f", and {ratio_text(update)} times per generator update"
    weak = all(data.contended(each) for each in data.labels)
    if ratio.value <= 1:
        text = (
            f"No configuration trains faster per real {sample} than the baseline {name(baseline)}; "
            f"the nearest is {name(label)} at {ratio_text(ratio)} times its speed{per_update}."
        )
        return Finding(text, evidence, weak)
    unit = "seed" if data.rounds is None else "round"
    text = (
        f"{name(label)} trains fastest per real {sample}: {ratio_text(ratio)} times the speed of "
        f"the baseline {name(baseline)}{per_update} ({counted(ratio.n, unit)})"
    )
    if ratio.n > 1 and not ratio.excludes_one:
        text += ", with an interval that includes no gain"
    if (second := _second(data, label, ratios)) is not None:
        evidence |= {"second": second[0], "over_second": second[1]}
        text += f"; {_ahead(*second)}"
    timing = data.timing(label).beside(data.timing(baseline))
    doubts = ["other processes used the machine"] * (timing.contended is True)
    doubts += ["the machine’s speed drifted"] * (timing.drifted is True)
    if doubts:
        during = "some epochs" if data.rounds is None else "timing"
        text += f", although {listing(doubts)} during {during}"
    if data.protocol is not None:
        quality = compare(data, "quality_final", 0).get(label)
        if quality is not None and quality.effect is not None:
            evidence["quality"] = quality
            text += f"; {compared(quality, data.protocol.metric)}"
            lost = left_out(data, (label, baseline), "quality_final", 0)
            return Finding(f"{text}.{lost}", evidence, weak)
    return Finding(f"{text}.", evidence, weak)


def _second(data: SweepData, fastest: str, others: Mapping[str, Ratio]) -> tuple[str, Ratio] | None:
    """The second fastest, and how many times its speed the fastest has; None if untested.

    To test the fastest against the second fastest by an ordinary two-sided test errs in at most
    that test's share of cases, however many there were to choose from (Gutmann and Maymin 1987,
    Annals of Statistics 15(1), 456-461).
    """
    speeds = {label: ratio.value for label, ratio in others.items() if label != fastest}
    if not speeds:
        return None
    label = max(speeds, key=lambda each: speeds[each])
    if speeds[label] <= 1:  # the baseline is the second, which the speed-up is already over
        return None
    ahead = data.speed_up_over(fastest, label)
    return None if ahead is None or ahead.low is None else (label, ahead)


def _ahead(second: str, ratio: Ratio) -> str:
    """How surely the fastest is faster than the second fastest."""
    text = f"the second fastest, {name(second)}, by {ratio_text(ratio)}"
    if ratio.excludes_one:
        return f"it is ahead of {text} times"
    return f"not shown to be ahead of {text} times"
