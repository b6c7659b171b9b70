"""Sweeps of translations through the real commands: what is measured, stored and reported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bench.store import read_sweep

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
Bench = Callable[..., str]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Runs ``bench`` in a folder with a cache of its own; what it prints."""

    def run(*arguments: str) -> str:
        cache = {"GAN_BENCH_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "bench", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            env={**os.environ, **cache, "NO_COLOR": "1"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def pairs(folder: Path, count: int = 20) -> None:
    """Black discs in ``A``, the same in colour in ``B``."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32]
    for side in "AB":
        (folder / side).mkdir(parents=True)
    for index in range(count):
        column, row, radius = random.uniform([8, 8, 3], [24, 24, 8])
        disc = np.hypot(x - column, y - row)[..., None] < radius
        for side, inside, outside in (
            ("A", (0, 0, 0), (255,) * 3),
            ("B", (250, 200, 20), (20, 99, 200)),
        ):
            pixels = np.where(disc, inside, outside).astype(np.uint8)
            Image.fromarray(pixels).save(folder / side / f"{index}.png")


def test_games_both_ways_are_measured_both_ways(bench: Bench, tmp_path: Path) -> None:
    bench("run", "--grid", "unpaired-typefaces.yaml", "--smoke", "-q")
    results = read_sweep(tmp_path / "results/unpaired-typefaces-smoke")
    runs = results.runs.set_index("label")
    epochs = results.epochs.set_index("label")
    back = ["quality_back_weights_hash", "quality_back_reference_hash"]
    assert runs.loc["cyclegan", back].notna().all()
    assert runs.loc["fastcut", back].isna().all()
    assert len(set(runs["quality_weights_hash"])) == 1
    assert runs.loc["cyclegan", back[0]] != runs.loc["cyclegan", "quality_weights_hash"]
    measured = ["l1", "psnr", "ssim", "fcd", "content_accuracy"]
    assert epochs[measured].notna().all(axis=None), "the held-out pairs are known"
    of_both = ["cycle_error", "fcd_back", "fcd_back_identity", "cycle_error_mean_target"]
    assert epochs.loc["cyclegan", of_both].notna().all()
    assert epochs.loc["fastcut", of_both].isna().all()
    assert epochs.loc["cyclegan", "cycle_error_identity"] == 0
    assert epochs["conditional_accuracy"].isna().all()
    for floor in ("identity", "mean_target"):
        for name in measured:
            assert len(set(epochs[f"{name}_{floor}"])) == 1, "the same sources for all"
    bench("report", "results/unpaired-typefaces-smoke")
    report = tmp_path / "reports/unpaired-typefaces-smoke"
    quality = pd.read_csv(report / "tables/quality.csv").set_index("configuration")
    assert quality.index.tolist()[-2:] == ["identity mapping", "mean target"]
    assert quality.loc["identity mapping", "fcd_back_final_mean"] > 0
    assert (report / "figures/translation-cycle-error.png").is_file()
    assert "Translations beside the identity mapping" in (report / "report.md").read_text()


def test_without_classes_the_targets_are_what_quality_is(bench: Bench, tmp_path: Path) -> None:
    pairs(tmp_path / "discs")
    grid = """
        dataset: pairs:discs
        image_size: 32
        epochs: 2
        batch_size: 4
        quality: {samples: 4}
        variants:
          - {name: pix2pix, width_factor: 0.125}
          - {name: pix2pix, label: wider, width_factor: 0.25}
    """
    (tmp_path / "discs.yaml").write_text(grid, encoding="utf-8")
    assert "1 − SSIM" in bench("run", "--grid", "discs.yaml")
    runs = read_sweep(tmp_path / "results/discs").runs
    assert set(runs["quality_features"]) == {"targets"}
    bench("report", "results/discs")
    report = tmp_path / "reports/discs"
    for name in ("quality-epoch", "pareto-flops", "translation-ssim"):
        assert (report / f"figures/{name}.png").is_file()
    assert "On the Pareto front of final 1 − SSIM" in (report / "report.md").read_text()


def test_without_truth_and_features_the_way_back_is_measured(bench: Bench, tmp_path: Path) -> None:
    pairs(tmp_path / "discs")
    grid = """
        dataset: unpaired:discs/A,discs/B
        image_size: 32
        epochs: 1
        batch_size: 4
        quality: {samples: 4}
        variants: [{name: cyclegan, width_factor: 0.125}]
    """
    (tmp_path / "discs.yaml").write_text(grid, encoding="utf-8")
    bench("run", "--grid", "discs.yaml", "-q")
    results = read_sweep(tmp_path / "results/discs")
    assert results.runs["quality_features"].isna().all()
    (epoch,) = results.epochs.to_dict("records")
    assert epoch["cycle_error"] > 0
    assert pd.isna(epoch["ssim"])
