"""Data too small to judge by: with ``auto`` quality is switched off, which is said, and null."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.cli.commands import Bench, refused

GRID = """
variants: [{name: dcgan, width_factor: 0.0625}]
dataset: folder:pictures
image_size: 28
channels: 1
batch_size: 2
epochs: 1
"""


def pictures(folder: Path, *classes: int) -> None:
    """A folder of images, so many of each class."""
    noise = np.random.default_rng(0)
    for index, images in enumerate(classes):
        (folder / "pictures" / f"class-{index}").mkdir(parents=True)
        for number in range(images):
            pixels = noise.integers(0, 256, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"pictures/class-{index}/{number}.png")


@pytest.mark.parametrize(
    ("classes", "subset", "said"),
    [
        pytest.param((4, 4), None, "to train a classifier on", marks=pytest.mark.slow),
        pytest.param((2, 1), None, "to train a classifier on", marks=pytest.mark.slow),
        pytest.param((9, 9), 3, "to compare generated ones with", marks=pytest.mark.slow),
    ],
    ids=["two classes of four", "three images", "a subset of three"],
)
def test_what_cannot_be_judged_is_switched_off(
    bench: Bench, tmp_path: Path, classes: tuple[int, ...], subset: int | None, said: str
) -> None:
    pictures(tmp_path, *classes)
    (tmp_path / "g.yaml").write_text(GRID + (f"subset: {subset}\n" if subset else ""))
    done = bench("run", "-g", "g.yaml", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert re.search(rf"Quality is not measured: too few images \(\d\) {said}\.", done.stderr)
    done = bench("run", "-g", "g.yaml")
    assert done.returncode == 0, done.stderr
    assert re.search(rf"Quality is not measured: too few images \(\d\) {said}\.", done.stderr)
    (row,) = (pd.read_parquet(p) for p in tmp_path.glob("results/g/runs/*/run.parquet"))
    assert row["status"].item() == "completed"
    assert row["quality_features"].isna().all()
    (epochs,) = (pd.read_parquet(p) for p in tmp_path.glob("results/g/runs/*/epochs.parquet"))
    assert epochs[["fcd", "fid", "quality_samples"]].isna().all(axis=None)
    done = bench("report", "results/g")
    assert done.returncode == 0, done.stderr
    done = bench("run", "-g", "g.yaml", "--set", "quality.features=classifier", "--out", "other")
    refused(done, "images")


@pytest.mark.slow
def test_what_can_just_be_judged_is_judged(bench: Bench, tmp_path: Path) -> None:
    pictures(tmp_path, 7, 6)
    (tmp_path / "g.yaml").write_text(GRID + "quality: {samples: 16}\n")
    done = bench("run", "-g", "g.yaml")
    assert done.returncode == 0, done.stderr
    (epochs,) = (pd.read_parquet(p) for p in tmp_path.glob("results/g/runs/*/epochs.parquet"))
    assert epochs["fcd"].notna().all()
