"""Characters of a typeface as images, each several times with a little jitter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont
else:
    np = LazyModule("numpy")
    Image = LazyModule("PIL.Image")
    ImageDraw = LazyModule("PIL.ImageDraw")
    ImageFont = LazyModule("PIL.ImageFont")

# Each is drawn upright and once more for every jitter.
RENDERINGS = 16
_SEED = 1703
# Of the side of an image: the em, the baseline from the top, the largest shift.
_EM, _BASELINE, _SHIFT = 0.56, 0.7, 1 / 20
_SCALE, _DEGREES = 0.1, 8  # the largest change
_FINER = 4  # an image is drawn with that many times its pixels, which are then averaged


@dataclass(frozen=True)
class Glyphs:
    """Characters of a typeface, black on white, ``RENDERINGS`` images of each in a row.

    The images of a character are shifted, turned and scaled by amounts that its number decides, so
    they are the same in every typeface.

    Attributes:
        typeface: the font's file.
        class_names: characters, each a class.
        chosen: int64 (C,), the numbers of those that there are images of.
    """

    typeface: Path
    class_names: tuple[str, ...]
    chosen: np.ndarray

    def __len__(self) -> int:
        return RENDERINGS * len(self.chosen)

    @cached_property
    def labels(self) -> np.ndarray:
        """int64 (N,), the number of the character in each image."""
        return np.repeat(self.chosen, RENDERINGS)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""
        jitter = _jitter(len(self.class_names))
        images = [
            _turned(
                _upright(self.typeface, self.class_names[self.labels[index]], image_size),
                *jitter[self.labels[index], index % RENDERINGS],
            )
            for index in indices
        ]
        shape = (len(indices), channels, image_size, image_size)
        return np.broadcast_to(np.stack(images)[:, np.newaxis], shape)


@cache
def _jitter(characters: int) -> np.ndarray:
    """Shift to the right and down, turn and growth of each image: (characters, RENDERINGS, 4).

    Each uniform in −1 to 1. NumPy keeps the raw stream of a bit generator stable.
    """
    raw = np.random.PCG64(_SEED).random_raw(characters * RENDERINGS * 4)
    uniform: np.ndarray = ((raw >> 11) + 0.5) / 2.0**52 - 1
    return uniform.reshape(characters, RENDERINGS, 4)


@cache
def _font(typeface: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(typeface, round(_EM * _FINER * size))


@lru_cache(maxsize=8)
def _upright(typeface: Path, character: str, size: int) -> Image.Image:
    """A character without jitter, with more pixels than asked for, white on black."""
    side = _FINER * size
    image = Image.new("L", (side, side))
    place = (side / 2, _BASELINE * side)
    ImageDraw.Draw(image).text(place, character, 255, _font(typeface, size), anchor="ms")
    return image


def _turned(
    image: Image.Image, right: float, down: float, turn: float, growth: float
) -> np.ndarray:
    """The image with jitter, black on white: uint8 (size, size)."""
    side = image.width
    angle, factor = np.deg2rad(turn * _DEGREES), 1 + growth * _SCALE
    cosine, sine = np.cos(angle) / factor, np.sin(angle) / factor
    # Where each pixel comes from: it was grown and turned about the middle, then shifted.
    x, y = side / 2 + right * _SHIFT * side, side / 2 + down * _SHIFT * side
    inverse = (
        *(cosine, sine, side / 2 - cosine * x - sine * y),
        *(-sine, cosine, side / 2 + sine * x - cosine * y),
    )
    moved = image.transform(
        image.size, Image.Transform.AFFINE, inverse, resample=Image.Resampling.BICUBIC
    )
    return 255 - np.asarray(moved.reduce(_FINER))
