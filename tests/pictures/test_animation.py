from __future__ import annotations

import io
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from bench.errors import ResultsError
from bench.pictures import animation
from bench.pictures.animation import gif
from bench.pictures.grid import sample_grid_png

Pictures = Mapping[int, Path]
STRIP = 20  # pixels above each picture


def tiles(count: int, channels: int, size: int) -> Tensor:
    pixels = torch.randint(0, 256, (count, channels, size, size))
    return pixels.float() / 127.5 - 1


def written(folder: Path, epochs: range, *, channels: int = 3, size: int = 8) -> Pictures:
    pictures = {epoch: folder / f"epoch-{epoch:04d}.png" for epoch in epochs}
    for path in pictures.values():
        path.write_bytes(sample_grid_png(tiles(4, channels, size), 2))
    return pictures


def read(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as moving:
        found = []
        for index in range(moving.n_frames):  # type: ignore[attr-defined]
            moving.seek(index)
            found.append(np.asarray(moving.convert("RGB")).astype(int))
    return found


def durations(path: Path) -> list[int]:
    with Image.open(path) as moving:
        found = []
        for index in range(moving.n_frames):  # type: ignore[attr-defined]
            moving.seek(index)
            found.append(moving.info["duration"])
    return found


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return written(tmp_path, range(1, 4))


def test_an_animation_shows_every_epoch_and_pauses_at_the_last(
    pictures: Pictures, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "samples.gif"
    gif(pictures, out, frames_per_second=10)
    with Image.open(out) as moving:
        assert moving.info["loop"] == 0
    found = frames(out)
    assert len(found) == 3
    for shown, png in zip(found, pictures.values(), strict=True):
        assert abs(shown[STRIP:] - read(png.read_bytes())).mean() < 16  # 256 colours of noise
    assert durations(out) == [100, 100, 500]
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(("speed", "milliseconds"), [(5, 200), (0.5, 2000), (50, 20), (30, 30)])
def test_the_speed_is_selectable(
    pictures: Pictures, tmp_path: Path, speed: float, milliseconds: int
) -> None:
    gif(pictures, tmp_path / "out.gif", frames_per_second=speed)
    assert durations(tmp_path / "out.gif") == [milliseconds] * 2 + [5 * milliseconds]


def test_the_epoch_is_printed_above_each_picture(tmp_path: Path) -> None:
    same = written(tmp_path, range(1, 2), channels=1)[1]
    gif({9: same, 10: same, 1000: same}, tmp_path / "out.gif", frames_per_second=5)
    found = frames(tmp_path / "out.gif")
    assert all(np.array_equal(found[0][STRIP:], other[STRIP:]) for other in found)
    ink = [(frame[:STRIP] < 100).sum() for frame in found]
    assert 0 < ink[0] < ink[1] < ink[2], "more digits"
    edges = [frame[:STRIP, [0, -1]] for frame in found]
    assert min(edge.min() for edge in edges) > 200, "the whole text has room"


def test_pictures_are_in_the_order_of_their_epochs(tmp_path: Path) -> None:
    """Names are not: epoch-10000.png is before epoch-9999.png."""
    pictures = written(tmp_path, range(9999, 10001), channels=1)
    gif(dict(reversed(pictures.items())), tmp_path / "out.gif", frames_per_second=5)
    first, last = frames(tmp_path / "out.gif")
    assert abs(first[STRIP:, :34] - read(pictures[9999].read_bytes())[:, :34]).mean() < 3
    assert abs(last[STRIP:, :34] - read(pictures[10000].read_bytes())[:, :34]).mean() < 3


def test_grey_pictures_keep_64_levels(tmp_path: Path) -> None:
    pictures = written(tmp_path, range(1, 3), channels=1)
    gif(pictures, tmp_path / "out.gif", frames_per_second=5)
    for shown, png in zip(frames(tmp_path / "out.gif"), pictures.values(), strict=True):
        assert abs(shown[STRIP:] - read(png.read_bytes())).max() <= 2


def test_a_long_run_has_a_hundred_frames_from_the_first_to_the_last(tmp_path: Path) -> None:
    epochs = range(1, 251)
    pictures = written(tmp_path, epochs, channels=1, size=2)
    gif(pictures, tmp_path / "out.gif", frames_per_second=20)
    found = frames(tmp_path / "out.gif")
    assert len(found) == 100
    for shown, epoch in ((found[0], 1), (found[-1], 250)):
        assert abs(shown[STRIP:] - read(pictures[epoch].read_bytes())).max() <= 2
    spread = animation._spread(list(epochs), 100)
    assert {b - a for a, b in pairwise(spread)} == {2, 3}


@pytest.mark.parametrize("channels", [1, 3])
def test_a_file_too_large_has_fewer_colours_and_then_fewer_frames(
    tmp_path: Path, channels: int
) -> None:
    """Noise, which no format makes small."""
    pictures = written(tmp_path, range(1, 9), channels=channels, size=32)
    out = tmp_path / "out.gif"
    sizes, counts, colours = [], [], []
    for most in (10**9, 60_000, 12_000, 1):
        gif(pictures, out, frames_per_second=5, most_bytes=most)
        found = frames(out)
        sizes.append(out.stat().st_size)
        counts.append(len(found))
        colours.append(len(np.unique(found[0].reshape(-1, 3), axis=0)))
        assert sizes[-1] <= most or counts[-1] == 2
    assert sizes == sorted(sizes, reverse=True)
    assert counts[0] == 8
    assert colours[0] > colours[2]
    assert counts[0] > counts[2] > counts[3] - 1
    assert counts[3] == 2


def test_a_sheet_of_digits_is_small(tmp_path: Path) -> None:
    """49 blurred digits-like blobs of 28 pixels at twice their size, for 20 epochs."""
    rows, columns = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    pictures = {}
    for epoch in range(1, 21):
        middle = 9 + 10 * torch.rand(2, 49, 1, 1)
        distance = ((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2).sqrt()
        blobs = 2 * torch.exp(-((distance - 6) ** 2) / 3) - 1 + 0.05 * torch.randn(49, 28, 28)
        pictures[epoch] = tmp_path / f"{epoch}.png"
        pictures[epoch].write_bytes(sample_grid_png(blobs.clamp(-1, 1).unsqueeze(1), 7))
    gif(pictures, tmp_path / "out.gif", frames_per_second=5)
    assert (tmp_path / "out.gif").stat().st_size < 2 * 2**20
    assert len(frames(tmp_path / "out.gif")) == 20


def test_a_run_continued_with_more_samples_is_animated_too(tmp_path: Path) -> None:
    pictures = written(tmp_path, range(1, 3))
    pictures[2].write_bytes(sample_grid_png(tiles(9, 1, 8), 3))
    gif(pictures, tmp_path / "out.gif", frames_per_second=5)
    small, large = frames(tmp_path / "out.gif")
    assert small.shape == large.shape == (STRIP + 3 * 58 - 2, 3 * 58 - 2, 3)


def test_pictures_that_cannot_be_read_are_one_sentence(pictures: Pictures, tmp_path: Path) -> None:
    out = tmp_path / "samples.gif"
    whole = pictures[2].read_bytes()
    for content in (b"", b"abc", whole[:40], whole[: len(whole) // 2]):
        pictures[2].write_bytes(content)
        with pytest.raises(ResultsError, match=r"epoch-0002\.png is missing or damaged"):
            gif(pictures, out, frames_per_second=5)
    pictures[2].unlink()
    with pytest.raises(ResultsError, match=r"epoch-0002\.png is missing or damaged"):
        gif(pictures, out, frames_per_second=5)
    assert not out.exists()
    with pytest.raises(ValueError, match="at least one picture"):
        gif({}, out, frames_per_second=5)


def test_a_path_that_cannot_be_written_is_one_sentence(pictures: Pictures) -> None:
    with pytest.raises(ResultsError, match=r"Cannot write .*samples\.gif \(Not a directory|File"):
        gif(pictures, pictures[1] / "samples.gif", frames_per_second=5)
