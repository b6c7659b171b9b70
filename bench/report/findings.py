"""The findings: sentences computed from the data, silent where it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

from bench.report.measures import EqualCost, Measures
from bench.report.published import NAMES, repetitions
from bench.report.statistics import (
    Estimate,
    errors_apart,
    mean_interval,
    paired_difference,
    pareto_front,
)
from bench.report.text import (
    estimate_text,
    listing,
    ratio_text,
    si_prefix,
    signed_number,
    signed_text,
    significant,
    span_text,
)
from bench.units import counted

# Within this factor of the noise floor a distance says little about the generator.
NEAR_FLOOR = 1.5
NEAR_PUBLISHED = 2.0  # standard errors of the difference of two means


@dataclass(frozen=True)
class Finding:
    """One sentence and the numbers it was computed from."""

    text: str
    evidence: dict[str, Any]


def all_findings(measures: Measures) -> list[Finding]:
    """What the data says, most important first; unanswerable questions are left out.

    Where every configuration shared the machine with other work, speed comes last.
    """
    rules: list[Callable[[Measures], Finding | None]] = [
        packing,
        beside_the_paper,
        fastest,
        told_apart,
        shrinking,
        on_the_front,
        best_for_its_compute,
        asked_for,
        noise_floor,
        unfinished,
    ]
    if all(measures.contended(label) for label in measures.labels):
        rules.remove(fastest)
        rules.append(fastest)
    return [finding for rule in rules if (finding := rule(measures)) is not None]


def fastest(measures: Measures) -> Finding | None:
    """The fastest configuration, its speed-up with interval, and its price in quality."""
    baseline = measures.baseline
    if baseline is None:
        return None
    ratios = {
        label: ratio
        for label in measures.labels
        if label != baseline
        and (ratio := measures.ratio(label, "seconds_per_epoch", inverse=True)) is not None
    }
    if not ratios:
        return None
    label, ratio = max(ratios.items(), key=lambda item: item[1].value)
    evidence: dict[str, Any] = {"label": label, "speed_up": ratio}
    if ratio.value <= 1:
        return Finding(
            f"No configuration trains faster than the baseline {_name(baseline)}; the nearest is "
            f"{_name(label)} at {ratio_text(ratio)} times its speed.",
            evidence,
        )
    text = (
        f"{_name(label)} trains fastest: {ratio_text(ratio)} times the speed of the baseline "
        f"{_name(baseline)} ({counted(ratio.n, 'seed')})"
    )
    if ratio.n > 1 and not ratio.excludes_one:
        text += ", an interval that includes no gain at all"
    if measures.contended(label) or measures.contended(baseline):
        text += ", though other work shared the machine in some epochs"
    if measures.protocol is not None:
        metric = measures.protocol.metric
        difference = measures.difference(label, "quality_final", 0)
        if difference is not None:
            evidence["quality_difference"] = difference
            text += f"; its final {metric} {_compared(difference)}"
    return Finding(f"{text}.", evidence)


def told_apart(measures: Measures) -> Finding | None:
    """Whose final quality differs from the baseline's by more than its interval."""
    if measures.protocol is None or measures.baseline is None:
        return None
    differences = {
        label: difference
        for label in measures.labels
        if label != measures.baseline
        and (difference := measures.difference(label, "quality_final", 0)) is not None
        and difference.half_width is not None
    }
    base = measures.estimate(measures.baseline, "quality_final", 0)
    if not differences or base is None:
        return None
    groups: dict[str, list[str]] = {"lower": [], "higher": [], "cannot be told apart": []}
    for label, difference in differences.items():
        shown = f"{_name(label)} ({signed_text(difference)})"
        if not difference.excludes_zero:
            groups["cannot be told apart"].append(shown)
        else:
            groups["lower" if difference.mean < 0 else "higher"].append(shown)
    seeds = sorted({difference.n for difference in differences.values()})
    parts = []
    if groups["lower"]:
        parts.append(f"better: {listing(groups['lower'])}")
    if groups["higher"]:
        parts.append(f"worse: {listing(groups['higher'])}")
    if groups["cannot be told apart"]:
        with_seeds = "–".join(str(n) for n in dict.fromkeys((seeds[0], seeds[-1])))
        parts.append(
            f"cannot be told apart with {with_seeds} seeds: "
            f"{listing(groups['cannot be told apart'])}"
        )
    return Finding(
        f"Against the baseline’s final {measures.protocol.metric} of {estimate_text(base)}, "
        f"paired by seed – {'; '.join(parts)}.",
        {"baseline": base, "differences": differences},
    )


