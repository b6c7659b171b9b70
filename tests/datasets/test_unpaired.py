"""Data of which no pair is known: two sets of images, each divided and limited by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import DataSpec, ImageData, open_prepared, prepare
from bench.datasets.pixels import ArrayImages
from bench.datasets.registry import DATASETS, DataSetInfo, Source, dataset
from bench.errors import DataError

NAMES = ("even", "odd")


@dataclass(frozen=True)
class TwoSets(ArrayImages):
    """Targets, and beside them sources that are another set."""

    sources: ArrayImages


@dataclass(frozen=True)
class Twins(ArrayImages):
    """Pairs: each source is its target's negative."""

    def take_sources(self, indices: np.ndarray, **form: int) -> np.ndarray:
        return 255 - self.take(indices, **form)


def numbered(first: int, count: int, names: tuple[str, ...] = NAMES) -> ArrayImages:
    """Images of one grey value each, which is their number; classes by parity."""
    values = np.arange(first, first + count)
    pixels = np.broadcast_to(values.astype(np.uint8)[:, None, None], (count, 4, 4))
    return ArrayImages(pixels.copy(), values % 2, names)


def two_sets(targets: ArrayImages, sources: ArrayImages) -> TwoSets:
    return TwoSets(targets.pixels, targets.labels, targets.class_names, sources)


def unpaired(sources: int = 30) -> TwoSets:
    return two_sets(numbered(0, 20), numbered(100, sources))


