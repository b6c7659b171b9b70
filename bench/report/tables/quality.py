"""Quality by protocol, where a sweep holds several, and that of translations beside floors."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.columns import of_features, shown_apart
from bench.report.data.floors import floors
from bench.report.notes import averaged_note, final_notes, lowest_note
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import (
    accuracy_columns,
    baseline_row,
    final,
    final_epochs,
    names,
    quality_columns,
)
from bench.report.tables.floors import with_floors
from bench.report.titles import lines
from bench.texts import say


@table("quality", position=4)
def quality(data: SweepData) -> list[Table]:
    """A table for each protocol, if there are several or translations, which have floors."""
    count = len(data.protocols)
    apart = count > 1 or (count == 1 and floors(data))
    return [of_protocol(data, index) for index in range(count)] if apart else []


def of_protocol(data: SweepData, index: int) -> Table:
    """The quality of the runs that share one protocol."""
    protocol = data.protocols[index]
    several = len(data.protocols) > 1  # what needs no features is then in the main table alone
    apart = [m for m in shown_apart(data.finals) if not several or m.name in of_features()]
    others = [final(data, measure, index) for measure in apart]
    seeds = tuple(len(data.by_seed(label, "quality_final", index)) for label in data.labels)
    columns, floors_note = with_floors(
        data,
        (
            names(data),
            Column("seeds", lines(say("column-seeds")), "count", seeds),
            *final_epochs(data, index),
            *quality_columns(data, protocol, index),
            *accuracy_columns(data, index),
            *(column for column in others if column.measured),
        ),
        index,
    )
    return Table(
        say(
            "table-quality-title",
            protocol=index + 1 if several else 0,
            metric=f"{protocol.metric} {protocol.means}",
        ),
        columns,
        (
            protocol.sentence(),
            *final_notes(data, index),
            lowest_note(),
            *[averaged_note()] * data.has_averages,
            *floors_note,
        ),
        baseline_row(data),
        name=f"quality-protocol-{index + 1}" if several else "quality",
    )
