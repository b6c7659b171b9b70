"""Agreement with published numbers."""

from __future__ import annotations

from typing import Any

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.notes import left_out
from bench.report.published import NAMES, repetitions
from bench.report.statistics import standardised_difference
from bench.report.text import listing, quoted, signed_number
from bench.texts import say, translated

NEAR_PUBLISHED = 2.0  # standard errors of the difference of two means


@finding("published", position=2)
def agreement(data: SweepData) -> Finding | None:
    """How many means lie within two standard errors of those published.

    None unless every run made the paper's number of steps.
    """
    parts = []
    labels: list[str] = []
    evidence: dict[str, Any] = {}
    for repetition in repetitions(data):
        if not repetition.complete:
            continue
        differences = {
            f"{quoted(label)} {translated(f'published-name-{key}', NAMES[key])}": difference
            for label, row in repetition.rows
            for key, theirs in row.values.items()
            if (own := data.trials(label, f"{key}_final")) is not None
            and (difference := standardised_difference(own, theirs)) is not None
        }
        if not differences:
            continue
        evidence[repetition.dataset] = differences
        parts.append(_part(repetition.dataset, differences))
        labels += [label for label, _ in repetition.rows]
    if not parts:
        return None
    return Finding(
        say("finding-published", parts="; ".join(parts))
        + left_out(data, labels, "modes_captured_final"),
        evidence,
    )


def _part(dataset: str, differences: dict[str, float]) -> str:
    """``4 of 6 means on ring lie within two standard errors, outside: …``."""
    outside = [
        f"{what} ({signed_number(difference)})"
        for what, difference in differences.items()
        if abs(difference) > NEAR_PUBLISHED
    ]
    return say(
        "finding-published-part",
        near=str(len(differences) - len(outside)),
        count=len(differences),
        dataset=dataset,
        outside=listing(outside) if outside else "none",
    )