def shrinking(measures: Measures) -> Finding | None:
    """Which lost more quality at equal training FLOPs: a narrower critic or generator.

    Configurations that differ from the baseline's recipe in nothing but one smaller width
    are compared in pairs shrunk by as equal a factor as there is, the strongest first,
    at the largest budget that they and the baseline all reached.
    """
    baseline, protocol = measures.baseline, measures.protocol
    if baseline is None or protocol is None:
        return None
    generators = _only_smaller(measures, baseline, "generator_width")
    critics = _only_smaller(measures, baseline, "critic_width")
    pairs = sorted(
        product(generators.items(), critics.items()),
        key=lambda pair: (
            max(pair[0][1], pair[1][1]) / min(pair[0][1], pair[1][1]),
            pair[0][1] * pair[1][1],
        ),
    )
    for (generator, _), (critic, _) in pairs:
        equal = measures.equal_cost((baseline, generator, critic), "training_flops", 0)
        if equal is not None:
            return _shrinking(baseline, generator, critic, equal, protocol.metric)
    return None


def _shrinking(
    baseline: str, generator: str, critic: str, equal: EqualCost, metric: str
) -> Finding | None:
    base = equal.quality[baseline]
    lost_by_generator = paired_difference(equal.quality[generator], base)
    lost_by_critic = paired_difference(equal.quality[critic], base)
    between = paired_difference(equal.quality[critic], equal.quality[generator])
    if lost_by_generator is None or lost_by_critic is None or between is None:
        return None
    evidence = {
        "generator": generator,
        "critic": critic,
        "budget_flops": equal.budget,
        "generator_difference": lost_by_generator,
        "critic_difference": lost_by_critic,
        "critic_minus_generator": between,
    }
    numbers = (
        f"the narrower critic ({_name(critic)}) changed {metric} by "
        f"{signed_text(lost_by_critic)}, the narrower generator ({_name(generator)}) by "
        f"{signed_text(lost_by_generator)}"
    )
    if between.n > 1 and not between.excludes_zero:
        verdict = f"the two cannot be told apart with {between.n} seeds"
    else:
        worse, better = ("critic", "generator") if between.mean > 0 else ("generator", "critic")
        if max(lost_by_critic.mean, lost_by_generator.mean) <= 0:
            verdict = f"neither lost quality, and shrinking the {better} gained more"
        else:
            verdict = f"shrinking the {worse} lost more quality than shrinking the {better}"
        if between.n == 1:
            verdict += " (one seed: no interval)"
    return Finding(
        f"At equal training FLOPs ({_flops(equal.budget)}, the largest budget all three "
        f"reached), {numbers}, against the baseline: {verdict}.",
        evidence,
    )


def _only_smaller(measures: Measures, baseline: str, width: str) -> dict[str, float]:
    """Configurations whose recipe differs from the baseline's in a smaller ``width`` alone.

    Returns:
        By label, its width over the baseline's.
    """
    base = measures.recipe(baseline)
    shrunk = {}
    for label in measures.labels:
        own = measures.recipe(label)
        if own.keys() != base.keys():
            continue
        if [key for key in base if own[key] != base[key]] != [width]:
            continue
        narrow, full = own[width], base[width]
        if isinstance(narrow, int) and isinstance(full, int) and 0 < narrow < full:
            shrunk[label] = narrow / full
    return shrunk


