"""How a writer resumes or repeats a run, and what readers see meanwhile."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bench import store
from bench.errors import ResultsError
from bench.measures import RunOutcome
from bench.store.rows import beside, read_rows
from tests.store.one_run import NOW, epoch, plan, setup, sweep_plan

RUN = plan(seed=0)
COMPLETED = RunOutcome(status="completed", started_at=NOW, ended_at=NOW)
FAILED = RunOutcome(status="failed", error="boom", started_at=NOW, ended_at=NOW)


def checkpoint(number: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("epoch", str(number))
    return sink.getvalue()


def started(path: Path, *, resumed: int | None = None) -> store.RunWriter:
    """A writer that knows from training after how many epochs the run resumes."""
    store.open_sweep(path, sweep_plan(RUN))
    writer = store.RunWriter(path, RUN, started_at=NOW)
    writer.begin()
    made = writer.resumed_epochs if resumed is None else resumed
    writer.set_up(replace(setup(gpu=False), resumed_epochs=made))
    return writer


def append(writer: store.RunWriter, *numbers: int, kept: tuple[int, ...] = ()) -> None:
    for number in numbers:
        result = epoch(number)
        if number in kept:
            result = replace(result, checkpoint=checkpoint(number))
        writer.append(result)
        writer.keep_checkpoint(result)


def seen(path: Path) -> tuple[list[int], list[int], list[int]]:
    """Epochs, the attempt that made each, and steps, as a reader finds them."""
    results = store.read_sweep(path)
    steps = results.steps()["step"].tolist()
    return results.epochs["epoch"].tolist(), results.epochs["attempt"].tolist(), steps


def folder(path: Path) -> Path:
    return path / "runs" / RUN.run_id


# --------------------------------------------------------------------------- resuming


def test_a_run_resumes_from_its_checkpoint_and_later_epochs_are_replaced(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2, 3, kept=(1, 2))
    writer = started(tmp_path)
    assert (writer.resumed_epochs, writer.attempt) == (2, 2)
    assert writer.folder == folder(tmp_path)
    assert seen(tmp_path) == ([1, 2, 3], [1, 1, 1], list(range(1, 10))), "until it is made again"
    append(writer, 3)
    assert seen(tmp_path) == ([1, 2, 3], [1, 1, 2], list(range(1, 10)))
    append(writer, 4)
    writer.finish(COMPLETED)
    assert seen(tmp_path) == ([1, 2, 3, 4], [1, 1, 2, 2], list(range(1, 13)))
    row = store.read_run(folder(tmp_path))
    assert (row["attempts"], row["status"], row["resumed_epochs"]) == (2, "completed", 2)
    assert not list(folder(tmp_path).glob("checkpoint-*"))
    assert not (folder(tmp_path) / "parts").exists()


def test_epochs_committed_since_replace_those_put_into_one_file(tmp_path: Path) -> None:
    writer = started(tmp_path)
    append(writer, 1, 2, 3, kept=(1,))
    writer.finish(FAILED)
    writer = started(tmp_path)
    append(writer, 2)
    assert (folder(tmp_path) / "epochs.parquet").exists()
    assert read_rows(folder(tmp_path), "epochs")["attempt"].to_pylist() == [1, 2, 1]
    steps = read_rows(folder(tmp_path), "steps")
    assert steps["step"].to_pylist() == list(range(1, 10))
    assert steps["epoch"].to_pylist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_an_attempt_counts_however_it_ends(tmp_path: Path) -> None:
    append(started(tmp_path), 1, kept=(1,))
    append(started(tmp_path), 2, kept=(2,))
    writer = started(tmp_path)
    assert writer.attempt == 3
    writer.finish(FAILED)
    assert store.read_run(folder(tmp_path))["attempts"] == 3
    assert started(tmp_path).attempt == 4


# ------------------------------------------------------------------------- done again


@pytest.mark.parametrize("resumed", [0, 1, 2])
def test_a_run_that_another_machine_takes_over_is_a_further_attempt(
    tmp_path: Path, resumed: int
) -> None:
    """Whether it resumes after the last epoch, before it, or starts over."""
    writer = started(tmp_path)
    append(writer, 1, 2, kept=(1, 2))
    writer.set_up(replace(setup(gpu=False), resumed_epochs=resumed))
    append(writer, *range(resumed + 1, 4))
    writer.finish(COMPLETED)
    assert seen(tmp_path)[:2] == ([1, 2, 3], [1] * resumed + [2] * (3 - resumed))
    row = store.read_run(folder(tmp_path))
    assert (row["attempts"], row["resumed_epochs"]) == (2, resumed)


def test_without_a_checkpoint_a_run_is_repeated_beside_its_epochs(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2)
    again = started(tmp_path)
    assert (again.resumed_epochs, again.attempt) == (0, 2)
    append(again, 1)
    assert seen(tmp_path) == ([1, 2], [1, 1], list(range(1, 7))), "the earlier ones"
    assert store.read_run(folder(tmp_path))["attempts"] == 2
    append(again, 2)
    again.finish(COMPLETED)
    assert seen(tmp_path) == ([1, 2], [2, 2], list(range(1, 7)))
    assert [p.name for p in (tmp_path / "runs").iterdir()] == [RUN.run_id]


def test_a_repeated_run_resumes_from_its_own_checkpoint(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2, 3)
    append(started(tmp_path), 1, 2, kept=(2,))
    writer = started(tmp_path)
    assert (writer.resumed_epochs, writer.attempt) == (2, 3)
    append(writer, 3)
    writer.finish(COMPLETED)
    assert seen(tmp_path) == ([1, 2, 3], [2, 2, 3], list(range(1, 10)))


def test_a_repeated_run_that_is_interrupted_resumes_there(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2, 3)
    again = started(tmp_path)
    append(again, 1, 2, kept=(2,))
    again.finish(RunOutcome(status="interrupted", error="asked", started_at=NOW, ended_at=NOW))
    assert seen(tmp_path)[1] == [1, 1, 1], "until it has gone as far"
    further = started(tmp_path)
    assert (further.resumed_epochs, further.attempt) == (2, 3)
    append(further, 3)
    further.finish(COMPLETED)
    assert seen(tmp_path)[1] == [2, 2, 3]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [RUN.run_id]


def diverge(path: Path) -> None:
    """A run whose loss was not finite in its second epoch."""
    writer = started(path)
    append(writer, 1)
    last = epoch(2)
    broken = {**last.record.scalars, "critic_loss": float("inf")}
    writer.append(replace(last, record=replace(last.record, scalars=broken)))
    writer.finish(RunOutcome(status="diverged", error="inf", started_at=NOW, ended_at=NOW))


def test_a_completed_retry_replaces_a_divergence_that_went_further(tmp_path: Path) -> None:
    diverge(tmp_path)
    writer = started(tmp_path)
    append(writer, 1)
    writer.finish(COMPLETED)
    assert seen(tmp_path)[:2] == ([1], [2])
    assert store.read_run(folder(tmp_path))["status"] == "completed"


def test_a_repeated_run_with_fewer_epochs_records_how_it_ended(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2)
    again = started(tmp_path)
    again.log("traceback\n")
    append(again, 1)
    again.finish(FAILED)
    assert seen(tmp_path)[:2] == ([1, 2], [1, 1])
    row = store.read_run(folder(tmp_path))
    assert (row["status"], row["error"], row["attempts"], row["epochs"]) == ("failed", "boom", 2, 0)
    assert (folder(tmp_path) / "log.txt").read_text() == "traceback\n"


def test_a_checkpoint_that_training_cannot_use_is_ignored(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2, kept=(2,))
    writer = started(tmp_path, resumed=0)
    assert writer.resumed_epochs == 0
    assert writer.folder == beside(folder(tmp_path))[0]
    append(writer, 1)
    assert seen(tmp_path)[0] == [1, 2]
    append(writer, 2)
    writer.finish(COMPLETED)
    assert seen(tmp_path) == ([1, 2], [2, 2], list(range(1, 7)))
    assert not list(folder(tmp_path).glob("checkpoint-*"))


def test_a_run_whose_epochs_are_all_there_is_completed(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2, kept=(2,))
    writer = store.RunWriter(tmp_path, RUN, started_at=NOW)
    assert writer.has_all
    writer.complete()
    row = store.read_run(folder(tmp_path))
    assert (row["status"], row["error"], row["attempts"], row["epochs"]) == (
        "completed",
        None,
        1,
        2,
    )
    assert seen(tmp_path) == ([1, 2], [1, 1], list(range(1, 7)))


def test_a_run_that_diverged_in_its_last_epoch_is_not_completed(tmp_path: Path) -> None:
    writer = started(tmp_path)
    append(writer, 1, kept=(1,))
    last = epoch(2)
    broken = {**last.record.scalars, "generator_loss": float("nan")}
    writer.append(replace(last, record=replace(last.record, scalars=broken)))
    killed = store.RunWriter(tmp_path, RUN, started_at=NOW)
    assert (killed.has_all, killed.resumed_epochs) == (False, 1)
    writer.finish(RunOutcome(status="diverged", error="NaN", started_at=NOW, ended_at=NOW))
    retried = store.RunWriter(tmp_path, RUN, started_at=NOW)
    assert (retried.has_all, retried.resumed_epochs) == (False, 0)


# ------------------------------------------------------------------------------ damage


@pytest.mark.parametrize("kind", ["steps", "epochs"])
def test_half_an_epoch_is_none(tmp_path: Path, kind: str) -> None:
    append(started(tmp_path), 1, 2, 3, kept=(3,))
    torn = folder(tmp_path) / "parts" / f"{kind}-000002.parquet"
    torn.write_bytes(torn.read_bytes()[:200])
    with pytest.raises(ResultsError, match=rf"{kind}-000002\.parquet is torn"):
        store.read_sweep(tmp_path).steps()
    writer = started(tmp_path)
    assert [path.name for path in writer.set_aside] == [torn.name]
    assert torn.with_name(f"{torn.name}.torn").exists()
    assert writer.resumed_epochs == 0, "the checkpoint is of an epoch beyond the gap"
    append(writer, 1, 2, 3)
    writer.finish(COMPLETED)
    assert seen(tmp_path) == ([1, 2, 3], [2, 2, 2], list(range(1, 10)))


@pytest.mark.parametrize("name", ["run", "epochs", "steps"])
def test_torn_files_are_set_aside(tmp_path: Path, name: str) -> None:
    writer = started(tmp_path)
    append(writer, 1, 2, kept=(2,))
    writer.finish(FAILED)
    (folder(tmp_path) / f"{name}.parquet").write_bytes(b"PAR1")
    writer = started(tmp_path)
    assert [path.name for path in writer.set_aside] == [f"{name}.parquet"]
    # The row can be written again; a checkpoint is useless without the rows that belong to it.
    assert writer.resumed_epochs == (2 if name == "run" else 0)
    append(writer, *range(writer.resumed_epochs + 1, 4))
    writer.finish(COMPLETED)
    assert seen(tmp_path)[0] == [1, 2, 3]
    assert seen(tmp_path)[2] == list(range(1, 10))


def test_what_a_killed_write_left_is_removed_when_the_run_resumes(tmp_path: Path) -> None:
    append(started(tmp_path), 1, kept=(1,))
    before = set(folder(tmp_path).rglob("*"))
    code = """
