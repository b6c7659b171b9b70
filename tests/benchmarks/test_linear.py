"""Costs grow in proportion: twice the images, batches or runs take twice as long.

The slope of log time over log size; 1 is proportional. For a sweep it
is the cost of the later runs divided by that of the earlier ones, since a sweep has a start.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.epochs import data_of, dcgan_run, epochs_of
from tests.benchmarks.table import Line

ROUNDS = 5
PROPORTIONAL = 1.1


def _epochs(batch_size: int, batches: int) -> Iterator[object]:
    """Epochs of ``batches`` batches, one per step of the iterator."""
    run = dcgan_run(batch_size, batch_size * batches)
    epochs = epochs_of(run, data_of(run))
    next(epochs)
    return epochs


@pytest.mark.parametrize(
    ("what", "sizes"),
    [
        ("images, 8 batches", [(32, 8), (64, 8), (128, 8), (256, 8)]),
        ("batches of 64", [(64, 4), (64, 8), (64, 16), (64, 32)]),
    ],
    ids=["images", "batches"],
)
def test_an_epoch(benchmark, record, what: str, sizes: list[tuple[int, int]]) -> None:
    sides = {batch_size * batches: _epochs(batch_size, batches) for batch_size, batches in sizes}
    slopes: list[float] = []

    def all_sizes() -> None:
        seconds = []
        for epochs in sides.values():
            start = time.perf_counter()
            next(epochs)
            seconds.append(time.perf_counter() - start)
        slopes.append(float(np.polyfit(np.log(list(sides)), np.log(seconds), 1)[0]))

    benchmark.pedantic(all_sizes, rounds=ROUNDS)
    record(
        Line(f"slope of an epoch's time over {what}", "proportional", slopes, at_most=PROPORTIONAL)
    )


_GRID = """
name: tiny
variants: [{name: dcgan, width_factor: 0.25}]
batch_size: 64
subset: 1280
epochs: 2
quality: {features: "off"}
"""


def test_a_sweep(benchmark, record, tmp_path: Path) -> None:
    few, some, many = 2, 4, 8
    prices: list[float] = []

    def sweep(runs: int) -> float:
        command = [sys.executable, "-m", "bench", "run", "--grid", str(path), "--seeds"]
        command += [f"0-{runs - 1}", "--device", "cpu", "-q", "--out", str(tmp_path / next(names))]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start

    def all_sizes() -> None:
        first, second, third = sweep(few), sweep(some), sweep(many)
        prices.append(((third - second) / (many - some)) / ((second - first) / (some - few)))

    path = tmp_path / "tiny.yaml"
    path.write_text(_GRID)
    names = map(str, itertools.count())
    benchmark.pedantic(all_sizes, rounds=3)
    assert statistics.median(prices) > 0
    record(Line("a later run of a sweep", "an earlier one", prices, at_most=1.3))
