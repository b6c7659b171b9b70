"""``mnist`` and ``fashion-mnist``: where they are found, and every kind of faulty IDX file."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import DataSpec, open_prepared, prepare
from bench.datasets.sources import mnist
from bench.errors import DataError

FASHION = DataSpec(name="fashion-mnist", image_size=28, channels=1)
DEBIAN = Path("/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz")
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("place", ["", "fashion-mnist", "FashionMNIST/raw"])
def test_found_under_the_data_root(
    place: str,
    compressed: bool,
    idx_folder: Callable[..., Path],
    tmp_path: Path,
    pixels: np.ndarray,
    labels: np.ndarray,
) -> None:
    idx_folder(tmp_path / "data" / place, compressed=compressed)
    data = open_prepared(prepare(FASHION))
    np.testing.assert_array_equal(data.images[:, 0], pixels)
    assert data.labels is not None
    np.testing.assert_array_equal(data.labels, labels)
    assert data.class_names[0] == "T-shirt/top"
    assert len(data.class_names) == 10


def test_found_where_debian_installs_it(
    idx_folder: Callable[..., Path], tmp_path: Path, pixels: np.ndarray
) -> None:
    idx_folder(tmp_path / "system" / "fashion-mnist", compressed=True)
    data = open_prepared(prepare(FASHION))
    np.testing.assert_array_equal(data.images[:, 0], pixels)


@pytest.mark.skipif(not DEBIAN.exists(), reason="needs the Debian package dataset-fashion-mnist")
def test_the_debian_package_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist, "SYSTEM_DATASETS", DEBIAN.parents[1])
    data = open_prepared(prepare(FASHION))
    assert data.images.shape == (60000, 1, 28, 28)
    assert np.bincount(data.labels).tolist() == [6000] * 10  # type: ignore[arg-type]
    # The published mean and standard deviation of Fashion-MNIST's training images.
    assert data.images.mean() / 255 == pytest.approx(0.2860, abs=1e-4)
    assert data.images.std() / 255 == pytest.approx(0.3530, abs=1e-4)
    assert data.class_names[data.labels[0]] == "Ankle boot"  # type: ignore[index]


def test_its_own_folder_has_priority_over_the_root(
    idx_folder: Callable[..., Path], tmp_path: Path, pixels: np.ndarray
) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    idx_folder(tmp_path / "data" / "mnist", compressed=True, pixels=255 - pixels)
    data = open_prepared(prepare(DataSpec(name="mnist", image_size=28, channels=1)))
    np.testing.assert_array_equal(data.images[:, 0], 255 - pixels)


def test_a_given_data_root_has_priority_over_the_default(
    idx_folder: Callable[..., Path], tmp_path: Path, pixels: np.ndarray
) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    given = idx_folder(tmp_path / "given", compressed=False, pixels=255 - pixels)
    data = open_prepared(prepare(FASHION, data_root=given))
    np.testing.assert_array_equal(data.images[:, 0], 255 - pixels)


def test_a_missing_data_set_names_folders_and_remedies(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        prepare(FASHION)
    said = str(caught.value)
    for place in ("data/fashion-mnist", "data/FashionMNIST/raw", "system/fashion-mnist"):
        assert str(tmp_path / place) in said
    for remedy in (
        "bench fetch fashion-mnist",
        "--download",
        "--data-root",
        "apt install dataset-fashion-mnist",
    ):
        assert remedy in said


def test_images_without_labels_are_not_enough(
    idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    (idx_folder(tmp_path / "data", compressed=True) / f"{LABELS}.gz").unlink()
    with pytest.raises(DataError, match=rf"none of .*{LABELS}\[\.gz\]"):
        prepare(FASHION)


Fault = Callable[[bytes], bytes]


def _swap(start: int, content: bytes) -> Fault:
    return lambda whole: whole[:start] + content + whole[start + len(content) :]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(
    ("name", "fault", "says"),
    [
        (IMAGES, lambda c: c[:1234], "truncated: 1,234 bytes, but its header says 23,536"),
        (IMAGES, lambda c: c[:10], "truncated: 10 bytes, but the header alone has 16"),
        (IMAGES, lambda c: b"", "truncated: 0 bytes"),
        (IMAGES, lambda c: c + b"!", "too long: 23,537 bytes, but its header says 23,536"),
        (IMAGES, _swap(0, b"\x89PNG"), "starts with 89504e47, not with 00000803"),
        (IMAGES, _swap(2, b"\x0d"), "starts with 00000d03, not with 00000803"),
        (IMAGES, _swap(3, b"\x01"), "starts with 00000801, not with 00000803"),
        (IMAGES, _swap(4, struct.pack(">I", 2**32 - 1)), "but its header says"),
        (IMAGES, _swap(8, struct.pack(">2I", 14, 56)), "30 images of 14×56 px"),
        (IMAGES, lambda c: c[:4] + struct.pack(">3I", 0, 28, 28), "has 0 images"),
        (LABELS, lambda c: c[:20], "truncated: 20 bytes, but its header says 38"),
        (LABELS, lambda c: c[:4] + struct.pack(">I", 29) + c[8:-1], "29 labels for the 30 images"),
        (LABELS, _swap(8, b"\x0a"), "has a label 10, but fashion-mnist has only 10 classes"),
    ],
)
def test_a_faulty_file_is_named(
    name: str,
    fault: Fault,
    says: str,
    compressed: bool,
    idx_folder: Callable[..., Path],
    tmp_path: Path,
    cached: Callable[[], list[str]],
) -> None:
    folder = idx_folder(tmp_path / "data", compressed=False)
    file = folder / name
    content = fault(file.read_bytes())
    if compressed:
        file.unlink()
        file = folder / f"{name}.gz"
        content = gzip.compress(content)
    file.write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        prepare(FASHION)
    assert str(file) in str(caught.value)
    assert "bench fetch fashion-mnist" in str(caught.value)
    assert cached() == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (gzip.decompress, "is not gzip"),
        (lambda c: c[: len(c) // 2], "its gzip stream ends early"),
        (
            lambda c: c[:100] + bytes(50) + c[150:],
            "has damaged gzip data|is not gzip, or is damaged",
        ),
        (lambda c: c[:-8] + bytes(4) + c[-4:], "is not gzip, or is damaged"),  # the checksum
    ],
)
def test_a_file_with_faulty_compression_is_named(
    fault: Fault, says: str, idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    file = idx_folder(tmp_path / "data", compressed=True) / f"{IMAGES}.gz"
    file.write_bytes(fault(file.read_bytes()))
    with pytest.raises(DataError, match=says) as caught:
        prepare(FASHION)
    assert str(file) in str(caught.value)


def test_a_class_without_images_is_refused(
    idx_folder: Callable[..., Path], idx: Callable[[np.ndarray], bytes], tmp_path: Path
) -> None:
    folder = idx_folder(tmp_path / "data", compressed=False)
    (folder / LABELS).write_bytes(idx(np.zeros(30, np.uint8)))
    with pytest.raises(DataError, match="no image of class 7"):
        prepare(DataSpec(name="mnist", image_size=28, channels=1, classes=(7,)))
