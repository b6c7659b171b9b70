"""How far each run of a sweep has come, without opening its epochs and steps."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.records import Status
from bench.store.files import Torn, in_threads
from bench.store.gathered import read_gathered
from bench.store.reading import located, read_own_run

_PART = re.compile(r"epochs-(\d+)\.parquet")
_COLUMNS = (
    "run_id",
    "status",
    "error",
    "epochs",
    "attempts",
    "epochs_planned",
    "elapsed_seconds",
    "train_seconds",
    "warmup_seconds",
    "evaluation_seconds",
    "stacked_runs",
    "train_images",
    "train_flops_per_image",
)


@dataclass(frozen=True, kw_only=True)
class RunState:
    """What ``run.parquet`` says of a run.

    Attributes:
        epochs: committed; of a run that has not ended, as far as the names of its files tell.
        seconds: that its epochs took, all attempts together.
        stacked_runs: runs that shared this time, this one included.
        flops: of training, in an epoch through the whole data set; None where not known.
    """

    status: Status
    error: str | None
    epochs: int
    attempts: int
    epochs_planned: int
    seconds: float
    stacked_runs: int
    flops: float | None


def read_states(path: Path, run_ids: Sequence[str]) -> dict[str, RunState]:
    """The states of those runs of a sweep that were started; a torn row is left out.

    Raises:
        ResultsError: a later version wrote them, or a file of gathered runs is torn.
    """
    return survey(path, run_ids)[0]


def survey(path: Path, run_ids: Sequence[str]) -> tuple[dict[str, RunState], dict[str, Path]]:
    """The states of those runs of a sweep that were started, and the torn file of others.

    Raises:
        ResultsError: a later version wrote them, or a file of gathered runs is torn.
    """
    folders = [path / "runs" / run_id for run_id in run_ids]
    tables: list[pa.Table] = []
    torn: dict[str, Path] = {}
    others = []
    for folder, found in zip(folders, in_threads(_own, folders), strict=True):
        if isinstance(found, Path):
            torn[folder.name] = found
        elif found is None:
            others.append(folder.name)
        else:
            tables.append(found)
    rows = pa.concat_tables([*tables, read_gathered(path, "runs", others, _COLUMNS)]).to_pylist()
    states = {row["run_id"]: _state(path / "runs" / row["run_id"], row) for row in rows}
    return {run_id: states[run_id] for run_id in run_ids if run_id in states}, torn


def _own(folder: Path) -> pa.Table | Path | None:
    """The row in a run's own folder, or the torn file that it should be in."""
    try:
        return read_own_run(folder, _COLUMNS)
    except Torn as error:
        return error.path


def _state(folder: Path, row: Mapping[str, Any]) -> RunState:
    epochs = row["epochs"]
    if row["status"] == "interrupted":
        epochs = max(epochs, committed_epochs(located(folder)))
    seconds = row["elapsed_seconds"]
    if seconds is None:  # of version 1
        seconds = row["train_seconds"] + row["warmup_seconds"] + row["evaluation_seconds"]
    flops = row["train_flops_per_image"]
    return RunState(
        status=row["status"],
        error=row["error"],
        epochs=epochs,
        attempts=row["attempts"],
        epochs_planned=row["epochs_planned"],
        seconds=seconds,
        stacked_runs=row["stacked_runs"] or 1,
        flops=None if flops is None else float(flops) * (row["train_images"] or 1),
    )


def committed_epochs(folder: Path) -> int:
    """The last epoch of a run's folder that is committed on its own, by the names of its files."""
    try:
        with os.scandir(folder / "parts") as entries:
            found = [_PART.fullmatch(entry.name) for entry in entries]
    except FileNotFoundError:
        return 0
    return max((int(match[1]) for match in found if match), default=0)
