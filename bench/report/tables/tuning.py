"""What trials tried before the runs, and what they chose."""

from __future__ import annotations

from typing import Any

from bench.report.data import SweepData
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.text import ABSENT, listing


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
        "Trials before the runs",
        (
            Column("configuration", ("Configuration",), "text", tuple(row[0] for row in rows)),
            Column("tried", ("Tried",), "text", tuple(_text(row[2]["fields"]) for row in rows)),
            Column("trial_value", (metrics,), "number", tuple(row[2]["value"] for row in rows)),
            Column(
                "chosen",
                ("Chosen",),
                "text",
                tuple("yes" if tried["fields"] == r["chosen"] else "no" for _, r, tried in rows),
            ),
        ),
        (
            f"One trial each, with seed {seeds}, which no run of this report has; the best final "
            f"{metrics} was chosen. {ABSENT}: the trial has no final value.",
        ),
    )


def _text(fields: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in fields.items())
