"""Final quality: against the baseline, on the Pareto front, at equal compute, above the floor."""

from __future__ import annotations

from typing import get_args

from bench.report.comparisons import compare
from bench.report.data import SweepData, equal_cost
from bench.report.data.front import front
from bench.report.findings import Finding, finding
from bench.report.findings.words import chance_text, flops, headings, name
from bench.report.notes import left_out, left_out_at
from bench.report.statistics import CONFIDENCE, Estimate, mean_interval
from bench.report.text import estimate_text, listing, significant
from bench.report.verdict_text import effect_text
from bench.report.verdicts import Kind, against
from bench.units import counted

# Within this factor of the noise floor a distance says little about the generator.
NEAR_FLOOR = 1.5


@finding("quality-against-baseline", position=4)
def against_baseline(data: SweepData) -> Finding | None:
    """The verdict on each configuration's final quality, all of which hold together."""
    if data.protocol is None or data.baseline is None:
        return None
    found = compare(data, "quality_final", 0)
    base = data.estimate(data.baseline, "quality_final", 0)
    if base is None or all(each.kind == "untested" for each in found.values()):
        return None
    groups: dict[str, list[str]] = {}
    for kind in get_args(Kind):
        for label, each in found.items():
            if each.kind == kind and each.effect is not None:
                heading = headings(each)[0]
                groups.setdefault(heading, []).append(f"{name(label)} ({headings(each)[1]})")
    parts = [f"{heading}: {listing(group)}" for heading, group in groups.items()]
    return Finding(
        f"Compared with the baseline’s final {data.protocol.metric} of {estimate_text(base)} "
        f"({counted(base.n, 'seed')}), verdicts that hold together at {CONFIDENCE:.0%} – "
        f"{'; '.join(parts)}.{left_out(data, data.labels, 'quality_final', 0)}",
        {"baseline": base, "verdicts": found},
    )


@finding("pareto-front", position=6)
def on_the_front(data: SweepData) -> Finding | None:
    """Which configurations no other dominates in training FLOPs and final quality, how surely."""
    if data.protocol is None:
        return None
    found = front(data, "training_flops", 0)
    if found is None:
        return None
    groups = [found.on, found.off]
    on, off = (
        [
            name(label) + ("" if found.chance is None else f" ({chance_text(found.chance[label])})")
            for label in labels
        ]
        for labels in groups
    )
    by = "by the means, with one seed" if found.chance is None else "by the means"
    text = (
        f"On the Pareto front of final {data.protocol.metric} against training FLOPs {by}: "
        f"{listing(on)}; "
    )
    text += f"dominated: {listing(off)}" if off else "none is dominated"
    if found.chance is not None:
        text += ". In brackets: the probability of being on it, by a bootstrap over the seeds"
    text += f".{left_out(data, data.labels, 'quality_final', 0)}"
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
    if data.protocol is None:
        return None
    labels = [label for label in data.labels if data.final_epochs(0).get(label)]
    equal = equal_cost(data, labels, "training_flops", 0) if len(labels) > 1 else None
    if equal is None:
        return None
    estimates: dict[str, Estimate] = {
        label: estimate
        for label, by_seed in equal.quality.items()
        if (estimate := mean_interval(list(by_seed.values()), scale="log")) is not None
    }
    if len(estimates) < 2:
        return None
    first, second, *_ = sorted(estimates, key=lambda label: estimates[label].mean)
    # The best against the second best by an ordinary two-sided test errs in at most that share of
    # cases, however many there were to choose from (Gutmann and Maymin 1987, Annals of Statistics
    # 15(1), 456-461).
    ahead = against(
        list(equal.quality[second].values()),
        {first: list(equal.quality[first].values())},
        scale="log",
        direction="lower",
        margin=data.margin,
    )[first]
    text = (
        f"Quality at equal compute: after {flops(equal.budget)} of training, the largest budget "
        f"that all reached, {name(first)} has the lowest {data.protocol.metric}, "
        f"{estimate_text(estimates[first])}, followed by {name(second)}, "
        f"{estimate_text(estimates[second])}"
    )
    if ahead.kind == "better":
        text += f" – the difference is significant (ratio {effect_text(ahead)})"
    elif ahead.kind != "untested":
        text += f" – no significant difference with {counted(ahead.n, 'seed')}"
    text += f".{left_out_at(equal)}"
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
    text = (
        f"The baseline’s final {protocol.metric} of {estimate_text(quality)} is "
        f"{significant(multiple, 2)} times the noise floor of {significant(protocol.noise_floor)} "
        f"({protocol.floor_text})"
    )
    if multiple <= NEAR_FLOOR:
        text += ": this close to the floor, the measure can hardly show an improvement."
    else:
        text += ": the measure has room to show an improvement."
    text += left_out(data, [data.baseline], "quality_final", 0)
    return Finding(text, {"quality": quality, "noise_floor": protocol.noise_floor})
