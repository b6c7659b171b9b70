"""One image file as pixels, whatever its metadata say."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
_TWELVE_BITS = 4095


class Decoded(NamedTuple):
    """An image.

    Attributes:
        pixels: uint8 (channels, image_size, image_size).
        faint: the brightest of its 16-bit pixels, where no more than 12 bits are used.
    """

    pixels: np.ndarray
    faint: int | None


class _TooLarge(Exception):
    """The image has more pixels than are read."""


def read_image(path: Path, *, image_size: int, channels: int) -> Decoded:
    """One image file, rotated as its EXIF data says where those can be read.

    Raises:
        DataError: the file is not readable, not an image, too large, or truncated or corrupt.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return _decoded(content, image_size, channels)
    except _TooLarge as error:
        raise DataError(f"{path} {error}: make it smaller or remove it.") from error
    except MemoryError as error:
        raise DataError(f"{path} does not fit in memory: make it smaller or remove it.") from error
    except Exception as error:  # decoders raise many types on damaged files
        plain = without_metadata(content)
        if plain != content:
            with suppress(Exception):
                return _decoded(plain, image_size, channels)
        unknown = isinstance(error, PIL.UnidentifiedImageError)
        reason = "no known image format" if unknown else str(error) or repr(error)
        raise DataError(
            f"{path} is not an image or is damaged ({reason}): replace or remove it."
        ) from error


def _decoded(content: bytes, image_size: int, channels: int) -> Decoded:
    with _as_told(), Image.open(io.BytesIO(content)) as image:
        # A large JPEG is decoded at 4 times the final size only, without visible loss.
        image.draft(image.mode, (4 * image_size, 4 * image_size))
        pixels = image.width * image.height
        if pixels > _MOST_PIXELS:
            raise _TooLarge(
                f"has {pixels / 1e6:,.0f} megapixels, more than the {_MOST_PIXELS / 1e6:,.0f} "
                "that are read"
            )
        image.load()
        shown = square(eight_bit(_upright(image)), image_size=image_size, channels=channels)
        return Decoded(shown, _faint(image))


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
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # readers of EXIF data raise many types on malformed ones
        return image
    return image if turn is None else image.transpose(turn)


def _faint(image: Image.Image) -> int | None:
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return None
    brightest = int(np.asarray(image).max())
    return brightest if 0 < brightest <= _TWELVE_BITS else None
