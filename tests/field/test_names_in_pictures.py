"""Names of classes in the sheets of samples: any text, on one line, in a real font."""

from __future__ import annotations

import io

import numpy as np
import torch
from PIL import Image

from bench.pictures.grid import sample_grid_png


def strip(heading: str) -> np.ndarray:
    """The strip of headings above one white tile."""
    png = sample_grid_png(torch.ones(1, 1, 56, 56), 1, headings=[heading])
    return np.asarray(Image.open(io.BytesIO(png)))[:-56]


def test_a_line_break_in_a_name_is_a_space() -> None:
    for name in ("dog\nbig", "dog\r\nbig", "dog\tbig", "dog\u2028big", "dog \x00big"):
        assert np.array_equal(strip(name), strip("dog big"))


def test_letters_beyond_ascii_are_drawn_not_boxes() -> None:
    box = strip("\U0010fffd")  # a private character, which no font has
    for name in ("ï", "Ω", "Ж", "ł", "é"):
        assert not np.array_equal(strip(name), box), name
    assert len({strip(name).tobytes() for name in ("naïve", "naıve", "Ω", "Φ")}) == 4
