"""What trials tried before the runs, and what they chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.report.data import SweepData
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import configurations
from bench.report.text import ABSENT, listing
from bench.report.worded import worded
from bench.texts import say


@table("tuning", position=6.8)
def tuning(data: SweepData) -> Table | None:
    """A row for each trial of each configuration; None where nothing was tuned."""
    found = [(label, record) for label in data.labels if (record := data.tuned(label)) is not None]
    rows = [(label, record, tried) for label, record in found for tried in record["tried"]]
    if not rows:
        return None
    metrics = listing(list(dict.fromkeys(str(record["metric"]) for _, record in found)))
    seeds = listing([str(seed) for seed in dict.fromkeys(record["seed"] for _, record in found)])
    return Table(
        say("table-tuning-title"),
        (
            configurations(row[0] for row in rows),
            Column(
                "tried",
                (say("column-tried"),),
                "text",
                tuple(_text(row[2]["fields"]) for row in rows),
            ),
            Column("trial_value", (metrics,), "number", tuple(row[2]["value"] for row in rows)),
            worded(
                "chosen",
                (say("column-chosen"),),
                lambda: [_chosen(record, tried) for _, record, tried in rows],
            ),
        ),
        (say("table-tuning-note", seeds=seeds, metric=metrics, absent=ABSENT),),
    )


def _chosen(record: Mapping[str, Any], tried: Mapping[str, Any]) -> str:
    return say("table-yes" if tried["fields"] == record["chosen"] else "table-no")


def _text(fields: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in fields.items())
