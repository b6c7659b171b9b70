"""A paired data set: digits as targets, the same digits inverted as sources."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.datasets.registry import DataSetInfo, Source, dataset, lookup


class Inverted:
    """The images of another data set, each with its negative as source."""

    def __init__(self, images) -> None:
        self._images = images
        self.labels, self.class_names = images.labels, images.class_names

    def __len__(self) -> int:
        return len(self._images)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The targets, uint8 (N, channels, image_size, image_size)."""
        return self._images.take(indices, image_size=image_size, channels=channels)

    def take_sources(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """Their sources, of the same shape."""
        return 255 - self.take(indices, image_size=image_size, channels=channels)


@dataset(
    DataSetInfo("inverted", "the digits of mnist-5k, paired with their negatives", 28, 1, 10, 5000)
)
def inverted(_argument: str, data_root: Path) -> Source:
    """Wherever mnist-5k is."""
    entry, argument = lookup("mnist-5k")
    digits = entry.locate(argument, data_root)
    return replace(digits, open=lambda: Inverted(digits.open()), definition=("inverted",))
