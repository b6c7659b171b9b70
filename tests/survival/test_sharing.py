"""Several ``bench run`` on one results folder: each run happens exactly once."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from bench import store
from tests.survival.conftest import Undisturbed
from tests.survival.sweeps import bench_run, check_equal, command


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 4])
def test_each_run_is_executed_once(undisturbed: Undisturbed, tmp_path: Path, count: int) -> None:
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


@pytest.mark.slow
def test_a_waiting_sweep_takes_over_what_a_killed_one_leaves(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    out, heard = tmp_path / "small", tmp_path / "heard.txt"
    first = subprocess.Popen(command(undisturbed.grid, out, "--seeds", "0", "--epochs", "400"))
    _wait_for_an_epoch(out)
    assert store.holders(out)
    aloud = [part for part in command(undisturbed.grid, out, "--seeds", "0") if part != "-q"]
    with heard.open("w") as file, subprocess.Popen(aloud, stdout=file, stderr=file) as second:
        deadline = time.monotonic() + 60
        while f"another bench run (process {first.pid} on " not in heard.read_text():
            assert second.poll() is None, "it waits for the other one's run"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        first.kill()
        first.wait()
        assert second.wait(timeout=120) == 0, heard.read_text()
    assert store.read_sweep(out).runs["status"].tolist() == ["completed", "completed"]


def _wait_for_an_epoch(out: Path) -> None:
    deadline = time.monotonic() + 60
    while not list(out.glob("runs/*/parts/epochs-*.parquet")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_a_finished_sweep_is_left_alone(undisturbed: Undisturbed) -> None:
    before = {p: p.stat().st_mtime_ns for p in undisturbed.results.rglob("*.parquet")}
    done = bench_run(undisturbed.grid, undisturbed.results)
    assert done.returncode == 0, done.stderr
    assert {p: p.stat().st_mtime_ns for p in undisturbed.results.rglob("*.parquet")} == before
