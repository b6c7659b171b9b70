"""What ``bench run`` makes of runs that have ended: continued, put in place, repaired."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bench import store
from bench.cache import cache_root
from bench.measures import RunOutcome
from bench.store import checkpoints
from bench.store.rows import beside
from tests.store.one_run import NOW, plan, sweep_plan
from tests.store.test_writer import COMPLETED, append, checkpoint, diverge, folder, seen, started

# Epochs of a few milliseconds, in which the budget for checkpoints allows none but the first.
GRID = """
name: g
dataset: ring
steps: 8
steps_per_epoch: 2
quality: {features: "off"}
batch_size: 8
variants: [{name: mixture-gan, generator_width: 8, critic_width: 8}]
"""


def bench(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "g.yaml").write_text(GRID)
    command = [sys.executable, "-m", "bench", "run", "-g", "g.yaml", "--out", "out", *options]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.slow
def test_a_longer_run_continues_one_of_short_epochs_and_a_torn_file_is_redone(
    tmp_path: Path,
) -> None:
    done = bench(tmp_path)
    assert done.returncode == 0, done.stderr
    done = bench(tmp_path, "--set", "steps=12")
    assert done.returncode == 0, done.stderr
    results = store.read_sweep(tmp_path / "out")
    assert results.epochs["attempt"].tolist() == [1, 1, 1, 1, 2, 2]
    whole = results.steps()

    (epochs,) = (tmp_path / "out").glob("runs/*/epochs.parquet")
    epochs.write_bytes(epochs.read_bytes()[:-100])
    done = bench(tmp_path, "--set", "steps=12")
    assert done.returncode == 0, done.stderr
    assert f"epochs.parquet of {epochs.parent.name} was damaged" in done.stderr
    results = store.read_sweep(tmp_path / "out")
    assert results.runs["attempts"].tolist() == [3]
    assert results.steps()["generator_loss"].equals(whole["generator_loss"])


# ------------------------------------------------------------------ the last checkpoint


def test_a_run_killed_before_its_end_was_written_leaves_its_last_checkpoint(
    tmp_path: Path,
) -> None:
    run = replace(plan(), epochs_planned=2)
    append(started(tmp_path), 1, 2, kept=(2,))
    writer = store.RunWriter(tmp_path, run, started_at=NOW)
    assert writer.has_all
    writer.complete()
    assert not list(folder(tmp_path).glob("checkpoint-*"))
    longer = store.RunWriter(tmp_path, replace(run, epochs_planned=3), started_at=NOW)
    assert longer.resumed_epochs == 2


def test_a_run_killed_before_its_last_checkpoint_keeps_the_one_before(tmp_path: Path) -> None:
    run = replace(plan(), epochs_planned=2)
    append(started(tmp_path), 1, 2, kept=(1,))
    store.RunWriter(tmp_path, run, started_at=NOW).complete()
    longer = store.RunWriter(tmp_path, replace(run, epochs_planned=3), started_at=NOW)
    assert longer.resumed_epochs == 1


def test_a_run_killed_while_it_moved_its_checkpoint_to_the_cache_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(folder: Path) -> None:
        raise KeyboardInterrupt

    shutil.rmtree(cache_root() / "continuations", ignore_errors=True)
    writer = started(tmp_path)
    append(writer, 1, 2, kept=(2,))
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "remove", die)
        with pytest.raises(KeyboardInterrupt):
            writer.finish(COMPLETED)
    (kept,) = (cache_root() / "continuations").iterdir()
    assert kept.read_bytes() == checkpoint(2)


@pytest.mark.parametrize("killed_in", ["shutil.rmtree", "continuations.put", "checkpoints.remove"])
def test_what_a_run_killed_while_it_tidied_up_leaves_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    writer = started(tmp_path)
    append(writer, 1, 2, kept=(2,))
    with monkeypatch.context() as patch:
        patch.setattr(f"bench.store.ending.{killed_in}", die)
        with pytest.raises(KeyboardInterrupt):
            writer.finish(COMPLETED)
    run_id = folder(tmp_path).name
    assert store.read_run(folder(tmp_path))["status"] == "completed"
    assert store.unsettled_runs(tmp_path) == {run_id}
    before = seen(tmp_path)
    store.settle(tmp_path, run_id, keep=False)
    assert store.unsettled_runs(tmp_path) == set()
    names = {path.name for path in folder(tmp_path).iterdir()}
    assert names <= {"run.parquet", "epochs.parquet", "steps.parquet", "samples", "log.txt"}
    assert seen(tmp_path) == before
    longer = replace(plan(), epochs_planned=3)
    assert store.RunWriter(tmp_path, longer, started_at=NOW).resumed_epochs == 2


def test_the_next_sweep_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    assert bench(tmp_path).returncode == 0
    (run,) = (tmp_path / "out" / "runs").iterdir()
    (run / ".reserve").write_bytes(b"0")
    done = bench(tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (run / ".reserve").exists()


# ------------------------------------------------------------------ killed before a rename


def test_a_shorter_completed_retry_killed_before_its_rename_replaces_the_divergence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diverge(tmp_path)
    retry = started(tmp_path)
    append(retry, 1)
    with monkeypatch.context() as patch:
        patch.setattr(store.RunWriter, "_settle", lambda writer, outcome: None)
        retry.finish(COMPLETED)
    assert store.read_run(folder(tmp_path))["status"] == "diverged"
    assert store.unsettled_runs(tmp_path) == {folder(tmp_path).name}
    store.recover(tmp_path, folder(tmp_path).name)
    assert seen(tmp_path)[:2] == ([1], [2])
    assert store.read_run(folder(tmp_path))["status"] == "completed"
    assert store.unsettled_runs(tmp_path) == set()


def test_a_shorter_failed_retry_does_not_replace_it(tmp_path: Path) -> None:
    diverge(tmp_path)
    retry = started(tmp_path)
    append(retry, 1)
    retry.finish(RunOutcome(status="failed", error="boom", started_at=NOW, ended_at=NOW))
    assert seen(tmp_path)[0] == [1, 2]
    assert not beside(folder(tmp_path))[0].exists()


# ------------------------------------------------------------------------------ damage


@pytest.mark.parametrize("name", ["epochs", "steps"])
@pytest.mark.parametrize("damage", ["half", "empty", "text", "missing", "magic alone"])
def test_damaged_files_of_runs_that_have_ended_are_found(
    tmp_path: Path, name: str, damage: str
) -> None:
    store.open_sweep(tmp_path, sweep_plan(plan()))
    writer = started(tmp_path)
    append(writer, 1, 2)
    writer.finish(COMPLETED)
    run_id = folder(tmp_path).name
    states = store.read_states(tmp_path, [run_id])
    assert store.damaged_runs(tmp_path, states) == set()
    file = folder(tmp_path) / f"{name}.parquet"
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        half = content[: len(content) // 2]
        torn = {"half": half, "empty": b"", "text": b"hello", "magic alone": b"PAR1"}
        file.write_bytes(torn[damage])
    expected = set() if (name, damage) == ("steps", "missing") else {run_id}
    assert store.damaged_runs(tmp_path, states) == expected


def test_gathered_runs_are_not_taken_for_damaged(tmp_path: Path) -> None:
    writer = started(tmp_path)
    append(writer, 1, 2)
    writer.finish(COMPLETED)
    assert store.compact(tmp_path).gathered == 1
    states = store.read_states(tmp_path, [folder(tmp_path).name])
    assert store.damaged_runs(tmp_path, states) == set()
    assert len(pq.read_table(tmp_path / "compact" / "runs-0001.parquet")) == 1
