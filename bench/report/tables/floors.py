"""The floors of translations as rows of tables of quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.report.data import SweepData
from bench.report.data.drift import NOTHING_TIMED
from bench.report.data.floors import FloorScores, floors
from bench.report.statistics import Estimate
from bench.report.table import Column, Value
from bench.texts import ENGLISH, say, speaking


def with_floors(
    data: SweepData, columns: Sequence[Column], protocol: int | None = None
) -> tuple[tuple[Column, ...], list[str]]:
    """The columns with a row for each floor at their end, and the note that explains these.

    Args:
        columns: each with an entry for every configuration; the first one has their names.
        protocol: of the quality in the table; None for all.
    """
    rows = floors(data, protocol)
    if not rows:
        return tuple(columns), []
    first, *others = columns
    with speaking(ENGLISH):
        plain = (*(first.plain or first.entries), *(row.name for row in floors(data, protocol)))
    names = replace(first, entries=(*first.entries, *(row.name for row in rows)), plain=plain)
    return (names, *(_extended(column, rows) for column in others)), [say("table-floors-note")]


def _extended(column: Column, rows: Sequence[FloorScores]) -> Column:
    return replace(
        column,
        entries=(*column.entries, *(_value(column, row) for row in rows)),
        marked=(*column.marked, *[NOTHING_TIMED] * len(rows)) if column.marked else (),
        not_finite=(*column.not_finite, *[0] * len(rows)) if column.not_finite else (),
    )


def _value(column: Column, row: FloorScores) -> Value:
    name = _MEASURE_OF.get(column.key, column.key.removesuffix("_final"))
    score = row.scores.get(name)
    if score is None or column.kind != "estimate" or not column.key.endswith("_final"):
        return None
    return Estimate(1, score, None)


_MEASURE_OF = {"kid_final": "kid_mean"}
