"""A folder with runs of an earlier revision: they stay, and are never joined with newer ones."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench import store
from bench.report.data import SweepData
from bench.report.heading import banners
from bench.status import read_status
from tests.store.sweeps import open_sweep, run_plan, write_run
from tests.test_status import bench


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three seeds of a variant, then the same grid after its defaults changed, one seed trained."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    path = tmp_path / "sweep"
    earlier = [run_plan(seed) for seed in range(3)]
    assert {run.revision for run in earlier} == {None}, "as results of before have it"
    open_sweep(path, earlier)
    for run in earlier:
        write_run(path, run, "completed", 4)
    revised = [replace(run, run_id=f"dcgan-s{run.seed}-revised", revision=2) for run in earlier]
    open_sweep(path, revised)
    write_run(path, revised[0], "completed", 4)
    return path


@pytest.mark.parametrize("gathered", [False, True])
def test_a_report_has_runs_of_one_revision(folder: Path, gathered: bool) -> None:
    if gathered:
        open_sweep(folder, [run_plan(seed) for seed in range(3)])
        store.compact(folder)
        open_sweep(
            folder,
            [replace(run_plan(s), run_id=f"dcgan-s{s}-revised", revision=2) for s in range(3)],
        )
    results = store.read_sweep(folder)
    assert results.runs["run_id"].tolist() == ["dcgan-s0-revised"]
    assert results.runs["revision"].tolist() == [2]
    assert set(results.epochs["run_id"]) == {"dcgan-s0-revised"}
    assert results.unplanned == tuple(run_plan(seed).run_id for seed in range(3))
    data = SweepData(results)
    assert data.seeds("dcgan 0") == 1
    assert (
        "3 further runs in the folder, of an earlier grid or of an earlier revision of a variant, "
        "are in no table or figure."
    ) in banners(data)


def test_status_counts_them_apart_and_trains_the_new_ones(folder: Path) -> None:
    status = read_status(folder)
    assert [run.state for run in status.runs] == ["completed", "not_started", "not_started"]
    assert len(status.unplanned) == 3
    assert status.as_json()["unplanned"] == list(status.unplanned)
    shown = bench("status", str(folder), cwd=folder.parent).stdout
    assert "3 further runs in the folder, of an earlier grid or revision of a variant." in shown


def test_the_earlier_grid_still_reports_the_earlier_runs(folder: Path) -> None:
    open_sweep(folder, [run_plan(seed) for seed in range(3)])
    results = store.read_sweep(folder)
    assert len(results.runs) == 3
    assert results.runs["revision"].isna().all()
    assert results.unplanned == ("dcgan-s0-revised",)


def test_a_folder_of_one_grid_needs_no_sentence(tmp_path: Path) -> None:
    path = tmp_path / "sweep"
    open_sweep(path, [run_plan(0)])
    write_run(path, run_plan(0), "completed", 2)
    results = store.read_sweep(path)
    assert results.unplanned == ()
    assert not any("further run" in sentence for sentence in banners(SweepData(results)))
