from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.datasets import DataSpec, ImageData, identity, open_prepared, prepare
from bench.errors import DataError

SIZE = 16


def spec(folder: Path | str, channels: int = 3, **more: object) -> DataSpec:
    return DataSpec(name=f"folder:{folder}", image_size=SIZE, channels=channels, **more)  # type: ignore[arg-type]


def read(folder: Path | str, channels: int = 3, **more: object) -> ImageData:
    return open_prepared(prepare(spec(folder, channels, **more)))


def save(path: Path, picture: Image.Image, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def flat(value: int | tuple[int, ...], mode: str = "L", side: int = SIZE) -> Image.Image:
    return Image.new(mode, (side, side), value)


def noise(side: int = 64) -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))


def palette() -> Image.Image:
    picture = flat(1, "P")
    picture.putpalette([0, 0, 0, 255, 0, 0])
    return picture


@pytest.mark.parametrize(
    ("name", "picture", "options", "rgb"),
    [
        ("grey.png", flat(70), {}, (70, 70, 70)),
        ("rgb.png", flat((255, 0, 0), "RGB"), {}, (255, 0, 0)),
        ("rgb.JPG", flat((255, 0, 0), "RGB"), {"quality": 100}, (254, 0, 0)),
        ("rgb.webp", flat((255, 0, 0), "RGB"), {"lossless": True}, (255, 0, 0)),
        ("rgb.bmp", flat((255, 0, 0), "RGB"), {}, (255, 0, 0)),
        ("grey.pgm", flat(70), {}, (70, 70, 70)),
        ("rgba.png", flat((255, 0, 0, 255), "RGBA"), {}, (255, 0, 0)),
        ("clear.png", flat((255, 0, 0, 0), "RGBA"), {}, (255, 255, 255)),
        ("half.png", flat((0, 127), "LA"), {}, (128, 128, 128)),
        ("bilevel.png", flat(1, "1"), {}, (255, 255, 255)),
        ("palette.png", palette(), {}, (255, 0, 0)),
        ("palette.gif", palette(), {}, (255, 0, 0)),
        ("clear-palette.png", palette(), {"transparency": 1}, (255, 255, 255)),
        ("clear-rgb.png", flat((9, 8, 7), "RGB"), {"transparency": (9, 8, 7)}, (255, 255, 255)),
        ("sixteen.png", flat(70 * 257, "I;16"), {}, (70, 70, 70)),
        ("sixteen.tif", flat(70 * 257, "I;16"), {}, (70, 70, 70)),
        ("cmyk.tif", flat((0, 255, 255, 0), "CMYK"), {}, (255, 0, 0)),
        ("cmyk.jpg", flat((0, 255, 255, 0), "CMYK"), {"quality": 100}, (255, 0, 0)),
    ],
)
def test_every_mode_is_converted_correctly(
    name: str,
    picture: Image.Image,
    options: dict[str, object],
    rgb: tuple[int, int, int],
    tmp_path: Path,
) -> None:
    save(tmp_path / "mixed" / name, picture, **options)
    data = read(tmp_path / "mixed")
    assert data.images.shape == (1, 3, SIZE, SIZE)
    assert set(zip(*data.images[0].reshape(3, -1).tolist(), strict=True)) == {rgb}
    luma = np.dot(rgb, (0.299, 0.587, 0.114))
    assert np.abs(read(tmp_path / "mixed", channels=1).images - luma).max() <= 1


def test_mixed_sizes_become_equal_and_are_sorted(tmp_path: Path) -> None:
    sizes = {
        "b/tall.png": (20, 90),
        "a.d/tiny.png": (3, 2),
        "b/big.jpg": (400, 300),
        "B/x.png": (16, 16),
    }
    for value, (name, (width, height)) in enumerate(sizes.items()):
        save(tmp_path / "mixed" / name, Image.new("L", (width, height), value * 50))
    data = read(tmp_path / "mixed", channels=1)
    assert data.images.shape == (4, 1, SIZE, SIZE)
    assert data.class_names == ("B", "a.d", "b")
    assert data.labels is not None
    assert data.labels.tolist() == [0, 1, 2, 2]
    assert data.images[:, 0, 0, 0].tolist() == [150, 50, 100, 0]


