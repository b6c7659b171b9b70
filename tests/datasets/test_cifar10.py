"""CIFAR-10 in its published format, with 5 small batches instead of the real ones."""

from __future__ import annotations

import hashlib
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.datasets import DataSpec, open_prepared, prepare
from bench.errors import DataError

Published = tuple[Path, np.ndarray, np.ndarray]

CIFAR = DataSpec(name="cifar10", image_size=32, channels=3)
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
PER_BATCH = 4


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Published:
    """The batches under ``data/cifar10``, their training and their test images (N, 3, 32, 32)."""
    from torchvision.datasets import CIFAR10

    folder = tmp_path / "data" / "cifar10" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    images = np.random.default_rng(0).integers(0, 256, (6 * PER_BATCH, 3072), dtype=np.uint8)
    names = [*(f"data_batch_{part}" for part in range(1, 6)), "test_batch"]
    sums = []
    for part, name in enumerate(names):
        batch = images[part * PER_BATCH : (part + 1) * PER_BATCH]
        content = pickle.dumps({"data": batch, "labels": [part] * PER_BATCH}, 2)
        (folder / name).write_bytes(content)
        sums.append([name, hashlib.md5(content).hexdigest()])
    meta = pickle.dumps({"label_names": NAMES}, 2)
    (folder / "batches.meta").write_bytes(meta)
    monkeypatch.setattr(CIFAR10, "train_list", sums[:5])
    monkeypatch.setattr(CIFAR10, "test_list", sums[5:])
    monkeypatch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": hashlib.md5(meta).hexdigest()})
    images = images.reshape(-1, 3, 32, 32)
    return folder, images[: 5 * PER_BATCH], images[5 * PER_BATCH :]


def test_the_batches_are_read_and_the_test_batch_is_held_out(
    published: Published,
) -> None:
    data = open_prepared(prepare(CIFAR))
    np.testing.assert_array_equal(data.images, published[1])
    assert data.labels is not None
    assert np.bincount(data.labels).tolist() == [PER_BATCH] * 5
    assert data.class_names == tuple(NAMES)
    assert data.held_out is not None
    np.testing.assert_array_equal(data.held_out.images, published[2])
    assert data.held_out.labels is not None
    assert data.held_out.labels.tolist() == [5] * PER_BATCH


def test_old_pickles_cause_no_warning(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NumPy 2.4.0 to 2.4.4 warn when they read the pickles of CIFAR-10."""
    load = pickle.load

    def warns(*arguments: Any, **options: Any) -> Any:
        warnings.warn("dtype(): align", np.exceptions.VisibleDeprecationWarning, stacklevel=2)
        return load(*arguments, **options)

    monkeypatch.setattr(pickle, "load", warns)
    assert len(open_prepared(prepare(CIFAR)).images) == 20


def test_grey_and_another_size(published: Published) -> None:
    data = open_prepared(prepare(DataSpec(name="cifar10", image_size=16, channels=1)))
    assert data.images.shape == (20, 1, 16, 16)


def test_found_in_the_root_itself(published: Published, tmp_path: Path) -> None:
    published[0].rename(tmp_path / "data" / published[0].name)
    assert len(open_prepared(prepare(CIFAR)).images) == 20


@pytest.mark.parametrize("name", ["data_batch_3", "test_batch"])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-9]), "has a wrong checksum"),
        (Path.unlink, "is missing"),
    ],
)
def test_a_damaged_batch_is_named(
    name: str,
    damage: Callable[[Path], None],
    says: str,
    published: Published,
) -> None:
    damage(published[0] / name)
    with pytest.raises(DataError) as caught:
        prepare(CIFAR)
    assert name in str(caught.value)
    assert str(published[0]) in str(caught.value)


def test_damaged_class_names_are_reported(published: Published) -> None:
    (published[0] / "batches.meta").write_bytes(b"")
    with pytest.raises(DataError, match=r"batches\.meta has a wrong checksum.*bench fetch cifar10"):
        prepare(CIFAR)


def test_a_missing_data_set_names_folders_and_remedies(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"bench fetch cifar10 or --download.*--data-root"
    ) as caught:
        prepare(CIFAR)
    assert str(tmp_path / "data" / "cifar10") in str(caught.value)


def test_an_archive_that_is_not_unpacked_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cifar-10-python.tar.gz").write_bytes(b"packed")
    with pytest.raises(DataError, match=r"has not been unpacked: bench fetch cifar10"):
        prepare(CIFAR)
