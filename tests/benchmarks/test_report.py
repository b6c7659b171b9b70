"""The report of 24 configurations of ten seeds and 100 epochs: in half a minute, on two cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from bench import report
from tests.benchmarks.table import Line
from tests.report.large import write_large

MOST_SECONDS = 30.0
ROUNDS = 2


def test_a_large_report(benchmark, record: Callable[[Line], None], tmp_path: Path) -> None:
    sweep = write_large(tmp_path / "large")
    ratios: list[float] = []

    def write() -> None:
        start = time.perf_counter()
        report.write(sweep, tmp_path / "out")
        ratios.append((time.perf_counter() - start) / MOST_SECONDS)

    benchmark.pedantic(write, rounds=ROUNDS)
    record(Line("report of 24 configurations × 10 seeds × 100 epochs", "30 s", ratios, at_most=1.0))
