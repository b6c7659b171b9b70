"""``classes``: by name, by what a folder is called, in natural order."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from bench import datasets, planning
from bench.datasets import DataSpec, class_indices, identity, open_prepared, prepare
from bench.errors import DataError, GridError
from tests.cli.commands import Bench, refused
from tests.grid.loading import WriteGrid, load


def folders(root: Path, names: list[str], each: int = 1, side: int = 8) -> Path:
    """A folder of classes; the pictures of the n-th are all of the value n."""
    for number, name in enumerate(names):
        (root / name).mkdir(parents=True)
        for index in range(each):
            Image.new("L", (side, side), number).save(root / name / f"{index}.png")
    return root


NUMBERED = [str(number) for number in range(1, 13)]


def test_classes_are_in_natural_order(tmp_path: Path) -> None:
    root = folders(tmp_path / "pics", NUMBERED)
    data = open_prepared(prepare(DataSpec(name=f"folder:{root}", image_size=8, channels=1)))
    assert data.class_names == tuple(NUMBERED)
    assert data.labels is not None
    np.testing.assert_array_equal(data.images[:, 0, 0, 0], data.labels)
    assert datasets.class_names(f"folder:{folders(tmp_path / 'b', ['a10', 'B', 'a9', 'a'])}") == (
        "B",
        "a",
        "a9",
        "a10",
    )


def test_only_folders_that_are_ordered_anew_have_a_new_identity(tmp_path: Path) -> None:
    """Runs on the others keep their ids."""
    for names, same in ((["1", "2", "B", "a"], True), (["1", "2", "10"], False)):
        root = tmp_path / str(same)
        digest = hashlib.blake2b(digest_size=6)
        for name in sorted(names):
            (root / name).mkdir(parents=True)
            (root / name / "a.png").write_bytes(name.encode())
            digest.update(
                f"{name}/a.png".encode() + b"\0" + hashlib.blake2b(name.encode()).digest()
            )
        assert (identity(f"folder:{root}") == f"folder:{digest.hexdigest()}") is same


@pytest.mark.parametrize(
    ("names", "wanted", "found"),
    [
        (NUMBERED, [3], (2,)),
        (NUMBERED, ["3", 12], (2, 11)),
        (["03", "3", "x"], [3], (1,)),
        (["03", "04"], [4, 3, 4], (0, 1)),
        (["cat", "dog"], [1], (1,)),
        (["cat", "dog"], ["dog", 0], (0, 1)),
    ],
)
def test_a_number_means_what_a_class_is_called(
    names: list[str], wanted: list[int | str], found: tuple[int, ...]
) -> None:
    assert class_indices("few", names, wanted) == found


@pytest.mark.parametrize(
    ("names", "wanted", "says"),
    [
        (["1", "2"], 0, r"few has no class 0: choose from '1', '2'\."),
        (["cat", "dog"], 2, r"few has no class 2: choose from 0 \(cat\), 1 \(dog\)\."),
        (["cat", "dog"], "Cat", r"few has no class 'Cat': choose from 0 \(cat\), 1 \(dog\)\."),
        ([], 0, "few has no classes: leave out classes"),
    ],
)
def test_a_class_that_is_not_there_is_refused(
    names: list[str], wanted: int | str, says: str
) -> None:
    with pytest.raises(DataError, match=says):
        class_indices("few", names, [wanted])


def test_official_data_sets_have_names_too_and_keep_their_ids(write_grid: WriteGrid) -> None:
    for dataset, name, number in (
        ("cifar10", "cat", 3),
        ("fashion-mnist", "Bag", 8),
        ("mnist-5k", '"7"', 7),
        ("stacked:mnist-5k", '"042"', 42),
    ):
        ids = {
            load(
                write_grid,
                f"{{variants: [dcgan], dataset: '{dataset}', classes: [{asked}], image_size: 28}}",
            )
            .runs[0]
            .run_id
            for asked in (name, number)
        }
        assert len(ids) == 1
    (run,) = load(write_grid, "{variants: [dcgan], classes: [3, 1, 3]}").runs
    assert run.data.classes == (1, 3)
    assert run.run_id == "dcgan-s0-dad72dd9d4"


@pytest.mark.parametrize("classes", ["[yes]", "[1.5]", "[-1]", "[null]", '[""]'])
def test_what_yaml_reads_as_something_else_needs_quotes(
    write_grid: WriteGrid, classes: str
) -> None:
    with pytest.raises(GridError, match=r"line 2: classes has .*; a class is a whole number"):
        load(write_grid, f"variants: [dcgan]\nclasses: {classes}")


def test_the_stored_grid_means_the_same_classes(write_grid: WriteGrid, tmp_path: Path) -> None:
    root = folders(tmp_path / "pics", [*NUMBERED, "yes", "naïve Ω"])
    text = (
        f"{{variants: [dcgan], dataset: 'folder:{root}', classes: [[3], [12, yes], ['naïve Ω']]}}"
    )
    found = load(write_grid, text.replace("yes", "'yes'"))
    again = load(write_grid, found.to_yaml())
    assert [run.data.classes for run in found.runs] == [(2,), (11, 13), (12,)]
    assert [run.run_id for run in again.runs] == [run.run_id for run in found.runs]
    assert again.to_yaml() == found.to_yaml()


GRID = """
dataset: folder:pics
image_size: 28
channels: 1
epochs: 1
batch_size: 8
classes: [3]
quality: {samples: 16}
variants: [{name: dcgan, width_factor: 0.0625}]
"""


def test_the_plan_says_which_classes(tmp_path: Path) -> None:
    spec = DataSpec(name=f"folder:{folders(tmp_path / 'pics', NUMBERED)}", image_size=8, channels=1)
    chosen = replace(spec, classes=(2, 9))
    ready = SimpleNamespace(data={spec: prepare(spec), chosen: prepare(chosen)})
    said = planning.chosen_classes(ready)  # type: ignore[arg-type]
    assert said == [f"Classes of {spec.name}: '3', '10' (2 of 12)."]


@pytest.mark.slow
def test_the_plan_says_which_classes_and_others_may_be_damaged(
    bench: Bench, tmp_path: Path
) -> None:
    root = folders(tmp_path / "pics", NUMBERED, each=12, side=28)
    (root / "12" / "bad.png").write_bytes(b"not an image")
    (tmp_path / "g.yaml").write_text(GRID)
    planned = bench("run", "-g", "g.yaml", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert "Classes of folder:pics: '3' (1 of 12)." in planned.stdout
    done = bench("run", "-g", "g.yaml")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stderr.split())
    assert "Quality is not measured, as its classifier needs all images" in said
    assert "bad.png is not an image" in said
    refused(bench("run", "-g", "g.yaml", "--set", "classes=[13]"), "no class 13", "'1', '2'")
    asked = bench("run", "-g", "g.yaml", "--set", "quality.features=classifier", "--out", "other")
    refused(asked, "bad.png is not an image or is damaged")


def test_a_name_alone_is_shown_as_a_list(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match=r"line 2: classes is 'cat'; .* a list such as \[cat\]\."):
        load(write_grid, "variants: [dcgan]\nclasses: cat")
