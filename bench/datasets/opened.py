"""What an opened data set can be asked for: its labels, its images and their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np


class Labelled(Protocol):
    """An opened data set: its labels and its length are known."""

    @property
    def labels(self) -> np.ndarray | None:
        """int64 (N,) indices into ``class_names``, or None where there are no classes."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name per class, empty where there are no classes."""

    def __len__(self) -> int:
        """The number of images or points."""


class Images(Labelled, Protocol):
    """An opened data set of images, each decoded when it is taken."""

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""


@runtime_checkable
class Pairs(Images, Protocol):
    """An opened data set of image pairs; :meth:`take` gives the targets."""

    def take_sources(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The sources at ``indices``, each the source of the target at the same index.

        Returns:
            uint8 (len(indices), channels, image_size, image_size).
        """


@runtime_checkable
class Unpaired(Images, Protocol):
    """An opened data set of two sets of images, of any sizes; :meth:`take` gives the targets."""

    @property
    def sources(self) -> Images:
        """The other set. Where it has labels, they are indices into the same class names."""
