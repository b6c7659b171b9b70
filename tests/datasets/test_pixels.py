from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from bench.datasets.pixels import ArrayImages, eight_bit, square

SIDE = 6
grey_stacks = arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(SIDE), st.just(SIDE)))
rgb_stacks = arrays(np.uint8, st.tuples(st.integers(1, 4), *map(st.just, (SIDE, SIDE, 3))))


def taken(pixels: np.ndarray, *, image_size: int = SIDE, channels: int) -> np.ndarray:
    images = ArrayImages(pixels, np.zeros(len(pixels), np.int64), ("only",))
    return images.take(np.arange(len(pixels)), image_size=image_size, channels=channels)


@settings(deadline=None)  # the machine may be busy
@given(grey_stacks)
def test_grey_becomes_rgb_by_repetition(pixels: np.ndarray) -> None:
    rgb = taken(pixels, channels=3)
    assert rgb.shape == (len(pixels), 3, SIDE, SIDE)
    assert (rgb == pixels[:, np.newaxis]).all()


@settings(deadline=None)  # the machine may be busy
@given(rgb_stacks)
def test_rgb_becomes_grey_by_luma(pixels: np.ndarray) -> None:
    grey = taken(pixels, channels=1)
    assert grey.shape == (len(pixels), 1, SIDE, SIDE)
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey[:, 0] - luma).max() <= 1


@settings(deadline=None)  # the machine may be busy
@given(rgb_stacks)
def test_at_the_native_size_nothing_changes(pixels: np.ndarray) -> None:
    images = taken(pixels, channels=3)
    np.testing.assert_array_equal(images.transpose(0, 2, 3, 1), pixels)
    assert images.flags.c_contiguous


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 255), st.integers(1, 40), st.integers(1, 40), st.integers(1, 20))
def test_a_uniform_image_stays_uniform(
    value: int, width: int, height: int, image_size: int
) -> None:
    image = Image.new("L", (width, height), value)
    assert (square(image, image_size=image_size, channels=3) == value).all()


def test_shrinking_is_antialiased() -> None:
    checks = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    small = taken(checks[np.newaxis], image_size=16, channels=1)[0, 0]
    assert np.abs(small[2:-2, 2:-2].astype(int) - 127).max() <= 3


def test_the_middle_of_the_longer_side_is_kept() -> None:
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, :10, 0] = wide[:, 10:20, 1] = wide[:, 20:, 2] = 255
    for picture in (wide, wide.transpose(1, 0, 2)):
        red, green, blue = square(Image.fromarray(picture), image_size=10, channels=3)
        assert (green == 255).all()
        assert (red == 0).all()
        assert (blue == 0).all()


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    steps = np.arange(256).reshape(16, 16)
    sixteen = Image.fromarray((steps * 257).astype(np.uint16))
    assert sixteen.mode == "I;16"
    np.testing.assert_array_equal(np.asarray(eight_bit(sixteen)), steps)
    np.testing.assert_array_equal(np.asarray(eight_bit(sixteen.convert("I"))), steps)


def test_sixteen_bits_are_rounded() -> None:
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    scaled = np.asarray(eight_bit(Image.fromarray(every)))
    np.testing.assert_array_equal(scaled, np.rint(every * (255 / 65535)))


def test_transparency_becomes_white() -> None:
    half = Image.new("LA", (4, 4), (0, 127))
    assert np.asarray(eight_bit(half)).tolist() == [[[128] * 3] * 4] * 4
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert (np.asarray(eight_bit(clear)) == 255).all()


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (Image.new("F", (2, 2), 0.5), "floating-point pixels have no known range"),
        (Image.new("I", (2, 2), 65536), "outside the 16-bit range"),
        (Image.new("I", (2, 2), -1), "outside the 16-bit range"),
    ],
)
def test_an_unknown_range_is_refused(picture: Image.Image, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        eight_bit(picture)
