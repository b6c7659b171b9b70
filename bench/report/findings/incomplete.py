"""Runs that did not complete."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.text import quoted, status_text
from bench.texts import say


@finding("incomplete-runs", position=10)
def incomplete(data: SweepData) -> Finding | None:
    """The runs that were started and did not complete."""
    ended = data.runs.loc[~data.runs["completed"]]
    if ended.empty:
        return None
    counts = {
        f"{status_text(str(status), len(rows))}: {quoted(str(label))}": len(rows)
        for (status, label), rows in ended.groupby(["status", "label"], sort=False)
    }
    runs = "; ".join(f"{what} ({say('runs', count=count)})" for what, count in counts.items())
    return Finding(say("finding-incomplete", runs=runs), {"counts": counts})
