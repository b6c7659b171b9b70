"""``pairs:PATH`` and ``unpaired:PATH_A,PATH_B``: the layouts of the published data sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.datasets import DataSpec, ImageData, absolute, describe, identity, open_prepared, prepare
from bench.errors import DataError, DataWarning

SIZE = 8


def save(path: Path, source: int, target: int | None = None, side: int = 12) -> Path:
    """An image of one grey value, or two side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("L", (side if target is None else 2 * side, side), source)
    if target is not None:
        picture.paste(target, (side, 0, 2 * side, side))
    picture.save(path)
    return path


def read(name: str, **more: object) -> ImageData:
    if describe(name).held_out != "own":
        more.setdefault("holdout", 0.2)
    return open_prepared(
        prepare(DataSpec(name=name, image_size=SIZE, channels=1, **more))  # type: ignore[arg-type]
    )


def values(images: np.ndarray | None) -> list[int]:
    assert images is not None
    for image in images:
        assert image.min() == image.max()
    return [int(value) for value in images[:, 0, 0, 0]]


def both(data: ImageData | None) -> set[tuple[int, int]]:
    """The grey values of source and target of each pair."""
    assert data is not None
    assert data.paired
    return set(zip(values(data.sources), values(data.images), strict=True))


def side_by_side(root: Path, part: str, numbers: range) -> None:
    for number in numbers:
        save(root / part / f"{number}.png", number, 255 - number)


def in_two_folders(root: Path, sources: str, targets: str, numbers: range) -> None:
    for number in numbers:
        save(root / sources / f"{number}.png", number)
        save(root / targets / f"{number}.jpg", 255 - number)


def negatives(numbers: range) -> set[tuple[int, int]]:
    return {(number, 255 - number) for number in numbers}


