"""What each configuration takes to reach the target, and whether that differs from the baseline."""

from __future__ import annotations

from collections.abc import Sequence

from bench.report.data import SweepData
from bench.report.data.target import target_of
from bench.report.data.time_to_target import Cost, TimeToTarget, time_to_target
from bench.report.notes import time_note, timing_notes
from bench.report.statistics.censored import Median
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import baseline_row, contended, names
from bench.report.target_text import cost_unit, origin_text, target_text


@table("time-to-target", position=6.5)
def time_to_target_table(data: SweepData) -> Table | str | None:
    """A row per configuration; None without a target."""
    target = target_of(data)
    if target is None or isinstance(target, str):
        return target
    found = time_to_target(data)
    assert found is not None
    costs: list[Cost] = ["training_seconds", "training_flops", "samples_seen", "joules"]
    columns = [names(data), _reached(data, found)]
    columns += [_medians(data, found, cost) for cost in costs if found.known(cost)]
    columns += _races(data, found)
    return Table(
        f"What it takes to reach {target_text(target)}",
        tuple(columns),
        tuple(_notes(data, found, columns)),
        baseline_row(data),
    )


def _reached(data: SweepData, found: TimeToTarget) -> Column:
    """Of how many runs reached it."""
    texts = tuple(
        f"{found.reached(label)} of {len(runs)}" if (runs := found.arrivals[label]) else None
        for label in data.labels
    )
    return Column("reached", ("Seeds that", "reach it"), "text", texts)


def _medians(data: SweepData, found: TimeToTarget, cost: Cost) -> Column:
    medians = tuple(found.median(label, cost) for label in data.labels)
    known = [each.value or each.beyond for each in medians if each is not None]
    name, scale, unit = cost_unit(data, cost, known)
    marked = contended(data) if cost == "training_seconds" else ()
    header = (name, "to target", f"({unit})") if unit else (name, "to target")
    return Column(f"{cost}_to_target", header, "median", medians, scale=scale, marked=marked)


def _races(data: SweepData, found: TimeToTarget) -> list[Column]:
    if not found.races:
        return []
    races = [found.races.get(label) for label in data.labels]
    return [
        Column(
            "target_verdict",
            ("Beside the", "baseline"),
            "text",
            tuple(r and r.verdict for r in races),
        ),
        Column("target_p", ("p",), "number", tuple(r and r.p for r in races)),
    ]


def _notes(data: SweepData, found: TimeToTarget, columns: Sequence[Column]) -> list[str]:
    medians = [each for column in columns for each in column.entries if isinstance(each, Median)]
    notes = [
        f"Target: {target_text(found.target)}{origin_text(found.target)}.",
        "To target: the cost at the first evaluation that meets it; not interpolated. Medians over "
        "the seeds by Kaplan and Meier (1958), in which a run that never meets it counts as not "
        "yet there at its last evaluation, and one that diverged as not there at the end.",
    ]
    if any(each.value is None for each in medians):
        notes.append("Above (>): fewer than half of the seeds met it within this cost.")
    if any(each.low is not None or each.high is not None for each in medians):
        notes.append(
            "In brackets: the 95 % interval of the median by the beta product of Fay, Brittain and "
            "Proschan (2013)."
        )
    else:
        notes.append("Fewer than six seeds give no 95 % interval of a median.")
    if found.races:
        notes += _test_notes(data, found)
    if found.known("training_seconds"):
        notes += [
            time_note(data, "Time includes warm-up and excludes evaluation."),
            *timing_notes(data),
        ]
    return notes


def _test_notes(data: SweepData, found: TimeToTarget) -> list[str]:
    name, _, _ = cost_unit(data, found.compared_by, [])
    tests = [race.test for race in found.races.values()]
    how = "exact by all permutations" if all(test.exact for test in tests) else "asymptotic"
    notes = [
        f"p: log-rank test against the baseline by {name.lower()} (Mantel 1966), {how}, up to the "
        "largest cost that all runs of both were trained to; adjusted for all configurations "
        "(Holm 1979)."
    ]
    smallest = min(test.smallest for test in tests)
    if len(tests) * smallest > 0.05:
        notes.append(
            f"With so few seeds p cannot be below {smallest:.2g} for one configuration, so nothing "
            "can be decided."
        )
    return notes
