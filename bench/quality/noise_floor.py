"""What a perfect generator would score: the Fréchet distance of as many other real images.

The expected distance of N samples from the real distribution to a reference is a + b/N plus terms
in 1/N² (Chong & Forsyth 2020, arXiv 1911.07023), so the distance of another number of images says
nothing about a metric's.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from bench.quality.scorers.frechet import RealStatistics, frechet_distance, real_statistics

Origin = Literal["measured", "extrapolated"]

_SHUFFLES = 4  # halves of the same images differ by chance
_SEED = 20_200_614


class NoiseFloor(NamedTuple):
    """The distance, and whether it was measured with the metric's N or extrapolated in 1/N."""

    distance: float
    origin: Origin


def noise_floor(reference: RealStatistics, others: Tensor, samples: int) -> NoiseFloor | None:
    """The floor of a metric that scores ``samples`` generated images against the reference.

    Args:
        reference: of the images that the metric compares with.
        others: features (n, d) of real images that are not among them, in random order.
        samples: N.

    Returns:
        The mean distance of as many disjoint sets of N of the others as there are; where they are
        fewer than N, a + b/N from n and from n/2 of them. None where n/2 < d: covariances are
        then singular, and the distance is no longer a + b/N.
    """
    if len(others) >= samples:
        return NoiseFloor(_mean_distance(reference, others, samples), "measured")
    if len(others) < 2 * max(2, others.shape[1]):
        return None
    whole, slope = _line(reference, others)
    distance = whole + slope * (1 / samples - 1 / len(others))
    return NoiseFloor(max(0.0, distance), "extrapolated")


def floor_of_halves(features: Tensor, samples: int) -> NoiseFloor | None:
    """The floor where there are no other real images: one half of the reference takes their place.

    The other half has a bias of its own, as if b were divided by its number of images; it is
    replaced with that of the whole.

    Args:
        features: of all real images (n, d), in random order.
        samples: N.
    """
    count = len(features) // 2
    if count < 2 * max(2, features.shape[1]):
        return None
    reference, others = real_statistics(features[:count]), features[count:]
    whole, slope = _line(reference, others)
    distance = whole + slope * (1 / samples - 1 / len(others) + 1 / len(features) - 1 / count)
    return NoiseFloor(max(0.0, distance), "extrapolated")


def _line(reference: RealStatistics, others: Tensor) -> tuple[float, float]:
    """The distance of all the others, and the slope b."""
    generator = torch.Generator().manual_seed(_SEED)
    half = len(others) // 2
    whole = frechet_distance(reference, others)
    halves = [
        _mean_distance(reference, others[torch.randperm(len(others), generator=generator)], half)
        for _ in range(_SHUFFLES)
    ]
    return whole, (sum(halves) / _SHUFFLES - whole) / (1 / half - 1 / len(others))


def _mean_distance(reference: RealStatistics, others: Tensor, size: int) -> float:
    sets = range(0, len(others) - size + 1, size)
    distances = [frechet_distance(reference, others[start : start + size]) for start in sets]
    return sum(distances) / len(distances)
