"""Final quality: against the baseline, on the Pareto front, at equal compute, above the floor."""

from __future__ import annotations

from bench.report.data import SweepData, equal_cost
from bench.report.findings import Finding, finding
from bench.report.findings.words import flops, name
from bench.report.notes import left_out, left_out_at
from bench.report.statistics import Estimate, mean_interval, paired_difference, pareto_front
from bench.report.text import estimate_text, listing, signed_text, significant

# Within this factor of the noise floor a distance says little about the generator.
NEAR_FLOOR = 1.5


@finding("quality-against-baseline", position=4)
def against_baseline(data: SweepData) -> Finding | None:
    """Whose final quality differs from the baseline's by more than its interval."""
    if data.protocol is None or data.baseline is None:
        return None
    differences = {
        label: difference
        for label in data.labels
        if label != data.baseline
        and (difference := data.difference(label, "quality_final", 0)) is not None
        and difference.half_width is not None
    }
    base = data.estimate(data.baseline, "quality_final", 0)
    if not differences or base is None:
        return None
    better: list[str] = []
    worse: list[str] = []
    undecided: list[str] = []
    for label, difference in differences.items():
        side = better if difference.mean < 0 else worse
        group = side if difference.excludes_zero else undecided
        group.append(f"{name(label)} ({signed_text(difference)})")
    seeds = sorted({difference.n for difference in differences.values()})
    with_seeds = "–".join(str(n) for n in dict.fromkeys((seeds[0], seeds[-1])))
    parts = [
        f"{verdict}: {listing(group)}"
        for verdict, group in (
            ("better", better),
            ("worse", worse),
            (f"no significant difference with {with_seeds} seeds", undecided),
        )
        if group
    ]
    return Finding(
        f"Compared with the baseline’s final {data.protocol.metric} of {estimate_text(base)}, "
        f"paired by seed – {'; '.join(parts)}.{left_out(data, data.labels, 'quality_final', 0)}",
        {"baseline": base, "differences": differences},
    )


@finding("pareto-front", position=6)
def on_the_front(data: SweepData) -> Finding | None:
    """Which configurations no other dominates in training FLOPs and final quality."""
    if data.protocol is None:
        return None
    points = {}
    for label in data.labels:
        cost = data.estimate(label, "training_flops", 0)
        quality = data.estimate(label, "quality_final", 0)
        if cost is not None and quality is not None:
            points[label] = (cost.mean, quality.mean)
    if len(points) < 2:
        return None
    mask = pareto_front(*zip(*points.values(), strict=True))
    front = [label for label, kept in zip(points, mask, strict=True) if kept]
    front.sort(key=lambda label: points[label][0])
    dominated = [label for label, kept in zip(points, mask, strict=True) if not kept]
    text = (
        f"On the Pareto front of final {data.protocol.metric} against training FLOPs, by the "
        f"means: {listing(map(name, front))}; "
    )
    text += f"dominated: {listing(map(name, dominated))}." if dominated else "none is dominated."
    text += left_out(data, data.labels, "quality_final", 0)
    return Finding(text, {"front": front, "dominated": dominated, "points": points})


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
        if (estimate := mean_interval(list(by_seed.values()))) is not None
    }
    if len(estimates) < 2:
        return None
    first, second, *_ = sorted(estimates, key=lambda label: estimates[label].mean)
    ahead = paired_difference(equal.quality[first], equal.quality[second])
    text = (
        f"Quality at equal compute: after {flops(equal.budget)} of training, the largest budget "
        f"that all reached, {name(first)} has the lowest {data.protocol.metric}, "
        f"{estimate_text(estimates[first])}, followed by {name(second)}, "
        f"{estimate_text(estimates[second])}"
    )
    if ahead is not None and ahead.n > 1 and not ahead.excludes_zero:
        text += f" – no significant difference with {ahead.n} seeds"
    text += f".{left_out_at(equal)}"
    return Finding(text, {"budget_flops": equal.budget, "quality": estimates})


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