def test_a_photograph_is_rotated_upright(tmp_path: Path) -> None:
    left_black = Image.new("L", (32, 32), 255)
    left_black.paste(0, (0, 0, 16, 32))
    turn_clockwise = Image.Exif()
    turn_clockwise[0x0112] = 6
    save(tmp_path / "photographs" / "a.jpg", left_black, exif=turn_clockwise, quality=95)
    upright = read(tmp_path / "photographs", channels=1).images[0, 0]
    assert upright[:6].max() < 20
    assert upright[-6:].min() > 235


def test_a_large_photograph_is_resized_as_if_fully_decoded(tmp_path: Path) -> None:
    file = tmp_path / "photographs" / "a.jpg"
    save(file, noise(64).resize((256, 128), Image.Resampling.BICUBIC), quality=95)
    with Image.open(file) as whole:
        reduced = whole.resize((2 * SIZE, SIZE), Image.Resampling.BICUBIC)
    expected = np.asarray(reduced)[:, SIZE // 2 : -SIZE // 2].transpose(2, 0, 1)
    got = read(tmp_path / "photographs").images[0]
    difference = np.abs(got.astype(int) - expected)
    assert difference.max() <= 4
    assert difference.mean() <= 1


def test_other_files_are_ignored(tmp_path: Path) -> None:
    root = tmp_path / "images"
    save(root / "cats" / "deep" / "a.png", flat(1))
    save(root / ".hidden" / "b.png", flat(2))
    save(root / "cats" / ".c.png", flat(3))
    (root / "README.md").write_text("about")
    (root / ".DS_Store").write_bytes(b"\0")
    (root / "empty").mkdir()
    (root / "notes").mkdir()
    (root / "notes" / "a.txt").write_text("no image")
    data = read(root)
    assert data.images.shape == (1, 3, SIZE, SIZE)
    assert data.class_names == ("cats",)


def test_without_sub_folders_there_are_no_labels(tmp_path: Path) -> None:
    save(tmp_path / "images" / "a.png", flat(1))
    data = read(tmp_path / "images")
    assert data.labels is None
    assert data.class_names == ()
    with pytest.raises(DataError, match="has no classes: leave out classes"):
        read(tmp_path / "images", classes=(0,))


def test_classes_and_subset_read_only_what_they_need(tmp_path: Path) -> None:
    root = tmp_path / "images"
    for number in range(8):
        save(root / "cats" / f"{number}.png", flat(number))
        save(root / "dogs" / f"{number}.png", flat(100 + number))
    (root / "cats" / "broken.png").write_bytes(b"not an image")
    data = read(root, classes=(1,), subset=5)
    assert data.labels is not None
    assert data.labels.tolist() == [1] * 5
    assert data.class_names == ("cats", "dogs")
    assert len(set(data.images[:, 0, 0, 0].tolist()) & set(range(100, 108))) == 5


def test_images_next_to_sub_folders_are_refused(tmp_path: Path) -> None:
    save(tmp_path / "images" / "loose.png", flat(1))
    save(tmp_path / "images" / "cats" / "a.png", flat(1))
    with pytest.raises(DataError, match=r"such as loose\.png next to sub-folders .* cats/"):
        read(tmp_path / "images")


def _bytes_of(picture: Image.Image, kind: str) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


PNG, JPEG = _bytes_of(noise(), "PNG"), _bytes_of(noise(), "JPEG")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.png", PNG[: len(PNG) // 2]),
        ("cut-late.png", PNG[:-200]),
        ("cut.jpg", JPEG[: len(JPEG) // 2]),
        ("cut.gif", _bytes_of(noise(), "GIF")[:2000]),
        ("cut.bmp", _bytes_of(noise(), "BMP")[:2000]),
        ("cut.ppm", _bytes_of(noise(), "PPM")[:2000]),
        ("cut.tif", _bytes_of(noise(), "TIFF")[:2000]),
        ("cut.webp", _bytes_of(noise(), "WEBP")[:500]),
        ("flipped.png", _flipped(PNG, len(PNG) // 2)),
        ("header.png", _flipped(PNG, 18)),
        ("text.png", b"not an image"),
        ("empty.jpg", b""),
        ("float.tif", _bytes_of(Image.new("F", (20, 20), 0.5), "TIFF")),
    ],
)
def test_a_corrupt_image_is_named(
    name: str, content: bytes, tmp_path: Path, cached: Callable[[], list[str]]
) -> None:
    save(tmp_path / "images" / "cats" / "a.png", noise())
    bad = tmp_path / "images" / "cats" / name
    bad.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "images")
    said = str(caught.value)
    assert said.startswith(f"{bad} is not an image or is damaged (")
    assert said.endswith("): replace or remove it.")
    assert "\n" not in said
    assert "BytesIO" not in said
    assert cached() == []


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("", "has no path"),
        ("nowhere", "does not exist"),
        ("file", "is a file"),
        ("empty", "contains no image"),
    ],
)
def test_a_path_without_images_is_refused(
    argument: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for ask in (lambda: prepare(spec(argument)), lambda: identity(f"folder:{argument}")):
        with pytest.raises(DataError, match=says):
            ask()


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    save(tmp_path / "images" / "a.png", flat(1))
    (tmp_path / "images" / "b.png").symlink_to(tmp_path / "gone.png")
    for ask in (lambda: read(tmp_path / "images"), lambda: identity(f"folder:{tmp_path}/images")):
        with pytest.raises(DataError, match=r"b\.png cannot be read \(No such file"):
            ask()


def test_links_to_folders_are_followed_but_not_in_cycles(tmp_path: Path) -> None:
    save(tmp_path / "elsewhere" / "a.png", flat(1))
    root = tmp_path / "images"
    root.mkdir()
    (root / "cats").symlink_to(tmp_path / "elsewhere")
    (root / "dogs").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "again").symlink_to(tmp_path / "elsewhere")
    data = read(root)
    assert data.class_names == ("cats", "dogs")
    assert len(data.images) == 2


