from __future__ import annotations

import io
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from bench.pictures.animation import gif
from bench.pictures.scatter import _note, scatter_png

MODES = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
NOWHERE = torch.full((5, 2), 9.0)


def read(samples: Tensor, modes: Tensor = MODES) -> np.ndarray:
    png = scatter_png(samples, modes, 0.05)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def blue(picture: np.ndarray) -> np.ndarray:
    """Where points are: (n, 2) of row and column."""
    return np.argwhere(picture[:, :, 2] - picture[:, :, 0] > 60)


def discs(picture: np.ndarray) -> np.ndarray:
    """Where discs are visible. Inside the axes, only they have this grey."""
    inside = picture[40:540, 80:580]
    return np.argwhere((inside == 221).all(axis=2))


def test_points_are_drawn_at_their_coordinates() -> None:
    centre = blue(read(torch.zeros(5, 2))).mean(axis=0)
    for x, y in ((1.0, 0.0), (0.0, 1.0), (-0.6, 0.3)):
        row, column = blue(read(torch.tensor([[x, y]] * 5))).mean(axis=0) - centre
        # 85 % of 600 pixels show 2.7 units
        assert column == pytest.approx(x * 510 / 2.7, abs=1)
        assert row == pytest.approx(-y * 510 / 2.7, abs=1)


def test_missing_modes_are_visible() -> None:
    empty = read(NOWHERE)
    assert len(blue(empty)) == 0
    quarter = len(discs(empty)) / 4
    assert quarter > 100
    generator = torch.Generator().manual_seed(0)
    around = 0.32 * (torch.rand(6000, 2, generator=generator) - 0.5)
    near = MODES[:3].repeat(2000, 1) + around
    left = discs(read(near))
    assert len(left) == pytest.approx(quarter, rel=0.2)
    assert (left[:, 0] > 250).all()  # the one below


def test_points_that_cannot_be_shown_are_counted() -> None:
    points = torch.zeros(10, 2)
    notes = [read(points)[:30]]  # above the axes
    points[1] = torch.tensor([1.5, 0.0])
    notes.append(read(points)[:30])
    points[2] = torch.tensor([0.0, -math.inf])
    notes.append(read(points)[:30])
    assert (notes[0] == 255).all()
    assert not np.array_equal(notes[0], notes[1])
    assert not np.array_equal(notes[1], notes[2])
    assert _note(0, 0, 2500) == ""
    assert _note(1200, 0, 2500) == "1,200 outside of 2,500 points"
    assert _note(3, 2, 2500) == "3 outside, 2 not finite of 2,500 points"


def test_a_single_mode_and_no_finite_point_make_a_picture() -> None:
    assert len(blue(read(torch.full((3, 2), math.nan), MODES[:1]))) == 0


def test_frames_of_one_mixture_animate_exactly(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    frames = [
        torch.randn(500, 2, generator=generator),
        MODES.repeat(100, 1),
        NOWHERE,
        torch.full((4, 2), math.nan),
    ]
    pngs = []
    for index, points in enumerate(frames):
        pngs.append(tmp_path / f"{index}.png")
        pngs[-1].write_bytes(scatter_png(points, MODES, 0.05))
    pictures = [Image.open(png) for png in pngs]
    assert {(picture.size, picture.mode) for picture in pictures} == {((600, 600), "P")}
    assert len({tuple(picture.getpalette() or ()) for picture in pictures}) == 1
    # everything but the data is the same: the frame and labels of the axes
    still = [np.asarray(picture.convert("RGB"))[546:] for picture in pictures]
    assert all(np.array_equal(still[0], other) for other in still)
    gif(dict(enumerate(pngs, 1)), tmp_path / "out.gif", frames_per_second=5)
    with Image.open(tmp_path / "out.gif") as animation:
        assert animation.n_frames == 4  # type: ignore[attr-defined]
        for index, picture in enumerate(pictures):
            animation.seek(index)
            shown = np.asarray(animation.convert("RGB"))[-600:]
            assert np.array_equal(shown, picture.convert("RGB")), "below the epoch"


def test_runs_of_images_do_not_wait_for_matplotlib() -> None:
    code = """
import sys, torch
from bench.pictures.scatter import scatter_png
assert "matplotlib" not in sys.modules
scatter_png(torch.zeros(3, 2), torch.eye(2), 0.1)
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
