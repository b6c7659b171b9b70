"""What a task shows of a generator: 49 images, 10 of each class, or a scatter plot."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from bench import tasks
from bench.datasets import DataSpec, ImageData
from bench.tasks import Picture

STEP = 58  # pixels from tile to tile
STRIP = 18  # pixels of headings


def sheet(
    task: str = "images",
    *,
    classes: int = 10,
    channels: int = 1,
    conditional: bool = False,
    shown: int | None = None,
) -> Picture:
    pixels = np.zeros((2 * classes, channels, 28, 28), dtype=np.uint8)
    names = tuple(f"class {index}" for index in range(classes))
    data = ImageData(pixels, np.arange(2 * classes) % classes, names, "hash")
    spec = DataSpec(name="mnist-5k", image_size=28, channels=channels)
    return tasks.get(task).picture(spec, data, conditional=conditional, shown=shown)


def size(picture: Picture, channels: int = 1) -> tuple[int, int]:
    """Columns and rows of tiles."""
    png = picture.png(torch.zeros(picture.samples, channels, 28, 28))
    width, height = Image.open(io.BytesIO(png)).size
    strip = STRIP if picture.conditions.labels is not None else 0
    return (width + 2) // STEP, (height - strip + 2) // STEP


def test_the_labs_sheets_are_the_defaults() -> None:
    assert (sheet().samples, size(sheet())) == (49, (7, 7))
    by_class = sheet(conditional=True)
    assert (by_class.samples, size(by_class)) == (100, (10, 10))
    assert by_class.conditions.labels is not None
    assert by_class.conditions.labels.reshape(10, 10).tolist() == [list(range(10))] * 10


@pytest.mark.parametrize(("shown", "expected"), [(1, (1, 1)), (10, (4, 3)), (64, (8, 8))])
def test_another_number_is_shown(shown: int, expected: tuple[int, int]) -> None:
    picture = sheet(shown=shown)
    assert (picture.samples, size(picture)) == (shown, expected)
    of_class = sheet(conditional=True, shown=shown)
    assert (of_class.samples, size(of_class)) == (10 * shown, (10, shown))


@pytest.mark.parametrize(("classes", "columns"), [(1, 1), (2, 2), (12, 12), (13, 12), (150, 12)])
def test_of_many_classes_twelve_have_a_column(classes: int, columns: int) -> None:
    picture = sheet(classes=classes, conditional=True)
    assert size(picture) == (columns, 10)
    labels = picture.conditions.labels
    assert labels is not None
    first = labels[:columns].tolist()
    assert labels.tolist() == first * 10, "one class a column"
    assert (first[0], first[-1]) == (0, classes - 1)


def test_stacked_digits_are_shown_like_images() -> None:
    picture = sheet("stacked-digits", channels=3)
    assert (picture.samples, size(picture, 3)) == (49, (7, 7))


def test_points_are_shown_as_a_scatter_plot() -> None:
    spec = DataSpec(name="ring", image_size=None, channels=None)
    data = ImageData(np.zeros((4, 2), dtype=np.float32), None, (), "hash")
    for shown, samples in ((None, 2500), (100, 100)):
        picture = tasks.get("mixtures").picture(spec, data, conditional=False, shown=shown)
        assert picture.samples == samples
