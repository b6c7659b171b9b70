"""``bench run`` times configurations before it trains, and packs their runs."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from bench import store
from tests.survival.sweeps import command
from tests.timing.commands import GRID, SHORT, THIRD, environment, losses, plan, run, turns

CORES = min(psutil.cpu_count(logical=False) or 1, len(os.sched_getaffinity(0)))

FAULTY_GRID = """
name: timed
steps: 100
steps_per_epoch: 50
dataset: ring
quality: off
variants:
  - {name: mixture-gan, label: one}
  - {name: mixture-gan, label: two, generator_width: 100}
  - {name: faulty, label: dies, fault: kill, healthy_updates: 10}
  - {name: faulty, label: nan, fault: nan, healthy_updates: 20}
"""


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    path = tmp_path / "timed.yaml"
    path.write_text(GRID)
    return path


def test_configurations_are_timed_once_and_runs_packed(grid: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run(grid, out)
    assert "Timing 2 configurations before training" in said
    assert "Timing: round 10 of" in said
    first = turns(out)
    assert {row["label"] for row in first} == {"one", "two"}
    assert {row["threads"] for row in first} == {CORES}, "as many as a run alone would have"
    assert all(row["seconds"] > 0 and row["real_images"] > 0 for row in first)
    assert plan(out)["threads"] == 1
    runs = store.read_sweep(out).runs
    assert runs["threads"].tolist() == [1, 1]
    assert runs["packed_runs"].tolist() == [min(CORES, 2)] * 2
    # More seeds and a third configuration, now with the order of the whole machine: one at a time.
    grid.write_text(GRID.replace("[0]", "[0, 1]") + THIRD)
    said = run(grid, out, "--jobs", "1")
    assert "Timing 1 configuration before training" in said
    second = turns(out)
    assert second[: len(first)] == first
    assert {row["label"] for row in second if row["session"] == 2} == {"one", "three"}
    assert store.read_sweep(out).runs["threads"].tolist() == [1] * 6, "as the sweep began"


@pytest.mark.slow
def test_a_sweep_that_was_begun_without_timing_keeps_its_threads(
    grid: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    said = run(grid, out, "--set", "timing=off")
    assert "Timing" not in said
    assert not (out / "timing.parquet").exists()
    assert plan(out)["threads"] == CORES
    run(grid, out, "--seeds", "1")
    assert len(turns(out)) >= 20
    assert store.read_sweep(out).runs["threads"].tolist() == [CORES] * 4


@pytest.mark.slow
def test_losses_do_not_depend_on_timing_or_on_what_trains_beside(
    grid: Path, tmp_path: Path
) -> None:
    """All with one thread: timed and packed, timed and alone, neither timed nor alone."""
    packed, alone, untimed = (tmp_path / name for name in ("packed", "alone", "untimed"))
    run(grid, packed, "--seeds", "0-1")
    run(grid, alone, "--seeds", "0")
    run(grid, alone, "--seeds", "0-1", "--jobs", "1")
    many = str(2 * CORES)
    run(grid, untimed, "--seeds", "0-1", "--set", "timing=off", "--jobs", many)
    expected = losses(packed)
    assert len(expected) == 4
    for other in (alone, untimed):
        assert plan(other)["threads"] == 1
        assert losses(other) == expected


@pytest.mark.slow
def test_one_process_times_and_the_other_waits_for_it(grid: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [word for word in command(str(grid), out, "--epochs", "8") if word != "-q"]
    both = [
        subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment("0.2"))
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert {row["session"] for row in turns(out)} == {1}
    assert sum("Timing: round 1 of" in text for text in said) == 1
    assert sum("Waiting for the timing of another bench run (process" in text for text in said) == 1
    assert store.read_sweep(out).runs["attempts"].tolist() == [1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_timing_that_is_cut_short_is_done_anew(
    grid: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out, heard = tmp_path / "out", tmp_path / "heard.txt"
    words = [word for word in command(str(grid), out, "--epochs", "40") if word != "-q"]
    with heard.open("w") as file:
        process = subprocess.Popen(words, stderr=file, env=environment("0.5"))
        deadline = time.monotonic() + 60
        while "Timing: round 3 of" not in heard.read_text():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        process.wait(60)
    psutil.wait_procs(family, timeout=20)
    assert not any(each.is_running() for each in family), "no process is left waiting for its turn"
    assert not (out / "timing.parquet").exists()
    assert not list(out.glob("runs/*"))
    assert plan(out)["threads"] is None
    run(grid, out)
    assert {row["session"] for row in turns(out)} == {1}
    assert store.read_sweep(out).runs["status"].tolist() == ["completed"] * 2


@pytest.mark.slow
def test_a_configuration_that_cannot_be_timed_leaves_the_others(
    faulty: None, grid: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    grid.write_text(FAULTY_GRID)
    words = [word for word in command(str(grid), out) if word != "-q"]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=300, env=environment(SHORT)
    )
    assert done.returncode == 1
    assert "“dies” could not be timed (The process died: killed by SIGKILL" in done.stderr
    assert "“nan” could not be timed (Diverged: a loss is no longer finite)" in done.stderr
    assert {row["label"] for row in turns(out) if row["round"] == 10} == {"one", "two"}
    assert sorted(store.read_sweep(out).runs["status"])[:2] == ["completed", "completed"]
