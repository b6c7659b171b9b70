"""What a feature extractor is. Importing this file does not import torch.

An extractor that also has ``modes`` and ``classify`` serves conditional accuracy and mode
coverage; one with ``files``, paths in the cache, is copied to other machines with them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bench.quality.float32 import full_float32
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")


class Extractor(Protocol):
    """A frozen network that maps images to features.

    Attributes:
        name: as in grids and results.
        dimension: d, of its features.
        weights_hash: hexadecimal; equal if and only if the features are.
        device: where it runs and returns its features.
    """

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def weights_hash(self) -> str: ...
    @property
    def device(self) -> torch.device: ...

    def __call__(self, images: Tensor) -> Tensor:
        """Features of images.

        Args:
            images: uint8 (n, c, h, w), on any device, any number of them.

        Returns:
            float32 (n, d), computed in full float32, without gradient.
        """


def cache_files(extractor: Extractor) -> tuple[Path, ...]:
    """The files in the cache that an extractor is loaded from: its ``files``, if it has any."""
    return tuple(getattr(extractor, "files", ()))


@runtime_checkable
class ClassifyingExtractor(Extractor, Protocol):
    """An extractor that also classifies images by their features.

    Attributes:
        modes: the number of classes, if they are equally likely modes of the data that mode
            coverage counts; else None.
    """

    @property
    def modes(self) -> int | None: ...

    def classify(self, features: Tensor) -> Tensor:
        """The class of each image by its features: float32 (n, d) → int64 (n,)."""


def extract(
    network: Callable[[Tensor], Tensor], images: Tensor, batch: int, device: torch.device
) -> Tensor:
    """Applies ``network`` batch by batch in full float32 and without gradient.

    Returns:
        Its outputs, (n, …), on ``device``.

    Raises:
        ValueError: images that are not uint8 (n, c, h, w).
    """
    if images.dtype != torch.uint8 or images.dim() != 4:
        raise ValueError(f"images must be uint8 (n, c, h, w), not {images.dtype} {images.shape}")
    with torch.no_grad(), full_float32(device):
        return torch.cat([network(part.to(device)) for part in torch.split(images, batch)])
