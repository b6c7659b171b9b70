from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from bench.errors import ResultsError
from bench.pictures.animation import gif
from bench.pictures.grid import sample_grid_png


def tiles(count: int, channels: int, size: int) -> Tensor:
    pixels = torch.randint(0, 256, (count, channels, size, size))
    return pixels.float() / 127.5 - 1


def read(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.fixture
def pngs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"epoch-{epoch}.png" for epoch in range(3)]
    for path in paths:
        path.write_bytes(sample_grid_png(tiles(4, 3, 8), 2))
    return paths


def test_an_animation_shows_every_epoch_and_pauses_at_the_last(
    pngs: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "new" / "samples.gif"
    gif(pngs, out, milliseconds=100)
    with Image.open(out) as animation:
        assert animation.n_frames == 3  # type: ignore[attr-defined]
        assert animation.info["loop"] == 0
        durations = []
        for index, png in enumerate(pngs):
            animation.seek(index)
            durations.append(animation.info["duration"])
            shown = np.asarray(animation.convert("RGB")).astype(int)
            assert abs(shown - read(png.read_bytes())).mean() < 12  # 256 colours
    assert durations == [100, 100, 500]
    assert list(out.parent.iterdir()) == [out]


def test_grey_pictures_are_animated_exactly(tmp_path: Path) -> None:
    pngs = [tmp_path / f"{epoch}.png" for epoch in range(2)]
    for png in pngs:
        png.write_bytes(sample_grid_png(tiles(4, 1, 8), 2))
    gif(pngs, tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as animation:
        for index, png in enumerate(pngs):
            animation.seek(index)
            assert (np.asarray(animation.convert("L")) == read(png.read_bytes())).all()


def test_pictures_that_cannot_be_read_are_one_sentence(pngs: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "samples.gif"
    whole = pngs[1].read_bytes()
    for content in (b"", b"abc", whole[:40], whole[: len(whole) // 2]):
        pngs[1].write_bytes(content)
        with pytest.raises(ResultsError, match=r"epoch-1\.png is missing or damaged"):
            gif(pngs, out)
    pngs[1].unlink()
    with pytest.raises(ResultsError, match=r"epoch-1\.png is missing or damaged"):
        gif(pngs, out)
    assert not out.exists()
    with pytest.raises(ValueError, match="at least one picture"):
        gif([], out)


def test_a_path_that_cannot_be_written_is_one_sentence(pngs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"Cannot write .*samples\.gif \(Not a directory|File"):
        gif(pngs, pngs[0] / "samples.gif")
