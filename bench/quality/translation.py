"""Data for translation as measures need them: one side alone, and images that floors consist of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from bench.datasets.spec import ImageData

_BLOCK_IMAGES = 1000
_LUMA = (0.299, 0.587, 0.114)  # ITU-R 601-2, as Pillow and the data sets have it


def sources_of(data: ImageData) -> ImageData:
    """The sources as a data set of their own, with their classes if these are known.

    Raises:
        ValueError: there are none.
    """
    if data.sources is None:
        raise ValueError("the data set has no sources")
    held_out = data.held_out
    if held_out is not None:
        held_out = None if held_out.sources is None else sources_of(held_out)
    return replace(
        data,
        images=data.sources,
        labels=data.classes_of_sources,
        content_hash=f"{data.content_hash}-sources",
        sources=None,
        paired=True,
        source_labels=None,
        held_out=held_out,
    )


def to_floats(images: Tensor) -> Tensor:
    """uint8 pixels as floats in [−1, 1], of the same shape."""
    return images.float().div_(127.5).sub_(1.0)


def fitted(images: Tensor, channels: int) -> Tensor:
    """Float images (n, c, h, w) with 1 or 3 ``channels``: grey is repeated, RGB becomes luma."""
    if images.shape[1] == channels:
        return images
    if channels == 3:
        return images.expand(-1, 3, -1, -1)
    weights = torch.tensor(_LUMA, dtype=images.dtype, device=images.device)
    return (images * weights[:, None, None]).sum(1, keepdim=True)


def mean_image(images: np.ndarray) -> Tensor:
    """The mean of uint8 images (n, c, h, w), float32 (1, c, h, w) in [−1, 1]."""
    total = np.zeros(images.shape[1:], dtype=np.int64)
    for start in range(0, len(images), _BLOCK_IMAGES):
        total += images[start : start + _BLOCK_IMAGES].sum(axis=0, dtype=np.int64)
    return torch.from_numpy(total / (len(images) * 127.5) - 1).float()[None]
