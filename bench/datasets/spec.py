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
            memory-mapped. Of data for translation, the targets.
        labels: int64 (N,) indices into ``class_names``, or None where there are no classes.
        class_names: one per class of the whole data set, even if ``classes`` keeps only some.
        content_hash: hexadecimal digest of images, labels, class names and sources.
        sources: of data for translation, uint8 (M, C', H, W). Of paired data M = N, and
            ``sources[i]`` is the source of the target ``images[i]``; else they are a set of their
            own, of any number. None for other data.
        held_out: images of the same kind that nothing is trained on; None where there are none.
            Of data that are not paired they may be pairs, where these are known.
        paired: each source belongs to the target at the same index.
        source_labels: int64 (M,) indices into ``class_names``; None for the ``labels`` of paired
            data, and where the classes of the sources are not known.
    """

    images: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    content_hash: str
    sources: np.ndarray | None = None
    held_out: ImageData | None = None
    paired: bool = True
    source_labels: np.ndarray | None = None

    @property
    def classes_of_sources(self) -> np.ndarray | None:
        """int64 (M,), the class of each source; None where it is not known."""
        return self.labels if self.paired else self.source_labels

    @property
    def nbytes(self) -> int:
        """Bytes of the images to train on, sources included."""
        return self.images.nbytes + (0 if self.sources is None else self.sources.nbytes)
