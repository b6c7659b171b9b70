"""Pairs made from any data set of images: these are the targets, drawings of them the sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.opened import Images
from bench.datasets.points import Points
from bench.datasets.registry import Source, identity, lookup
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

# uint8 (channels, H, W) → the same.
Draw = Callable[["np.ndarray"], "np.ndarray"]


@dataclass(frozen=True)
class Derived:
    """Images of a data set, each beside what is drawn from it.

    Attributes:
        images: the opened data set.
        draw: makes the source of an image.
    """

    images: Images
    draw: Draw

    @property
    def labels(self) -> np.ndarray | None:
        """int64 (N,), those of the images."""
        return self.images.labels

    @property
    def class_names(self) -> tuple[str, ...]:
        """Those of the images."""
        return self.images.class_names

    def __len__(self) -> int:
        return len(self.images)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""
        return self.images.take(indices, image_size=image_size, channels=channels)

    def take_sources(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """What is drawn from the images of that size and with those channels."""
        images = self.take(indices, image_size=image_size, channels=channels)
        return np.stack([self.draw(image) for image in images])


def base_of(head: str, argument: str) -> str:
    """The data set that the images come from: ``argument``, after a check.

    Args:
        head: of the name of the derived one, before the colon.

    Raises:
        DataError: no such data set, or it has points.
    """
    if not argument:
        raise DataError(
            f"{head}: has no data set name: write {head}:NAME, for example {head}:mnist-5k."
        )
    if lookup(argument)[0].info.dimensions is not None:
        raise DataError(
            f"{head}:{argument} needs images, and {argument} holds points: choose a data set of "
            f"images, such as {head}:mnist-5k."
        )
    return argument


def identity_of(head: str, argument: str, data_root: Path) -> str:
    """What identifies the derived data set: ``head:`` and the identity of the images.

    Raises:
        DataError: there is no such data set, or it cannot be read.
    """
    return f"{head}:{identity(argument, data_root)}"


def derived(argument: str, data_root: Path, draw: Draw, definition: tuple[object, ...]) -> Source:
    """The images of the data set ``argument``, and what is drawn from them.

    What is held out of it is held out here.

    Args:
        definition: whatever determines what is drawn.

    Raises:
        MissingData: the data set is not found.
    """
    entry, its_argument = lookup(argument)
    found = entry.locate(its_argument, data_root)
    own, divide = found.held_out, found.divided

    def opened() -> Derived:
        images = found.open()
        assert not isinstance(images, Points)  # base_of() has checked it
        return Derived(images, draw)

    def divided(fraction: float) -> tuple[Derived, Derived]:
        assert divide is not None
        training, held_out = divide(fraction)
        return Derived(training, draw), Derived(held_out, draw)

    return Source(
        found.location,
        found.files,
        opened,
        definition=(argument, *definition, *found.definition),
        held_out=None if own is None else lambda: Derived(own(), draw),
        divided=None if divide is None else divided,
    )
