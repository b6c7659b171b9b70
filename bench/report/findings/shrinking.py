"""Whether a narrower critic or a narrower generator costs more quality."""

from __future__ import annotations

from itertools import product

from bench.report.data import EqualCost, SweepData, equal_cost
from bench.report.data.outcome import chosen_outcome
from bench.report.findings import Finding, finding
from bench.report.findings.words import flops
from bench.report.notes import left_out_at
from bench.report.statistics import paired_difference
from bench.report.text import quoted, signed_text
from bench.texts import say


@finding("shrinking", position=5)
def shrinking(data: SweepData) -> Finding | None:
    """Which lost more quality at equal training FLOPs: a narrower critic or generator.

    Configurations that differ from the baseline's recipe in nothing but one smaller width
    are compared in pairs. The pair whose factors are most alike is chosen, the strongest of
    these first, at the largest budget that they and the baseline all reached.
    """
    baseline, judged = data.baseline, chosen_outcome(data)
    if baseline is None or data.protocol is None or judged is None:
        return None
    generators = _only_smaller(data, baseline, "generator_width")
    critics = _only_smaller(data, baseline, "critic_width")
    pairs = sorted(
        product(generators.items(), critics.items()),
        key=lambda pair: (
            max(pair[0][1], pair[1][1]) / min(pair[0][1], pair[1][1]),
            pair[0][1] * pair[1][1],
        ),
    )
    for (generator, _), (critic, _) in pairs:
        labels = (baseline, generator, critic)
        equal = equal_cost(data, labels, "training_flops", 0, judged.of_epochs)
        if equal is not None:
            sign = data.measured_as(judged.column).sign
            return _compared(labels, equal, judged.metric, sign)
    return None


def _compared(
    labels: tuple[str, str, str], equal: EqualCost, metric: str, sign: float
) -> Finding | None:
    """The finding.

    Args:
        labels: of the baseline, the narrower generator and the narrower critic.
        sign: of differences for the worse.
    """
    baseline, generator, critic = labels
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
    if between.n > 1 and not between.excludes_zero:
        verdict = "undecided"
    elif max(sign * lost_by_critic.mean, sign * lost_by_generator.mean) <= 0:
        verdict = "generator-gained" if sign * between.mean > 0 else "critic-gained"
    else:
        verdict = "critic-lost" if sign * between.mean > 0 else "generator-lost"
    text = say(
        "finding-shrinking",
        budget=flops(equal.budget),
        critic=quoted(critic),
        metric=metric,
        by_critic=signed_text(lost_by_critic),
        generator=quoted(generator),
        by_generator=signed_text(lost_by_generator),
        verdict=verdict,
        count=between.n,
    )
    return Finding(text + left_out_at(equal), evidence)


def _only_smaller(data: SweepData, baseline: str, width: str) -> dict[str, float]:
    """Configurations whose recipe differs from the baseline's only in a smaller ``width``.

    Returns:
        By label, its width over the baseline's.
    """
    base = data.recipe(baseline)
    shrunk = {}
    for label in data.labels:
        own = data.recipe(label)
        if own.keys() != base.keys():
            continue
        if [key for key in base if own[key] != base[key]] != [width]:
            continue
        narrow, full = own[width], base[width]
        if isinstance(narrow, int) and isinstance(full, int) and 0 < narrow < full:
            shrunk[label] = narrow / full
    return shrunk