Register = Callable[..., DataSpec]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Registers a data set, which is gone after the test; returns its specification."""
    assert "mnist-5k" in DATASETS
    for attribute in ("_entries", "_places"):
        monkeypatch.setattr(DATASETS, attribute, dict(getattr(DATASETS, attribute)))

    def add(source: Source, **info: object) -> DataSpec:
        described = DataSetInfo("sets", "two sets", 4, 1, 2, 20, task="unpaired", **info)  # type: ignore[arg-type]
        dataset(described)(lambda argument, data_root: source)
        return DataSpec(name="sets", image_size=4, channels=1)

    return add


def of_files(open_sets: Callable[[], object], **more: object) -> Source:
    return Source(None, (), open_sets, ("two sets",), **more)  # type: ignore[arg-type]


def values(images: np.ndarray | None) -> list[int]:
    assert images is not None
    return [int(value) for value in images[:, 0, 0, 0]]


def opened(spec: DataSpec) -> ImageData:
    return open_prepared(prepare(spec))


def test_sources_may_be_of_another_number_and_have_classes_of_their_own(register: Register) -> None:
    data = opened(register(of_files(unpaired)))
    assert not data.paired
    assert values(data.images) == list(range(20))
    assert values(data.sources) == list(range(100, 130))
    assert data.labels is not None
    assert data.classes_of_sources is not None
    assert data.labels.tolist() == [0, 1] * 10
    assert data.classes_of_sources.tolist() == [0, 1] * 15
    assert data.nbytes == 50 * 16


def test_paired_data_have_the_classes_of_their_targets(register: Register) -> None:
    twenty = numbered(0, 20)
    twins = Twins(twenty.pixels, twenty.labels, NAMES)
    data = opened(register(of_files(lambda: twins)))
    assert data.paired
    assert data.source_labels is None
    assert data.classes_of_sources is data.labels


def test_a_fifth_of_each_set_is_held_out_in_proportion(register: Register) -> None:
    data = opened(replace(register(of_files(unpaired)), holdout=0.2))
    held_out = data.held_out
    assert held_out is not None
    assert not held_out.paired, "of which nobody knows the pairs"
    assert (len(held_out.images), len(held_out.sources)) == (4, 6)  # type: ignore[arg-type]
    assert sorted(values(data.images) + values(held_out.images)) == list(range(20))
    assert sorted(values(data.sources) + values(held_out.sources)) == list(range(100, 130))
    assert held_out.labels is not None
    assert held_out.source_labels is not None
    assert held_out.labels.mean() == held_out.source_labels.mean() == 0.5


def test_a_subset_limits_each_set(register: Register) -> None:
    spec = register(of_files(lambda: unpaired(sources=8)))
    data = opened(replace(spec, subset=10, classes=(1,)))
    assert sorted(values(data.images)) == list(range(1, 20, 2))
    assert sorted(values(data.sources)) == [101, 103, 105, 107], "there are no more"
    three = opened(replace(spec, subset=3))
    assert (len(three.images), len(three.sources)) == (3, 3)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="subset: 21 is impossible"):
        prepare(replace(spec, subset=21))


def test_what_is_held_out_may_be_paired(register: Register) -> None:
    """The truth of unpaired data, where it is known, serves to judge."""
    ten = numbered(50, 10)

    def divided(fraction: float) -> tuple[object, object]:
        return unpaired(), Twins(ten.pixels, ten.labels, NAMES)

    data = opened(replace(register(of_files(unpaired, divided=divided)), holdout=0.2))
    assert not data.paired
    assert data.held_out is not None
    assert data.held_out.paired
    assert values(data.held_out.sources) == [255 - value for value in range(50, 60)]
    assert data.held_out.classes_of_sources is data.held_out.labels


def test_a_test_split_may_be_two_sets(register: Register) -> None:
    source = of_files(unpaired, held_out=lambda: two_sets(numbered(40, 5), numbered(200, 3)))
    data = opened(register(source, held_out="own"))
    assert data.held_out is not None
    assert values(data.held_out.images) == list(range(40, 45))
    assert values(data.held_out.sources) == [200, 201, 202]


def test_nothing_is_held_out_where_a_side_would_be_empty(register: Register) -> None:
    """One source of each class remains to train on, so two of them give none."""
    data = opened(replace(register(of_files(lambda: unpaired(sources=2))), holdout=0.2))
    assert data.held_out is None
    assert values(data.sources) == [100, 101]


def test_classes_that_no_source_has_are_refused(register: Register) -> None:
    def even_sources() -> TwoSets:
        some = numbered(100, 10)
        keep = some.labels == 0
        return two_sets(numbered(0, 20), ArrayImages(some.pixels[keep], some.labels[keep], NAMES))

    spec = register(of_files(even_sources))
    with pytest.raises(
        DataError, match=r"^sets has no source image of class odd: choose other classes\.$"
    ):
        prepare(replace(spec, classes=(1,)))
    data = opened(replace(spec, classes=(0,)))
    assert len(data.images) == 10


def test_sources_of_other_classes_are_the_readers_mistake(register: Register) -> None:
    spec = register(of_files(lambda: two_sets(numbered(0, 9), numbered(0, 9, ("dog", "cat")))))
    with pytest.raises(DataError, match="sets has sources of other classes than its targets"):
        prepare(spec)


def test_the_content_hash_covers_sources_their_classes_and_the_pairing(register: Register) -> None:
    negatives = numbered(0, 20)
    negatives = replace(negatives, pixels=255 - negatives.pixels)
    others = replace(negatives, labels=1 - negatives.labels)
    twenty = numbered(0, 20)
    hashes = []
    for number, data in enumerate(
        [
            Twins(twenty.pixels, twenty.labels, NAMES),
            two_sets(twenty, negatives),
            two_sets(twenty, others),
            two_sets(twenty, numbered(100, 20)),
        ]
    ):
        DATASETS._entries.pop("sets", None)
        DATASETS._places.pop("sets", None)
        source = Source(None, (), lambda data=data: data, (number,))
        hashes.append(opened(register(source)).content_hash)
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda file: np.save(file, np.load(file)[:-1]),
        lambda file: np.save(file, np.load(file).astype(np.int32)),
    ],
)
def test_damaged_classes_of_sources_are_reported(
    damage: Callable[[Path], None], register: Register
) -> None:
    spec = register(of_files(unpaired))
    folder = prepare(spec)
    damage(folder / "source_labels.npy")
    with pytest.raises(DataError, match="delete that folder and run again"):
        open_prepared(folder)
    shutil.rmtree(folder)
    assert opened(spec).source_labels is not None
