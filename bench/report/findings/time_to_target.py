"""Which configuration reaches the target at the lowest cost, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bench.report.data import SweepData
from bench.report.data.time_to_target import Race, TimeToTarget, time_to_target
from bench.report.findings import Finding, finding
from bench.report.target_text import cost_unit, origin_text, target_text
from bench.report.text import listing, median_text, quoted
from bench.texts import say


@finding("time-to-target", position=3.2)
def first_to_target(data: SweepData) -> Finding | None:
    """Which configuration reaches the target at the lowest median cost, beside the baseline."""
    found = time_to_target(data)
    if found is None:
        return None
    timed = [label for label in data.labels if found.arrivals[label]]
    medians = {
        label: median.value
        for label in timed
        if (median := found.median(label, found.compared_by)) and median.value is not None
    }
    target = f"{target_text(found.target)}{origin_text(found.target)}"
    evidence = {
        "target": found.target.value,
        "measure": found.target.measure.name,
        "reached": {label: found.reached(label) for label in timed},
        "medians": medians,
        "races": found.races,
    }
    if not timed:
        return None
    if not medians:
        text = say("finding-target-unreached", target=target)
        return Finding(f"{text} {_shares(found, timed)}", evidence)
    best = min(medians, key=lambda label: medians[label])
    base = "none"
    if data.baseline is not None and best != data.baseline and data.baseline in timed:
        base = _cost(data, found, data.baseline)
    cost = _cost(data, found, best)
    ahead, rival = "alone", ""
    if (second := _second(found, best, timed, medians)) is not None:
        evidence |= {"second": second[0], "over_second": second[1]}
        ahead, rival = _ahead(second[1]), quoted(second[0])
    text = say(
        "finding-target",
        label=quoted(best),
        target=target,
        cost=cost,
        base=base,
        ahead=ahead,
        second=rival,
    )
    return Finding(f"{text} {_shares(found, timed)}{_decided(found)}", evidence)


def _second(
    found: TimeToTarget, best: str, timed: Sequence[str], medians: Mapping[str, float]
) -> tuple[str, Race | None] | None:
    """Which takes least but for the best, and the test of these two.

    None where one of them is the baseline, with which all are compared.
    """

    def rank(label: str) -> tuple[float, int]:
        return medians.get(label, math.inf), -found.reached(label)

    second = min((label for label in timed if label != best), key=rank, default=None)
    if second is None or found.baseline in (best, second):
        return None
    return second, found.race(best, second)


def _ahead(race: Race | None) -> str:
    """How surely the best is sooner than the second."""
    if race is None:
        return "untested"
    return "shown" if race.verdict == "sooner" else "not-shown"


def _cost(data: SweepData, found: TimeToTarget, label: str) -> str:
    """``12.3 s``, ``more than 40 GFLOPs``."""
    median = found.median(label, found.compared_by)
    assert median is not None
    size = median.beyond if median.value is None else median.value
    what, scale, unit = cost_unit(data, found.compared_by, [size])
    text = median_text(median, scale)
    if median.value is None:
        text = say("finding-target-beyond", cost=text.removeprefix("> "))
    return f"{text} {unit or what.lower()}"


def _shares(found: TimeToTarget, labels: list[str]) -> str:
    """Who does not always reach it."""
    partly = [
        say(
            "finding-target-seeds",
            some=str(found.reached(label)),
            count=len(found.arrivals[label]),
            name=quoted(label),
        )
        for label in labels
        if found.reached(label) < len(found.arrivals[label])
    ]
    return say("finding-target-shares", partly=listing(partly) if partly else "none")


def _decided(found: TimeToTarget) -> str:
    """What the tests against the baseline say."""
    groups: dict[str, list[str]] = {}
    for label, race in found.races.items():
        groups.setdefault(race.verdict, []).append(quoted(label))
    if not groups:
        return ""
    parts = [
        f"{say('finding-target-verdict', verdict=verdict)}: {listing(labels)}"
        for verdict, labels in groups.items()
    ]
    return f" {say('finding-target-tests', parts='; '.join(parts))}"
