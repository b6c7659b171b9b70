"""The results on disk: one schema, atomic commits, and reading them back.

    results/<sweep>/grid.yaml      the grid as resolved, itself a grid
                    sweep.json     schema version, question, baseline, planned runs
                    runs/<run_id>/run.parquet      one row: plan, set-up, totals, outcome
                                  epochs.parquet   a row per epoch
                                  steps.parquet    a row per step
                                  parts/           epochs committed while the run is going
                                  samples/  samples.gif  log.txt

Every file appears whole or not at all (temporary file in the same folder, fsync,
rename, fsync of the folder). An epoch is committed when its ``parts/epochs-*`` file
exists; its steps and pictures are written before it. ``run.parquet`` says
``interrupted`` from the first moment, so what is on disk is true whenever the
process dies.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import tempfile
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import ResultsError
from bench.records import (
    Environment,
    EpochRecord,
    EpochResult,
    RunOutcome,
    RunPlan,
    RunSetup,
    RunTotals,
)

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1

_ARROW = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    str: pa.string(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_NULLABLE_PANDAS = {pa.int64(): "Int64", pa.bool_(): "boolean"}


def _arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type of a record's field; ``X | None`` is the type of X."""
    if isinstance(annotation, types.UnionType):
        (annotation,) = (a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is Literal:
        annotation = str
    return _ARROW[annotation]


def _fields(record: type, *, optional: bool = False) -> list[pa.Field]:
    """One Arrow field per dataclass field; with ``optional`` all of them nullable."""
    hints = typing.get_type_hints(record)
    return [
        pa.field(
            f.name,
            _arrow_type(hints[f.name]),
            nullable=optional or isinstance(hints[f.name], types.UnionType),
        )
        for f in dataclasses.fields(record)
        if f.name != "environment"
    ]


def _schema(fields: Iterable[pa.Field]) -> pa.Schema:
    """A schema whose pandas metadata keeps integer and boolean columns nullable.

    Without it an all-null integer column would be read as float64 on a machine
    without a GPU and as int64 on one with it.
    """
    fields = list(fields)
    columns = [
        {
            "name": f.name,
            "field_name": f.name,
            "pandas_type": str(f.type),
            "numpy_type": _NULLABLE_PANDAS[f.type],
            "metadata": None,
        }
        for f in fields
        if f.nullable and f.type in _NULLABLE_PANDAS
    ]
    pandas = {"index_columns": [], "column_indexes": [], "columns": columns, "pandas_version": "3"}
    metadata = {
        b"pandas": json.dumps(pandas).encode(),
        b"gan_bench_schema_version": str(SCHEMA_VERSION).encode(),
    }
    return pa.schema(fields, metadata=metadata)


_KEYS = [
    pa.field("schema_version", pa.int64(), nullable=False),
    pa.field("sweep", pa.string(), nullable=False),
    pa.field("run_id", pa.string(), nullable=False),
    pa.field("label", pa.string(), nullable=False),
    pa.field("variant", pa.string(), nullable=False),
    pa.field("seed", pa.int64(), nullable=False),
]
_KEY_NAMES = {f.name for f in _KEYS}

RUN_SCHEMA = _schema(
    [
        *_KEYS,
        *(f for f in _fields(RunPlan) if f.name not in _KEY_NAMES),
        *_fields(RunOutcome),
        *_fields(RunTotals),
        *_fields(RunSetup, optional=True),
        *_fields(Environment, optional=True),
    ]
)
EPOCH_SCHEMA = _schema([*_KEYS, *_fields(EpochRecord)])
STEP_COLUMNS = (
    "critic_loss",
    "generator_loss",
    "critic_score_real",
    "critic_score_fake",
    "critic_accuracy_real",
    "critic_accuracy_fake",
    "penalty",
)
STEP_SCHEMA = _schema(
    [
        *(f for f in _KEYS if f.name in ("schema_version", "run_id", "seed")),
        pa.field("epoch", pa.int64(), nullable=False),
        pa.field("step", pa.int64(), nullable=False),  # from 1, over the whole run
        *(pa.field(name, pa.float32()) for name in STEP_COLUMNS),
    ]
)


# --------------------------------------------------------------------------- writing


def write_atomically(path: Path, content: bytes) -> None:
    """Puts ``content`` at ``path``: readers see the old file or the new one, whole."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _fsync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> ResultsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return ResultsError(
            f"No space left to write {path}: free some space or choose another folder with --out; "
            "epochs committed before are safe."
        )
    return ResultsError(
        f"Cannot write {path} ({error.strerror}): choose a folder you can write to with --out."
    )


def _parquet_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _row_table(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema)


def _flat(record: Any) -> dict[str, Any]:
    return {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep's folder is about: its question and the runs it plans."""

    name: str
    question: str | None
    baseline: str | None  # a label
    grid_yaml: str
    runs: tuple[RunPlan, ...]


def open_sweep(path: Path, plan: SweepPlan) -> None:
    """Makes (or takes up) a sweep's folder and writes its plan.

    Raises:
        ResultsError: the folder cannot be written, or holds another schema version.
    """
    _check_same_sweep(path, plan.name)
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": plan.name,
        "question": plan.question,
        "baseline": plan.baseline,
        "runs": [{"run_id": r.run_id, "label": r.label, "seed": r.seed} for r in plan.runs],
    }
    write_atomically(path / "grid.yaml", plan.grid_yaml.encode())
    write_atomically(path / "sweep.json", json.dumps(document, indent=1).encode())


