"""Every test has its own cache and data root, and finds no data set of the machine."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.sources import mnist


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GAN_BENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(mnist, "SYSTEM_DATASETS", tmp_path / "system")


@pytest.fixture
def cached(tmp_path: Path) -> Callable[[], list[str]]:
    """Names in the cache of prepared data sets, including unfinished ones."""
    return lambda: sorted(path.name for path in (tmp_path / "cache" / "datasets").glob("*"))


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)


@pytest.fixture
def labels() -> np.ndarray:
    return (np.arange(30) % 10).astype(np.uint8)


def idx_bytes(array: np.ndarray) -> bytes:
    """Writes the IDX format from its description, independently of the reader."""
    dimensions = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + dimensions + array.tobytes()


@pytest.fixture
def idx() -> Callable[[np.ndarray], bytes]:
    return idx_bytes


@pytest.fixture
def idx_folder(pixels: np.ndarray, labels: np.ndarray) -> Callable[..., Path]:
    """Writes a pair of IDX files into a folder, gzip-compressed or plain."""

    def write(folder: Path, *, compressed: bool, pixels: np.ndarray = pixels) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in (
            ("train-images-idx3-ubyte", pixels),
            ("train-labels-idx1-ubyte", labels),
        ):
            content = idx_bytes(array)
            if compressed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)
        return folder

    return write
