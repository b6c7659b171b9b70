from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.pixels import ArrayImages
from bench.datasets.selection import select, shuffled
from bench.datasets.spec import DataSpec
from bench.errors import DataError

CLASSES = 4


@st.composite
def requests(draw: st.DrawFn) -> tuple[ArrayImages, tuple[int, ...] | None, int | None]:
    """Images, with classes and a subset that they have."""
    labels = np.array(
        draw(st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=40)), dtype=np.int64
    )
    present = st.lists(st.sampled_from(labels.tolist()), min_size=1, max_size=6).map(tuple)
    classes = draw(st.none() | present)
    available = len(labels) if classes is None else sum(label in classes for label in labels)
    subset = draw(st.none() | st.integers(1, available))
    pixels = np.zeros((len(labels), 1, 1), np.uint8)
    return ArrayImages(pixels, labels, tuple("abcd")), classes, subset


def spec(classes: tuple[int, ...] | None, subset: int | None) -> DataSpec:
    return DataSpec(name="few", image_size=1, channels=1, classes=classes, subset=subset)


@settings(deadline=None)  # the machine may be busy
@given(requests())
def test_the_selection_has_the_classes_and_the_size_of_the_spec(
    request_: tuple[ArrayImages, tuple[int, ...] | None, int | None],
) -> None:
    images, classes, subset = request_
    chosen = select(images, spec(classes, subset)).tolist()
    eligible = [
        index for index, label in enumerate(images.labels) if classes is None or label in classes
    ]
    assert len(chosen) == len(set(chosen)) == (len(eligible) if subset is None else subset)
    assert set(chosen) <= set(eligible)
    if subset is None:
        assert chosen == eligible


@settings(deadline=None)  # the machine may be busy
@given(requests())
def test_a_smaller_subset_is_the_beginning_of_a_larger_one(
    request_: tuple[ArrayImages, tuple[int, ...] | None, int | None],
) -> None:
    images, classes, _ = request_
    available = len(select(images, spec(classes, None)))
    whole = select(images, spec(classes, available)).tolist()
    for subset in range(1, available + 1):
        assert select(images, spec(classes, subset)).tolist() == whole[:subset]


@settings(deadline=None)  # the machine may be busy
@given(requests())
def test_the_order_of_the_classes_does_not_matter(
    request_: tuple[ArrayImages, tuple[int, ...] | None, int | None],
) -> None:
    images, classes, subset = request_
    if classes is not None:
        np.testing.assert_array_equal(
            select(images, spec(classes, subset)), select(images, spec(classes[::-1] * 2, subset))
        )


@settings(deadline=None)  # the machine may be busy
@given(requests(), st.integers(1, 1000))
def test_a_subset_that_is_too_large_says_how_many_images_exist(
    request_: tuple[ArrayImages, tuple[int, ...] | None, int | None], over: int
) -> None:
    images, classes, _ = request_
    available = len(select(images, spec(classes, None)))
    with pytest.raises(DataError, match=f"has {available} images?\\b"):
        select(images, spec(classes, available + over))


def test_the_shuffle_never_changes() -> None:
    assert shuffled(10).tolist() == [2, 3, 6, 8, 1, 7, 4, 9, 0, 5]
    mixed = shuffled(5000)
    assert sorted(mixed) == list(range(5000))
    # The first 1,000 come from the whole range.
    assert abs(mixed[:1000].mean() - 2499.5) < 150


def test_classes_are_listed_by_number_and_name() -> None:
    images = ArrayImages(np.zeros((1, 1, 1), np.uint8), np.zeros(1, np.int64), ("cat", "dog"))
    with pytest.raises(DataError, match=r"few has no class 2: choose from 0 \(cat\), 1 \(dog\)\."):
        select(images, spec((2,), None))


def test_long_lists_of_classes_are_shortened() -> None:
    names = tuple(str(index) for index in range(100))
    images = ArrayImages(np.zeros((1, 1, 1), np.uint8), np.zeros(1, np.int64), names)
    with pytest.raises(DataError, match=r"19, …\.$"):
        select(images, spec((100,), None))
