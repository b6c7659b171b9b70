"""Data sets from a file outside the packages: found by name, paired with sources, checked."""

from __future__ import annotations

import importlib.util
import json
import linecache
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import DataSpec, describe, fetch, identity, listing, open_prepared, prepare
from bench.datasets.registry import DATASETS
from bench.errors import DataError
from variants.registry import DuplicateName

INVERTED = """
from dataclasses import dataclass

from bench.datasets.pixels import ArrayImages
from bench.datasets.registry import DataSetInfo, Source, dataset, lookup


@dataclass(frozen=True)
class Inverted(ArrayImages):
    def take_sources(self, indices, *, image_size, channels):
        return 255 - self.take(indices, image_size=image_size, channels=channels)


@dataset(DataSetInfo("inverted", "digits and their negatives", 28, 1, 10, 5000, task="paired"))
def inverted(argument, data_root):
    digits = lookup("mnist-5k")[0].locate("", data_root)

    def read():
        images = digits.open()
        return Inverted(images.pixels, images.labels, images.class_names)

    return Source(digits.location, digits.files, read)
"""
SPEC = DataSpec(name="inverted", image_size=28, channels=1)
Load = Callable[[str], Path]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Runs a file's text as a plug-in; what it registers is gone after the test."""
    listing()
    for attribute in ("_entries", "_places"):
        monkeypatch.setattr(DATASETS, attribute, dict(getattr(DATASETS, attribute)))
    file = tmp_path / "mydata.py"

    def run(text: str) -> Path:
        file.write_text(text)
        linecache.checkcache(str(file))
        spec = importlib.util.spec_from_file_location("mydata", file)
        assert spec is not None
        assert spec.loader is not None
        sys.modules["mydata"] = module = importlib.util.module_from_spec(spec)
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        spec.loader.exec_module(module)
        return file

    yield run
    sys.modules.pop("mydata", None)


def test_a_data_set_of_a_plugin_is_like_a_built_in_one(load: Load, tmp_path: Path) -> None:
    load(INVERTED)
    assert "inverted" in [info.name for info in listing()]
    assert describe("inverted").task == "paired"
    assert identity("inverted") == "inverted"
    with pytest.raises(DataError, match="did you mean 'inverted'"):
        describe("invertd")
    with pytest.raises(DataError, match="inverted needs no fetching"):
        fetch("inverted", data_root=tmp_path)


def test_the_sources_belong_to_the_targets_by_index(load: Load) -> None:
    load(INVERTED)
    data = open_prepared(prepare(SPEC))
    assert data.sources is not None
    assert isinstance(data.sources, np.memmap)
    assert data.sources.dtype == np.uint8
    np.testing.assert_array_equal(data.sources, 255 - data.images)
    digits = open_prepared(prepare(replace(SPEC, name="mnist-5k")))
    np.testing.assert_array_equal(data.images, digits.images)
    assert digits.sources is None


def test_classes_and_subset_select_whole_pairs(load: Load) -> None:
    load(INVERTED)
    part = replace(SPEC, classes=(3, 8), subset=100, image_size=14)
    data = open_prepared(prepare(part))
    digits = open_prepared(prepare(replace(part, name="mnist-5k")))
    assert data.sources is not None
    assert data.sources.shape == (100, 1, 14, 14)
    np.testing.assert_array_equal(data.images, digits.images)
    np.testing.assert_array_equal(data.sources, 255 - digits.images)
    np.testing.assert_array_equal(data.labels, digits.labels)  # type: ignore[arg-type]


def test_the_content_hash_covers_the_sources(load: Load) -> None:
    part = replace(SPEC, subset=9)
    load(INVERTED)
    inverted = open_prepared(prepare(part))
    load(INVERTED.replace("255 - self", "self"))
    copied = open_prepared(prepare(part))
    digits = open_prepared(prepare(replace(part, name="mnist-5k")))
    np.testing.assert_array_equal(inverted.images, copied.images)
    assert len({inverted.content_hash, copied.content_hash, digits.content_hash}) == 3


def test_a_changed_plugin_is_read_again(load: Load) -> None:
    load(INVERTED)
    first = prepare(replace(SPEC, subset=9))
    assert prepare(replace(SPEC, subset=9)) == first
    load(INVERTED + "\n# changed\n")
    assert prepare(replace(SPEC, subset=9)) != first


