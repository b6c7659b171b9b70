"""Reading results back, finished or still growing, in the runs' own folders or gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.errors import ResultsError
from bench.store.files import Torn, in_threads, part_of, read_table
from bench.store.gathered import read_gathered
from bench.store.plan import read_plan
from bench.store.schema import EPOCH_SCHEMA, RUN_SCHEMA, STEP_SCHEMA

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Results", "Torn", "read_rows", "read_run", "read_sweep"]

Kind = Literal["epochs", "steps"]
_SCHEMAS = {"epochs": EPOCH_SCHEMA, "steps": STEP_SCHEMA}


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

    def steps(
        self, run_ids: Iterable[str] | None = None, columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """A row per step (STEP_SCHEMA, or those of its columns) of the given runs, or of all."""
        wanted = list(self.runs["run_id"] if run_ids is None else run_ids)
        tables = [read_rows(self.path / "runs" / run_id, "steps", columns) for run_id in wanted]
        return _frame(tables, STEP_SCHEMA if columns is None else part_of(STEP_SCHEMA, columns))

    def samples(self, run_id: str) -> list[Path]:
        """The run's sample grids, first epoch first."""
        return sorted((self.path / "runs" / run_id / "samples").glob("epoch-*.png"))


def read_sweep(path: Path) -> Results:
    """Reads a results folder, finished or still growing.

    Raises:
        ResultsError: missing, empty, torn, or of a later schema version.
    """
    plan = read_plan(path)
    planned = [run["run_id"] for run in plan["runs"]]
    runs = _run_rows(path, planned)
    if not len(runs):
        raise ResultsError(
            f"{path} holds no run yet: start them with bench run --grid {path / 'grid.yaml'}."
        )
    import pandas as pd

    run_frame = _frame([runs], RUN_SCHEMA)
    epoch_frame = _frame([_epoch_rows(path, runs["run_id"].to_pylist())], EPOCH_SCHEMA)
    # A label is no part of a run's identity: what the grid calls it now is what counts.
    labels = {run["run_id"]: run["label"] for run in plan["runs"]}
    for frame in (run_frame, epoch_frame):
        frame["label"] = frame["run_id"].map(labels).astype(frame["label"].dtype)
    run_frame["baseline"] = run_frame["label"] == plan["baseline"]
    return Results(
        path=path,
        name=plan["name"],
        question=plan["question"],
        baseline=plan["baseline"],
        planned=pd.DataFrame(plan["runs"], columns=["run_id", "label", "seed"]),
        runs=run_frame,
        epochs=epoch_frame,
    )


def read_run(folder: Path) -> dict[str, Any] | None:
    """The row of one run, or None where the run was never started.

    Raises:
        Torn: a file is torn.
    """
    table = read_own_run(folder)
    if table is None:
        table = read_gathered(_sweep_of(folder), "runs", [folder.name])
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows[0] if rows else None


def read_rows(folder: Path, kind: Kind, columns: Sequence[str] | None = None) -> pa.Table:
    """Epochs or steps of one run: those put into one file, and those committed since.

    An epoch committed since counts in place of one of the same number, and a file in the
    run's folder in place of what ``bench compact`` has gathered.

    Args:
        columns: of the schema; all of them if left out.

    Raises:
        Torn: a file is torn.
    """
    own = _own_rows(folder, kind, columns)
    if own.whole is None:
        gathered = read_gathered(_sweep_of(folder), kind, [folder.name], own.columns)
        own = own._replace(whole=gathered)
    return own.all()


def located(folder: Path) -> Path:
    """Where a run's folder is, even if its writer died while putting another in its place."""
    if not folder.exists():
        for other in beside(folder):
            if other.exists():
                return other
    return folder


def beside(folder: Path) -> tuple[Path, Path]:
    """Where a run is done again, and where its earlier attempt goes while it is replaced."""
    return folder.with_name(f".{folder.name}.again"), folder.with_name(f".{folder.name}.old")


