"""The pictures of a run as one animation."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bench.errors import ResultsError
from bench.files import replacing, unwritable

MOST_FRAMES = 100
MOST_BYTES = 5 * 2**20  # what mails and web pages still take

_LAST_FRAME_FACTOR = 5
# From the best to the smallest file. A picture that has a palette keeps it.
_COLOURS = {"L": (64, 32, 16), "RGB": (256, 128, 64), "P": (256,)}
_PALETTE_FRAMES = 5  # which the palette is chosen for
_FONT_PIXELS, _STRIP_PIXELS, _STRIP_GREY = 14, 20, 224
_LEAST_WIDTH = 96  # for the text


def gif(
    pictures: Mapping[int, Path],
    out: Path,
    *,
    frames_per_second: float,
    most_bytes: int = MOST_BYTES,
) -> None:
    """Writes an endless animation: each picture below its epoch, the last five times as long.

    It has at most 100 frames, spread evenly over the pictures, the first and the last among them.
    All have one palette, so that nothing flickers. Where the file would be too large, it has
    fewer colours, and then fewer frames; two are written whatever their size.

    Args:
        pictures: by epoch, at least one.
        out: the file to write, whole or not at all.
        frames_per_second: at most 50; frames last a whole number of hundredths of a second.
        most_bytes: of the file.

    Raises:
        ValueError: no picture.
        ResultsError: a picture cannot be read, or ``out`` cannot be written.
    """
    if not pictures:
        raise ValueError("an animation needs at least one picture")
    epochs = _spread(sorted(pictures), MOST_FRAMES)
    frames = _alike([_read(pictures[epoch]) for epoch in epochs])
    labelled = [_labelled(f, f"epoch {e:,}") for e, f in zip(epochs, frames, strict=True)]
    content = b""
    for content in _ever_smaller(labelled, 10 * round(100 / frames_per_second)):
        if len(content) <= most_bytes:
            break
    try:
        with replacing(out) as file:
            file.write(content)
    except OSError as error:
        remedy = "choose another folder with --out"
        raise unwritable(out, error, remedy, ResultsError) from error


def _spread(items: Sequence[int], most: int) -> list[int]:
    """At most so many of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[(len(items) - 1) * place // (most - 1)] for place in range(most)]


def _read(png: Path) -> Image.Image:
    try:
        with Image.open(png) as picture:
            return picture.copy()
    except (OSError, SyntaxError) as error:  # what Pillow raises for a torn PNG
        raise ResultsError(
            f"{png} is missing or damaged: delete it and animate the other pictures."
        ) from error


def _alike(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """The pictures in one mode and of one size: a run may be continued with more samples."""
    modes = {picture.mode for picture in pictures}
    palettes = {str(picture.getpalette()) for picture in pictures}
    if len(modes | palettes) > 2 or not modes <= _COLOURS.keys():
        pictures = [picture.convert("RGB") for picture in pictures]
    size = (
        max(_LEAST_WIDTH, *(picture.width for picture in pictures)),
        max(picture.height for picture in pictures),
    )
    if all(picture.size == size for picture in pictures):
        return list(pictures)
    return [_placed(Image.new("RGB", size, "white"), p.convert("RGB"), 0) for p in pictures]


def _labelled(picture: Image.Image, text: str) -> Image.Image:
    """The picture below a strip of text, in its own mode and palette."""
    strip = Image.new("L", (picture.width, _STRIP_PIXELS), _STRIP_GREY)
    font = ImageFont.load_default(_FONT_PIXELS)
    middle = (picture.width / 2, _STRIP_PIXELS / 2)
    ImageDraw.Draw(strip).text(middle, text, "black", font, anchor="mm")
    whole = Image.new(picture.mode, (picture.width, _STRIP_PIXELS + picture.height))
    if picture.mode == "P":
        strip = strip.convert("RGB").quantize(palette=picture, dither=Image.Dither.NONE)
        whole.putpalette(picture.getpalette() or [])
    whole.paste(strip, (0, 0))
    return _placed(whole, picture, _STRIP_PIXELS)


def _placed(canvas: Image.Image, picture: Image.Image, top: int) -> Image.Image:
    canvas.paste(picture, (0, top))
    return canvas


def _ever_smaller(frames: Sequence[Image.Image], milliseconds: int) -> Iterator[bytes]:
    """Animations of fewer colours each, then of half the frames each."""
    for colours in _COLOURS[frames[0].mode]:
        drawn = _in_one_palette(frames, colours)
        yield _encoded(drawn, milliseconds)
    while len(drawn) > 2:
        kept = _spread(range(len(drawn)), max(2, len(drawn) // 2))
        drawn = [drawn[index] for index in kept]
        yield _encoded(drawn, milliseconds)


def _in_one_palette(frames: Sequence[Image.Image], colours: int) -> list[Image.Image]:
    if frames[0].mode == "P":
        return list(frames)
    if frames[0].mode == "L":
        greys = [round(level * 255 / (colours - 1)) for level in range(colours)]
        levels = [round(grey * (colours - 1) / 255) for grey in range(256)]
        drawn = [frame.point(levels) for frame in frames]
        for frame in drawn:
            frame.putpalette([grey for grey in greys for _ in "RGB"])
        return drawn
    some = [frames[index] for index in _spread(range(len(frames)), _PALETTE_FRAMES)]
    montage = Image.new("RGB", (some[0].width, some[0].height * len(some)))
    for index, frame in enumerate(some):
        montage.paste(frame, (0, index * frame.height))
    palette = montage.quantize(colours)
    return [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]


def _encoded(frames: Sequence[Image.Image], milliseconds: int) -> bytes:
    content = io.BytesIO()
    frames[0].save(
        content,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[milliseconds] * (len(frames) - 1) + [milliseconds * _LAST_FRAME_FACTOR],
        loop=0,
    )
    return content.getvalue()
