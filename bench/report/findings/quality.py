"""Final quality: against the baseline, on the Pareto front, at equal compute, above the floor."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from bench.report.comparisons import compare
from bench.report.data import SweepData, equal_cost
from bench.report.data.front import front
from bench.report.data.outcome import chosen_outcome
from bench.report.findings import Finding, finding
from bench.report.findings.words import chance_text, flops, headings
from bench.report.notes import left_out, left_out_at
from bench.report.statistics import CONFIDENCE, Estimate, mean_interval
from bench.report.text import estimate_text, listing, quoted, significant
from bench.report.verdict_text import effect_text, reason_text
from bench.report.verdicts import Kind, against
from bench.texts import say

# Within this factor of the noise floor a distance says little about the generator.
NEAR_FLOOR = 1.5


@finding("quality-against-baseline", position=4)
def against_baseline(data: SweepData) -> Finding | None:
    """The verdict on each configuration's final quality, all of which hold together."""
    judged = chosen_outcome(data)
    if data.protocol is None or data.baseline is None or judged is None:
        return None
    found = compare(data, judged.column, 0)
    base = data.estimate(data.baseline, judged.column, 0)
    if base is None or all(each.kind == "untested" for each in found.values()):
        return None
    groups: dict[str, list[str]] = {}
    for kind in get_args(Kind):
        for label, each in found.items():
            if each.kind == kind and each.effect is not None:
                heading = headings(each)[0]
                groups.setdefault(heading, []).append(f"{quoted(label)} ({headings(each)[1]})")
    parts = [f"{heading}: {listing(group)}" for heading, group in groups.items()]
    return Finding(
        say(
            "finding-quality",
            metric=judged.metric,
            base=estimate_text(base),
            count=base.n,
            level=f"{100 * CONFIDENCE:.0f}",
            parts="; ".join(parts),
        )
        + left_out(data, data.labels, judged.column, 0),
        {"baseline": base, "verdicts": found},
    )


@finding("pareto-front", position=6)
def on_the_front(data: SweepData) -> Finding | None:
    """Which configurations no other dominates in training FLOPs and final quality, how surely."""
    judged = chosen_outcome(data)
    if data.protocol is None or judged is None:
        return None
    found = front(data, "training_flops", replace(judged, protocol=0))
    if found is None:
        return None
    groups = [found.on, found.off]
    on, off = (
        [
            quoted(label)
            + ("" if found.chance is None else f" ({chance_text(found.chance[label])})")
            for label in labels
        ]
        for labels in groups
    )
    text = say(
        "finding-front",
        metric=judged.metric,
        seeds="one" if found.chance is None else "several",
        on=listing(on),
        off=listing(off) if off else "none",
    )
    if found.chance is not None:
        text += f" {say('finding-front-chance')}"
    text += left_out(data, data.labels, judged.column, 0)
    return Finding(
        text,
        {
            "front": found.on,
            "dominated": found.off,
            "points": found.points,
            "probability": found.chance,
        },
    )


@finding("best-at-equal-compute", position=7)
def best_at_equal_compute(data: SweepData) -> Finding | None:
    """Which configuration has the best quality at the largest FLOPs that all of them reached."""
    judged = chosen_outcome(data)
    if data.protocol is None or judged is None:
        return None
    labels = [label for label in data.labels if data.final_epochs(0).get(label)]
    if len(labels) < 2:
        return None
    equal = equal_cost(data, labels, "training_flops", 0, judged.of_epochs)
    measured = data.measured_as(judged.column)
    if equal is None or measured.direction is None:
        return None
    estimates: dict[str, Estimate] = {
        label: estimate
        for label, by_seed in equal.quality.items()
        if (
            estimate := mean_interval(
                list(by_seed.values()), scale=measured.scale, bounds=measured.bounds
            )
        )
        is not None
    }
    if len(estimates) < 2:
        return None
    first, second, *_ = sorted(estimates, key=lambda label: measured.sign * estimates[label].mean)
    # An ordinary two-sided test of the best against the second best is enough: see ``ahead_kind``.
    ahead = against(
        list(equal.quality[second].values()),
        {first: list(equal.quality[first].values())},
        scale=measured.scale,
        direction=measured.direction,
        margin=data.margin,
        bounds=measured.bounds,
    )[first]
    text = say(
        "finding-equal-compute",
        budget=flops(equal.budget),
        first=quoted(first),
        direction=measured.direction,
        metric=judged.metric,
        own=estimate_text(estimates[first]),
        second=quoted(second),
        other=estimate_text(estimates[second]),
        ahead=ahead.kind if ahead.kind in ("better", "untested") else "undecided",
        reason=reason_text(ahead) if ahead.kind == "untested" else "",
        kind="ratio" if ahead.is_ratio else "difference",
        effect=effect_text(ahead),
        count=ahead.n,
    )
    text += left_out_at(equal)
    return Finding(text, {"budget_flops": equal.budget, "quality": estimates, "ahead": ahead})


@finding("noise-floor", position=9)
def noise_floor(data: SweepData) -> Finding | None:
    """Whether the baseline comes near what as many real images as it generates would score."""
    protocol = data.protocol
    if protocol is None or not protocol.noise_floor or data.baseline is None:
        return None
    quality = data.estimate(data.baseline, "quality_final", 0)
    if quality is None:
        return None
    multiple = quality.mean / protocol.noise_floor
    text = say(
        "finding-floor",
        metric=protocol.metric,
        quality=estimate_text(quality),
        times=significant(multiple, 2),
        floor=significant(protocol.noise_floor),
        origin=protocol.floor_text,
        room="little" if multiple <= NEAR_FLOOR else "enough",
    )
    text += left_out(data, [data.baseline], "quality_final", 0)
    return Finding(text, {"quality": quality, "noise_floor": protocol.noise_floor})
