"""Sweeps on image folders and on IDX files."""

from __future__ import annotations

import gzip
import re
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.cli.commands import TINY, Bench

DEBIAN = Path("/usr/share/datasets/fashion-mnist")


def test_a_folder_of_mixed_pictures_trains_and_reports(bench: Bench, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for index in range(48):
        folder = tmp_path / "pictures" / ("cats" if index % 2 else "dogs")
        folder.mkdir(parents=True, exist_ok=True)
        shape = (30 + index % 7, 40 + index % 5)
        mode = ["RGB", "L", "RGBA", "P"][index % 4]
        pixels = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        Image.fromarray(pixels).convert(mode).save(folder / f"{index}.png")
    (tmp_path / "folder.yaml").write_text(
        TINY.replace("subset: 64", "dataset: folder:pictures\nimage_size: 32\nchannels: 3")
    )
    done = bench("run", "--grid", "folder.yaml")
    assert done.returncode == 0, done.stderr
    assert bench("report", "results/folder").returncode == 0
    row = pd.read_parquet(next((tmp_path / "results/folder/runs").iterdir()) / "run.parquet").iloc[
        0
    ]
    assert row["train_images"] == 38
    assert re.fullmatch(r"folder:[0-9a-f]{12}", row["dataset"])
    assert str(tmp_path) not in row["spec"]
    done = bench("run", "--grid", "folder.yaml", "--smoke", "-q")
    assert done.returncode == 0, done.stderr


def _idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    path.write_bytes(gzip.compress(header + array.tobytes()))


@pytest.mark.slow
def test_fashion_mnist_from_gz_idx_files(bench: Bench, tmp_path: Path) -> None:
    """The real files of Debian's package if installed, else a few images in its layout."""
    root = DEBIAN
    if not root.exists():
        root = tmp_path / "fashion-mnist"
        root.mkdir()
        rng = np.random.default_rng(0)
        _idx(root / "train-images-idx3-ubyte.gz", rng.integers(0, 256, (200, 28, 28), np.uint8))
        _idx(root / "train-labels-idx1-ubyte.gz", (np.arange(200) % 10).astype(np.uint8))
    (tmp_path / "tiny.yaml").write_text(TINY)
    arguments = ["--dataset", "fashion-mnist", "--data-root", str(root)]
    done = bench("run", "--grid", "tiny.yaml", *arguments, "--set", "subset=100")
    assert done.returncode == 0, done.stderr
    assert bench("report", "results/tiny").returncode == 0
    (name,) = {
        pd.read_parquet(run / "run.parquet")["dataset"].item()
        for run in (tmp_path / "results/tiny/runs").iterdir()
    }
    # Invented files are not the published ones.
    assert re.fullmatch("fashion-mnist" if DEBIAN.exists() else "fashion-mnist:[0-9a-f]{12}", name)
