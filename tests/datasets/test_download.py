"""Fetching. torchvision's download functions are replaced, because tests have no network."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest

from bench.datasets import DataSpec, fetch, open_prepared, prepare
from bench.errors import DataError

MNIST = DataSpec(name="fashion-mnist", image_size=28, channels=1)
Download = Callable[..., None]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Download], None]]:
    """Replaces torchvision's download function."""
    from torchvision.datasets import cifar
    from torchvision.datasets import mnist as torchvision_mnist

    def behaves(download: Download) -> None:
        for module in (torchvision_mnist, cifar):
            monkeypatch.setattr(module, "download_and_extract_archive", download)

    yield behaves
    assert socket.getdefaulttimeout() is None


def unreachable(*args: Any, **options: Any) -> None:
    raise URLError(OSError(101, "Network is unreachable"))


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar10"])
def test_without_a_network_the_error_is_one_sentence(
    name: str, network: Callable[[Download], None], tmp_path: Path
) -> None:
    network(unreachable)
    with pytest.raises(DataError) as caught:
        fetch(name, data_root=tmp_path / "data")
    said = str(caught.value)
    assert said.startswith(f"Could not fetch {name} into {tmp_path / 'data'} (")
    assert "Network is unreachable" in said
    assert "check the network" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "failure", [TimeoutError("timed out"), RuntimeError("File not found or corrupted.")]
)
def test_other_failures_are_one_sentence_too(
    failure: Exception, network: Callable[[Download], None], tmp_path: Path
) -> None:
    def fails(*args: Any, **options: Any) -> None:
        assert socket.getdefaulttimeout() is not None
        raise failure

    network(fails)
    with pytest.raises(DataError, match=str(failure)):
        fetch("cifar10", data_root=tmp_path / "data")


@pytest.fixture
def served(
    network: Callable[[Download], None],
    idx: Callable[[np.ndarray], bytes],
    pixels: np.ndarray,
    labels: np.ndarray,
) -> list[str]:
    """A mirror with a small Fashion-MNIST; the names of the requested files."""
    asked: list[str] = []

    def download(url: str, download_root: str, filename: str, md5: str) -> None:
        asked.append(filename)
        content = idx(pixels if "images" in filename else labels)
        (Path(download_root) / filename).write_bytes(gzip.compress(content))
        (Path(download_root) / filename).with_suffix("").write_bytes(content)

    network(download)
    return asked


def test_prepare_downloads_missing_data_on_request(
    served: list[str], tmp_path: Path, pixels: np.ndarray
) -> None:
    with pytest.raises(DataError, match="--download"):
        prepare(MNIST)
    assert served == []
    data = open_prepared(prepare(MNIST, download=True))
    assert "train-images-idx3-ubyte.gz" in served
    np.testing.assert_array_equal(data.images[:, 0], pixels)


def test_existing_data_is_not_downloaded(
    served: list[str], idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    idx_folder(tmp_path / "data", compressed=True)
    prepare(MNIST, download=True)
    assert served == []


def test_an_incomplete_data_set_is_downloaded_again(
    served: list[str], idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = idx_folder(tmp_path / "data" / "fashion-mnist", compressed=True)
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    assert len(open_prepared(prepare(MNIST, download=True)).images) == 30


def test_an_existing_damaged_file_gives_one_sentence(
    served: list[str], tmp_path: Path, idx_folder: Callable[..., Path]
) -> None:
    """torchvision trusts files that exist, and fails when it reads them."""
    raw = idx_folder(tmp_path / "data" / "FashionMNIST" / "raw", compressed=False)
    for kind in ("images-idx3", "labels-idx1"):
        (raw / f"t10k-{kind}-ubyte").write_bytes(b"")
    (raw / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    with pytest.raises(DataError, match="the files already there"):
        fetch("fashion-mnist", data_root=tmp_path / "data")


def test_fetching_a_stacked_data_set_fetches_its_digits(
    served: list[str], tmp_path: Path, pixels: np.ndarray
) -> None:
    fetch("stacked:fashion-mnist", data_root=tmp_path / "data")
    assert "train-images-idx3-ubyte.gz" in served
    np.testing.assert_array_equal(open_prepared(prepare(MNIST)).images[:, 0], pixels)


def test_prepare_downloads_the_digits_of_a_stacked_data_set(
    served: list[str], tmp_path: Path
) -> None:
    stacked = DataSpec(name="stacked:fashion-mnist", image_size=28, channels=3, subset=9)
    with pytest.raises(DataError, match="bench fetch fashion-mnist or --download"):
        prepare(stacked)
    assert len(open_prepared(prepare(stacked, download=True)).images) == 9


def test_a_stacked_data_set_of_installed_digits_needs_no_fetching(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="mnist-5k needs no fetching"):
        fetch("stacked:mnist-5k", data_root=tmp_path)


@pytest.mark.parametrize("name", ["mnist-5k", "folder:photographs", "ring", "grid-2d"])
def test_data_that_needs_no_fetching_says_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"{name} needs no fetching"):
        fetch(name, data_root=tmp_path)


def test_an_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="did you mean 'cifar10'"):
        fetch("cifar100", data_root=tmp_path)


def test_a_data_root_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"data root .*file/data .*--data-root or \$GAN_BENCH_DATA"):
        fetch("mnist", data_root=tmp_path / "file" / "data")
