"""One small undisturbed sweep, to compare the others with."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.survival.sweeps import GRID, bench_run


class Undisturbed(NamedTuple):
    """A grid's file, its results, and the seconds they took with everything cached."""

    grid: str
    results: Path
    seconds: float


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    grid = folder / "small.yaml"
    grid.write_text(GRID)
    prepared = bench_run(str(grid), folder / "prepared", "--smoke")  # fills the caches
    assert prepared.returncode == 0, prepared.stderr
    started = time.monotonic()
    done = bench_run(str(grid), folder / "whole")
    assert done.returncode == 0, done.stderr
    return Undisturbed(str(grid), folder / "whole", time.monotonic() - started)
