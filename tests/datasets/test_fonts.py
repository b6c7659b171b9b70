"""``fonts`` and ``unpaired-fonts``: characters in two typefaces, whole characters held out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from bench.datasets import DataSpec, ImageData, class_names, identity, open_prepared, prepare
from bench.datasets.glyphs import RENDERINGS, Glyphs
from bench.datasets.sources import fonts
from bench.datasets.sources.fonts import CHARACTERS
from bench.errors import DataError

FOLDER = Path(get_data_path()) / "fonts" / "ttf"
TYPEFACES = [FOLDER / "DejaVuSans.ttf", FOLDER / "DejaVuSerif-BoldItalic.ttf"]
FONTS = DataSpec(name="fonts", image_size=32, channels=1, holdout=0.2)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ImageData]:
    cache = tmp_path_factory.mktemp("cache")
    names = ("fonts", "unpaired-fonts")
    return {n: open_prepared(prepare(replace(FONTS, name=n), cache=cache)) for n in names}


def drawn(typeface: Path, character: str) -> np.ndarray:
    """A character, cut out and made as large as fits, so that size and place do not count."""
    image = Image.new("L", (200, 200))
    font = ImageFont.truetype(typeface, 100)
    ImageDraw.Draw(image).text((100, 130), character, 255, font, anchor="ms")
    cut = image.crop(image.getbbox())
    scale = 40 / max(cut.size)
    cut = cut.resize((round(cut.width * scale), round(cut.height * scale)))
    whole = Image.new("L", (40, 40))
    whole.paste(cut, ((40 - cut.width) // 2, (40 - cut.height) // 2))
    return np.asarray(whole, float).ravel()


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Common ink as a share of all ink."""
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())


@pytest.mark.parametrize("typeface", TYPEFACES, ids=lambda path: path.stem)
def test_no_two_characters_look_alike(typeface: Path) -> None:
    """Or a character that is held out would be trained on under another name."""
    assert len(set(CHARACTERS)) == len(CHARACTERS) == 141
    shapes = [drawn(typeface, character) for character in (*CHARACTERS, *"ΑАе")]
    for left_out, kept_one in zip(shapes[len(CHARACTERS) :], "AAe", strict=True):
        assert likeness(left_out, shapes[CHARACTERS.index(kept_one)]) > 0.95
    kept = np.stack(shapes[: len(CHARACTERS)])
    for index, shape in enumerate(kept[:-1]):
        others = kept[index + 1 :]
        alike = np.minimum(others, shape).sum(1) / np.maximum(others, shape).sum(1)
        assert alike.max() < 0.95, (CHARACTERS[index], CHARACTERS[index + 1 + alike.argmax()])


@pytest.mark.parametrize("typeface", TYPEFACES, ids=lambda path: path.stem)
def test_both_typefaces_have_every_character(typeface: Path) -> None:
    missing = drawn(typeface, "\U0001f600")
    assert all(likeness(drawn(typeface, character), missing) < 0.9 for character in CHARACTERS)


def test_digits_are_their_own_numbers() -> None:
    assert class_names("fonts")[:10] == tuple("0123456789")


def test_a_fifth_of_the_characters_is_held_out(opened: dict[str, ImageData]) -> None:
    data = opened["fonts"]
    assert data.held_out is not None
    assert data.paired
    assert data.held_out.paired
    assert data.class_names == CHARACTERS
    assert (len(data.images), len(data.held_out.images)) == (113 * RENDERINGS, 28 * RENDERINGS)
    assert data.labels is not None
    assert data.held_out.labels is not None
    trained, held_out = set(data.labels.tolist()), set(data.held_out.labels.tolist())
    assert not trained & held_out
    assert trained | held_out == set(range(141))


