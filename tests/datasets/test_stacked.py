"""``stacked:NAME``: three digits as red, green and blue, 1,000 modes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.datasets import DataSpec, describe, fetch, identity, open_prepared, prepare
from bench.datasets.registry import lookup
from bench.datasets.sources import stacked
from bench.errors import DataError

DIGITS = DataSpec(name="mnist-5k", image_size=28, channels=1)


def spec(name: str = "stacked:mnist-5k", image_size: int = 28, **options: object) -> DataSpec:
    return DataSpec(name=name, image_size=image_size, channels=3, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> stacked.StackedImages:
    """All of stacked:mnist-5k, opened, with no image composed yet."""
    entry, argument = lookup("stacked:mnist-5k")
    images = entry.locate(argument, tmp_path_factory.getbasetemp()).open()
    assert isinstance(images, stacked.StackedImages)
    return images


def test_every_plane_is_a_digit_and_the_label_names_all_three() -> None:
    digits = open_prepared(prepare(DIGITS))
    assert digits.labels is not None
    classes_of: dict[bytes, set[int]] = {}
    for image, label in zip(np.asarray(digits.images), digits.labels, strict=True):
        classes_of.setdefault(image.tobytes(), set()).add(int(label))
    data = open_prepared(prepare(spec(subset=2000)))
    assert data.images.shape == (2000, 3, 28, 28)
    assert data.images.dtype == np.uint8
    assert data.labels is not None
    for image, label in zip(np.asarray(data.images), data.labels, strict=True):
        named = data.class_names[label]
        for plane, digit in zip(image, named, strict=True):
            assert int(digit) in classes_of[plane.tobytes()]


def test_the_number_of_images_is_that_of_the_papers(
    whole: stacked.StackedImages,
) -> None:
    assert len(whole) == len(whole.labels) == 128_000
    assert len(whole.class_names) == 1000
    assert (whole.class_names[0], whole.class_names[42], whole.class_names[999]) == (
        "000",
        "042",
        "999",
    )
    counts = np.bincount(whole.labels)
    assert len(counts) == 1000
    assert stats.chisquare(counts).pvalue > 0.001


def test_each_digit_is_drawn_uniformly_and_independently(whole: stacked.StackedImages) -> None:
    for plane in range(3):
        drawn = np.bincount(whole.triples[:, plane], minlength=5000)
        assert stats.chisquare(drawn).pvalue > 0.001
    for one, other in ((0, 1), (0, 2), (1, 2)):
        same = (whole.triples[:, one] == whole.triples[:, other]).sum()
        assert stats.binomtest(int(same), 128_000, 1 / 5000).pvalue > 0.001


def test_the_triples_never_change(whole: stacked.StackedImages) -> None:
    assert whole.triples[:2].tolist() == [[4276, 177, 2316], [2874, 2196, 4479]]


def test_images_are_composed_when_taken(whole: stacked.StackedImages) -> None:
    """Memory holds only the pixels of the digits, and indices and labels of 8 bytes."""
    picked = np.array([127_999, 5])
    taken = whole.take(picked, image_size=28, channels=3)
    assert taken.flags.c_contiguous
    for image, triple in zip(taken, whole.triples[picked], strict=True):
        expected = whole.digits.take(triple, image_size=28, channels=1)[:, 0]
        np.testing.assert_array_equal(image, expected)


def test_another_size_resizes_each_digit(whole: stacked.StackedImages) -> None:
    data = open_prepared(prepare(spec(image_size=32, classes=(123, 999))))
    chosen = np.flatnonzero(np.isin(whole.labels, (123, 999)))
    assert data.images.shape == (len(chosen), 3, 32, 32)
    for image, triple in zip(np.asarray(data.images), whole.triples[chosen], strict=True):
        resized = whole.digits.take(triple, image_size=32, channels=1)[:, 0]
        np.testing.assert_array_equal(image, resized)


def test_classes_select_modes() -> None:
    data = open_prepared(prepare(spec(classes=(7, 800))))
    assert data.labels is not None
    assert set(data.labels) == {7, 800}
    assert len(data.class_names) == 1000
    with pytest.raises(DataError, match=r"stacked:mnist-5k has no class 1000: choose from 0 \(000"):
        prepare(spec(classes=(1000,)))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "stacked:",
            r"stacked: has no data set name: write stacked:NAME, for example stacked:mnist",
        ),
        ("stacked:minst", r"no data set 'minst'; did you mean 'mnist'\?"),
        (
            "stacked:cifar10",
            "cifar10 needs grey images of 28 px .* which cifar10 is not known to have",
        ),
        ("stacked:ring", "stacked:ring needs grey images"),
        ("stacked:folder:/tmp", "stacked:folder:/tmp needs grey images"),
        ("stacked:stacked:mnist", "stacked:stacked:mnist needs grey images"),
    ],
)
def test_data_sets_that_cannot_be_stacked_are_refused_everywhere(
    name: str, says: str, tmp_path: Path
) -> None:
    for ask in (
        describe,
        identity,
        lambda name: prepare(spec(name)),
        lambda name: fetch(name, data_root=tmp_path),
    ):
        with pytest.raises(DataError, match=says) as caught:
            ask(name)
        assert "\n" not in str(caught.value)


def test_missing_digits_are_reported_with_their_own_remedy() -> None:
    with pytest.raises(DataError, match=r"^mnist was not found: none of .* bench fetch mnist"):
        prepare(spec("stacked:mnist"))


def test_each_set_of_digits_has_its_own_folder(
    idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    idx_folder(tmp_path / "data", compressed=True)  # the same files serve for both
    mnist, fashion = (
        prepare(spec(f"stacked:{name}", subset=5)) for name in ("mnist", "fashion-mnist")
    )
    assert mnist != fashion
    assert open_prepared(mnist).content_hash == open_prepared(fashion).content_hash


def test_changed_digits_are_read_again(
    idx_folder: Callable[..., Path], tmp_path: Path, pixels: np.ndarray
) -> None:
    idx_folder(tmp_path / "data", compressed=True)
    old = open_prepared(prepare(spec("stacked:mnist", subset=9)))
    idx_folder(tmp_path / "data", compressed=True, pixels=255 - pixels)
    new = open_prepared(prepare(spec("stacked:mnist", subset=9)))
    np.testing.assert_array_equal(new.images, 255 - old.images)


def test_damaged_digits_are_reported_with_their_file(
    idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = idx_folder(tmp_path / "data", compressed=True)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x03"))
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is truncated"):
        prepare(spec("stacked:mnist"))


def test_the_drawing_is_part_of_the_key(
    monkeypatch: pytest.MonkeyPatch, cached: Callable[[], list[str]]
) -> None:
    prepare(spec(subset=3))
    for name, value in (("_VERSION", 99), ("_SEED", 99), ("_IMAGES", 99)):
        with monkeypatch.context() as patch:
            patch.setattr(stacked, name, value)
            prepare(spec(subset=3))
    assert len(cached()) == 4
