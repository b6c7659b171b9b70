"""Runs gathered into few files read as before, whatever happens while they are gathered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench import store
from bench.errors import ResultsError
from bench.measures import RunPlan, Status
from bench.store import batches
from bench.store.rows import beside, read_rows
from bench.store.schema import parquet_writer
from tests.store.sweeps import (
    NOW,
    everything,
    gathered_ids,
    open_sweep,
    own_files,
    run_plan,
    same,
    write_run,
)

STATUSES: tuple[Status, ...] = ("completed", "failed", "completed", "diverged", "completed")


@pytest.fixture(autouse=True)
def _no_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durability is tested elsewhere."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def planned(count: int) -> list[RunPlan]:
    return [run_plan(seed) for seed in range(count)]


def write(path: Path, *, more: int = 0) -> Path:
    """Five runs that ended, ``more`` that were never started."""
    runs = planned(len(STATUSES) + more)
    open_sweep(path, runs)
    for run, status in zip(runs, STATUSES, strict=False):
        write_run(path, run, status, epochs=4 if status == "completed" else 2)
    return path


# --------------------------------------------------------------------------- as before


def test_everything_reads_as_before(tmp_path: Path) -> None:
    write(tmp_path, more=1)
    kept = tmp_path / "runs" / planned(5)[1].run_id / "checkpoint-0002.pt"
    kept.write_bytes(b"weights")
    before = everything(tmp_path)
    ids = [run.run_id for run in planned(5)]
    assert store.compact(tmp_path) == store.Compaction(5, 0, (), 3)
    assert same(everything(tmp_path), before)
    assert own_files(tmp_path) == []
    for kind in ("runs", "epochs", "steps"):
        assert gathered_ids(tmp_path, kind) == ids
    for run in planned(5):
        folder = tmp_path / "runs" / run.run_id
        assert (folder / "log.txt").read_text() == f"log of {run.seed}\n"
    assert kept.exists()


def test_other_programs_read_it_with_a_glob(tmp_path: Path) -> None:
    results = store.read_sweep(write(tmp_path))
    store.compact(tmp_path)
    for kind, frame in (("runs", results.runs), ("epochs", results.epochs)):
        found = pd.read_parquet([*(tmp_path / "compact").glob(f"{kind}-*.parquet")])
        pd.testing.assert_frame_equal(found, frame)


def test_compacting_twice_changes_nothing(tmp_path: Path) -> None:
    store.compact(write(tmp_path))
    files = {p: p.stat().st_ino for p in (tmp_path / "compact").iterdir()}
    assert store.compact(tmp_path) == store.Compaction(0, 0, (), 3)
    assert {p: p.stat().st_ino for p in (tmp_path / "compact").iterdir()} == files


def test_runs_that_end_later_are_put_with_the_others(tmp_path: Path) -> None:
    write(tmp_path, more=2)
    assert store.compact(tmp_path).gathered == 5
    write_run(tmp_path, planned(7)[5], "completed", 4)
    write_run(tmp_path, planned(7)[6], None, 1)
    before = everything(tmp_path)
    assert store.compact(tmp_path) == store.Compaction(1, 1, (), 3)
    assert same(everything(tmp_path), before)
    assert gathered_ids(tmp_path, "runs") == [run.run_id for run in planned(6)]
    assert sorted(p.stem for p in (tmp_path / "compact").iterdir()) == [
        "epochs-0002",
        "runs-0002",
        "steps-0002",
    ]


# ----------------------------------------------------------------------- many and large


def test_batches_are_bounded_and_one_run_is_read_by_its_own_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "FULL", {"epochs": 100, "steps": 25})
    monkeypatch.setattr(batches, "GROUP_ROWS", {"runs": 2, "epochs": 1, "steps": 1})
    write(tmp_path)
    before = everything(tmp_path)
    assert store.compact(tmp_path).files == 6, "three runs fill a batch"
    assert same(everything(tmp_path), before)
    for file in (tmp_path / "compact").glob("steps-*.parquet"):
        footer = pq.read_metadata(file)
        assert footer.num_row_groups == len(set(pq.read_table(file)["run_id"].to_pylist()))
        for index in range(footer.num_row_groups):
            bounds = footer.row_group(index).column(1).statistics
            assert bounds.min == bounds.max
    read: list[list[int]] = []
    groups = pq.ParquetFile.read_row_groups

    def counted(self: Any, chosen: list[int], **options: Any) -> Any:
        read.append(chosen)
        return groups(self, chosen, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", counted)
    rows = read_rows(tmp_path / "runs" / planned(5)[1].run_id, "steps")
    assert (len(rows), read) == (6, [[1]])


def test_a_long_run_is_split_and_short_ones_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "GROUP_ROWS", {"runs": 9, "epochs": 5, "steps": 10})
    monkeypatch.setattr(batches, "MOST_GROUP_ROWS", 7)
    write(tmp_path)
    before = everything(tmp_path)
    store.compact(tmp_path)
    assert same(everything(tmp_path), before)


def test_small_batches_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    before = everything(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(batches, "FULL", {"epochs": 1, "steps": 1})
        assert store.compact(tmp_path).files == 15
        assert same(everything(tmp_path), before)
    assert store.compact(tmp_path) == store.Compaction(0, 0, (), 3)
    assert same(everything(tmp_path), before)


# ---------------------------------------------------------------------------- resuming


def test_a_gathered_run_is_retried_like_any_other(tmp_path: Path) -> None:
    write(tmp_path)
    retried = planned(5)[1]
    earlier = store.read_run(tmp_path / "runs" / retried.run_id)
    store.compact(tmp_path)
    writer = store.RunWriter(tmp_path, retried, started_at=NOW)
    assert (writer.attempt, writer.has_all) == (2, False)
    assert own_files(tmp_path) == ["epochs.parquet", "run.parquet", "steps.parquet"]
    assert store.read_run(tmp_path / "runs" / retried.run_id) == earlier
    write_run(tmp_path, retried, "completed", 4)
    results = store.read_sweep(tmp_path)
    epochs = results.epochs[results.epochs["run_id"] == retried.run_id]
    assert epochs["epoch"].tolist() == [1, 2, 3, 4]
    assert epochs["attempt"].tolist() == [2, 2, 2, 2], "own files count, gathered rows do not"
    before = everything(tmp_path)
    assert store.compact(tmp_path) == store.Compaction(1, 0, (), 3)
    assert same(everything(tmp_path), before)
    for kind in ("runs", "epochs", "steps"):
        assert gathered_ids(tmp_path, kind) == [run.run_id for run in planned(5)]


def test_an_unfinished_retry_leaves_the_gathered_rows_in_use(tmp_path: Path) -> None:
    write(tmp_path)
    store.compact(tmp_path)
    retried = planned(5)[1]
    write_run(tmp_path, retried, None, 1)
    before = everything(tmp_path)
    assert store.compact(tmp_path).left == 1, "it is being repeated"
    assert same(everything(tmp_path), before)
    assert retried.run_id not in gathered_ids(tmp_path, "epochs")
    assert beside(tmp_path / "runs" / retried.run_id)[0].is_dir()


def test_a_folder_deleted_by_the_user_costs_pictures_and_no_rows(tmp_path: Path) -> None:
    write(tmp_path)
    before = everything(tmp_path)
    store.compact(tmp_path)
    shutil.rmtree(tmp_path / "runs" / planned(1)[0].run_id)
    assert same(everything(tmp_path), before)
    write_run(tmp_path, planned(1)[0], "completed", 4)
    assert len(store.read_sweep(tmp_path).epochs) == len(before[1])


# ------------------------------------------------------------------------- left alone


def test_what_another_process_is_running_is_left(tmp_path: Path) -> None:
    write(tmp_path)
    code = (
        "import pathlib, sys, time\n"
        "from bench import store\n"
        "store.Claims(pathlib.Path(sys.argv[1])).claim(sys.argv[2])\n"
        "print('claimed', flush=True)\n"
        "time.sleep(600)\n"
    )
    claimed = planned(5)[1].run_id
    command = [sys.executable, "-c", code, str(tmp_path), claimed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            assert store.compact(tmp_path) == store.Compaction(4, 1, (), 3)
            assert own_files(tmp_path) == ["epochs.parquet", "run.parquet", "steps.parquet"]
            assert list(store.holders(tmp_path)) == [claimed], "its own claims are released"
        finally:
            other.kill()
    assert store.compact(tmp_path) == store.Compaction(1, 0, (), 3)


def test_two_at_once(tmp_path: Path) -> None:
    write(tmp_path)
    code = (
        "import pathlib, sys, time\n"
        "from bench.store.locks import Claims\n"
        "Claims(pathlib.Path(sys.argv[1])).claim('.compact')\n"
        "print('claimed', flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            assert store.compactor(tmp_path).pid == other.pid
            assert store.holders(tmp_path) == {}, "it runs no run"
            with pytest.raises(ResultsError, match=rf"process {other.pid} on .* is compacting"):
                store.compact(tmp_path)
        finally:
            other.kill()
    assert store.compact(tmp_path).gathered == 5
    assert store.compactor(tmp_path) is None


@pytest.mark.parametrize("name", ["run", "epochs", "steps"])
def test_a_torn_run_is_left_and_the_others_are_gathered(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    torn = tmp_path / "runs" / planned(5)[2].run_id / f"{name}.parquet"
    torn.write_bytes(torn.read_bytes()[:300])
    done = store.compact(tmp_path)
    assert (done.gathered, done.left) == (4, 1)
    assert done.torn == (() if name == "run" else (torn,)), (
        "a torn row does not say that the run has ended"
    )
    assert len(own_files(tmp_path)) == 3


@pytest.mark.parametrize("kind", ["runs", "epochs", "steps"])
def test_a_torn_gathered_file_is_named_with_the_remedy(tmp_path: Path, kind: str) -> None:
    write(tmp_path)
    store.compact(tmp_path)
    file = tmp_path / "compact" / f"{kind}-0001.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ResultsError, match=rf"{kind}-0001\.parquet is torn .*copy.*\*-0001\.parq"):
        store.read_sweep(tmp_path).steps()
    file.write_bytes(whole)
    assert len(store.read_sweep(tmp_path).runs) == 5


def test_removed_steps_read_as_none(tmp_path: Path) -> None:
    """A user who needs the epochs only may delete the large files."""
    write(tmp_path)
    store.compact(tmp_path)
    (tmp_path / "compact" / "steps-0001.parquet").unlink()
    results = store.read_sweep(tmp_path)
    assert (len(results.epochs), len(results.steps())) == (16, 0)


def test_runs_without_steps_are_gathered(tmp_path: Path) -> None:
    write(tmp_path)
    for file in (tmp_path / "runs").glob("*/steps.parquet"):
        file.unlink()
    before = everything(tmp_path)
    assert store.compact(tmp_path) == store.Compaction(5, 0, (), 3)
    assert same(everything(tmp_path), before)
    # As versions of the program wrote it that put a row group without rows there.
    schema = store.schema.steps()
    with parquet_writer(tmp_path / "compact" / "steps-0001.parquet", schema, few=False) as writer:
        writer.write_table(schema.empty_table())
    assert same(everything(tmp_path), before)


# ------------------------------------------------------------------ killed in the middle


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_every_run_as_it_was(tmp_path: Path) -> None:
    """Of a sweep partly gathered, with a run that was repeated since and one with parts."""
    script = Path(__file__).with_name("killed_compaction.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GAN_BENCH_CACHE": str(tmp_path / "cache")},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40, "so many steps were tried"


def test_readers_see_every_run_once_meanwhile(tmp_path: Path) -> None:
    """Read again and again while another process gathers in tiny batches."""
    write(tmp_path)
    before = everything(tmp_path)
    code = """
import os, pathlib, sys
from bench import store
from bench.store import batches
os.fsync = lambda handle: None
for full in (1, 25, 10_000):
    batches.FULL.update(epochs=full, steps=full)
    store.compact(pathlib.Path(sys.argv[1]))
"""
    looks = 0
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) as other:
        while other.poll() is None:
            assert same(everything(tmp_path), before)
            looks += 1
    assert other.returncode == 0
    assert looks > 1
    assert same(everything(tmp_path), before)
    assert own_files(tmp_path) == []
