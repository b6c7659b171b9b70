"""``segments:NAME``: the images of any data set, each with its segments as source."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets import registry
from bench.datasets.derived import base_of, derived, identity_of
from bench.datasets.registry import DataSetInfo, Source, dataset
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from skimage import segmentation
else:
    np = LazyModule("numpy")
    segmentation = LazyModule("skimage.segmentation")

_VERSION = 1  # increase it if the same images give other segments
_SEGMENTS, _COMPACTNESS = 40, 10


@dataset(
    DataSetInfo(
        "segments:NAME",
        "the images of the data set NAME, and their segments as sources",
        None,
        None,
        None,
        None,
        task="pairs",
        held_out="base",
    ),
    base=partial(base_of, "segments"),
    content_identity=partial(identity_of, "segments"),
    absolute=registry.absolute,
)
def segments(argument: str, data_root: Path) -> Source:
    """Images of the data set ``argument``, wherever that is found, and their segments.

    Raises:
        MissingData: it is not found.
    """
    return derived(argument, data_root, drawn, (_VERSION,))


def drawn(image: np.ndarray) -> np.ndarray:
    """Segments of an image (SLIC, Achanta et al. 2012, IEEE TPAMI 34), each in its mean colour.

    Args:
        image: uint8 (channels, H, W).

    Returns:
        The same shape and type.
    """
    colours = np.broadcast_to(image, (3, *image.shape[1:]))  # distances are those of CIELAB
    labels = segmentation.slic(
        colours / 255, n_segments=_SEGMENTS, compactness=_COMPACTNESS, channel_axis=0, start_label=0
    )
    sizes = np.bincount(labels.ravel())
    means = [np.bincount(labels.ravel(), plane.ravel()) / sizes for plane in image]
    return np.stack([mean[labels] for mean in means]).round().astype(np.uint8)
