"""Large sweeps: the time of status and report per run does not grow with the number of runs.

The targets are for 5,000 runs of 100 epochs of 500 steps: status in 3 s, a report in 60 s and
4 GB. Steps are read only for the runs in figures, whose number is limited, so everything else
must not grow faster than the number of runs.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench import store
from bench.report.data import SweepData
from bench.report.findings import all_findings
from bench.report.tables import all_tables
from bench.status import read_status
from tests.store.sweeps import write_large

FEW, MANY = 250, 1000
CONFIGURATIONS = 25
LINEAR = 1.3


@pytest.fixture(scope="module", params=["in their own folders", "gathered"])
def sweeps(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Path]]:
    """How the runs are stored, a sweep with few of them, and one with four times as many."""
    folder = tmp_path_factory.mktemp("scale")
    few, many = (
        write_large(
            folder / str(runs),
            CONFIGURATIONS,
            runs // CONFIGURATIONS,
            epochs=100,
            steps=50,
            every=50,
        )
        for runs in (FEW, MANY)
    )
    if request.param == "gathered":
        for path in (few, many):
            store.compact(path)
    yield request.param, few, many
    shutil.rmtree(folder)


def _tables_and_findings(path: Path) -> None:
    data = SweepData(store.read_sweep(path))
    all_tables(data)
    all_findings(data)


@pytest.mark.parametrize(
    ("what", "work"),
    [
        ("status", read_status),
        ("reading", store.read_sweep),
        ("tables and findings", _tables_and_findings),
    ],
)
def test_work_is_linear_in_the_runs(
    compare, sweeps: tuple[str, Path, Path], what: str, work: Callable[[Path], object]
) -> None:
    where, few, many = sweeps

    def four_times() -> None:
        for _ in range(MANY // FEW):
            work(few)

    compare(
        f"{what} of {MANY} runs {where}",
        lambda: work(many),
        f"{MANY // FEW} times that of {FEW}",
        four_times,
        at_most=LINEAR,
    )