import os, pathlib, sys
from bench.store.commit import replacing
with replacing(pathlib.Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    os._exit(9)
"""
    for name in ("checkpoint-0002.pt", "parts/steps-000002.parquet", "samples/epoch-0002.png"):
        path = folder(tmp_path) / name
        assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == 9
    assert len(set(folder(tmp_path).rglob(".*")) - before) == 3
    append(started(tmp_path), 2)
    left = set(folder(tmp_path).rglob("*")) - before
    assert {path.suffix for path in left} == {".parquet", ".png"}
    assert not [path for path in left if path.name.startswith(".")]


def test_an_epoch_whose_steps_are_lost_is_named(tmp_path: Path) -> None:
    append(started(tmp_path), 1, 2)
    (folder(tmp_path) / "parts" / "steps-000002.parquet").unlink()
    with pytest.raises(ResultsError, match=r"steps-000002\.parquet is torn"):
        store.read_sweep(tmp_path).steps()


# --------------------------------------------------------------- killed while replacing


@pytest.mark.parametrize(
    ("left", "made"),
    [
        (("final", "again"), [1, 1]),
        (("old", "again"), [2, 2]),  # the earlier one is out of the way, the next not yet in it
        (("old", "final"), [1, 1]),
        (("old",), [1, 1]),
    ],
)
def test_killed_between_two_renames_a_run_is_there(
    tmp_path: Path, left: tuple[str, ...], made: list[int]
) -> None:
    append(started(tmp_path), 1, 2)
    final = folder(tmp_path)
    old = beside(final)[1]
    if "again" in left:
        append(started(tmp_path), 1, 2)
    if "final" not in left:
        final.rename(old)
    elif "old" in left:
        shutil.copytree(final, old)
    assert seen(tmp_path) == ([1, 2], made, list(range(1, 7))), "as readers see it"
    assert list(store.read_states(tmp_path, [RUN.run_id])) == [RUN.run_id]
    store.recover(tmp_path, RUN.run_id)
    assert seen(tmp_path) == ([1, 2], made, list(range(1, 7)))
    assert not old.exists()
    assert final.exists()


def test_a_reader_between_two_removals_of_a_finished_run(tmp_path: Path) -> None:
    """The parts are removed one by one once they are in the one file; that is not damage."""
    writer = started(tmp_path)
    append(writer, 1, 2, 3)
    parts = folder(tmp_path) / "parts"
    kept = tmp_path / "kept"
    shutil.copytree(parts, kept)
    writer.finish(COMPLETED)
    names = sorted(path.name for path in kept.iterdir())
    for gone in range(len(names) + 1):
        shutil.rmtree(parts, ignore_errors=True)
        shutil.copytree(kept, parts)
        for name in names[:gone]:
            (parts / name).unlink()
        assert seen(tmp_path)[2] == list(range(1, 10))
        for name in names[:gone]:
            shutil.copy(kept / name, parts)
        for name in names[gone:]:
            (parts / name).unlink()
        assert seen(tmp_path)[2] == list(range(1, 10))


def test_every_file_is_of_this_schema_version(tmp_path: Path) -> None:
    writer = started(tmp_path)
    append(writer, 1)
    for path in tmp_path.rglob("*.parquet"):
        assert pq.read_schema(path).metadata[b"gan_bench_schema_version"] == b"2"
        assert set(pq.read_table(path)["schema_version"].to_pylist()) == {2}
