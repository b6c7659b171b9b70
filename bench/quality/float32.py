"""Full float32 arithmetic, whatever precision a run uses for its training steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from variants.lazy import LazyModule

if TYPE_CHECKING:
    import torch
else:
    torch = LazyModule("torch")


@contextmanager
def full_float32(device: torch.device) -> Iterator[None]:
    """Turns TF32, bfloat16 products and autocasting off, and restores the settings afterwards.

    Uses the switches that every supported torch has; setting only torch 2.9's newer ones
    leaves the older ones in contradiction, and torch then refuses to multiply matrices.
    """
    products = torch.get_float32_matmul_precision()
    convolutions = torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        with torch.autocast(device.type, enabled=False):
            yield
    finally:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = convolutions
