"""What one sample of a data set looks like to a network."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class SampleShape(Protocol):
    """The shape of the samples that a generator makes; each task has its own kind."""

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The shape of one sample."""


class ImageShape(NamedTuple):
    """Square images, (channels, size, size) in [−1, 1]."""

    channels: int
    size: int
    classes: int = 0  # of the data set; 0 where it has none

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The shape of one image."""
        return (self.channels, self.size, self.size)


class PointShape(NamedTuple):
    """Points, such as those of a 2-D mixture."""

    coordinates: int = 2

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The shape of one point."""
        return (self.coordinates,)


class PairShape(NamedTuple):
    """Pairs of images: a generator makes the target from the source."""

    source: ImageShape
    target: ImageShape

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The shape of one generated image."""
        return self.target.dimensions
