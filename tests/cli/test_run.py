"""``bench run`` and ``bench report``: results, output, exit status."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
from PIL import Image

from tests.cli.commands import TINY, Bench


def test_a_busy_machine_is_noticed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(
        "{variants: [dcgan], epochs: 1, subset: 1280, quality: {features: off}}"
    )
    busy = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(busy) for _ in range(2)]
    try:
        done = bench("run", "--grid", "one.yaml", "--device", "cpu")
    finally:
        for other in others:
            other.kill()
            other.wait()
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"Other programs keep \d\.\d cores busy[^:]*: times are upper bounds", done.stderr
    )
    (run,) = (tmp_path / "results/one/runs").iterdir()
    epochs = pd.read_parquet(run / "epochs.parquet")
    assert epochs["contended"].tolist() == [True]
    assert epochs["foreign_load_cores"][0] > 0.25


def test_run_then_report(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = bench("run", "--grid", "tiny.yaml", "--seeds", "0-1")
    assert done.returncode == 0, done.stderr
    assert "Is it tiny?" in done.stdout
    assert "lighter" in done.stdout
    assert "4 completed." in done.stdout
    assert "Results: results/tiny" in done.stdout
    runs = sorted((tmp_path / "results" / "tiny" / "runs").iterdir())
    assert len(runs) == 4
    epochs = pd.concat(pd.read_parquet(run / "epochs.parquet") for run in runs)
    assert epochs["fcd"].notna().all()
    assert epochs["kid_mean"].notna().all()
    for run in runs:
        names = {p.name for p in run.iterdir()}
        assert names == {
            "run.parquet",
            "epochs.parquet",
            "steps.parquet",
            "samples",
            "samples.gif",
            "log.txt",
            "weights.pt",
        }
        with Image.open(run / "samples.gif") as animation:
            assert animation.n_frames == 2
        assert (run / "log.txt").read_text() == ""

    done = bench("report", "results/tiny")
    assert done.returncode == 0, done.stderr
    page = tmp_path / done.stdout.strip()
    assert page.name == "index.html"
    assert "Is it tiny?" in page.read_text()
    assert (tmp_path / "reports" / "tiny").is_dir()

    done = bench("run", "--grid", "tiny.yaml", "--seeds", "0-1")
    assert done.returncode == 0
    assert "Done already: 4 runs; to go: 0." in done.stderr
    done = bench("run", "--grid", "results/tiny/grid.yaml", "--out", "results/tiny")
    assert "Done already: 4 runs" in done.stderr, "the resolved grid is the same grid"
    done = bench("run", "--grid", "tiny.yaml", "--seeds", "0")
    assert "Done already: 2 runs; to go: 0." in done.stderr
    assert "earlier grid" not in done.stderr, "the other seed stays planned"


def test_two_sweeps_of_one_grid_give_identical_losses(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    for out in ("a", "b"):
        assert bench("run", "-q", "--grid", "tiny.yaml", "--out", out).returncode == 0
    for run in (tmp_path / "a" / "runs").iterdir():
        first = pd.read_parquet(run / "steps.parquet")
        second = pd.read_parquet(tmp_path / "b" / "runs" / run.name / "steps.parquet")
        pd.testing.assert_frame_equal(first, second, check_exact=True)
        columns = ["fcd", "kid_mean", "precision", "recall"]
        pd.testing.assert_frame_equal(
            pd.read_parquet(run / "epochs.parquet")[columns],
            pd.read_parquet(tmp_path / "b" / "runs" / run.name / "epochs.parquet")[columns],
            check_exact=True,
        )


def test_dry_run_shows_the_runs_and_writes_nothing(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = bench("run", "--grid", "tiny.yaml", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"dcgan-s0-[0-9a-f]{10}", done.stdout)) == 2
    assert "2 runs" in done.stdout
    assert "FLOPs of training" in done.stdout
    assert not (tmp_path / "results").exists()


def test_smoke_goes_to_a_folder_of_its_own(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = bench("run", "--grid", "tiny.yaml", "--smoke", "-q")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "results/tiny-smoke"
    assert [p.name for p in (tmp_path / "results").iterdir()] == ["tiny-smoke"]
