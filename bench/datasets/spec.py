"""Which images or points a run trains on, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class DataSpec:
    """A data set as a grid asks for it."""

    name: str  # "mnist-5k", "folder:PATH", "stacked:NAME", "ring", …
    image_size: int | None  # pixels, square; None for points
    channels: int | None  # 1 grey, 3 RGB; None for points
    classes: tuple[int, ...] | None = None  # only these class indices; None keeps all
    subset: int | None = None  # the first so many images after a seeded shuffle; None keeps all


@dataclass(frozen=True)
class ImageData:
    """Images, or points, ready for training.

    Attributes:
        images: uint8 (N, C, H, W), or for points float32 (N, 2); contiguous, possibly
            memory-mapped.
        labels: int64 (N,) indices into ``class_names``, or None where there are no classes.
        class_names: one per class of the whole data set, also where ``classes`` keeps only some.
        content_hash: hexadecimal digest of images, labels and class names.
    """

    images: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    content_hash: str
