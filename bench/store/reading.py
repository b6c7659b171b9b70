"""Reading results back, finished or still growing, in the runs' own folders or gathered."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.errors import ResultsError
from bench.measures import Looks
from bench.store.gathered import declared, gathered_runs, read_gathered
from bench.store.plan import SweepPlan, read_plan
from bench.store.rows import own_rows, read_own_run, read_rows
from bench.store.tables import in_threads, together
from bench.store.timing import read_timing

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """A sweep read back. Frames hold the planned runs only, in the plan's order.

    A frame has the declared columns first, then those that nobody declared in this process.
    ``unplanned`` are the runs in the folder that its plan does not ask for, such as those of
    an earlier revision of a variant. ``facets``, ``target`` and ``fixed_targets`` are as in
    :class:`~bench.store.plan.SweepPlan` and :func:`~bench.store.plan.fix_targets`; earlier plans
    have none.
    """

    path: Path
    name: str
    question: str | None
    baseline: str | None
    planned: pd.DataFrame  # run_id, label, seed, configuration (null in earlier plans) of every run
    runs: pd.DataFrame  # a row per run that was started (schema.runs)
    epochs: pd.DataFrame  # a row per committed epoch (schema.epochs)
    unplanned: tuple[str, ...] = ()
    timing: pd.DataFrame | None = None  # a row per turn (schema.timings) of planned configurations
    facets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    target: Mapping[str, float] | str | None = None
    fixed_targets: tuple[Mapping[str, Any], ...] = ()
    options: tuple[str, ...] | None = None  # of bench run; None in plans of earlier versions
    margin: float | None = None  # of equivalence; None in plans of earlier versions
    looks: Looks | None = None  # how seeds are added until verdicts are given
    # By configuration, where widths were matched; see SweepPlan.
    matched: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tuned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by trials, likewise
    # Of several sweeps as one, see bench.report.data.merged:
    machines: Mapping[str, str] = field(default_factory=dict)  # by label, where they are several
    remarks: tuple[str, ...] = ()  # how they were put together

    def steps(self, run_ids: Iterable[str] | None = None) -> pd.DataFrame:
        """A row per step (schema.steps) of the given runs, or of all."""
        wanted = list(self.runs["run_id"] if run_ids is None else run_ids)
        tables = [read_rows(self.path / "runs" / run_id, "steps") for run_id in wanted]
        frame = _frame(together([declared("steps").empty_table(), *tables]))
        _relabel(frame, self.planned)
        return frame

    def looks_at(self, run_ids: Iterable[str]) -> Looks | None:
        """How seeds were added to the sweep of these runs."""
        return self.looks

    def samples(self, run_id: str) -> list[Path]:
        """The run's sample grids, first epoch first."""
        return sorted((self.path / "runs" / run_id / "samples").glob("epoch-*.png"))


def read_sweep(path: Path, asked: SweepPlan | None = None) -> Results:
    """Reads a results folder, finished or still growing.

    Args:
        asked: the part to read, whatever others have asked for since; None reads the folder's
            whole plan.

    Raises:
        ResultsError: missing, empty, torn, or of a later schema version.
    """
    plan = read_plan(path)
    everything = [run["run_id"] for run in plan["runs"]]
    if asked is not None:
        plan = asked.document() | {"fixed_targets": plan["fixed_targets"]}
    planned = [run["run_id"] for run in plan["runs"]]
    runs = _run_rows(path, planned)
    if not len(runs):
        command = shlex.join(["bench", "run", "--grid", str(path / "grid.yaml")])
        raise ResultsError(f"{path} holds no run yet; start them:  {command}")
    import pandas as pd

    run_frame = _frame(runs)
    epoch_frame = _frame(_epoch_rows(path, runs["run_id"].to_pylist()))
    columns = ["run_id", "label", "seed", "configuration"]
    named = pd.DataFrame(plan["runs"], columns=columns)
    for frame in (run_frame, epoch_frame):
        _relabel(frame, named)
    run_frame["baseline"] = run_frame["label"] == plan["baseline"]
    return Results(
        path=path,
        name=plan["name"],
        question=plan["question"],
        baseline=plan["baseline"],
        planned=named,
        runs=run_frame,
        epochs=epoch_frame,
        unplanned=unplanned_runs(path, [*everything, *planned]),
        timing=_timing(path, plan["runs"]),
        facets=plan["facets"],
        target=plan["target"],
        fixed_targets=tuple(plan["fixed_targets"]),
        options=None if plan.get("options") is None else tuple(map(str, plan["options"])),
        margin=plan["margin"],
        matched=plan["matched"],
        tuned=plan["tuned"],
        looks=None if plan["looks"] is None else Looks.of(plan["looks"]),
    )


