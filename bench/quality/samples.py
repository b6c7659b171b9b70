"""Sample grids as PNG, and a run's grids as one animation."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from bench.errors import ResultsError
from bench.quality.images import to_uint8
from bench.quality.tensor_file import write_atomically

_GAP_PIXELS = 2
_GAP_GREY = 128  # sets tiles off whether their own background is black or white
_LEGIBLE_PIXELS = 56  # the least height of a tile by default
_LAST_FRAME_FACTOR = 5
_HEADING_SIZE = 11  # of type, in pixels
_HEADING_STRIP_PIXELS = 18
_HEADING_STRIP_GREY = 224


def sample_grid_png(
    images: Tensor,
    columns: int,
    *,
    scale: int | None = None,
    headings: Sequence[str] | None = None,
) -> bytes:
    """A grid of images, row by row, as PNG.

    Args:
        images: (n, c, h, w) in [−1, 1], n ≥ 1, c 1 or 3. What is not a number is mid-grey:
            a generator that diverged can be looked at too.
        columns: tiles a row, at least 1; the last row may be shorter.
        scale: each pixel becomes scale × scale pixels; None makes tiles at least 56 pixels
            high (28-pixel digits twice their size).
        headings: what to write above each column, shortened to its width; None leaves it out.

    Raises:
        ValueError: another shape, no column, or not one heading for each.
    """
    if images.dim() != 4 or len(images) < 1 or images.shape[1] not in (1, 3) or columns < 1:
        raise ValueError(
            f"cannot lay out images {tuple(images.shape)} in {columns} columns: "
            "they must be (n ≥ 1, 1 or 3, h, w)"
        )
    if headings is not None and len(headings) != columns:
        raise ValueError(f"{len(headings)} headings cannot stand above {columns} columns")
    scale = scale or -(-_LEGIBLE_PIXELS // images.shape[2])
    pixels = to_uint8(images.detach().float().nan_to_num(0.0)).permute(0, 2, 3, 1).cpu().numpy()
    tiles = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    count, height, width, channels = tiles.shape
    rows = -(-count // columns)
    grid = np.full(
        (
            rows * (height + _GAP_PIXELS) - _GAP_PIXELS,
            columns * (width + _GAP_PIXELS) - _GAP_PIXELS,
            channels,
        ),
        _GAP_GREY,
        dtype=np.uint8,
    )
    for index, tile in enumerate(tiles):
        top = index // columns * (height + _GAP_PIXELS)
        left = index % columns * (width + _GAP_PIXELS)
        grid[top : top + height, left : left + width] = tile
    picture = Image.fromarray(grid[:, :, 0] if channels == 1 else grid)
    if headings is not None:
        picture = _headed(picture, headings, width)
    png = io.BytesIO()
    picture.save(png, format="PNG")
    return png.getvalue()


def _headed(picture: Image.Image, headings: Sequence[str], width: int) -> Image.Image:
    """The picture under a strip with a heading above each tile of so many pixels."""
    size = (picture.width, picture.height + _HEADING_STRIP_PIXELS)
    headed = Image.new("L", size, _HEADING_STRIP_GREY).convert(picture.mode)
    headed.paste(picture, (0, _HEADING_STRIP_PIXELS))
    draw = ImageDraw.Draw(headed)
    font = ImageFont.load_default(_HEADING_SIZE)
    for column, heading in enumerate(headings):
        middle = column * (width + _GAP_PIXELS) + width / 2
        text = heading
        while draw.textlength(text, font) > width:
            heading = heading[:-1]
            text = f"{heading.rstrip()}…" if heading else ""
        draw.text((middle, _HEADING_STRIP_PIXELS / 2), text, "black", font, anchor="mm")
    return headed


def gif(pngs: Sequence[Path], out: Path, *, milliseconds: int = 400) -> None:
    """An endless animation of pictures, the last held five times as long.

    Args:
        pngs: at least one, all of one size, first frame first.
        out: where to put it; appears whole or not at all.
        milliseconds: how long each frame is shown.

    Raises:
        ValueError: no picture.
        ResultsError: a picture cannot be read, or ``out`` not be written.
    """
    if not pngs:
        raise ValueError("an animation needs at least one picture")
    frames = []
    for png in pngs:
        try:
            with Image.open(png) as picture:
                frames.append(picture.copy())
        except (OSError, SyntaxError) as error:  # what Pillow raises for a torn PNG
            raise ResultsError(
                f"{png} is missing or damaged: delete it and animate the other pictures."
            ) from error
    durations = [milliseconds] * (len(frames) - 1) + [milliseconds * _LAST_FRAME_FACTOR]
    try:
        write_atomically(
            out,
            lambda file: frames[0].save(
                file,
                format="GIF",
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=0,
            ),
        )
    except OSError as error:
        raise ResultsError(
            f"Cannot write {out} ({error.strerror}): free some space, "
            "or choose a folder you can write to with --out."
        ) from error
