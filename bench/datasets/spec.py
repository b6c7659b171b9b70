"""Plain data types: which images or points a run trains on, and the arrays themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DEFAULT_HOLDOUT = 0.2  # of data sets without a test split of their own


@dataclass(frozen=True, kw_only=True)
class DataSpec:
    """A data set, or a part of it, as a grid specifies it."""

    name: str  # "mnist-5k", "folder:PATH", "stacked:NAME", "ring", …
    image_size: int | None  # pixels, square; None for points
    channels: int | None  # 1 grey, 3 RGB; None for points
    classes: tuple[int, ...] | None = None  # keep only these class indices; None keeps all
    subset: int | None = None  # keep this many, the first of a fixed shuffle; None keeps all
    # The share that is held out of training; None where a data set has a test split of its own, or
    # holds points, of which more can be drawn.
    holdout: float | None = None


@dataclass(frozen=True)
class ImageData:
    """Images, or points, ready for training.

    Attributes:
        images: uint8 (N, C, H, W), or for points float32 (N, 2); contiguous, possibly
            memory-mapped. Of paired data, the targets.
        labels: int64 (N,) indices into ``class_names``, or None where there are no classes.
        class_names: one per class of the whole data set, even if ``classes`` keeps only some.
        content_hash: hexadecimal digest of images, labels, class names and sources.
        sources: of paired data, uint8 (N, C', H, W): ``sources[i]`` is the source of the target
            ``images[i]``. None for other data.
        held_out: images of the same kind that nothing is trained on; None where there are none.
    """

    images: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    content_hash: str
    sources: np.ndarray | None = None
    held_out: ImageData | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the images to train on, sources included."""
        return self.images.nbytes + (0 if self.sources is None else self.sources.nbytes)