def on_the_front(measures: Measures) -> Finding | None:
    """Which configurations no other beats in both training FLOPs and final quality."""
    points = {}
    for label in measures.labels:
        cost = measures.estimate(label, "training_flops", 0)
        quality = measures.estimate(label, "quality_final", 0)
        if measures.protocol is not None and cost is not None and quality is not None:
            points[label] = (cost.mean, quality.mean)
    if measures.protocol is None or len(points) < 2:
        return None
    mask = pareto_front(*zip(*points.values(), strict=True))
    front = [label for label, kept in zip(points, mask, strict=True) if kept]
    front.sort(key=lambda label: points[label][0])
    beaten = [label for label, kept in zip(points, mask, strict=True) if not kept]
    text = (
        f"On the Pareto front of final {measures.protocol.metric} against training FLOPs, by "
        f"the means: {listing(map(_name, front))}"
    )
    text += (
        f"; beaten on both: {listing(map(_name, beaten))}."
        if beaten
        else "; none is beaten on both."
    )
    return Finding(text, {"front": front, "beaten": beaten, "points": points})


def best_for_its_compute(measures: Measures) -> Finding | None:
    """Which configuration has the best quality at the largest FLOPs all of them reached."""
    if measures.protocol is None:
        return None
    labels = [label for label in measures.labels if measures.by_seed(label, "quality_final", 0)]
    equal = measures.equal_cost(labels, "training_flops", 0) if len(labels) > 1 else None
    if equal is None:
        return None
    estimates: dict[str, Estimate] = {
        label: estimate
        for label, by_seed in equal.quality.items()
        if (estimate := mean_interval(list(by_seed.values()))) is not None
    }
    first, second, *_ = sorted(estimates, key=lambda label: estimates[label].mean)
    ahead = paired_difference(equal.quality[first], equal.quality[second])
    text = (
        f"Quality for the compute: at {_flops(equal.budget)} of training, the largest budget all "
        f"reached, {_name(first)} has the lowest {measures.protocol.metric}, "
        f"{estimate_text(estimates[first])}, before {_name(second)}, "
        f"{estimate_text(estimates[second])}"
    )
    if ahead is not None and ahead.n > 1 and not ahead.excludes_zero:
        text += f" – the two cannot be told apart with {ahead.n} seeds"
    return Finding(f"{text}.", {"budget_flops": equal.budget, "quality": estimates})


def packing(measures: Measures) -> Finding | None:
    """Whether critics that judge packs lead to more modes than the same critic without.

    Configurations whose recipe differs in the pack (and the batch that follows from it)
    alone are compared with the one of pack 1, paired by seed.
    """
    key = "modes_captured_final"
    singles = [
        label
        for label in measures.labels
        if measures.pack(label) == 1 and measures.trials(label, key) is not None
    ]
    if measures.baseline in singles:
        singles = [measures.baseline]
    if len(singles) != 1:
        return None
    (single,) = singles
    groups: dict[str, list[str]] = {"more": [], "fewer": [], "untold": []}
    differences: dict[str, Estimate] = {}
    for label in measures.labels:
        difference = paired_difference(measures.by_seed(label, key), measures.by_seed(single, key))
        if difference is None or not _packs_more(measures, label, single):
            continue
        differences[label] = difference
        side = "more" if difference.mean > 0 else "fewer"
        shown = f"{_name(label)} ({signed_text(difference)})"
        groups[side if difference.excludes_zero else "untold"].append(shown)
    base = measures.estimate(single, key)
    if not differences or base is None:
        return None
    fewest = min(difference.n for difference in differences.values())
    parts = [f"{side}: {listing(groups[side])}" for side in ("more", "fewer") if groups[side]]
    if groups["untold"]:
        parts.append(
            f"cannot be told apart with {counted(fewest, 'seed')}: {listing(groups['untold'])}"
        )
    modes = measures.modes(single)
    whole = "" if modes is None else f" of {modes:,}"
    after = f" after {span_text(steps)} steps" if (steps := measures.steps(single)) else ""
    return Finding(
        f"Modes captured with packing, against {_name(single)} without ({estimate_text(base)}"
        f"{whole}{after}), paired by seed – {'; '.join(parts)}.",
        {"single": base, "differences": differences},
    )


def _packs_more(measures: Measures, label: str, single: str) -> bool:
    """Whether two configurations differ in nothing but a pack above 1.

    Variants may differ in name: dcgan and pacgan differ in the pack's default alone.
    """
    own, base = measures.recipe(label), measures.recipe(single)
    same = all(
        measures.told(label, column) == measures.told(single, column)
        for column in ("dataset", "train_images", "generator_parameters", "generator_macs")
    )
    differing = {key for key in own.keys() | base.keys() if own.get(key) != base.get(key)}
    return same and "pack" in differing and differing <= {"pack", "batch_size"}


