"""The runs that did not complete."""

from __future__ import annotations

import pandas as pd

from bench.report.data import SweepData
from bench.report.table import Column, Table
from bench.report.tables import table


@table("incomplete-runs", position=7)
def incomplete(data: SweepData) -> Table | None:
    """The planned runs that did not complete, and why."""
    if data.completed == data.planned:
        return None
    started = data.runs.set_index("run_id")[["status", "error"]].to_dict("index")
    rows = []
    for planned in data.results.planned.to_dict("records"):
        run = started.get(planned["run_id"], {"status": "not run", "error": None})
        if run["status"] != "completed":
            error = None if pd.isna(run["error"]) else str(run["error"])
            status = str(run["status"]).replace("_", " ")
            rows.append((str(planned["label"]), int(planned["seed"]), status, error))
    labels, seeds, statuses, errors = zip(*rows, strict=True)
    return Table(
        "Runs that did not complete",
        (
            Column("configuration", ("Configuration",), "text", labels),
            Column("seed", ("Seed",), "number", seeds),
            Column("status", ("Status",), "text", statuses),
            Column("error", ("Error",), "text", errors),
        ),
    )
