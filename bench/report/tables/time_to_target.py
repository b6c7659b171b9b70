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
from bench.report.titles import lines
from bench.report.worded import worded
from bench.texts import say


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
        say("table-target-title", target=target_text(target)),
        tuple(columns),
        tuple(_notes(data, found, columns)),
        baseline_row(data),
    )


def _reached(data: SweepData, found: TimeToTarget) -> Column:
    """Of how many runs reached it."""

    def words(label: str) -> str | None:
        runs = found.arrivals[label]
        reached, of = str(found.reached(label)), str(len(runs))
        return say("table-target-reached", reached=reached, of=of) if runs else None

    return worded("reached", lines(say("column-reached")), lambda: map(words, data.labels))


def _medians(data: SweepData, found: TimeToTarget, cost: Cost) -> Column:
    medians = tuple(found.median(label, cost) for label in data.labels)
    known = [each.value or each.beyond for each in medians if each is not None]
    name, scale, unit = cost_unit(data, cost, known)
    marked = contended(data) if cost == "training_seconds" else ()
    header = lines(say("column-to-target", cost=name))
    header = (*header, f"({unit})") if unit else header
    return Column(f"{cost}_to_target", header, "median", medians, scale=scale, marked=marked)


def _races(data: SweepData, found: TimeToTarget) -> list[Column]:
    if not found.races:
        return []
    races = [found.races.get(label) for label in data.labels]
    return [
        worded(
            "target_verdict",
            lines(say("column-beside-baseline")),
            lambda: [r and say("finding-target-verdict", verdict=r.verdict) for r in races],
        ),
        Column("target_p", ("p",), "number", tuple(r and r.p for r in races)),
    ]


def _notes(data: SweepData, found: TimeToTarget, columns: Sequence[Column]) -> list[str]:
    medians = [each for column in columns for each in column.entries if isinstance(each, Median)]
    notes = [
        say("table-target-is", target=f"{target_text(found.target)}{origin_text(found.target)}"),
        say("table-target-note"),
    ]
    if any(each.value is None for each in medians):
        notes.append(say("table-target-above"))
    if any(each.low is not None or each.high is not None for each in medians):
        notes.append(say("table-target-interval"))
    else:
        notes.append(say("table-target-no-interval"))
    if found.races:
        notes += _test_notes(data, found)
    if found.known("training_seconds"):
        notes += [
            time_note(data, say("table-time-of-runs")),
            *timing_notes(data),
        ]
    return notes


def _test_notes(data: SweepData, found: TimeToTarget) -> list[str]:
    name, _, _ = cost_unit(data, found.compared_by, [])
    tests = [race.test for race in found.races.values()]
    exact = "yes" if all(test.exact for test in tests) else "no"
    notes = [say("table-target-test", cost=name.lower(), exact=exact)]
    smallest = min(test.smallest for test in tests)
    if len(tests) * smallest > 0.05:
        notes.append(say("table-target-few-seeds", p=f"{smallest:.2g}"))
    return notes
