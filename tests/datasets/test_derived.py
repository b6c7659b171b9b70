"""``edges:NAME`` and ``segments:NAME``: sources drawn from the images of any data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bench.datasets import DataSpec, ImageData, describe, identity, open_prepared, prepare
from bench.datasets.sources.edges import drawn as edges_of
from bench.datasets.sources.segments import drawn as segments_of
from bench.errors import DataError


def read(name: str, channels: int = 1, size: int = 28, **more: object) -> ImageData:
    spec = DataSpec(name=name, image_size=size, channels=channels, **more)  # type: ignore[arg-type]
    return open_prepared(prepare(spec))


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    """Red discs on blue, in two classes."""
    for number in range(10):
        image = Image.new("RGB", (64, 64), "blue")
        ImageDraw.Draw(image).ellipse((12, 12, 51, 51), "red")
        file = tmp_path / "discs" / f"{number % 2}" / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.putpixel((0, 0), (number, 0, 0))
        image.save(file)
    return tmp_path / "discs"


def test_the_edge_of_a_disc_is_a_circle(discs: Path) -> None:
    data = read(f"edges:folder:{discs}", channels=3, size=64, subset=1)
    assert data.sources is not None
    assert data.sources.shape == (1, 1, 64, 64)
    assert set(np.unique(data.sources)) == {0, 255}
    rows, columns = np.nonzero(data.sources[0, 0] == 0)
    radii = np.hypot(rows - 31.5, columns - 31.5)
    assert 100 < len(radii) < 200
    assert np.abs(radii - 20).max() < 2
    angles = np.sort(np.arctan2(rows - 31.5, columns - 31.5))
    assert np.diff(angles).max() < 0.2, "closed"


def test_segments_have_their_mean_colour_and_keep_to_the_edge(discs: Path) -> None:
    data = read(f"segments:folder:{discs}", channels=3, size=64, subset=1)
    assert data.sources is not None
    assert data.sources.shape == data.images.shape
    colours = np.unique(data.sources[0].reshape(3, -1), axis=1)
    assert 2 <= colours.shape[1] < 80
    assert np.abs(data.sources[0].astype(int) - data.images[0]).mean() < 12
    assert np.abs(data.sources[0].mean((1, 2)) - data.images[0].mean((1, 2))).max() < 1


def test_they_are_drawn_the_same_again() -> None:
    image = np.asarray(np.random.default_rng(0).integers(0, 256, (3, 32, 32)), np.uint8)
    np.testing.assert_array_equal(segments_of(image), segments_of(image))
    np.testing.assert_array_equal(edges_of(image[:1]), edges_of(image[:1]))


def test_a_flat_image_has_no_edge() -> None:
    assert (edges_of(np.full((1, 16, 16), 90, np.uint8)) == 255).all()
    assert (segments_of(np.full((1, 16, 16), 90, np.uint8)) == 90).all()


@pytest.mark.parametrize("head", ["edges", "segments"])
def test_what_the_base_holds_out_is_held_out(head: str) -> None:
    spec = {"subset": 40, "holdout": 0.2}
    data, base = read(f"{head}:mnist-5k", **spec), read("mnist-5k", **spec)
    for part, other in ((data, base), (data.held_out, base.held_out)):
        assert part is not None
        assert other is not None
        np.testing.assert_array_equal(part.images, other.images)
        np.testing.assert_array_equal(part.labels, other.labels)  # type: ignore[arg-type]
        assert part.sources is not None
        assert len(part.sources) == len(part.images)
        assert part.class_names == tuple("0123456789")


def test_the_test_split_of_the_base_is_held_out(
    idx: Callable[[np.ndarray], bytes],
    idx_folder: Callable[..., Path],
    tmp_path: Path,
    pixels: np.ndarray,
    labels: np.ndarray,
) -> None:
    folder = idx_folder(tmp_path / "data", compressed=False)
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(255 - pixels[:7]))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(labels[:7]))
    assert describe("edges:mnist").held_out == "own"
    data = read("edges:mnist")
    assert data.held_out is not None
    np.testing.assert_array_equal(data.held_out.images[:, 0], 255 - pixels[:7])
    assert data.held_out.sources is not None


def test_characters_that_fonts_hold_out_are_held_out() -> None:
    data = read("edges:fonts", size=32, holdout=0.2, subset=60)
    assert data.held_out is not None
    assert not set(np.asarray(data.labels)) & set(np.asarray(data.held_out.labels))


def test_the_identity_is_that_of_the_base(discs: Path) -> None:
    assert identity("edges:mnist-5k") == "edges:mnist-5k"
    assert identity(f"segments:folder:{discs}") == f"segments:{identity(f'folder:{discs}')}"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("edges:", "edges: has no data set name: write edges:NAME, for example edges:mnist-5k."),
        ("segments:", "segments: has no data set name: write segments:NAME"),
        ("edges:ring", "edges:ring needs images, and ring holds points: choose a data set of"),
        ("edges:minst-5k", "There is no data set 'minst-5k'; did you mean 'mnist-5k'?"),
    ],
)
def test_a_base_without_images_is_refused(name: str, says: str) -> None:
    with pytest.raises(DataError) as caught:
        describe(name)
    assert str(caught.value).startswith(says)
