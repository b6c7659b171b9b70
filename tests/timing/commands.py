"""Small sweeps whose configurations are timed, with turns of a fiftieth of a second."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.survival.sweeps import command

GRID = """
name: timed
epochs: 2
seeds: [0]
batch_size: 16
subset: 640
quality: off
variants:
  - {name: dcgan-tutorial, label: one, width_factor: 0.2}
  - {name: dcgan-tutorial, label: two, width_factor: 0.1}
"""
THIRD = "  - {name: dcgan-tutorial, label: three, width_factor: 0.15}\n"
SHORT = "0.02"


def environment(turn: str = SHORT) -> dict[str, str]:
    return os.environ | {"GAN_BENCH_TIMING_SECONDS": turn, "NO_COLOR": "1"}


def run(grid: Path, out: Path, *options: str) -> str:
    """One ``bench run`` to its end; what it says on the way."""
    words = [word for word in command(str(grid), out, *options) if word != "-q"]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=300, env=environment()
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def plan(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "sweep.json").read_text())
    return found


def turns(out: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / "timing.parquet").to_pylist()
    return found


def losses(out: Path) -> dict[str, Any]:
    """By run, the losses of every step."""
    files = sorted(out.glob("runs/*/steps.parquet"))
    columns = ["step", "critic_loss", "generator_loss"]
    return {path.parent.name: pq.read_table(path, columns=columns) for path in files}
