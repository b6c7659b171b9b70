"""Large sweeps: what is opened and read grows with the runs, and no faster.

Times are in tests/benchmarks/test_scale.py; here files and rows are counted.
"""

from __future__ import annotations

import builtins
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bench import store
from bench.report import figures, write
from bench.report.data import SweepData
from bench.report.data.sweep import MOST_CONFIGURATIONS
from bench.report.data.trajectories import MOST_RUNS
from bench.report.figures import curves
from bench.report.figures.pareto import MOST_NAMES
from bench.report.page import compose
from bench.status import read_status
from tests.store.sweeps import everything, same, write_large

CONFIGURATIONS = 10
EPOCHS = 5
STEPS = 20


@pytest.fixture(autouse=True)
def _no_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durability is tested elsewhere."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Finished sweeps of 50 and of 200 runs, by their runs."""
    folder = tmp_path_factory.mktemp("large")
    return {
        CONFIGURATIONS * seeds: write_large(
            folder / str(seeds), CONFIGURATIONS, seeds, epochs=EPOCHS, steps=STEPS
        )
        for seeds in (5, 20)
    }


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Counts the Parquet files opened, by what they hold."""
    opened: Counter[str] = Counter()

    def told(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            result = function(*arguments, **options)
            for path in arguments[:2]:
                if isinstance(path, str | Path) and str(path).endswith(".parquet"):
                    opened[Path(path).stem.partition("-")[0]] += 1
            return result

        return counted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pq.ParquetFile, "__init__", told(pq.ParquetFile.__init__))
        patch.setattr(io, "open", told(builtins.open))  # what pathlib opens files with
        yield opened


def test_status_opens_one_file_a_run_and_one_of_gathered_ones(sweeps: dict[int, Path]) -> None:
    for runs, path in sweeps.items():
        with counting() as opened:
            status = read_status(path)
        assert opened == {"run": runs}
        assert status.counts["completed"] == runs


def test_reading_opens_two_files_a_run_and_no_steps(sweeps: dict[int, Path]) -> None:
    for runs, path in sweeps.items():
        with counting() as opened:
            results = store.read_sweep(path)
        assert opened == {"run": runs, "epochs": runs}
        assert len(results.epochs) == runs * EPOCHS


def test_a_report_reads_the_steps_of_the_runs_it_draws(sweeps: dict[int, Path]) -> None:
    """Of 5 seeds all, of 20 the first ten."""
    for runs, path in sweeps.items():
        results = store.read_sweep(path)
        with counting() as opened:
            trajectories = SweepData(results).trajectories
        seeds = runs // CONFIGURATIONS
        assert opened == {"steps": CONFIGURATIONS * min(seeds, MOST_RUNS)}
        assert trajectories.missing == ()
        assert [t.whole for t in trajectories.found] == [seeds <= MOST_RUNS] * CONFIGURATIONS


def test_a_gathered_sweep_is_read_from_a_handful_of_files(
    sweeps: dict[int, Path], tmp_path: Path
) -> None:
    path = write_large(tmp_path / "sweep", CONFIGURATIONS, 20, epochs=EPOCHS, steps=STEPS)
    before = everything(path)
    assert store.compact(path).files == 3
    assert same(everything(path), before)
    with counting() as opened:
        read_status(path)
        store.read_sweep(path)
    assert sum(opened.values()) <= 10, opened


def test_a_report_of_many_seeds_says_whose_steps_it_shows(
    sweeps: dict[int, Path], tmp_path: Path
) -> None:
    few, many = (compose(store.read_sweep(path)) for path in sweeps.values())
    captions = [
        next(figure.caption for figure in page.figures if figure.name == "losses")
        for page in (few, many)
    ]
    assert "means over the seeds, averaged" in captions[0]
    assert "means over the first 10 seeds, averaged" in captions[1]


def test_a_report_of_many_configurations_draws_what_can_be_told_apart(tmp_path: Path) -> None:
    count = MOST_NAMES + 10
    path = write_large(tmp_path / "sweep", count, 1, epochs=2, steps=2)
    page = compose(store.read_sweep(path))
    assert len(page.tables[0].rows) == count
    assert any(
        text.startswith(f"Curves, trajectories and samples show {MOST_CONFIGURATIONS} of")
        for text in page.parts[0].omissions
    )
    (pareto,) = (figure for figure in page.figures if figure.name == "pareto-seconds")
    assert "Only the front and the baseline have names and bars." in pareto.caption
    assert b"dcgan 0" in pareto.svg
    assert b"dcgan 69" not in pareto.svg


def test_too_many_lines_of_single_runs_are_left_out(
    sweeps: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "MOST_LINES", 10)
    results = store.read_sweep(sweeps[50])
    results.runs.loc[results.runs["seed"] > 2, "status"] = "failed"
    (figure,), _ = figures.all_figures(SweepData(results), ["quality-epoch"])
    assert figure.caption.startswith(
        "FCD after each evaluated epoch. Lines: means over the seeds; bands: 95 % intervals, as in "
        "the tables. Runs that did not complete are not drawn, and the means exclude them."
    )
    assert figure.svg.count(b"stroke-opacity: 0.55") == 0


def test_a_report_of_hundreds_of_runs(sweeps: dict[int, Path], tmp_path: Path) -> None:
    paths = write(sweeps[200], tmp_path / "out")
    assert "200 runs" not in paths.page.read_text(), "nothing is missing"
    assert (tmp_path / "out" / "figures" / "losses.png").exists()
