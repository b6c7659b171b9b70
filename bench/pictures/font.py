"""The font of text in pictures: DejaVu Sans, which matplotlib brings, for Latin, Greek, Cyrillic.

Pillow's own has little more than ASCII.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

_FILE = "mpl-data/fonts/ttf/DejaVuSans.ttf"


@cache
def font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans of this size; Pillow's own font where matplotlib was installed without it."""
    spec = find_spec("matplotlib")  # without importing it, which would lengthen every run's start
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (file := Path(folder) / _FILE).is_file():
            return ImageFont.truetype(str(file), pixels)
    return ImageFont.load_default(pixels)


def printable(text: str) -> str:
    """Any text as one line: line breaks, tabs and what is not printable become spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
