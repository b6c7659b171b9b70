"""What remains to be done once ``run.parquet`` says how a run has ended: removing what it leaves.

The space reserved for that row goes last, so a folder that still has it was left half tidied.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.store import checkpoints, continuations
from bench.store.commit import unwritable
from bench.store.rows import read_run

RESERVE = ".reserve"


def tidy(
    folder: Path, row: Mapping[str, Any], last: bytes | None, *, gathered: bool, keep: bool
) -> None:
    """Removes a run's parts, its checkpoints where they are needed no more, and the reserve.

    Args:
        row: of run.parquet.
        last: the checkpoint of its last epoch, if there is one.
        gathered: its epochs are in one file each.
        keep: the checkpoint, also of a completed run.
    """
    if gathered:
        shutil.rmtree(folder / "parts", ignore_errors=True)
    if row["status"] == "completed" and not keep:
        if last is not None:
            moment: datetime = row["ended_at"] or row["started_at"]
            continuations.put(row["run_id"], moment, row["epochs"], last)
        checkpoints.remove(folder)
    elif row["status"] == "diverged":  # as it would again from its last checkpoint
        checkpoints.remove(folder)
    (folder / RESERVE).unlink(missing_ok=True)


def half_tidied(sweep: Path) -> set[str]:
    """The runs whose writer ended before it had tidied up, whether they have ended or not."""
    return {path.parent.name for path in (sweep / "runs").glob(f"[!.]*/{RESERVE}")}


def settle(sweep: Path, run_id: str, *, keep: bool) -> None:
    """Tidies up after a run that has ended. Only the process that has claimed it may call it.

    Raises:
        ResultsError: the folder cannot be written.
    """
    folder = sweep / "runs" / run_id
    if not (folder / RESERVE).exists():
        return
    row = read_run(folder)
    if row is None or row["status"] == "interrupted":
        return
    try:
        found, _ = checkpoints.newest(folder, row["epochs"])
        last = found.path.read_bytes() if found and found.epoch == row["epochs"] else None
        # A checkpoint of an earlier epoch is all that a longer run could continue from.
        keep = keep or (found is not None and last is None)
        tidy(folder, row, last, gathered=_gathered(folder, row["epochs"]), keep=keep)
    except OSError as error:
        raise unwritable(folder, error) from error


def _gathered(folder: Path, epochs: int) -> bool:
    """Whether all epochs are in one file, which is newer than those committed one by one."""
    whole = folder / "epochs.parquet"
    try:
        written = whole.stat().st_mtime_ns
        newer = [part for part in (folder / "parts").iterdir() if part.stat().st_mtime_ns > written]
        return not newer and pq.read_metadata(whole).num_rows == epochs
    except (OSError, pa.ArrowException):
        return False