def _check_same_sweep(path: Path, name: str) -> None:
    if (path / "sweep.json").exists() and (there := _read_plan(path)["name"]) != name:
        raise ResultsError(
            f"{path} holds the sweep {there!r}, not {name!r}: choose another folder with --out."
        )


def check_writable(path: Path, name: str) -> None:
    """Whether the sweep ``name`` could be written at ``path``, leaving nothing behind.

    Raises:
        ResultsError: it could not, or the place is taken by something else.
    """
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path} is a file: choose another folder with --out.")
    if path.is_dir() and any(path.iterdir()) and not (path / "sweep.json").exists():
        raise ResultsError(
            f"{path} is a folder with other things in it: choose another one with --out."
        )
    _check_same_sweep(path, name)
    existing = next(p for p in (path, *path.absolute().parents) if p.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a sweep's folder for this process; the lock dies with it.

    Raises:
        ResultsError: another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # not POSIX
        yield
        return
    path.mkdir(parents=True, exist_ok=True)
    with (path / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ResultsError(
                f"{path} is being written by another bench run: wait for it, or choose another "
                "folder with --out."
            ) from error
        yield


class RunWriter:
    """Writes one run. Only one process may write a run at a time.

    A run that has epochs already is done again beside them, and replaces them when it
    ends with as many or more; until then the earlier ones stay what readers see.

    Raises (from every method):
        ResultsError: the folder cannot be written or the disk is full.
    """

    def __init__(self, sweep: Path, plan: RunPlan, *, started_at: datetime) -> None:
        self._final = sweep / "runs" / plan.run_id
        self.folder = self._final
        self._earlier = read_run(self._final)
        self._earlier_epochs = len(_read_rows(self._final, "epochs"))
        if self._earlier_epochs:
            self.folder = self._final.with_name(f".{plan.run_id}.again")
        self._plan = plan
        self._setup: RunSetup | None = None
        self._started_at = started_at
        self._epochs: list[dict[str, Any]] = []
        self._steps: list[pa.Table] = []
        self._keys = {
            "schema_version": SCHEMA_VERSION,
            "sweep": plan.sweep,
            "run_id": plan.run_id,
            "label": plan.label,
            "variant": plan.variant,
            "seed": plan.seed,
        }

    def begin(self) -> None:
        """Starts the run's folder afresh; until finished it reads as interrupted."""
        try:
            if self.folder.exists():
                shutil.rmtree(self.folder)
            self.folder.mkdir(parents=True)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self._write_run(self._unfinished())

    def set_up(self, setup: RunSetup) -> None:
        """Adds what the run learned before its first step."""
        self._setup = setup
        self._write_run(self._unfinished())

    def append(self, result: EpochResult) -> None:
        """Commits one epoch: pictures, then steps, then the epoch itself."""
        record = result.record
        if result.samples_png is not None:
            name = f"epoch-{record.epoch:04d}.png"
            write_atomically(self.folder / "samples" / name, result.samples_png)
        first = (self._epochs[-1]["steps"] if self._epochs else 0) + 1
        steps = self._step_table(result, first)
        row = {**self._keys, **_flat(record)}
        parts = self.folder / "parts"
        write_atomically(parts / f"steps-{record.epoch:06d}.parquet", _parquet_bytes(steps))
        write_atomically(
            parts / f"epochs-{record.epoch:06d}.parquet",
            _parquet_bytes(_row_table(EPOCH_SCHEMA, [row])),
        )
        self._epochs.append(row)
        self._steps.append(steps)

    def finish(self, outcome: RunOutcome) -> None:
        """Compacts the epochs into one file each and records how the run ended."""
        write_atomically(
            self.folder / "steps.parquet",
            _parquet_bytes(pa.concat_tables(self._steps or [STEP_SCHEMA.empty_table()])),
        )
        write_atomically(
            self.folder / "epochs.parquet", _parquet_bytes(_row_table(EPOCH_SCHEMA, self._epochs))
        )
        attempts = 1 + (self._earlier["attempts"] if self._earlier else 0)
        self._write_run(dataclasses.replace(outcome, attempts=attempts))
        shutil.rmtree(self.folder / "parts", ignore_errors=True)
        if self.folder != self._final:
            self._replace_earlier()

    def _replace_earlier(self) -> None:
        if len(self._epochs) >= self._earlier_epochs:
            shutil.rmtree(self._final)
            self.folder.rename(self._final)
        else:
            shutil.rmtree(self.folder)
        self.folder = self._final

    def _unfinished(self) -> RunOutcome:
        return RunOutcome(
            status="interrupted", error="the run has not ended", started_at=self._started_at
        )

    def _step_table(self, result: EpochResult, first: int) -> pa.Table:
        count = len(result.steps.critic_loss)
        columns: dict[str, Any] = {
            "schema_version": np.full(count, SCHEMA_VERSION),
            "run_id": [self._plan.run_id] * count,
            "seed": np.full(count, self._plan.seed),
            "epoch": np.full(count, result.record.epoch),
            "step": np.arange(first, first + count),
        }
        for name in STEP_COLUMNS:
            values = getattr(result.steps, name)
            columns[name] = pa.nulls(count, pa.float32()) if values is None else values
        return pa.table(columns, schema=STEP_SCHEMA)

    def _write_run(self, outcome: RunOutcome) -> None:
        row = {**self._keys, **_flat(self._plan), **_flat(outcome), **_flat(self._totals())}
        if self._setup is not None:
            row |= _flat(self._setup) | _flat(self._setup.environment)
            del row["environment"]
        write_atomically(self.folder / "run.parquet", _parquet_bytes(_row_table(RUN_SCHEMA, [row])))

    def _totals(self) -> RunTotals:
        if not self._epochs:
            return RunTotals()
        last = self._epochs[-1]

        def total(name: str) -> float:
            return sum(float(row[name]) for row in self._epochs)

        def peak(name: str) -> int | None:
            return max((row[name] for row in self._epochs if row[name] is not None), default=None)

        return RunTotals(
            epochs=last["epoch"],
            samples_seen=last["samples_seen"],
            steps=last["steps"],
            train_seconds=total("train_seconds"),
            warmup_seconds=total("warmup_seconds"),
            evaluation_seconds=total("evaluation_seconds"),
            train_flops=last["train_flops"],
            energy_joules=last["energy_joules"],
            peak_gpu_allocated_bytes=peak("peak_gpu_allocated_bytes"),
            peak_gpu_reserved_bytes=peak("peak_gpu_reserved_bytes"),
            peak_gpu_process_bytes=peak("peak_gpu_process_bytes"),
            peak_host_bytes=peak("peak_host_bytes"),
        )


# --------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Results:
    """A sweep read back. Frames hold the planned runs only, in the plan's order."""

    path: Path
    name: str
    question: str | None
    baseline: str | None
    planned: pd.DataFrame  # run_id, label, seed of every run of the grid
    runs: pd.DataFrame  # a row per run that was started (RUN_SCHEMA)
    epochs: pd.DataFrame  # a row per committed epoch (EPOCH_SCHEMA)

    def steps(self, run_ids: Iterable[str] | None = None) -> pd.DataFrame:
        """A row per step (STEP_SCHEMA) of the given runs, or of all."""
        wanted = list(self.runs["run_id"] if run_ids is None else run_ids)
        tables = [_read_rows(self.path / "runs" / run_id, "steps") for run_id in wanted]
        return _frame(tables, STEP_SCHEMA)

    def samples(self, run_id: str) -> list[Path]:
        """The run's sample grids, first epoch first."""
        return sorted((self.path / "runs" / run_id / "samples").glob("epoch-*.png"))


def read_sweep(path: Path) -> Results:
    """Reads a results folder, finished or still growing.

    Raises:
        ResultsError: missing, empty, torn, or of another schema version.
    """
    plan = _read_plan(path)
    folders = [path / "runs" / run["run_id"] for run in plan["runs"]]
    started = [folder for folder in folders if (folder / "run.parquet").exists()]
    if not started:
        raise ResultsError(
            f"{path} holds no run yet: start them with bench run --grid {path / 'grid.yaml'}."
        )
    import pandas as pd

    runs = _frame([_read_run_table(f / "run.parquet") for f in started], RUN_SCHEMA)
    epochs = _frame([_read_rows(f, "epochs") for f in started], EPOCH_SCHEMA)
    # A label is no part of a run's identity: what the grid calls it now is what counts.
    labels = {run["run_id"]: run["label"] for run in plan["runs"]}
    for frame in (runs, epochs):
        frame["label"] = frame["run_id"].map(labels).astype(frame["label"].dtype)
    runs["baseline"] = runs["label"] == plan["baseline"]
    return Results(
        path=path,
        name=plan["name"],
        question=plan["question"],
        baseline=plan["baseline"],
        planned=pd.DataFrame(plan["runs"], columns=["run_id", "label", "seed"]),
        runs=runs,
        epochs=epochs,
    )


def read_run(folder: Path) -> dict[str, Any] | None:
    """The row of one run's ``run.parquet``, or None where the run was never started.

    Raises:
        ResultsError: the file is torn.
    """
    path = folder / "run.parquet"
    if not path.exists():
        return None
    row: dict[str, Any] = _read_run_table(path).to_pylist()[0]
    return row


def _frame(tables: list[pa.Table], schema: pa.Schema) -> pd.DataFrame:
    frame: pd.DataFrame = pa.concat_tables(tables or [schema.empty_table()]).to_pandas()
    return frame


def _read_plan(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise ResultsError(
            f"There is no results folder {path}: bench run makes one under results/, "
            "named after its grid."
        )
    file = path / "sweep.json"
    if not file.exists():
        raise ResultsError(
            f"{path} is not a results folder (it has no sweep.json): "
            "name the folder that bench run printed, such as results/lightweight."
        )
    try:
        plan = json.loads(file.read_text())
        version = plan["schema_version"]
        if version == SCHEMA_VERSION:
            _ = plan["name"], plan["question"], plan["baseline"]
            _ = [(run["run_id"], run["label"], run["seed"]) for run in plan["runs"]]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ResultsError(
            f"{file} is damaged: restore it, or run the grid again into another folder with --out."
        ) from error
    if version != SCHEMA_VERSION:
        raise ResultsError(
            f"{file} has schema version {version} and this gan-bench reads {SCHEMA_VERSION}: "
            "use the version that wrote it, or run the grid again into another folder with --out."
        )
    document: dict[str, Any] = plan
    return document


def _read_table(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        table = pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise _torn(path) from error
    if table.schema.names != schema.names:
        strange = sorted(set(table.schema.names) ^ set(schema.names))
        raise ResultsError(
            f"{path} has other columns than schema version {SCHEMA_VERSION} "
            f"({', '.join(strange[:3])}): delete the folder {path.parent} and run the grid again."
        )
    try:
        return table.cast(schema)
    except (pa.ArrowException, ValueError) as error:
        raise _torn(path) from error


def _read_run_table(path: Path) -> pa.Table:
    table = _read_table(path, RUN_SCHEMA)
    if len(table) != 1:
        raise _torn(path)
    return table


def _torn(path: Path) -> ResultsError:
    return ResultsError(
        f"{path} is torn or not Parquet: delete the folder {path.parent} "
        "and run the grid again to redo this run alone."
    )


def _read_rows(folder: Path, kind: Literal["epochs", "steps"]) -> pa.Table:
    """Epochs or steps of one run: the compacted file, else the committed parts."""
    schema = EPOCH_SCHEMA if kind == "epochs" else STEP_SCHEMA
    compacted = folder / f"{kind}.parquet"
    if compacted.exists():
        return _read_table(compacted, schema)
    try:
        tables = [_read_table(part, schema) for part in _committed_parts(folder, kind)]
    except ResultsError:
        # A run that finished meanwhile has put its parts into one file and removed them.
        if compacted.exists():
            return _read_table(compacted, schema)
        raise
    return pa.concat_tables(tables or [schema.empty_table()])


def _committed_parts(folder: Path, kind: str) -> Iterator[Path]:
    for part in sorted((folder / "parts").glob("epochs-*.parquet")):
        yield part.with_name(part.name.replace("epochs", kind, 1))