def _timing(path: Path, planned: Sequence[Mapping[str, Any]]) -> pd.DataFrame | None:
    """The turns of the planned configurations, with their labels of now; None without any."""
    frame = _frame(read_timing(path))
    labels = {run["configuration"]: run["label"] for run in planned if run.get("configuration")}
    frame = frame[frame["configuration"].isin(labels)].reset_index(drop=True)
    frame["label"] = frame["configuration"].map(labels)
    return frame if len(frame) else None


def _relabel(frame: pd.DataFrame, planned: pd.DataFrame) -> None:
    """Gives rows the labels of the plan: the grid may have renamed runs, whose ids stay."""
    labels = planned.set_index("run_id")["label"]
    frame["label"] = frame["run_id"].map(labels).astype(frame["label"].dtype)


def unplanned_runs(sweep: Path, planned: Iterable[str]) -> tuple[str, ...]:
    """The runs that a results folder holds beside the planned ones, by name."""
    own = {row.parent.name for row in (sweep / "runs").glob("[!.]*/run.parquet")}
    return tuple(sorted((own | gathered_runs(sweep).keys()) - set(planned)))


def _run_rows(sweep: Path, run_ids: Sequence[str]) -> pa.Table:
    """The rows of those of the runs that were started, in the order given."""

    def own(run_ids: Sequence[str]) -> tuple[list[pa.Table], list[str]]:
        found = [(run_id, read_own_run(sweep / "runs" / run_id)) for run_id in run_ids]
        tables = [table for _, table in found if table is not None]
        return _combined(tables), [run_id for run_id, table in found if table is None]

    return _with_gathered(sweep, "runs", run_ids, own)


def _epoch_rows(sweep: Path, run_ids: Sequence[str]) -> pa.Table:
    """The rows of all epochs of the runs, in the order given."""

    def own(run_ids: Sequence[str]) -> tuple[list[pa.Table], list[str]]:
        tables, others = [], []
        for run_id in run_ids:
            rows = own_rows(sweep / "runs" / run_id, "epochs")
            if rows.whole is not None:
                tables.append(rows.all())
            elif rows.parts or rows.gone:
                tables.append(read_rows(sweep / "runs" / run_id, "epochs"))
            else:
                others.append(run_id)
        return _combined(tables), others

    return _with_gathered(sweep, "epochs", run_ids, own)


def _combined(tables: list[pa.Table]) -> list[pa.Table]:
    """The tables as one in memory, which takes far less of it than many."""
    return [together(tables).combine_chunks()] if tables else []


def _with_gathered(
    sweep: Path,
    kind: Literal["runs", "epochs"],
    run_ids: Sequence[str],
    own: Callable[[Sequence[str]], tuple[list[pa.Table], list[str]]],
) -> pa.Table:
    """Rows of all the runs, in the order given.

    Args:
        own: the rows in the own folders of some runs, and the runs that have none there.
    """
    tables: list[pa.Table] = []
    others: list[str] = []
    for found, missing in in_threads(own, run_ids):
        tables += found
        others += missing
    table = together([*tables, read_gathered(sweep, kind, others)])
    position = pc.index_in(table["run_id"], value_set=pa.array(run_ids, pa.string())).to_numpy()
    if np.all(np.diff(position) >= 0):
        return table
    return table.take(np.argsort(position, kind="stable"))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame
