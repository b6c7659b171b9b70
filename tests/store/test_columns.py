"""Columns that a file lacks, and columns that nobody declared in the reading process."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import store
from bench.errors import ResultsError
from bench.measures import EPOCH_MEASURES, EpochResult, Measure, RunOutcome, RunPlan, declare
from bench.store.rows import read_rows
from tests.store.sweeps import (
    NOW,
    SETUP,
    everything,
    losses,
    open_sweep,
    record,
    run_plan,
    same,
    write_run,
)

PLAIN, OTHER = run_plan(0), run_plan(1)
COMPLETED = RunOutcome(status="completed", started_at=NOW, ended_at=NOW)


@pytest.fixture(autouse=True)
def _no_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durability is tested elsewhere."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process with a plug-in that declares a column."""
    EPOCH_MEASURES.names()
    monkeypatch.setattr(EPOCH_MEASURES, "_entries", dict(EPOCH_MEASURES._entries))
    monkeypatch.setattr(EPOCH_MEASURES, "_places", dict(EPOCH_MEASURES._places))
    declare(Measure(name="sharpness", doc="how sharp", over_epochs="max"))
    declare(Measure(name="edges", type=int, doc="how many edges"))


def without_plugin() -> None:
    for name in ("sharpness", "edges"):
        EPOCH_MEASURES._entries.pop(name, None)
        EPOCH_MEASURES._places.pop(name, None)


def result(number: int) -> EpochResult:
    """An epoch with a declared score, one that is not, and a number that the game reports."""
    plain = record(number, 3)
    return EpochResult(
        record=replace(
            plain,
            scalars={**plain.scalars, "balance": 0.25 * number},
            scores={**plain.scores, "sharpness": 1.5 * number, "edges": number},
        ),
        steps={**losses(number, 3), "balance": np.full(3, 0.25 * number, np.float32)},
    )


def write_with_plugin(path: Path, run: RunPlan, *epochs: int, finish: bool = True) -> None:
    writer = store.RunWriter(path, run, started_at=NOW)
    writer.begin()
    writer.set_up(replace(SETUP, resumed_epochs=writer.resumed_epochs))
    for number in epochs:
        writer.append(result(number))
    if finish:
        writer.finish(COMPLETED)


def paths(path: Path, run: RunPlan) -> dict[str, Path]:
    return {
        name: path / "runs" / run.run_id / f"{name}.parquet" for name in ("run", "epochs", "steps")
    }


def rewrite(path: Path, table: pa.Table) -> None:
    """A file as another process of this version would have written it."""
    path.write_bytes(store.schema.parquet_bytes(table))


# -------------------------------------------------------------------------- missing


def test_a_nullable_column_that_a_file_lacks_is_null(tmp_path: Path) -> None:
    open_sweep(tmp_path, [PLAIN])
    write_run(tmp_path, PLAIN, "completed", 2)
    before = store.read_sweep(tmp_path)
    files = paths(tmp_path, PLAIN)
    rewrite(files["epochs"], pq.read_table(files["epochs"]).drop_columns(["modes_captured"]))
    rewrite(files["run"], pq.read_table(files["run"]).drop_columns(["task", "git_dirty"]))
    rewrite(files["steps"], pq.read_table(files["steps"]).drop_columns(["penalty"]))
    after = store.read_sweep(tmp_path)
    pd.testing.assert_series_equal(after.epochs.dtypes, before.epochs.dtypes)
    pd.testing.assert_series_equal(after.runs.dtypes, before.runs.dtypes)
    pd.testing.assert_frame_equal(after.steps(), before.steps())
    assert after.epochs["modes_captured"].isna().all()
    assert after.runs["git_dirty"].isna().all()


@pytest.mark.parametrize(("name", "column"), [("epochs", "critic_loss"), ("run", "epochs")])
def test_a_column_that_all_files_have_is_missed(tmp_path: Path, name: str, column: str) -> None:
    open_sweep(tmp_path, [PLAIN])
    write_run(tmp_path, PLAIN, "completed", 2)
    file = paths(tmp_path, PLAIN)[name]
    rewrite(file, pq.read_table(file).drop_columns([column]))
    with pytest.raises(ResultsError, match=rf"other columns .*{column}"):
        store.read_sweep(tmp_path)


# ------------------------------------------------------------------------- undeclared


def test_what_a_game_reports_needs_no_declaration(tmp_path: Path) -> None:
    open_sweep(tmp_path, [PLAIN])
    write_with_plugin(tmp_path, PLAIN, 1, 2)
    files = paths(tmp_path, PLAIN)
    assert pq.read_schema(files["steps"]).field("balance").type == pa.float32()
    epochs = pq.read_schema(files["epochs"])
    assert epochs.names[: len(store.schema.epochs())] == store.schema.epochs().names
    assert epochs.names[len(store.schema.epochs()) :] == ["balance", "sharpness", "edges"]
    assert epochs.field("balance").type == pa.float64()
    assert epochs.field("balance").nullable
    results = store.read_sweep(tmp_path)
    assert results.epochs["balance"].tolist() == [0.25, 0.5]
    assert results.epochs["edges"].tolist() == [1, 2]
    assert results.epochs["edges"].dtype.name == "Int64"
    assert results.steps()["balance"].tolist() == [0.25] * 3 + [0.5] * 3
    assert results.steps()["balance"].dtype == np.float32


def test_a_plug_in_s_columns_are_read_without_it(tmp_path: Path, plugin: None) -> None:
    open_sweep(tmp_path, [PLAIN, OTHER])
    write_run(tmp_path, PLAIN, "completed", 2)
    write_with_plugin(tmp_path, OTHER, 1, 2)
    declared = store.read_sweep(tmp_path)
    without_plugin()
    results = store.read_sweep(tmp_path)
    for found in (declared, results):
        assert found.epochs["sharpness"].fillna(-1).tolist() == [-1, -1, 1.5, 3.0]
        assert found.epochs["edges"].dtype.name == "Int64"
        assert found.runs["sharpness"].fillna(-1).tolist() == [-1, 3.0], "the largest epoch's"
        assert found.steps()["balance"].isna().tolist() == [True] * 6 + [False] * 6
    assert list(results.epochs)[-3:] == ["sharpness", "edges", "balance"]


def test_they_are_preserved_when_the_run_resumes_without_it(tmp_path: Path, plugin: None) -> None:
    from tests.store.test_writer import checkpoint

    open_sweep(tmp_path, [OTHER])
    write_with_plugin(tmp_path, OTHER, 1, finish=False)
    (tmp_path / "runs" / OTHER.run_id / "checkpoint-0001.pt").write_bytes(checkpoint(1))
    without_plugin()
    write_run(tmp_path, OTHER, "completed", 3)
    results = store.read_sweep(tmp_path)
    assert results.epochs["attempt"].tolist() == [1, 2, 2]
    assert results.epochs["sharpness"].fillna(-1).tolist() == [1.5, -1, -1]
    assert results.steps()["balance"].fillna(-1).tolist() == [0.25] * 3 + [-1] * 6
    assert "sharpness" not in results.runs, "the first attempt ended before it had a total"


def test_a_run_s_own_unknown_columns_are_preserved_when_it_resumes(tmp_path: Path) -> None:
    from tests.store.test_writer import checkpoint

    open_sweep(tmp_path, [OTHER])
    write_run(tmp_path, OTHER, "failed", 1)
    file = paths(tmp_path, OTHER)["run"]
    rewrite(file, pq.read_table(file).append_column("sharpness", pa.array([1.5])))
    (file.parent / "checkpoint-0001.pt").write_bytes(checkpoint(1))
    write_run(tmp_path, OTHER, "completed", 2)
    row = store.read_run(file.parent)
    assert (row["sharpness"], row["status"], row["epochs"]) == (1.5, "completed", 2)


