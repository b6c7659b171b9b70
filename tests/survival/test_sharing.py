"""Several ``bench run`` on one results folder: each run happens exactly once."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from bench import store
from tests.survival.conftest import Undisturbed
from tests.survival.sweeps import bench_run, check_equal, command


@pytest.mark.parametrize("count", [2, 4])
def test_they_share_the_runs(undisturbed: Undisturbed, tmp_path: Path, count: int) -> None:
    out = tmp_path / "small"
    together = [
        subprocess.Popen(command(undisturbed.grid, out), stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    for process in together:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    runs = store.read_sweep(out).runs
    assert len(runs) == 4
    assert runs["attempts"].tolist() == [1] * 4
    check_equal(out, undisturbed.results)


def test_what_a_killed_one_leaves_is_taken_over_by_one_that_waits(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    first = subprocess.Popen(
        command(undisturbed.grid, out, "--seeds", "0", "--set", "epochs=400", "--set", "name=small")
    )
    _wait_for_an_epoch(out)
    bench = psutil.Process(first.pid)
    held = set(store.holders(out))
    assert held
    second = subprocess.Popen(
        [*command(undisturbed.grid, out, "--seeds", "0")[:-3], "--seeds", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(8)
    assert second.poll() is None, "it waits for the run that the other one has"
    bench.kill()
    first.wait()
    _, told = second.communicate(timeout=120)
    assert second.returncode == 0, told
    assert "another bench run (process" in told
    runs = store.read_sweep(out).runs
    assert runs["status"].tolist() == ["completed", "completed"]


def _wait_for_an_epoch(out: Path) -> None:
    deadline = time.monotonic() + 60
    while not list(out.glob("runs/*/parts/epochs-*.parquet")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_finished_sweep_is_left_alone(undisturbed: Undisturbed) -> None:
    before = {p: p.stat().st_mtime_ns for p in undisturbed.results.rglob("*.parquet")}
    done = bench_run(undisturbed.grid, undisturbed.results)
    assert done.returncode == 0, done.stderr
    assert {p: p.stat().st_mtime_ns for p in undisturbed.results.rglob("*.parquet")} == before
