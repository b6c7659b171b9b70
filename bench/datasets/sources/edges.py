"""``edges:NAME``: the images of any data set, each with its edges as source."""

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
    from skimage import feature
else:
    np = LazyModule("numpy")
    feature = LazyModule("skimage.feature")

_VERSION = 1  # increase it if the same images give other edges
_SIGMA_OF_SIDE = 1 / 128  # of the Gaussian that smooths before; at least one pixel


@dataset(
    DataSetInfo(
        "edges:NAME",
        "the images of the data set NAME, and their edges as sources",
        None,
        None,
        None,
        None,
        task="pairs",
        source_channels=1,
        held_out="base",
    ),
    base=partial(base_of, "edges"),
    content_identity=partial(identity_of, "edges"),
    absolute=registry.absolute,
)
def edges(argument: str, data_root: Path) -> Source:
    """Images of the data set ``argument``, wherever that is found, and their edges.

    Raises:
        MissingData: it is not found.
    """
    return derived(argument, data_root, drawn, (_VERSION,))


def drawn(image: np.ndarray) -> np.ndarray:
    """The edges of a grey image by Canny's detector, black on white: uint8 (1, H, W) → the same."""
    sigma = max(1.0, _SIGMA_OF_SIDE * image.shape[-1])
    found = feature.canny(image[0] / 255, sigma=sigma)  # type: ignore[no-untyped-call]
    return np.where(found, 0, 255).astype(np.uint8)[np.newaxis]
