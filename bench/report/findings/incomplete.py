"""Runs that did not complete."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.findings.words import name
from bench.units import counted


@finding("incomplete-runs", position=10)
def incomplete(data: SweepData) -> Finding | None:
    """The runs that were started and did not complete."""
    ended = data.runs.loc[~data.runs["completed"]]
    if ended.empty:
        return None
    counts = {
        f"{str(status).replace('_', ' ')}: {name(str(label))}": len(rows)
        for (status, label), rows in ended.groupby(["status", "label"], sort=False)
    }
    runs = "; ".join(f"{what} ({counted(count, 'run')})" for what, count in counts.items())
    return Finding(
        f"Started but not completed – {runs}. These runs are counted here and excluded from all "
        "means.",
        {"counts": counts},
    )
