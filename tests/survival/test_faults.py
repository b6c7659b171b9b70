"""Whatever happens to a run: one row reports it, the other runs complete, and it can resume.

A real ``bench run`` in which the second run misbehaves after its first epoch.
"""

from __future__ import annotations

import itertools
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bench import cli, store
from tests.survival.conftest import Undisturbed
from tests.survival.sweeps import bench_run, check_equal, command

GRID = """
name: faults
dataset: ring
steps: 60
steps_per_epoch: 20
samples_every: 10
quality: {{features: "off"}}
batch_size: 16
variants:
  - {{name: mixture-gan, label: before, generator_width: 8, critic_width: 8}}
  - {{name: faulty, label: victim, until: "{flag}", grandchildren: "{mark}", {fault}}}
  - {{name: mixture-gan, label: after, generator_width: 8, critic_width: 9}}
"""

# What happens to the run, its status, part of its error, and how it is retried.
FAULTS = {
    "hang": ("fault: hang, timeout: 4s", "timed_out", "timeout of 4 s", "timed_out"),
    "holds the interpreter": (
        "fault: hold-interpreter, timeout: 4s",
        "timed_out",
        "timeout of 4 s",
        "timed_out",
    ),
    "host memory": (
        "fault: hungry, max_host_memory: 1GB",
        "out_of_memory",
        "more than max_host_memory of 1 GB",
        "oom",
    ),
    "host memory of a grandchild": (
        "fault: hungry-grandchild, max_host_memory: 1GB",
        "out_of_memory",
        "more than max_host_memory of 1 GB",
        "oom",
    ),
    "CUDA memory": ("fault: cuda-oom", "out_of_memory", "CUDA out of memory", "oom"),
    "segfault": ("fault: segfault", "failed", "SIGSEGV", "failed"),
    "exit without a result": ("fault: exit", "failed", "exit status 0", "failed"),
    "kill -9": ("fault: kill", "failed", "SIGKILL", "failed"),
    "exception": ("fault: raise", "failed", "the critic is on strike", "failed"),
    "NaN": ("fault: nan", "diverged", "was not finite at step", "diverged"),
}


# The others are similar and as quick, but each is a sweep; ``tox -e survival`` has them all.
_ALWAYS = {"segfault"}


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(
    "fault",
    [pytest.param(f, marks=[] if f in _ALWAYS else [pytest.mark.slow]) for f in FAULTS],
)
def test_a_fault_costs_its_run_the_epoch_in_progress(
    fault: str, tmp_path: Path, write_grid: object
) -> None:
    fields, status, sentence, retry = FAULTS[fault]
    flag, mark, out = tmp_path / "fixed", f"grandchild of {tmp_path}", tmp_path / "faults"
    text = GRID.format(flag=flag, mark=mark, fault=fields)
    grid: str = write_grid(text, "faults.yaml")  # type: ignore[operator]
    done = bench_run(grid, out)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    rows = rows_of(out)
    assert {label: row["status"] for label, row in rows.items()} == {
        "before": "completed",
        "victim": status,
        "after": "completed",
    }
    assert sentence in rows["victim"]["error"]
    assert "\n" not in rows["victim"]["error"]
    assert sentence in done.stderr
    kept = 1 if status != "diverged" else 2  # the diverged epoch is kept for inspection
    assert rows["victim"]["epochs"] == kept
    assert not grandchildren(mark)

    again = bench_run(grid, out)
    assert again.returncode == 1, "it is retried only on request"
    assert rows_of(out) == rows
    flag.touch()
    fixed = bench_run(grid, out, "--retry", retry)
    assert fixed.returncode == 0, fixed.stderr
    victim = rows_of(out)["victim"]
    assert (victim["status"], victim["error"], victim["attempts"]) == ("completed", None, 2)
    assert victim["resumed_epochs"] == (1 if status != "diverged" else 0)
    results = store.read_sweep(out)
    epochs = results.epochs[results.epochs["label"] == "victim"]
    assert epochs["epoch"].tolist() == [1, 2, 3]
    steps = results.steps([victim["run_id"]])
    assert steps["step"].tolist() == list(range(1, 61))
    assert not grandchildren(mark)


def rows_of(out: Path) -> dict[str, dict[str, object]]:
    rows = [pq.read_table(path).to_pylist() for path in out.glob("runs/*/run.parquet")]
    assert all(len(row) == 1 for row in rows)
    assert len(rows) == 3
    return {row["label"]: row for (row,) in rows}


def grandchildren(mark: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])]