def test_sources_may_have_other_channels(load: Load) -> None:
    load(INVERTED.replace('task="paired"', 'task="paired", source_channels=3'))
    data = open_prepared(prepare(replace(SPEC, subset=9)))
    assert data.sources is not None
    assert (data.images.shape, data.sources.shape) == ((9, 1, 28, 28), (9, 3, 28, 28))
    np.testing.assert_array_equal(data.sources[:, :1], 255 - data.images)


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda file: np.save(file, np.load(file)[:-1]),
        lambda file: np.save(file, np.load(file).astype(np.int32)),
    ],
)
def test_damaged_sources_are_reported(damage: Callable[[Path], None], load: Load) -> None:
    load(INVERTED)
    folder = prepare(replace(SPEC, subset=9))
    damage(folder / "sources.npy")
    with pytest.raises(DataError, match="delete that folder and run again"):
        open_prepared(folder)
    shutil.rmtree(folder)
    assert open_prepared(prepare(replace(SPEC, subset=9))).sources is not None


def test_unpaired_data_sets_are_stored_as_before() -> None:
    """Hashes as computed before pairs existed: they are part of references and checkpoints."""
    folder = prepare(replace(SPEC, name="mnist-5k", subset=200))
    assert sorted(json.loads((folder / "meta.json").read_text())) == [
        "class_names",
        "content_hash",
        "images_per_class",
        "shape",
    ]
    assert not (folder / "sources.npy").exists()
    assert open_prepared(folder).content_hash == "4a3c1a19370a6e7b"
    ring = DataSpec(name="ring", image_size=None, channels=None, subset=100)
    assert open_prepared(prepare(ring)).content_hash == "658f743bede93d38"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("self.take(indices, image_size=7, channels=1)", r"gave uint8 \(9, 1, 7, 7\) for sources"),
        (
            "self.take(indices, image_size=28, channels=1) / 255",
            r"gave float64 \(9, 1, 28, 28\) for sources, not uint8 \(9, 1, 28, 28\)",
        ),
    ],
)
def test_a_reader_that_gives_other_arrays_is_refused(
    wrong: str, says: str, load: Load, cached: Callable[[], list[str]]
) -> None:
    right = "255 - self.take(indices, image_size=image_size, channels=channels)"
    load(INVERTED.replace(right, wrong))
    with pytest.raises(DataError, match=says):
        prepare(replace(SPEC, subset=9))
    assert cached() == []


def test_a_duplicate_name_gives_both_places(load: Load) -> None:
    with pytest.raises(DuplicateName) as caught:
        load(INVERTED.replace('"inverted"', '"mnist"'))
    said = str(caught.value)
    assert "mydata.py, line 14: the data set 'mnist' is already registered (" in said
    assert "sources/mnist.py, line " in said
    assert said.endswith("); choose another name")


def test_a_duplicate_of_a_name_with_a_colon_is_refused(load: Load) -> None:
    with pytest.raises(DuplicateName, match="the data set 'folder' is already registered"):
        load(INVERTED.replace('"inverted"', '"folder"'))


def test_a_name_has_to_fit_a_command_line(load: Load) -> None:
    with pytest.raises(ValueError, match=r"data set name 'My digits': use lower-case letters"):
        load(INVERTED.replace('"inverted"', '"My digits"'))


def test_a_plugin_may_bring_its_own_test_split(load: Load) -> None:
    load(INVERTED)
    fifth = open_prepared(prepare(replace(SPEC, holdout=0.2)))
    assert fifth.held_out is not None
    assert fifth.held_out.sources is not None
    assert (len(fifth.images), len(fifth.held_out.images)) == (4000, 1000)
    np.testing.assert_array_equal(fifth.held_out.sources, 255 - fifth.held_out.images)
    own = INVERTED.replace('task="paired"', 'task="paired", held_out="own"')
    load(own.replace("digits.files, read", "digits.files, read, held_out=read"))
    data = open_prepared(prepare(SPEC))
    assert data.held_out is not None
    assert len(data.images) == len(data.held_out.images) == 5000
