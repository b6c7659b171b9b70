"""One image file as pixels, whatever its metadata say."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bench.datasets.content import unreadable
from bench.datasets.metadata import without_metadata
from bench.datasets.pixels import eight_bit, square
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
    import PIL
    from PIL import Image
else:
    np = LazyModule("numpy")
    PIL = LazyModule("PIL")
    Image = LazyModule("PIL.Image")

_MOST_PIXELS = 500_000_000  # 2 GB while an image is converted to RGB
_ORIENTATION = 0x0112  # of EXIF data
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_SWAPPING = frozenset(("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90"))
_TWELVE_BITS = 4095


class Decoded(NamedTuple):
    """An image.

    Attributes:
        pixels: uint8 (channels, image_size, image_size).
        faint: the brightest of its 16-bit pixels, where no more than 12 bits are used.
    """

    pixels: np.ndarray
    faint: int | None


Half = Literal["left", "right"]


class _Unsuitable(Exception):
    """The image is whole, but cannot be used; the message goes on after its path."""


def read_image(path: Path, *, image_size: int, channels: int, half: Half | None = None) -> Decoded:
    """One image file, rotated as its EXIF data says where those can be read.

    Args:
        half: of the image that is read; None for the whole.

    Raises:
        DataError: the file is not readable, not an image, too large, or truncated or corrupt, or
            cannot be halved.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return _decoded(content, image_size, channels, half)
    except _Unsuitable as error:
        raise DataError(f"{path} {error}") from error
    except MemoryError as error:
        raise DataError(f"{path} does not fit in memory: make it smaller or remove it.") from error
    except Exception as error:  # decoders raise many types on damaged files
        plain = without_metadata(content)
        if plain != content:
            with suppress(Exception):
                return _decoded(plain, image_size, channels, half)
        unknown = isinstance(error, PIL.UnidentifiedImageError)
        reason = "no known image format" if unknown else str(error) or repr(error)
        raise DataError(
            f"{path} is not an image or is damaged ({reason}): replace or remove it."
        ) from error


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of an image that can be read, as it is shown; reads no pixel."""
    with _as_told(), Image.open(path) as image:
        turned = _turn(image) in _SWAPPING
        return (image.height, image.width) if turned else image.size


def _decoded(content: bytes, image_size: int, channels: int, half: Half | None) -> Decoded:
    with _as_told(), Image.open(io.BytesIO(content)) as image:
        if half is None:
            # A large JPEG is decoded at 4 times the final size only, without visible loss.
            image.draft(image.mode, (4 * image_size, 4 * image_size))
        pixels = image.width * image.height
        if pixels > _MOST_PIXELS:
            raise _Unsuitable(
                f"has {pixels / 1e6:,.0f} megapixels, more than the {_MOST_PIXELS / 1e6:,.0f} "
                "that are read: make it smaller or remove it."
            )
        image.load()
        upright = eight_bit(_upright(image))
        if half is not None:
            upright = _halved(upright, half)
        return Decoded(square(upright, image_size=image_size, channels=channels), _faint(image))


def _halved(image: Image.Image, half: Half) -> Image.Image:
    if image.width % 2:
        raise _Unsuitable(
            f"is {image.width:,} px wide, an odd number, so it is no pair side by side: make both "
            "halves equally wide or remove it."
        )
    middle = image.width // 2
    left, right = (0, middle) if half == "left" else (middle, image.width)
    return image.crop((left, 0, right, image.height))


@contextmanager
def _as_told() -> Iterator[None]:
    """Pillow without its warnings, and without its limit, which takes large images for attacks."""
    import PIL.Image as module

    limit = module.MAX_IMAGE_PIXELS
    module.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        module.MAX_IMAGE_PIXELS = limit


def _upright(image: Image.Image) -> Image.Image:
    """The image turned as its EXIF or XMP data says; as it is where those are malformed."""
    turn = _turn(image)
    return image if turn is None else image.transpose(Image.Transpose[turn])


def _turn(image: Image.Image) -> str | None:
    """The name of the transposition that shows an image upright; None where it is."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # readers of EXIF data raise many types on malformed ones
        return None


def _faint(image: Image.Image) -> int | None:
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return None
    brightest = int(np.asarray(image).max())
    return brightest if 0 < brightest <= _TWELVE_BITS else None