LAYOUTS: dict[str, tuple[Callable[[Path, range], None], Callable[[Path, range], None]]] = {
    "side by side": (
        lambda root, numbers: side_by_side(root, "train", numbers),
        lambda root, numbers: side_by_side(root, "val", numbers),
    ),
    "side by side, test": (
        lambda root, numbers: side_by_side(root, "train", numbers),
        lambda root, numbers: side_by_side(root, "test", numbers),
    ),
    "CycleGAN's": (
        lambda root, numbers: in_two_folders(root, "trainA", "trainB", numbers),
        lambda root, numbers: in_two_folders(root, "testA", "testB", numbers),
    ),
    "before they are combined": (
        lambda root, numbers: in_two_folders(root, "A/train", "B/train", numbers),
        lambda root, numbers: in_two_folders(root, "A/val", "B/val", numbers),
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_test_split_is_held_out(layout: str, tmp_path: Path) -> None:
    write_training, write_held_out = LAYOUTS[layout]
    write_training(tmp_path, range(10, 20))
    write_held_out(tmp_path, range(30, 33))
    name = f"pairs:{tmp_path}"
    assert describe(name).held_out == "own"
    data = read(name)
    assert both(data) == negatives(range(10, 20))
    assert both(data.held_out) == negatives(range(30, 33))
    assert data.labels is None
    assert data.class_names == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_else_a_fifth_is(layout: str, tmp_path: Path) -> None:
    LAYOUTS[layout][0](tmp_path, range(10, 20))
    assert describe(f"pairs:{tmp_path}").held_out == "fraction"
    data = read(f"pairs:{tmp_path}")
    assert len(data.images) == 8
    assert both(data) | both(data.held_out) == negatives(range(10, 20))


def test_val_is_preferred_and_test_left_untouched(tmp_path: Path) -> None:
    for part, numbers in (("train", range(4)), ("val", range(10, 12)), ("test", range(20, 25))):
        side_by_side(tmp_path, part, numbers)
    data = read(f"pairs:{tmp_path}")
    assert both(data.held_out) == negatives(range(10, 12))
    before = identity(f"pairs:{tmp_path}")
    save(tmp_path / "test" / "more.png", 1, 2)
    assert identity(f"pairs:{tmp_path}") == before


@pytest.mark.parametrize("below", ["", "deeper/still/"])
def test_files_without_a_split(below: str, tmp_path: Path) -> None:
    side_by_side(tmp_path / "one", below, range(5))
    in_two_folders(tmp_path / "two", f"A/{below}", f"B/{below}", range(5))
    for name in ("one", "two"):
        data = read(f"pairs:{tmp_path / name}", holdout=0.0)
        assert both(data) == negatives(range(5))
        assert data.held_out is None


def test_subset_keeps_pairs_together(tmp_path: Path) -> None:
    side_by_side(tmp_path, "train", range(40))
    data = read(f"pairs:{tmp_path}", subset=5)
    assert len(both(data)) == 5
    assert both(data) < negatives(range(40))
    assert both(data.held_out) < negatives(range(40))


def test_the_content_is_the_identity_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("here", "there/deep"):
        in_two_folders(tmp_path / place, "A", "B", range(5))
    here = identity(f"pairs:{tmp_path / 'here'}")
    assert here.startswith("pairs:")
    assert identity(f"pairs:{tmp_path / 'there' / 'deep'}") == here
    monkeypatch.chdir(tmp_path)
    assert identity("pairs:here") == here
    assert absolute("pairs:here") == f"pairs:{tmp_path / 'here'}"
    assert absolute("unpaired:here/A,here/B") == f"unpaired:{tmp_path}/here/A,{tmp_path}/here/B"
    assert absolute("edges:folder:here") == f"edges:folder:{tmp_path / 'here'}"
    unpaired = identity("unpaired:here/A,here/B")
    assert unpaired.startswith("unpaired:")
    assert identity("unpaired:here/B,here/A") != unpaired, "the other direction"
    save(tmp_path / "here" / "A" / "0.png", 77)
    assert identity(f"pairs:{tmp_path / 'here'}") != here
    assert identity("unpaired:here/A,here/B") != unpaired


def test_held_out_pairs_are_part_of_the_identity(tmp_path: Path) -> None:
    for place, last in (("one", 3), ("two", 4)):
        side_by_side(tmp_path / place, "train", range(3))
        side_by_side(tmp_path / place, "val", range(2, last))
    assert identity(f"pairs:{tmp_path / 'one'}") != identity(f"pairs:{tmp_path / 'two'}")


def fails(name: str, *says: str) -> None:
    """Reading fails with one sentence that has all of these texts."""
    with pytest.raises(DataError) as caught:
        read(name)
    sentence = str(caught.value)
    for text in says:
        assert text in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_mistakes_are_one_sentence_each(tmp_path: Path) -> None:
    pairs = f"pairs:{tmp_path}"
    fails("pairs:", "has no path: write pairs:PATH")
    fails(f"pairs:{tmp_path / 'none'}", "which does not exist: give the path of a folder of images")
    fails(pairs, f"{tmp_path} contains no image: add files")

    in_two_folders(tmp_path, "A", "B", range(5))
    alone = save(tmp_path / "A" / "alone.png", 1)
    fails(pairs, f"{alone} has no partner", f"in {tmp_path / 'B'}: add it there, or remove")
    alone.unlink()
    alone = save(tmp_path / "B" / "alone.png", 1)
    fails(pairs, f"{alone} has no partner", f"in {tmp_path / 'A'}: add it there, or remove")
    alone.unlink()

    twin = save(tmp_path / "A" / "3.bmp", 1)
    fails(pairs, str(twin), str(tmp_path / "A" / "3.png"), "differ in their suffix only")
    twin.unlink()

    save(tmp_path / "B" / "3.jpg", 1, side=13)
    fails(
        pairs,
        f"{tmp_path / 'A' / '3.png'} has 12 × 12 px and its partner {tmp_path / 'B' / '3.jpg'} has "
        "13 × 13 px: give both the same size",
    )
    (tmp_path / "B" / "3.jpg").write_bytes(b"no image")
    fails(pairs, f"{tmp_path / 'B' / '3.jpg'} is not an image or is damaged", "replace or remove")

    for file in (tmp_path / "B").iterdir():
        file.unlink()
    fails(pairs, f"{tmp_path / 'B'} contains no image: add files")
    (tmp_path / "B").rmdir()
    fails(pairs, f"{tmp_path / 'B'} is missing beside {tmp_path / 'A'}: add that folder")


def test_an_odd_width_is_no_pair(tmp_path: Path) -> None:
    side_by_side(tmp_path, "train", range(5))
    Image.new("L", (25, 12)).save(tmp_path / "train" / "odd.png")
    fails(
        f"pairs:{tmp_path}",
        f"{tmp_path / 'train' / 'odd.png'} is 25 px wide, an odd number, so it is no pair",
        "make both halves equally wide or remove it",
    )


def test_pairs_of_differing_sizes_are_no_mistake_between_pairs(tmp_path: Path) -> None:
    for number, side in enumerate((12, 16, 9)):
        save(tmp_path / "A" / f"{number}.png", number, side=side)
        save(tmp_path / "B" / f"{number}.png", 255 - number, side=side)
    assert both(read(f"pairs:{tmp_path}", holdout=0.0)) == negatives(range(3))


def test_sizes_are_compared_as_shown(tmp_path: Path) -> None:
    """A photograph that EXIF data turn is as high as its partner is, not as wide."""
    (tmp_path / "A").mkdir()
    (tmp_path / "B").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    for number in range(3):
        Image.new("L", (16, 8), number).save(tmp_path / "A" / f"{number}.png", exif=exif)
        Image.new("L", (8, 16), 255 - number).save(tmp_path / "B" / f"{number}.png")
    assert both(read(f"pairs:{tmp_path}", holdout=0.0)) == negatives(range(3))


def test_notices_of_folders_are_those_of_pairs(tmp_path: Path) -> None:
    side_by_side(tmp_path, "train", range(3))
    (tmp_path / "train" / "raw.heic").write_bytes(b"")
    with pytest.warns(DataWarning, match="left out"):
        read(f"pairs:{tmp_path}")


# ------------------------------------------------------------------------- unpaired


def test_two_folders_of_any_numbers(tmp_path: Path) -> None:
    for number in range(10):
        save(tmp_path / "a, b" / f"{number}.png", number)
    for number in range(100, 130):
        save(tmp_path / "c" / f"{number}.png", number)
    name = f"unpaired:{tmp_path / 'a, b'},{tmp_path / 'c'}"
    assert describe(name).held_out == "fraction"
    data = read(name)
    assert not data.paired
    assert (len(data.images), len(data.sources)) == (24, 8)  # type: ignore[arg-type]
    assert data.held_out is not None
    assert not data.held_out.paired
    assert {*values(data.images), *values(data.held_out.images)} == set(range(100, 130))
    assert {*values(data.sources), *values(data.held_out.sources)} == set(range(10))


def test_the_layout_of_cyclegan(tmp_path: Path) -> None:
    for folder, numbers in (
        ("trainA", range(5)),
        ("trainB", range(10, 17)),
        ("testA", range(20, 22)),
        ("testB", range(30, 31)),
    ):
        for number in numbers:
            save(tmp_path / folder / f"{number}.png", number)
    assert describe(f"unpaired:{tmp_path}").held_out == "own"
    data = read(f"unpaired:{tmp_path}")
    assert values(data.sources) == list(range(5))
    assert values(data.images) == list(range(10, 17))
    assert data.held_out is not None
    assert not data.held_out.paired
    assert (values(data.held_out.sources), values(data.held_out.images)) == ([20, 21], [30])


def test_mistakes_of_unpaired_folders(tmp_path: Path) -> None:
    side_by_side(tmp_path, "train", range(3))
    (tmp_path / "empty").mkdir()
    fails("unpaired:", "has no paths: write unpaired:PATH_A,PATH_B")
    fails(
        f"unpaired:{tmp_path}", f"{tmp_path} has no folders trainA and trainB: add them, or write"
    )
    fails(f"unpaired:{tmp_path},", "names one folder only: write unpaired:PATH_A,PATH_B")
    train = tmp_path / "train"
    fails(f"unpaired:{train},{tmp_path / 'empty'}", f"{tmp_path / 'empty'} contains no image")
    fails(f"unpaired:{train},{tmp_path / 'no'}", f"the folder {tmp_path / 'no'}, which does not")
