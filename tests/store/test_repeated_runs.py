"""Which of a run's attempts readers see, finished or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import store
from bench.measures import RunOutcome
from tests.store.one_run import NOW, epoch, plan, write


def test_an_unfinished_run_reads_as_interrupted_with_its_epochs(tmp_path: Path) -> None:
    write(tmp_path / "s", epochs=2, finish=False)
    results = store.read_sweep(tmp_path / "s")
    assert results.runs["status"].tolist() == ["interrupted"]
    assert results.epochs["epoch"].tolist() == [1, 2]
    assert len(results.steps()) == 6


def test_steps_of_an_epoch_that_was_not_committed_do_not_count(tmp_path: Path) -> None:
    run = write(tmp_path / "s", finish=False)
    (run / "parts" / "epochs-000002.parquet").unlink()
    results = store.read_sweep(tmp_path / "s")
    assert results.epochs["epoch"].tolist() == [1]
    assert results.steps()["epoch"].unique().tolist() == [1]


def _again(path: Path, epochs: int) -> store.RunWriter:
    writer = store.RunWriter(path, plan(), started_at=NOW)
    writer.begin()
    for number in range(1, epochs + 1):
        writer.append(epoch(number))
    return writer


@pytest.mark.parametrize("finished", [True, False])
def test_a_repeated_run_replaces_the_earlier_one_when_it_has_as_many_epochs(
    tmp_path: Path, finished: bool
) -> None:
    write(tmp_path, epochs=2, finish=finished)
    writer = _again(tmp_path, 3)
    assert store.read_sweep(tmp_path).epochs["epoch"].tolist() == [1, 2], "only once it ends"
    writer.finish(RunOutcome(status="completed", started_at=NOW, ended_at=NOW))
    results = store.read_sweep(tmp_path)
    assert results.epochs["epoch"].tolist() == [1, 2, 3]
    assert results.runs["attempts"].tolist() == [2]
    assert [p.name for p in (tmp_path / "runs").iterdir()] == [plan().run_id]


def test_a_repeated_run_with_fewer_epochs_leaves_the_earlier_one(tmp_path: Path) -> None:
    write(tmp_path, epochs=2)
    _again(tmp_path, 1)  # killed: never finished
    assert store.read_sweep(tmp_path).runs["status"].tolist() == ["completed"]
    writer = _again(tmp_path, 1)
    writer.finish(RunOutcome(status="failed", error="x", started_at=NOW, ended_at=NOW))
    results = store.read_sweep(tmp_path)
    assert results.runs["status"].tolist() == ["completed"]
    assert results.epochs["epoch"].tolist() == [1, 2]
    assert [p.name for p in (tmp_path / "runs").iterdir()] == [plan().run_id]


def test_a_run_without_epochs_starts_over(tmp_path: Path) -> None:
    run = write(tmp_path, epochs=0, finish=False)
    (run / "leftover").write_text("")
    store.RunWriter(tmp_path, plan(), started_at=NOW).begin()
    assert {p.name for p in run.iterdir()} == {"run.parquet", ".reserve"}


def test_labels_follow_the_current_grid(tmp_path: Path) -> None:
    write(tmp_path)
    store.open_sweep(
        tmp_path, store.SweepPlan("sweep", None, "renamed", "x", (plan(label="renamed"),))
    )
    results = store.read_sweep(tmp_path)
    assert results.runs["label"].tolist() == ["renamed"]
    assert results.epochs["label"].unique().tolist() == ["renamed"]
    assert results.runs["baseline"].tolist() == [True]
