"""Recording a run that has failed before it could be trained."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bench.measures import RunOutcome, RunPlan
from bench.store.writer import RunWriter


def record_failure(sweep: Path, plan: RunPlan, error: str, log: str) -> None:
    """Ends a run as failed, as if it had failed in training; earlier epochs are kept.

    Only the process that has claimed the run may call it.

    Args:
        sweep: the results folder.
        error: what is wrong, in one line.
        log: for the run's log, such as a traceback.

    Raises:
        ResultsError: the folder cannot be written.
    """
    now = datetime.now().astimezone()
    writer = RunWriter(sweep, plan, started_at=now)
    writer.begin()
    writer.log(log)
    writer.finish(RunOutcome(status="failed", error=error, started_at=now, ended_at=now))
