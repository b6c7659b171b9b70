"""Grids of generated images as PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw
from torch import Tensor

from bench.pictures import GAP_PIXELS, LEGIBLE_PIXELS
from bench.pictures.font import font, printable
from bench.quality.images import to_uint8

_GAP_GREY = 128  # differs from black and from white backgrounds of tiles
_HEADING_SIZE = 10  # of the font, in pixels
_HEADING_STRIP_PIXELS = 18
_HEADING_STRIP_GREY = 224


def columns_for(count: int) -> int:
    """How many columns make a grid of so many images nearly square: 7 for 49.

    Rows are complete where that keeps the grid less than twice as wide as high: 10 columns for
    60. Else the last one is shorter: 4 columns for 10.
    """
    least = math.isqrt(count - 1) + 1
    return next((c for c in range(least, 2 * least) if count % c == 0 and c * c < 2 * count), least)


def sample_grid_png(
    images: Tensor,
    columns: int,
    *,
    scale: int | None = None,
    headings: Sequence[str] | None = None,
) -> bytes:
    """A grid of images, row by row, as PNG.

    Args:
        images: (n, c, h, w) in [−1, 1], n ≥ 1, c 1 or 3. Values that are not a number are
            mid-grey, so that a diverged generator can be looked at too.
        columns: tiles per row, at least 1; the last row may be shorter.
        scale: each pixel becomes scale × scale pixels; None makes tiles at least 56 pixels
            high (28-pixel digits twice their size).
        headings: text above each column, as one line shortened to its width; None for no headings.

    Raises:
        ValueError: another shape, no column, or another number of headings than columns.
    """
    if images.dim() != 4 or len(images) < 1 or images.shape[1] not in (1, 3) or columns < 1:
        raise ValueError(
            f"cannot lay out images {tuple(images.shape)} in {columns} columns: "
            "they must be (n ≥ 1, 1 or 3, h, w)"
        )
    if headings is not None and len(headings) != columns:
        raise ValueError(f"{len(headings)} headings for {columns} columns")
    scale = scale or -(-LEGIBLE_PIXELS // images.shape[2])
    pixels = to_uint8(images.detach().float().nan_to_num(0.0)).permute(0, 2, 3, 1).cpu().numpy()
    tiles = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    grid = _laid_out(tiles, columns)
    picture = Image.fromarray(grid[:, :, 0] if grid.shape[2] == 1 else grid)
    if headings is not None:
        picture = _headed(picture, headings, tiles.shape[2])
    png = io.BytesIO()
    picture.save(png, format="PNG")
    return png.getvalue()


def _laid_out(tiles: np.ndarray, columns: int) -> np.ndarray:
    """Tiles (n, h, w, c) row by row, with gaps between them: uint8 (height, width, c).

    torchvision's ``make_grid`` would not shorten this: it also draws an outer border, repeats
    grey in three channels, narrows the grid to the number of tiles and leaves a single tile
    unpadded. Importing it would lengthen the start of every run.
    """
    count, height, width, channels = tiles.shape
    rows = -(-count // columns)
    height, width = height + GAP_PIXELS, width + GAP_PIXELS
    cells = np.full((rows * columns, height, width, channels), _GAP_GREY, dtype=np.uint8)
    cells[:count, :-GAP_PIXELS, :-GAP_PIXELS] = tiles
    grid = cells.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    grid = grid.reshape(rows * height, columns * width, channels)
    return grid[:-GAP_PIXELS, :-GAP_PIXELS]


def _headed(picture: Image.Image, headings: Sequence[str], width: int) -> Image.Image:
    """The picture below a strip with a heading for each tile, ``width`` pixels wide."""
    size = (picture.width, picture.height + _HEADING_STRIP_PIXELS)
    headed = Image.new("L", size, _HEADING_STRIP_GREY).convert(picture.mode)
    headed.paste(picture, (0, _HEADING_STRIP_PIXELS))
    draw = ImageDraw.Draw(headed)
    typeface = font(_HEADING_SIZE)
    for column, heading in enumerate(headings):
        middle = column * (width + GAP_PIXELS) + width / 2
        text = heading = printable(heading)
        while draw.textlength(text, typeface) > width:
            heading = heading[:-1]
            text = f"{heading.rstrip()}…" if heading else ""
        draw.text((middle, _HEADING_STRIP_PIXELS / 2), text, "black", typeface, anchor="mm")
    return headed
