"""A data set: stripes, vertical or horizontal, generated from a fixed seed."""

from pathlib import Path

import numpy as np

from bench.datasets.registry import DataSetInfo, Source, dataset

COUNT = 4000


class Stripes:
    """Half of the images have vertical stripes, the others horizontal ones."""

    class_names = ("vertical", "horizontal")
    labels = np.arange(COUNT) % 2

    def __len__(self) -> int:
        return COUNT

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """uint8 (N, channels, image_size, image_size), stripes of four pixels."""
        rng = np.random.default_rng(0)
        phase = rng.integers(0, 8, COUNT)[indices, None]
        rows = ((np.arange(image_size) + phase) // 4 % 2 * 255).astype(np.uint8)
        shape = (len(indices), channels, image_size, image_size)
        images = np.broadcast_to(rows[:, None, None, :], shape).copy()
        turned = self.labels[indices] == 1
        images[turned] = images[turned].swapaxes(2, 3)
        return images


@dataset(
    DataSetInfo("stripes", "4,000 generated images of stripes, in two classes", 28, 1, 2, COUNT)
)
def stripes(_argument: str, _data_root: Path) -> Source:
    """Nothing to find: the images are generated."""
    return Source(None, (), Stripes, definition=("stripes", COUNT))