def test_they_are_gathered_and_restored_without_it(tmp_path: Path, plugin: None) -> None:
    runs = [run_plan(seed) for seed in range(3)]
    open_sweep(tmp_path, runs)
    write_run(tmp_path, runs[0], "completed", 2)
    write_with_plugin(tmp_path, runs[1], 1, 2)
    write_run(tmp_path, runs[2], "completed", 2)
    without_plugin()
    before = everything(tmp_path)
    assert store.compact(tmp_path) == store.Compaction(3, 0, (), 3)
    assert same(everything(tmp_path), before)
    gathered = pd.read_parquet(tmp_path / "compact" / "steps-0001.parquet")
    assert gathered["balance"].count() == 6
    store.RunWriter(tmp_path, runs[1], started_at=NOW)
    restored = paths(tmp_path, runs[1])
    assert pq.read_table(restored["epochs"])["sharpness"].to_pylist() == [1.5, 3.0]
    assert pq.read_table(restored["run"])["sharpness"].to_pylist() == [3.0]
    store.RunWriter(tmp_path, runs[0], started_at=NOW)
    plain = read_rows(tmp_path / "runs" / runs[0].run_id, "epochs")
    assert plain.schema.names == store.schema.epochs().names, "what other runs have is not its own"
    assert same(everything(tmp_path), before)


def test_gathered_with_runs_that_end_later(tmp_path: Path, plugin: None) -> None:
    open_sweep(tmp_path, [PLAIN, OTHER])
    write_run(tmp_path, PLAIN, "completed", 2)
    assert store.compact(tmp_path).gathered == 1
    write_with_plugin(tmp_path, OTHER, 1, 2)
    before = everything(tmp_path)
    without_plugin()
    assert store.compact(tmp_path) == store.Compaction(1, 0, (), 3)
    found = store.read_sweep(tmp_path)
    assert found.epochs["sharpness"].fillna(-1).tolist() == [-1, -1, 1.5, 3.0]
    assert len(found.epochs) == len(before[1])


def test_a_run_with_a_column_that_came_while_others_were_gathered_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its steps do not fit the file that is being written."""
    from bench.store import compaction

    open_sweep(tmp_path, [PLAIN, OTHER])
    write_run(tmp_path, PLAIN, "completed", 2)
    write_with_plugin(tmp_path, OTHER, 1, 2)
    before = everything(tmp_path)
    monkeypatch.setattr(compaction, "_schemas", lambda paths: [])
    done = store.compact(tmp_path)
    assert (done.gathered, done.left) == (1, 1)
    monkeypatch.undo()
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    assert store.compact(tmp_path).gathered == 1
    assert same(everything(tmp_path), before)


def test_columns_whose_types_do_not_agree_are_named(tmp_path: Path) -> None:
    open_sweep(tmp_path, [PLAIN, OTHER])
    for run, values in ((PLAIN, ["a", "b"]), (OTHER, [1.0, 2.0])):
        write_run(tmp_path, run, "completed", 2)
        file = paths(tmp_path, run)["epochs"]
        rewrite(file, pq.read_table(file).append_column("odd", pa.array(values)))
    with pytest.raises(ResultsError, match=r"cannot be put together .*odd"):
        store.read_sweep(tmp_path)


def test_integers_and_numbers_agree(tmp_path: Path) -> None:
    open_sweep(tmp_path, [PLAIN, OTHER])
    for run, values in ((PLAIN, [1, 2]), (OTHER, [1.5, 2.5])):
        write_run(tmp_path, run, "completed", 2)
        file = paths(tmp_path, run)["epochs"]
        rewrite(file, pq.read_table(file).append_column("odd", pa.array(values)))
    assert store.read_sweep(tmp_path).epochs["odd"].tolist() == [1, 2, 1.5, 2.5]
