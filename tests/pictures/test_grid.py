from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from bench.pictures.grid import columns_for, sample_grid_png


def tiles(count: int, channels: int, size: int) -> Tensor:
    pixels = torch.randint(0, 256, (count, channels, size, size))
    return pixels.float() / 127.5 - 1


def read(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize("channels", [1, 3])
def test_tiles_are_laid_out_row_by_row_with_gaps(channels: int) -> None:
    images = tiles(5, channels, 4)
    grid = read(sample_grid_png(images, 3, scale=2))
    if channels == 1:
        grid = grid[:, :, None]
    assert grid.shape == (2 * 8 + 2, 3 * 8 + 2 * 2, channels)
    covered = np.zeros(grid.shape[:2], bool)
    for index, image in enumerate(images):
        top, left = index // 3 * 10, index % 3 * 10
        place = (slice(top, top + 8), slice(left, left + 8))
        covered[place] = True
        pixels = ((image + 1) * 127.5).round().permute(1, 2, 0).numpy()
        for dy in range(2):
            for dx in range(2):
                assert (grid[place][dy::2, dx::2] == pixels).all()
    assert (grid[~covered] == 128).all()


@pytest.mark.parametrize(("size", "tile"), [(28, 56), (32, 64), (64, 64), (8, 56), (100, 100)])
def test_small_digits_are_enlarged_to_be_legible(size: int, tile: int) -> None:
    assert read(sample_grid_png(tiles(1, 1, size), 1)).shape == (tile, tile)


def test_a_diverged_generator_is_shown_too() -> None:
    images = torch.tensor([torch.nan, torch.inf, -torch.inf, 0.0]).reshape(1, 1, 2, 2)
    assert read(sample_grid_png(images, 1, scale=1)).tolist() == [[128, 255], [0, 128]]


def test_shapes_that_cannot_be_laid_out_are_refused() -> None:
    for images, columns in (
        (torch.zeros(2, 2, 4, 4), 2),
        (torch.zeros(0, 1, 4, 4), 2),
        (torch.zeros(1, 4, 4), 2),
        (torch.zeros(2, 1, 4, 4), 0),
    ):
        with pytest.raises(ValueError, match="cannot lay out"):
            sample_grid_png(images, columns)


@pytest.mark.parametrize("channels", [1, 3])
def test_headings_are_above_their_columns(channels: int) -> None:
    images = tiles(6, channels, 28)
    plain = read(sample_grid_png(images, 3))
    headed = read(sample_grid_png(images, 3, headings=["dress", "", "coat"]))
    strip = len(headed) - len(plain)
    assert (headed[strip:] == plain).all()
    written = headed[:strip] if channels == 1 else headed[:strip, :, 0]
    columns = np.unique(np.argwhere(written < 100)[:, 1])
    assert set(columns // 58) == {0, 2}
    for column in (0, 2):
        ink = columns[columns // 58 == column] % 58
        assert (ink.min() + ink.max()) / 2 == pytest.approx(28, abs=2)


def test_long_headings_are_shortened_to_their_column() -> None:
    images = tiles(2, 1, 28)
    long = read(sample_grid_png(images, 2, headings=["", "m" * 40]))
    rest = len(long) - 56
    assert (long[:rest, :58] == 224).all()
    assert (long[:rest, 58:] < 100).any()
    assert not np.array_equal(long, read(sample_grid_png(images, 2, headings=["", "m" * 5])))
    with pytest.raises(ValueError, match="1 headings for 2 columns"):
        sample_grid_png(images, 2, headings=["a"])
    tiny = read(sample_grid_png(images, 2, scale=1, headings=["mmmmmmm", "mmmmmmmm"]))
    assert tiny.shape == (28 + rest, 58)


def test_a_sheet_of_any_number_is_nearly_square() -> None:
    sides = {1: 1, 2: 2, 5: 3, 7: 3, 10: 4, 12: 4, 20: 5, 49: 7, 50: 8, 60: 10, 64: 8, 400: 20}
    assert {count: columns_for(count) for count in sides} == sides
    for count in range(1, 401):
        columns = columns_for(count)
        rows = -(-count // columns)
        assert rows <= columns < 2 * rows + (count == 2), count
        assert columns * (rows - 1) < count, "no row is empty"
