"""The runs that did not complete."""

from __future__ import annotations

import pandas as pd

from bench.report.data import SweepData
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import configurations
from bench.report.text import status_text
from bench.report.worded import worded
from bench.texts import say


@table("incomplete-runs", position=7)
def incomplete(data: SweepData) -> Table | None:
    """The planned runs that did not complete, and why."""
    if data.completed == data.planned:
        return None
    started = data.runs.set_index("run_id")[["status", "error"]].to_dict("index")
    rows = []
    for planned in data.results.planned.to_dict("records"):
        run = started.get(planned["run_id"], {"status": "not_run", "error": None})
        if run["status"] != "completed":
            error = None if pd.isna(run["error"]) else str(run["error"])
            row = str(planned["label"]), int(planned["seed"]), str(run["status"]), error
            rows.append(row)
    labels, seeds, statuses, errors = zip(*rows, strict=True)
    return Table(
        say("table-incomplete-title"),
        (
            configurations(labels),
            Column("seed", (say("column-seed"),), "number", seeds),
            worded("status", (say("column-status"),), lambda: map(_status, statuses)),
            Column("error", (say("column-error"),), "text", errors),
        ),
    )


def _status(status: str) -> str:
    return say("table-not-run") if status == "not_run" else status_text(status, 1)