def beside_the_paper(measures: Measures) -> Finding | None:
    """How many means lie within two standard errors of those published.

    Silent unless every run made the paper's number of steps.
    """
    parts = []
    evidence: dict[str, Any] = {}
    for repetition in repetitions(measures):
        if not repetition.complete:
            continue
        apart = {
            f"{_name(label)} {NAMES[key]}": distance
            for label, row in repetition.rows
            for key, theirs in row.values.items()
            if (own := measures.trials(label, f"{key}_final")) is not None
            and (distance := errors_apart(own, theirs)) is not None
        }
        if not apart:
            continue
        evidence[repetition.dataset] = apart
        beyond = [
            f"{what} ({signed_number(d)})" for what, d in apart.items() if abs(d) > NEAR_PUBLISHED
        ]
        text = (
            f"{len(apart) - len(beyond)} of {counted(len(apart), 'mean')} on {repetition.dataset} "
            "lie within two standard errors"
        )
        parts.append(text + (f", beyond: {listing(beyond)}" if beyond else ""))
    if not parts:
        return None
    return Finding(
        f"Beside the published table, with as many steps – {'; '.join(parts)}.",
        evidence,
    )


def asked_for(measures: Measures) -> Finding | None:
    """How often a classifier finds the class that a conditional generator was asked for."""
    shares = {
        label: estimate
        for label in measures.labels
        if (estimate := measures.estimate(label, "conditional_accuracy_final")) is not None
    }
    if not shares:
        return None
    parts = [f"{_name(label)} {estimate_text(share, 0.01)} %" for label, share in shares.items()]
    return Finding(
        "Samples that the data set’s classifier finds to be of the class asked for: "
        f"{listing(parts)}.",
        {"conditional_accuracy": shares},
    )


def noise_floor(measures: Measures) -> Finding | None:
    """Whether the baseline came near the distance of real images to real images."""
    protocol = measures.protocol
    if protocol is None or not protocol.noise_floor or measures.baseline is None:
        return None
    quality = measures.estimate(measures.baseline, "quality_final", 0)
    if quality is None:
        return None
    multiple = quality.mean / protocol.noise_floor
    text = (
        f"The baseline’s final {protocol.metric} of {estimate_text(quality)} is "
        f"{significant(multiple, 2)} times the noise floor of {significant(protocol.noise_floor)}"
    )
    if multiple <= NEAR_FLOOR:
        text += ": so near to it, this measure can hardly show an improvement."
    else:
        text += ": the measure has room to show an improvement."
    return Finding(text, {"quality": quality, "noise_floor": protocol.noise_floor})


def unfinished(measures: Measures) -> Finding | None:
    """The runs that were started and did not complete."""
    ended = measures.runs.loc[~measures.runs["completed"]]
    if ended.empty:
        return None
    counts = {
        f"{str(status).replace('_', ' ')}: {_name(str(label))}": len(rows)
        for (status, label), rows in ended.groupby(["status", "label"], sort=False)
    }
    runs = "; ".join(f"{what} ({counted(count, 'run')})" for what, count in counts.items())
    return Finding(
        f"Started and not completed – {runs}. They are counted here and averaged nowhere.",
        {"counts": counts},
    )


def _name(label: str) -> str:
    return f"“{label}”"


def _flops(value: float) -> str:
    scale, letter = si_prefix([value])
    return f"{significant(value / scale)} {letter}FLOPs"


def _compared(difference: Estimate) -> str:
    """``is 4.2 ± 1.1 higher``, or that the two cannot be told apart."""
    size = Estimate(difference.n, abs(difference.mean), difference.half_width)
    if difference.n > 1 and not difference.excludes_zero:
        return (
            f"cannot be told apart from the baseline’s with {difference.n} seeds "
            f"(difference {signed_text(difference)})"
        )
    side = "higher, that is worse" if difference.mean > 0 else "lower, that is better"
    if difference.mean == 0:
        return "is the same"
    note = " (one seed: no interval)" if difference.n == 1 else ""
    return f"is {estimate_text(size)} {side}{note}"