# ------------------------------------------------------------------------------- disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(options, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_loses_nothing_and_with_space_the_sweep_resumes(
    undisturbed: Undisturbed, small_disk: Path
) -> None:
    out = small_disk / "small"
    ballast = small_disk / "ballast"
    with subprocess.Popen(command(undisturbed.grid, out), stderr=subprocess.PIPE) as process:
        while not list(out.glob("runs/*/parts/epochs-*.parquet")):
            assert process.poll() is None
            time.sleep(0.02)
        _fill(ballast)
        assert process.stderr is not None
        told = process.stderr.read().decode()
    assert process.returncode == 1, told
    assert "No space left to write" in told
    assert "Traceback" not in told
    results = store.read_sweep(out)
    assert results.runs["status"].isin(["interrupted", "completed"]).all()
    assert len(results.epochs) >= 1
    rows = results.runs.set_index("run_id")
    first = results.epochs["run_id"].iloc[0]
    assert "No space left" in (rows.loc[first, "error"] or "No space left")

    ballast.unlink()
    shutil.rmtree(small_disk / "elsewhere", ignore_errors=True)
    done = bench_run(undisturbed.grid, out)
    assert done.returncode == 0, done.stderr
    check_equal(out, undisturbed.results)


def _fill(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(handle, b"\0" * 4096)
    except OSError:
        return
    finally:
        os.close(handle)


@pytest.mark.slow
def test_a_file_size_limit_costs_the_runs_it_hits_and_no_other(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """Checkpoints over the limit are left out; the results are far below it."""
    out = tmp_path / "small"

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    done = subprocess.run(
        command(undisturbed.grid, out),
        preexec_fn=limited,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    check_equal(out, undisturbed.results)


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_refused_before_anything_starts(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
    if os.geteuid() != 0:
        folder.chmod(0o500)
    elif subprocess.run(mounted, check=False, capture_output=True).returncode:
        pytest.skip("root writes everywhere, and no file system can be mounted here")
    try:
        started = time.monotonic()
        done = bench_run(undisturbed.grid, folder / "small")
        assert done.returncode == 2
        assert "choose another folder with --out" in done.stderr
        assert "Traceback" not in done.stderr
        assert time.monotonic() - started < 10
        assert not list(folder.iterdir())
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", str(folder)], check=True)


# ------------------------------------------------------------------------------ damage


def interrupted(undisturbed: Undisturbed, out: Path) -> Path:
    """Kills a sweep in its first run after an epoch or more; returns that run's folder."""
    with subprocess.Popen(command(undisturbed.grid, out), start_new_session=True) as process:
        while not list(out.glob("runs/*/checkpoint-*.pt")):
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
    (checkpoint,) = out.glob("runs/*/checkpoint-*.pt")
    return checkpoint.parent


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        "checkpoint",
        "epoch",
        "steps",
        "row",
    ],
)
def test_damaged_files_are_set_aside_and_what_they_held_is_trained_again(
    undisturbed: Undisturbed, tmp_path: Path, damage: str
) -> None:
    out = tmp_path / "small"
    run = interrupted(undisturbed, out)
    (victim, *_) = sorted(
        run.glob(
            {
                "checkpoint": "checkpoint-*.pt",
                "epoch": "parts/epochs-*.parquet",
                "steps": "parts/steps-*.parquet",
                "row": "run.parquet",
            }[damage]
        )
    )
    whole = victim.read_bytes()
    victim.write_bytes(whole[: len(whole) // 2])
    told = subprocess.run(
        [part for part in command(undisturbed.grid, out) if part != "-q"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert told.returncode == 0, told.stderr
    assert f"{victim.name} of {run.name} was damaged and is set aside" in told.stderr
    if damage != "checkpoint":  # without one the run is done again, and its folder replaced
        assert victim.with_name(f"{victim.name}.torn").exists() or not victim.parent.exists()
    for torn in out.rglob("*.torn"):
        torn.unlink()
    check_equal(out, undisturbed.results)


def test_a_clock_set_back_changes_no_duration_and_breaks_nothing(
    tmp_path: Path, write_grid: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each reading the date is an hour earlier; nothing measured is derived from it."""
    looks = itertools.count()

    class Back(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(hours=next(looks))

    for module in ("bench.sweep", "bench.executors.local"):
        monkeypatch.setattr(f"{module}.datetime", Back)
    text = GRID.format(flag="", mark="", fault="fault: none").replace("faulty", "mixture-gan")
    text = "\n".join(line for line in text.splitlines() if "victim" not in line)
    grid: str = write_grid(text, "clock.yaml")  # type: ignore[operator]
    out = tmp_path / "clock"
    result = CliRunner().invoke(cli.app, ["run", "-g", grid, "--out", str(out), "-q"])
    assert result.exit_code == 0, result.output
    assert next(looks) > 1
    results = store.read_sweep(out)
    assert results.runs["status"].eq("completed").all()
    assert (results.runs["ended_at"] >= results.runs["started_at"]).all()
    assert (results.epochs["train_seconds"] > 0).all()
    for _, epochs in results.epochs.groupby("run_id"):
        assert epochs["elapsed_seconds"].is_monotonic_increasing
