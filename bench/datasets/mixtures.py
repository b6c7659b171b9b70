"""2-D mixtures of Gaussians, on which the modes that a generator misses can be counted.

Both are the synthetic data of PacGAN (Lin et al., arXiv 1712.04086, section "Synthetic data
experiments"): modes of equal weight, each an isotropic Gaussian.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

POINTS = 100_000  # in a training set


@dataclass(frozen=True)
class Mixture:
    """Isotropic Gaussians of equal weight and equal variance.

    Attributes:
        modes: the means, (x, y) each.
        deviation: the standard deviation of each coordinate.
    """

    name: str
    modes: tuple[tuple[float, float], ...]
    deviation: float


_RING_ANGLES = tuple(2 * math.pi * mode / 8 for mode in range(8))
_GRID_SIDE = (-4.0, -2.0, 0.0, 2.0, 4.0)

MIXTURES = {
    mixture.name: mixture
    for mixture in (
        Mixture("ring", tuple((math.cos(a), math.sin(a)) for a in _RING_ANGLES), 0.01),
        Mixture("grid-2d", tuple((x, y) for x in _GRID_SIDE for y in _GRID_SIDE), 0.05),
    )
}


def mixture(name: str, classes: Sequence[int] | None = None) -> Mixture | None:
    """The mixture that a data set is drawn from, or None for any other data set.

    Args:
        classes: the modes whose points are trained on; None for all.
    """
    found = MIXTURES.get(name)
    if found is None or classes is None:
        return found
    return replace(found, modes=tuple(found.modes[mode] for mode in sorted(set(classes))))
