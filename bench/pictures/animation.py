"""The pictures of a run as one animation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from bench.errors import ResultsError
from bench.files import replacing, unwritable

_LAST_FRAME_FACTOR = 5


def gif(pngs: Sequence[Path], out: Path, *, milliseconds: int = 400) -> None:
    """Writes an endless animation of pictures, the last shown five times as long.

    Args:
        pngs: at least one, all of one size, in order.
        out: the file to write, whole or not at all.
        milliseconds: how long each frame is shown.

    Raises:
        ValueError: no picture.
        ResultsError: a picture cannot be read, or ``out`` cannot be written.
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
        with replacing(out) as file:
            frames[0].save(
                file,
                format="GIF",
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=0,
            )
    except OSError as error:
        remedy = "choose another folder with --out"
        raise unwritable(out, error, remedy, ResultsError) from error
