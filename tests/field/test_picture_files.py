"""Whole pictures that were refused, left out or misread: metadata, sizes, depths, suffixes."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.datasets import DataSpec, ImageData, identity, open_prepared, prepare
from bench.datasets.decoding import read_image
from bench.errors import DataError, DataWarning

SIZE = 16
RED = Image.new("RGB", (SIZE, SIZE), (255, 0, 0))


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_BENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def read(folder: Path, channels: int = 3) -> ImageData:
    spec = DataSpec(name=f"folder:{folder}", image_size=SIZE, channels=channels)
    return open_prepared(prepare(spec))


def is_red(images: np.ndarray) -> bool:
    """Whether every pixel is red, but for losses of compression."""
    return bool(images[:, 0].min() >= 247 and images[:, 1:].max() <= 8)


def encoded(kind: str, picture: Image.Image = RED, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)  # type: ignore[arg-type]
    return content.getvalue()


def with_chunk(png: bytes, name: bytes, data: bytes, checksum: int | None = None) -> bytes:
    """A PNG with one more chunk behind its header."""
    if checksum is None:
        checksum = zlib.crc32(name + data)
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
    return png[:33] + chunk + png[33:]


def turned(value: bytes) -> bytes:
    """EXIF data whose orientation, a number of two bytes, claims to be of another type."""
    entry = struct.pack("<HHI", 0x0112, 2, 4) + value
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4)


def with_segment(marker: int, data: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    jpeg = encoded("JPEG", quality=100)
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + jpeg[2:]


GARBAGE = b"Exif\0\0no TIFF header"
CUT = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("exif.jpg", encoded("JPEG", exif=GARBAGE, quality=100)),
        ("cut-exif.jpg", encoded("JPEG", exif=CUT, quality=100)),
        ("text.jpg", encoded("JPEG", exif=turned(b"six\0"), quality=100)),
        ("profile.jpg", with_segment(0xE2, b"ICC_PROFILE\0")),
        ("jfif.jpg", with_segment(0xE0, b"JFIF\0")),
        ("adobe.jpg", with_segment(0xEE, b"Adobe")),
        ("photoshop.jpg", with_segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed")),
        ("exif.webp", encoded("WEBP", exif=GARBAGE, lossless=True)),
        ("exif.png", with_chunk(encoded("PNG"), b"eXIf", b"no TIFF header")),
        ("cut-exif.png", with_chunk(encoded("PNG"), b"eXIf", CUT[6:])),
        ("empty-exif.png", with_chunk(encoded("PNG"), b"eXIf", b"")),
        ("checksum.png", with_chunk(encoded("PNG"), b"eXIf", b"MM", checksum=1)),
        ("profile.png", with_chunk(encoded("PNG"), b"iCCP", b"\0")),
        ("text.png", with_chunk(encoded("PNG"), b"zTXt", b"a\0\0" + zlib.compress(bytes(10**7)))),
        ("gamma.png", with_chunk(encoded("PNG"), b"gAMA", b"")),
        (
            "raw.png",
            with_chunk(encoded("PNG"), b"tEXt", b"Raw profile type exif\0\nexif\n 2\nno hex\n"),
        ),
    ],
)
def test_malformed_metadata_is_not_a_damaged_picture(
    name: str, content: bytes, pictures: Path
) -> None:
    (pictures / name).write_bytes(content)
    assert is_red(read(pictures).images)


def test_malformed_exif_data_of_avif(pictures: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    content = encoded("AVIF", exif=exif)
    at = max(content.find(b"II*\0"), content.find(b"MM\0*"))
    assert at > 0
    (pictures / "a.avif").write_bytes(content[:at] + b"none" + content[at + 4 :])
    assert is_red(read(pictures).images)


def test_without_metadata_damaged_pixels_stay_damaged(pictures: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    whole = with_chunk(encoded("PNG", noise), b"eXIf", b"no TIFF header")
    (pictures / "a.png").write_bytes(whole[:-400])
    with pytest.raises(DataError, match=r"a\.png is not an image or is damaged \("):
        read(pictures)


def test_a_picture_of_190_megapixels_is_read_and_pillow_says_nothing(pictures: Path) -> None:
    Image.new("1", (19_000, 10_000), 1).save(pictures / "large.png")
    Image.new("L", (10_000, 9_000), 255).save(pictures / "warned.jpg")  # half of Pillow's limit
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (read(pictures, channels=1).images == 255).all()


def test_more_pixels_than_are_read_is_no_damage(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.datasets.decoding._MOST_PIXELS", 1_000_000)
    Image.new("1", (2000, 1000)).save(pictures / "a.png")
    with pytest.raises(DataError, match=r"a\.png has 2 megapixels, more than .*: make it smaller"):
        read(pictures)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_twelve_bits_in_a_16_bit_file_are_said(kind: str, pictures: Path) -> None:
    for number in range(3):
        sixteen = Image.fromarray(np.full((SIZE, SIZE), 4095 - number, np.uint16))
        (pictures / f"{number}.{kind.lower()}").write_bytes(encoded(kind, sixteen))
    with pytest.warns(
        DataWarning, match=r"no value above 4,095 of 65,535, so it is nearly"
    ) as said:
        read(pictures)
    assert len(said) == 1


def test_sixteen_bits_that_are_used_are_read_without_a_word(tmp_path: Path) -> None:
    for value in (0, 4096, 65535):
        file = tmp_path / f"{value}.png"
        file.write_bytes(encoded("PNG", Image.fromarray(np.full((8, 8), value, np.uint16))))
        assert read_image(file, image_size=8, channels=1).faint is None


def test_pictures_of_every_usual_suffix_are_used(pictures: Path) -> None:
    kinds = {
        ".avif": "AVIF",
        ".dib": "DIB",
        ".ico": "ICO",
        ".jp2": "JPEG2000",
        ".jpe": "JPEG",
        ".png": "PNG",
        ".tga": "TGA",
        ".JPG": "JPEG",
    }
    for suffix, kind in kinds.items():
        (pictures / f"a{suffix}").write_bytes(encoded(kind))
    images = read(pictures).images
    assert len(images) == len(kinds)
    assert is_red(images)


def test_pictures_that_are_left_out_are_counted(pictures: Path) -> None:
    RED.save(pictures / "a.png")
    for name in ("b.heic", "c.HEIC", "d.svg", "README.md"):
        (pictures / name).write_bytes(b"")
    with pytest.warns(DataWarning, match=r"left out, .* \(2 \.heic, 1 \.svg\): convert"):
        identity(f"folder:{pictures}")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _circle(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_pipe, r"b\.png is a pipe, a socket or a device"),
        (_device, r"b\.png is a pipe, a socket or a device"),
        (_circle, r"b\.png cannot be read \(Too many levels"),
    ],
)
def test_what_is_no_file_is_named_and_not_waited_for(
    make: Callable[[Path], None], says: str, pictures: Path
) -> None:
    RED.save(pictures / "a.png")
    make(pictures / "b.png")
    for ask in (lambda: identity(f"folder:{pictures}"), lambda: read(pictures)):
        with pytest.raises(DataError, match=says):
            ask()


def test_thumbnails_of_a_storage_device_do_not_count(pictures: Path) -> None:
    for name in (
        "cats/a.png",
        "cats/@eaDir/a.png/SYNOPHOTO_THUMB.jpg",
        "@eaDir/b.png",
        "#recycle/c.png",
    ):
        (pictures / name).parent.mkdir(parents=True, exist_ok=True)
        RED.save(pictures / name)
    data = read(pictures)
    assert len(data.images) == 1
    assert data.class_names == ("cats",)
