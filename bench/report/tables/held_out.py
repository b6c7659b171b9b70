"""Whether samples are copies, and how they cover the data, beside held-out real images."""

from __future__ import annotations

from dataclasses import replace

from bench.measures import EPOCH_MEASURES, averaged_name
from bench.report.data import SweepData
from bench.report.data.columns import CONTROLLED, control_of
from bench.report.statistics import mean_interval
from bench.report.table import Table, Value
from bench.report.tables import table
from bench.report.tables.columns import baseline_row, final
from bench.report.tables.floors import with_floors
from bench.report.worded import worded
from bench.texts import say


@table("held-out", position=4.5)
def held_out(data: SweepData) -> list[Table]:
    """A table for each protocol."""
    return [found for index in range(len(data.protocols)) if (found := _table(data, index))]


def _table(data: SweepData, index: int) -> Table | None:
    known = {measure.name for measure in data.finals}
    columns = []
    for name in CONTROLLED:
        control = _control(data, control_of(name), index)
        for each in (name, averaged_name(name)):
            if each in known:
                column = final(data, EPOCH_MEASURES.get(each), index)
                not_finite = (*column.not_finite, 0)
                entries = (*column.entries, control)
                columns.append(replace(column, entries=entries, not_finite=not_finite))
    columns = [c for c in columns if any(c.not_finite) or set(c.entries[:-1]) != {None}]
    if not columns:
        return None
    labels = worded(
        "configuration",
        (say("column-configuration"),),
        lambda: [*data.labels, say("table-held-out-control")],
        essential=True,
    )
    shown, floors_note = with_floors(data, (labels, *columns), index)
    protocol = data.protocols[index]
    number = index + 1 if len(data.protocols) > 1 else 0
    return Table(
        say("table-held-out-title", protocol=number),
        shown,
        (say("table-held-out-note"), protocol.sentence(), *floors_note),
        baseline_row(data),
        name=f"held-out-protocol-{number}" if number else "held-out",
    )


def _control(data: SweepData, name: str, index: int) -> Value:
    """What held-out images score; the same in every run of a protocol."""
    if name not in {measure.name for measure in data.finals}:
        return None
    values = {
        value
        for label in data.labels
        for value in data.by_seed(label, f"{name}_final", index).values()
    }
    return mean_interval([max(values)]) if values else None
