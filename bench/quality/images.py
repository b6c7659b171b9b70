"""From a generator's range to pixels, in one place.

Scores are computed on exactly the pixels a user would save: images that are rescaled in another
way, or not rounded, give another Fréchet distance (Parmar et al. 2022, arXiv 2104.11222).
"""

from __future__ import annotations

import torch
from torch import Tensor


def to_uint8(images: Tensor) -> Tensor:
    """Pixels of images in [−1, 1]: round((x + 1) · 127.5), clamped to 0…255.

    Args:
        images: finite floats of any shape.

    Returns:
        uint8 of the same shape, on the same device.
    """
    return images.float().add(1.0).mul_(127.5).round_().clamp_(0.0, 255.0).to(torch.uint8)
