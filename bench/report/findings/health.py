"""Whether the configurations learn, what their losses do, and signs of failure."""

from __future__ import annotations

from typing import get_args

from bench.report.data import SweepData, health
from bench.report.data.outcome import outcome
from bench.report.findings import Finding, finding
from bench.report.findings.words import name
from bench.report.text import listing, significant
from bench.units import counted
from variants.scalars import CRITIC_LOSS, GENERATOR_LOSS


@finding("learning", position=2.6)
def learning(data: SweepData) -> Finding | None:
    """Which configurations learned, which have not yet, and which collapsed."""
    judged, found = outcome(data), health.learning(data)
    if judged is None or not found:
        return None
    parts = []
    for progress in get_args(health.Progress):
        those = [
            f"{name(each.label)} ({significant(each.first)} → {significant(each.last)})"
            for each in found
            if each.progress == progress
        ]
        parts += [f"{progress}: {listing(those)}"] if those else []
    return Finding(
        f"Does it learn? By the {judged.metric} of the first and of the last evaluation (means "
        f"over the seeds) – {'; '.join(parts)}.",
        {each.label: each for each in found},
    )


@finding("losses", position=2.7)
def losses(data: SweepData) -> Finding | None:
    """What the losses do in the second half of training."""
    found = health.losses(data)
    if not found:
        return None
    groups: dict[str, list[str]] = {}
    for label, by_loss in found.items():
        groups.setdefault(_behaviour(by_loss), []).append(name(label))
    parts = [f"{words}: {listing(labels)}" for words, labels in groups.items()]
    return Finding(
        f"What do the losses do? In the second half of training – {'; '.join(parts)}.", dict(found)
    )


def _behaviour(by_loss: dict[str, health.Behaviour]) -> str:
    """``both stable``, ``critic’s oscillating, generator’s growing``."""
    own, its = by_loss.get(CRITIC_LOSS.name), by_loss.get(GENERATOR_LOSS.name)
    if own == its:
        return f"both {own}"
    parts = [f"critic’s {own}"] if own else []
    return ", ".join([*parts, *([f"generator’s {its}"] if its else [])])


@finding("signs-of-failure", position=2.8)
def signs(data: SweepData) -> list[Finding]:
    """A sentence for each kind of sign that training has failed."""
    groups: dict[str, list[health.Sign]] = {}
    for sign in health.signs(data):
        groups.setdefault(_said(sign), []).append(sign)
    return [
        Finding(f"{text}: {listing(map(_whose, found))}.", {"signs": found})
        for text, found in groups.items()
    ]


def _said(sign: health.Sign) -> str:
    if sign.kind == "critic wins":
        return (
            f"Sign of failure: the critic recognises {health.NEAR_ONE:.0%} of real and of "
            "generated samples and more, so that the generator learns little from it"
        )
    if sign.kind == "generator loss runs away":
        return (
            f"Sign of failure: the generator’s loss ends above {health.RUNAWAY:g} times what it "
            "was in the second quarter of training"
        )
    if sign.kind == "collapse":
        measure = sign.measure.replace("_", " ")
        return (
            f"Sign of failure: {measure} fell below half of what it had been, as when the "
            "generator collapses to few samples"
        )
    return "Sign of failure: values that are not finite"


def _whose(sign: health.Sign) -> str:
    seeds = f"{len(sign.seeds)} of {counted(sign.of, 'seed')}"
    since = "" if sign.since is None else f", since about step {round(sign.since):,}"
    return f"{name(sign.label)} ({seeds}{since})"