class _Own(NamedTuple):
    """What of a run's rows is in its own folder."""

    kind: Kind
    columns: Sequence[str] | None  # read
    wanted: Sequence[str] | None  # asked for
    whole: pa.Table | None  # the epochs put into one file; None where there is no such file
    parts: list[pa.Table]  # the epochs committed since
    gone: list[Path]  # files of such epochs that are not there

    def all(self) -> pa.Table:
        """Everything, in order."""
        assert self.whole is not None
        table = self.whole
        if self.gone:
            # A run that has finished meanwhile put its parts into one file and removed them.
            there = set(table["epoch"].to_pylist())
            for path in self.gone:
                if _epoch_of(path) not in there:
                    raise Torn(path)
        if self.parts:
            later = pa.concat_tables(self.parts)
            earlier = table.filter(pc.invert(pc.is_in(table["epoch"], later["epoch"].unique())))
            table = pa.concat_tables([earlier, later])
            table = table.sort_by("epoch" if self.kind == "epochs" else "step")
        return table if self.wanted is None else table.select(self.wanted)


def _own_rows(folder: Path, kind: Kind, columns: Sequence[str] | None = None) -> _Own:
    """Reads what is in a run's own folder.

    The parts first, since they are removed once they are in the one file.
    """
    schema = _SCHEMAS[kind]
    names = columns
    if columns is not None:
        keys = ["epoch", "step"] if kind == "steps" else ["epoch"]
        names = list(dict.fromkeys([*keys, *columns]))
    folder = located(folder)
    parts: list[pa.Table] = []
    gone = []
    for part in committed_parts(folder, kind):
        try:
            parts.append(read_table(part, schema, names))
        except FileNotFoundError:
            gone.append(part)
    try:
        whole = read_table(folder / f"{kind}.parquet", schema, names)
    except FileNotFoundError:
        whole = None
    return _Own(kind, names, columns, whole, parts, gone)


def read_own_run(folder: Path, columns: Sequence[str] | None = None) -> pa.Table | None:
    """The row in a run's own folder, as a table; None where there is none.

    Raises:
        Torn: the file is torn.
    """
    path = located(folder) / "run.parquet"
    try:
        table = read_table(path, RUN_SCHEMA, columns)
    except FileNotFoundError:
        return None
    if len(table) != 1:
        raise Torn(path)
    return table


def committed_parts(folder: Path, kind: Kind) -> list[Path]:
    """The files of epochs that are committed one by one, in their order."""
    parts = sorted((folder / "parts").glob("epochs-*.parquet"))
    return [part.with_name(part.name.replace("epochs", kind, 1)) for part in parts]


def _epoch_of(part: Path) -> int:
    return int(part.stem.partition("-")[2])


def _run_rows(sweep: Path, run_ids: Sequence[str]) -> pa.Table:
    """The rows of those of the runs that were started, in the order given."""
    own = list(in_threads(read_own_run, [sweep / "runs" / run_id for run_id in run_ids]))
    others = [run_id for run_id, table in zip(run_ids, own, strict=True) if table is None]
    tables = [table for table in own if table is not None]
    return _ordered([*tables, read_gathered(sweep, "runs", others)], run_ids)


def _epoch_rows(sweep: Path, run_ids: Sequence[str]) -> pa.Table:
    """The rows of all epochs of the runs, in the order given."""
    folders = [sweep / "runs" / run_id for run_id in run_ids]
    own = list(in_threads(partial(_own_rows, kind="epochs"), folders))
    tables = [rows.all() for rows in own if rows.whole is not None]
    others = []
    for folder, rows in zip(folders, own, strict=True):
        if rows.whole is None and not rows.parts and not rows.gone:
            others.append(folder.name)
        elif rows.whole is None:
            tables.append(read_rows(folder, "epochs"))
    return _ordered([*tables, read_gathered(sweep, "epochs", others)], run_ids)


def _ordered(tables: Sequence[pa.Table], run_ids: Sequence[str]) -> pa.Table:
    """The tables' rows, run by run in the order given."""
    table = pa.concat_tables(tables)
    position = pc.index_in(table["run_id"], value_set=pa.array(run_ids, pa.string())).to_numpy()
    if np.all(np.diff(position) >= 0):
        return table
    return table.take(np.argsort(position, kind="stable"))


def _sweep_of(folder: Path) -> Path:
    return folder.parent.parent


def _frame(tables: list[pa.Table], schema: pa.Schema) -> pd.DataFrame:
    frame: pd.DataFrame = pa.concat_tables(tables or [schema.empty_table()]).to_pandas()
    return frame
