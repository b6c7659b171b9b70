"""Nearest neighbours among features, block by block.

With ‖x − y‖² = ‖x‖² + ‖y‖² − 2 x·y the nearest y has the largest 2 x·y − ‖y‖². Features are centred
first, which changes no distance and keeps the subtraction accurate in float32. The distance to the
nearest is then computed from the difference itself, so that it is exactly 0 for a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.quality.blocks import block_rows
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")


class Nearest(NamedTuple):
    """Of each point, the squared distance to its nearest neighbour, and the latter's index."""

    squared_distances: Tensor
    indices: Tensor


def nearest(points: Tensor, others: Tensor) -> Nearest:
    """The nearest of ``others`` to each point.

    Args:
        points: float (n, d), finite.
        others: float (m ≥ 1, d), of the same type, on the same device.
    """
    return _nearest(points, others, itself=False)


def nearest_other(points: Tensor) -> Nearest:
    """The nearest other one to each of n ≥ 2 points, float (n, d); of equal ones it is one."""
    return _nearest(points, points, itself=True)


def _nearest(points: Tensor, others: Tensor, *, itself: bool) -> Nearest:
    if points.shape[1:] != others.shape[1:] or len(others) < 1 + itself:
        raise ValueError(f"no neighbours of {tuple(points.shape)} in {tuple(others.shape)}")
    centre = others.mean(dim=0)
    points, others = points - centre, others - centre
    norms = others.square().sum(dim=1)
    distances, indices = [], []
    start = 0
    for block in torch.split(points, block_rows(len(others))):
        closeness = torch.addmm(-norms, block, others.T, alpha=2)
        if itself:
            closeness.diagonal(start).fill_(-torch.inf)
        found = closeness.argmax(dim=1)
        distances.append((block - others[found]).square().sum(dim=1))
        indices.append(found)
        start += len(block)
    if not distances:
        return Nearest(points.new_empty(0), torch.empty(0, dtype=torch.int64, device=points.device))
    return Nearest(torch.cat(distances), torch.cat(indices))
