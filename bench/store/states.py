"""How far each run of a sweep is, without opening its epochs and steps."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from bench.measures import Status
from bench.store import schema
from bench.store.gathered import read_gathered
from bench.store.rows import located, read_own_run
from bench.store.schema import parquet_bytes, row_table
from bench.store.tables import Torn, check_version, in_threads

_PART = re.compile(r"epochs-(\d+)\.parquet")
_MAGIC = b"PAR1"
_KEY = b"gan_bench_state"
_DECODER = json.JSONDecoder()
_COLUMNS = (
    "schema_version",
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
    "samples_per_step",
    "steps_planned",
)
_LATER = ("plugins", "packed_runs")  # columns that files of earlier programs lack


@dataclass(frozen=True, kw_only=True)
class RunState:
    """What ``run.parquet`` says of a run.

    Attributes:
        epochs: committed; of a run that has not ended, according to the names of its files.
        seconds: what its epochs took, all attempts together.
        stacked_runs: runs that shared this time, this one included.
        packed_runs: that ran side by side, at most; 1 where that is not known.
        flops: of training for an epoch, on average where the length is in steps; None if not known.
        plugins: the plug-in files it was trained with, each with the beginning of its hash.
    """

    status: Status
    error: str | None
    epochs: int
    attempts: int
    epochs_planned: int
    seconds: float
    stacked_runs: int
    packed_runs: int
    flops: float | None
    plugins: Mapping[str, str]


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

    def own(run_ids: Sequence[str]) -> list[tuple[Path, dict[str, Any] | Path | None]]:
        return [(folder, _own(folder)) for folder in (path / "runs" / i for i in run_ids)]

    states: dict[str, RunState] = {}
    torn: dict[str, Path] = {}
    others = []
    for folder, found in chain.from_iterable(in_threads(own, run_ids)):
        if isinstance(found, Path):
            torn[folder.name] = found
        elif found is None:
            others.append(folder.name)
        else:
            states[folder.name] = _state(folder, found)
    for row in read_gathered(path, "runs", others, ("run_id", *_COLUMNS, *_LATER)).to_pylist():
        states[row["run_id"]] = _state(path / "runs" / row["run_id"], row)
    return {run_id: states[run_id] for run_id in run_ids if run_id in states}, torn


def run_file(row: Mapping[str, Any]) -> bytes:
    """A run's row as the content of ``run.parquet``, with its state in the file's metadata."""
    note = json.dumps({name: row.get(name) for name in (*_COLUMNS, *_LATER)}).encode()
    table = row_table(schema.runs(), [row])
    return parquet_bytes(table.replace_schema_metadata({**table.schema.metadata, _KEY: note}))


def _own(folder: Path) -> dict[str, Any] | Path | None:
    """The state columns in a run's own folder, or the torn file that should hold them."""
    path = located(folder) / "run.parquet"
    try:
        noted = _noted(path.read_bytes())
        if noted is not None:
            check_version(path, noted["schema_version"])
            return noted
        table = read_own_run(folder, (*_COLUMNS, *_LATER))
    except FileNotFoundError:
        return None
    except OSError:
        return path
    except Torn as error:
        return error.path
    return None if table is None else dict(table.to_pylist()[0])


def _noted(content: bytes) -> dict[str, Any] | None:
    """The state that ``run_file`` added to a file's metadata; None where there is none.

    Parquet keeps such metadata unchanged in its footer. Searching for it takes a tenth of the
    time of parsing the footer, which describes every column, and ``bench run`` and ``bench
    status`` look at thousands of runs at a time.
    """
    if content[:4] != _MAGIC or content[-4:] != _MAGIC:
        return None
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    start = footer.find(b"{", footer.find(_KEY) + 1)
    if _KEY not in footer or start < 0:
        return None
    try:
        noted: dict[str, Any] = _DECODER.raw_decode(footer[start:].decode("ascii", "replace"))[0]
    except ValueError:
        return None
    return noted if noted.keys() >= set(_COLUMNS) else None


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
        packed_runs=row.get("packed_runs") or 1,
        flops=None if flops is None else float(flops) * _images_per_epoch(row),
        plugins=plugin_hashes(row.get("plugins")),
    )


def _images_per_epoch(row: Mapping[str, Any]) -> float:
    """Real images shown in an epoch: the whole data set, or those of its steps."""
    if row["steps_planned"]:
        return float(row["steps_planned"] * row["samples_per_step"] / row["epochs_planned"])
    return float(row["train_images"] or 1)


def plugin_hashes(column: str | None) -> dict[str, str]:
    """The plug-in files in the column ``plugins``, each with the beginning of its hash."""
    parts = (part.rpartition(":") for part in column.split(", ")) if column else ()
    return {name: digest for name, _, digest in parts}


def committed_epochs(folder: Path) -> int:
    """The last epoch in a run's folder with a file of its own, by the names of the files."""
    try:
        with os.scandir(folder / "parts") as entries:
            found = [_PART.fullmatch(entry.name) for entry in entries]
    except FileNotFoundError:
        return 0
    return max((int(match[1]) for match in found if match), default=0)
