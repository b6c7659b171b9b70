"""A sweep that adds seeds until its verdicts are given, killed and started again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from bench import report, store
from tests.survival.sweeps import bench_run, check_equal, command

GRID = """
name: growing
epochs: 1
seeds: {until: decided, at_most: 5}
margin: 0.001
batch_size: 50
subset: 400
quality: {features: classifier, samples: 300}
variants:
  - gan
  - {name: gan, label: close, generator_lr: 2.1e-4}
  - {name: gan, label: clear, generator_lr: 1.0e-2}
"""


def seeds(out: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for run in json.loads((out / "sweep.json").read_text())["runs"]:
        found.setdefault(run["label"], []).append(run["seed"])
    return found


@pytest.mark.slow
def test_a_killed_sweep_comes_to_the_same_verdicts(tmp_path: Path) -> None:
    grid = tmp_path / "growing.yaml"
    grid.write_text(GRID)
    whole = tmp_path / "whole"
    started = time.monotonic()
    done = bench_run(str(grid), whole)
    seconds = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    assert seeds(whole) == {"gan": [0, 1, 2, 3, 4], "close": [0, 1, 2, 3, 4], "clear": [0, 1, 2]}
    dice = random.Random(5)
    killed = tmp_path / "killed"
    for _ in range(5):
        process = subprocess.Popen(
            command(str(grid), killed), start_new_session=True, stderr=subprocess.DEVNULL
        )
        time.sleep(dice.uniform(0.3, 1) * seconds)
        os.killpg(process.pid, 9)
        process.wait()
    done = bench_run(str(grid), killed)
    assert done.returncode == 0, done.stderr
    assert seeds(killed) == seeds(whole)
    check_equal(killed, whole)
    assert report.progress(store.read_sweep(killed)) == report.progress(store.read_sweep(whole))
