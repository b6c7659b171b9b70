"""What is held out of training: a data set's own test split, or a seeded fraction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench.datasets import DataSpec, ImageData, describe, open_prepared, prepare
from bench.datasets.pixels import ArrayImages
from bench.datasets.selection import divided
from bench.errors import DataError

FIFTH = DataSpec(name="mnist-5k", image_size=28, channels=1, holdout=0.2)


def opened(spec: DataSpec) -> tuple[ImageData, ImageData]:
    """What is trained on, and what is held out."""
    data = open_prepared(prepare(spec))
    assert data.held_out is not None
    return data, data.held_out


def contents(data: ImageData) -> set[bytes]:
    return {image.tobytes() for image in np.asarray(data.images)}


def labelled(labels: list[int]) -> ArrayImages:
    pixels = np.zeros((len(labels), 1, 1), np.uint8)
    return ArrayImages(pixels, np.array(labels, np.int64), tuple("abcde"))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.floats(0, 0.99))
def test_each_class_gives_its_share_and_keeps_an_image(labels: list[int], fraction: float) -> None:
    images = labelled(labels)
    training, held_out = divided(images, fraction)
    assert sorted([*training, *held_out]) == list(range(len(labels)))
    assert training.tolist() == sorted(training)
    for label in set(labels):
        count, held = labels.count(label), int((images.labels[held_out] == label).sum())
        assert held < count
        assert abs(held - fraction * count) <= 1
    # Only a class that would have been held out entirely takes from the whole.
    assert -5 <= len(held_out) - fraction * len(labels) <= 0.51


def test_classes_of_two_images_give_a_fifth_together() -> None:
    training, held_out = divided(labelled([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]), 0.2)
    assert (len(training), len(held_out)) == (8, 2)


def test_the_division_never_changes() -> None:
    images = labelled([0] * 5 + [1] * 5)
    assert divided(images, 0.4).held_out.tolist() == [0, 3, 6, 8]


def test_a_seeded_stratified_fifth_of_mnist_5k_is_held_out() -> None:
    data, held_out = opened(FIFTH)
    assert (len(data.images), len(held_out.images)) == (4000, 1000)
    assert np.bincount(held_out.labels).tolist() == [100] * 10  # type: ignore[arg-type]
    whole = open_prepared(prepare(replace(FIFTH, holdout=0.0)))
    assert whole.held_out is None
    assert contents(data) | contents(held_out) == contents(whole)
    assert not contents(data) & contents(held_out)


def test_a_selection_holds_out_the_same_images() -> None:
    whole, whole_out = opened(FIFTH)
    data, held_out = opened(replace(FIFTH, classes=(3, 8), subset=100))
    assert (len(data.images), len(held_out.images)) == (100, 100)
    assert set(data.labels) == set(held_out.labels) == {3, 8}  # type: ignore[arg-type]
    assert contents(data) < contents(whole)
    assert contents(held_out) < contents(whole_out)


def test_a_subset_larger_than_what_is_trained_on_says_what_is_held_out() -> None:
    says = r"4,000 images to train on \(holdout: 0.2 keeps the others\).*from 1 to 4000\."
    with pytest.raises(DataError, match=says):
        prepare(replace(FIFTH, subset=5000))


def test_stacks_that_are_held_out_consist_of_held_out_digits() -> None:
    digits, digits_out = map(contents, opened(FIFTH))
    stacks = DataSpec(name="stacked:mnist-5k", image_size=28, channels=3, subset=50, holdout=0.2)
    for part, of in zip(opened(stacks), (digits, digits_out), strict=True):
        assert part.images.shape == (50, 3, 28, 28)
        assert {plane.tobytes() for image in np.asarray(part.images) for plane in image} <= of


def test_the_test_split_of_mnist_is_held_out_even_below_stacks(
    idx_folder: Callable[..., Path], idx: Callable[[np.ndarray], bytes], tmp_path: Path
) -> None:
    folder = idx_folder(tmp_path / "data", compressed=False)
    spec = DataSpec(name="mnist", image_size=28, channels=1)
    assert open_prepared(prepare(spec)).held_out is None  # the file is missing
    pixels = np.random.default_rng(1).integers(0, 256, (7, 28, 28), dtype=np.uint8)
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(pixels))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.arange(7, dtype=np.uint8)))
    data, held_out = opened(spec)
    assert len(data.images) == 30
    np.testing.assert_array_equal(held_out.images[:, 0], pixels)
    np.testing.assert_array_equal(held_out.labels, np.arange(7))  # type: ignore[arg-type]
    assert describe("stacked:mnist").held_out == "own"
    stacks, stacks_out = opened(
        DataSpec(name="stacked:mnist", image_size=28, channels=3, subset=20)
    )
    assert {p.tobytes() for image in stacks_out.images for p in image} <= contents(held_out)
    assert {p.tobytes() for image in stacks.images for p in image} <= contents(data)


def test_folders_of_few_images(tmp_path: Path) -> None:
    """Of one or two images a fifth is none; nothing is then held out, and nothing fails."""
    spec = DataSpec(name=f"folder:{tmp_path}/few", image_size=8, channels=1, holdout=0.2)
    (tmp_path / "few").mkdir()
    for count, held in ((1, 0), (2, 0), (3, 1), (10, 2)):
        for number in range(count):
            Image.new("L", (8, 8), number).save(tmp_path / "few" / f"{number}.png")
        data = open_prepared(prepare(spec))
        assert (0 if data.held_out is None else len(data.held_out.images)) == held
        assert len(data.images) == count - held


def test_a_held_out_part_that_is_damaged_is_reported() -> None:
    folder = prepare(replace(FIFTH, subset=10))
    (folder / "held-out" / "labels.npy").unlink()
    with pytest.raises(DataError, match=rf"data set {folder} is missing .* delete that folder"):
        open_prepared(folder)