def test_source_and_target_have_the_same_jitter(opened: dict[str, ImageData]) -> None:
    """Their ink is in the same place; that of another image of the character is not."""
    data = opened["fonts"]
    assert data.sources is not None

    def centres(images: np.ndarray) -> np.ndarray:
        ink = 255.0 - images[:, 0]
        places = np.arange(32)
        total = ink.sum((1, 2))
        return np.stack([(ink.sum(1) @ places) / total, (ink.sum(2) @ places) / total])

    apart = centres(np.asarray(data.images)) - centres(np.asarray(data.sources))
    own = apart.reshape(2, -1, RENDERINGS)
    assert own.std(axis=2).mean() < 0.15, "the same for every image of a character"
    spread = centres(np.asarray(data.sources)).reshape(2, -1, RENDERINGS).std(axis=2).mean()
    assert spread > 0.5


def test_jitter_keeps_characters_whole(opened: dict[str, ImageData]) -> None:
    for images in (opened["fonts"].images, opened["fonts"].sources):
        assert images is not None
        edges = [images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]]
        assert min(edge.min() for edge in edges) > 240
        assert images.min() == 0
        assert images.max() == 255


def test_the_target_is_bold(opened: dict[str, ImageData]) -> None:
    data = opened["fonts"]
    assert data.sources is not None
    assert (255.0 - data.images).mean() > 1.5 * (255.0 - data.sources).mean()


def test_unpaired_characters_are_in_one_typeface_only(opened: dict[str, ImageData]) -> None:
    data, pairs = opened["unpaired-fonts"], opened["fonts"]
    assert not data.paired
    assert data.labels is not None
    assert data.source_labels is not None
    targets, sources = set(data.labels.tolist()), set(data.source_labels.tolist())
    assert (len(targets), len(sources)) == (57, 56)
    assert not targets & sources
    assert data.held_out is not None
    assert data.held_out.paired
    held_out = set(np.asarray(data.held_out.labels).tolist())
    assert not held_out & (targets | sources)
    assert pairs.held_out is not None
    assert data.held_out.content_hash == pairs.held_out.content_hash, "the same as of fonts"
    place = list(pairs.labels).index(min(sources))  # type: ignore[arg-type]
    assert pairs.sources is not None
    assert data.sources is not None
    np.testing.assert_array_equal(data.sources[0], pairs.sources[place])


def test_larger_images_are_drawn_and_not_enlarged() -> None:
    glyphs = Glyphs(TYPEFACES[0], CHARACTERS, np.arange(141))
    small = glyphs.take(np.array([200]), image_size=32, channels=1)
    large = glyphs.take(np.array([200]), image_size=64, channels=3)
    assert large.shape == (1, 3, 64, 64)
    halved = large.reshape(1, 3, 32, 2, 32, 2).mean((3, 5))
    assert np.abs(halved - small).mean() < 3
    sharp = ((large > 20) & (large < 235)).mean()
    assert sharp < 0.6 * ((small > 20) & (small < 235)).mean(), "fewer grey pixels on the edges"


@pytest.mark.parametrize("fraction", [0.001, 0.999])
@pytest.mark.parametrize("name", ["fonts", "unpaired-fonts"])
def test_two_characters_at_least_are_trained_on(name: str, fraction: float) -> None:
    source = getattr(fonts, name.replace("-", "_"))("", Path())
    training, held_out = source.divided(fraction)
    assert len(training) + len(held_out) > 0
    assert len(training) >= RENDERINGS
    assert len(held_out) == (0 if fraction < 0.5 else 139 * RENDERINGS)


def test_nothing_held_out_trains_on_all_characters() -> None:
    assert len(fonts.fonts("", Path()).open()) == 141 * RENDERINGS
    data = open_prepared(prepare(replace(FONTS, holdout=0.0, subset=20)))
    assert data.held_out is None
    assert data.paired


def test_the_name_says_what_the_data_are() -> None:
    assert identity("fonts") == "fonts"


def test_missing_typefaces_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matplotlib.get_data_path", lambda: str(tmp_path))
    with pytest.raises(DataError, match=r"DejaVuSans\.ttf is missing: reinstall matplotlib"):
        fonts.fonts("", Path())
