"""Whether the configurations learn, what their losses do, and signs of failure."""

from __future__ import annotations

from typing import get_args

from bench.report.data import SweepData, health
from bench.report.data.outcome import chosen_outcome
from bench.report.findings import Finding, finding
from bench.report.text import listing, quoted, significant
from bench.texts import grouped, say
from variants.scalars import CRITIC_LOSS, GENERATOR_LOSS


@finding("learning", position=2.6)
def learning(data: SweepData) -> Finding | None:
    """Which configurations learned, which have not yet, and which collapsed."""
    judged, found = chosen_outcome(data), health.learning(data)
    if judged is None or not found:
        return None
    parts = []
    for progress in get_args(health.Progress):
        those = [
            f"{quoted(each.label)} ({significant(each.first)} → {significant(each.last)})"
            for each in found
            if each.progress == progress
        ]
        if those:
            heading = say("finding-learning-progress", progress=progress.replace(" ", "-"))
            parts.append(f"{heading}: {listing(those)}")
    return Finding(
        say("finding-learning", metric=judged.metric, parts="; ".join(parts)),
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
        groups.setdefault(_behaviour(by_loss), []).append(quoted(label))
    parts = [f"{words}: {listing(labels)}" for words, labels in groups.items()]
    return Finding(say("finding-losses", parts="; ".join(parts)), dict(found))


def _behaviour(by_loss: dict[str, health.Behaviour]) -> str:
    """``both stable``, ``critic’s oscillating, generator’s growing``."""
    own, its = by_loss.get(CRITIC_LOSS.name), by_loss.get(GENERATOR_LOSS.name)
    if own == its:
        return say("finding-losses-both", behaviour=str(own))
    parts = [say("finding-losses-critic", behaviour=own)] if own else []
    parts += [say("finding-losses-generator", behaviour=its)] if its else []
    return ", ".join(parts)


@finding("signs-of-failure", position=2.8)
def signs(data: SweepData) -> list[Finding]:
    """A sentence for each kind of sign that training has failed."""
    groups: dict[tuple[health.Kind, str], list[health.Sign]] = {}
    for sign in health.signs(data):
        groups.setdefault((sign.kind, sign.measure), []).append(sign)
    return [
        Finding(_said(kind, measure, found), {"signs": found})
        for (kind, measure), found in groups.items()
    ]


def _said(kind: health.Kind, measure: str, found: list[health.Sign]) -> str:
    return say(
        "finding-sign",
        kind=kind.replace(" ", "-"),
        share=f"{100 * health.NEAR_ONE:.0f}",
        times=f"{health.RUNAWAY:g}",
        measure=measure.replace("_", "-"),
        name=measure.replace("_", " "),
        whose=listing(map(_whose, found)),
    )


def _whose(sign: health.Sign) -> str:
    return say(
        "finding-sign-of",
        name=quoted(sign.label),
        some=str(len(sign.seeds)),
        count=sign.of,
        step="unknown" if sign.since is None else grouped(round(sign.since)),
    )