def test_a_path_is_relative_to_the_current_directory_or_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "here" / "images" / "a.png", flat(1))
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "here"))
    relative, home = prepare(spec("images")), prepare(spec("~/images"))
    assert relative == home == prepare(spec(tmp_path / "here" / "images"))


def test_the_identity_depends_on_content_not_on_location(tmp_path: Path) -> None:
    for place in ("one", "two"):
        save(tmp_path / place / "cats" / "a.png", noise())
        save(tmp_path / place / "cats" / "b.png", flat(9))
    first, second = (identity(f"folder:{tmp_path}/{place}") for place in ("one", "two"))
    assert first == second
    head, _, digest = first.partition(":")
    assert head == "folder"
    assert len(bytes.fromhex(digest)) == 6
    # Other files do not count; bytes, names and classes of images do.
    (tmp_path / "two" / "cats" / "README").write_text("about")
    assert identity(f"folder:{tmp_path}/two") == first
    seen = {first}
    image = tmp_path / "two" / "cats" / "b.png"
    save(image, flat(10))
    seen.add(identity(f"folder:{tmp_path}/two"))
    image = image.rename(image.with_name("c.png"))
    seen.add(identity(f"folder:{tmp_path}/two"))
    (tmp_path / "two" / "dogs").mkdir()
    image.rename(tmp_path / "two" / "dogs" / "c.png")
    seen.add(identity(f"folder:{tmp_path}/two"))
    assert len(seen) == 4
