"""``ring`` and ``grid-2d``: points drawn from mixtures of Gaussians, with no file behind them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.mixtures import MIXTURES, POINTS, Mixture
from bench.datasets.points import Points
from bench.datasets.registry import DataSetInfo, Source, dataset
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from scipy import special
else:
    np = LazyModule("numpy")
    special = LazyModule("scipy.special")

_VERSION = 1  # raise it when the same mixture comes to give other points
_SEED = 1712


def _info(name: str, summary: str) -> DataSetInfo:
    return DataSetInfo(name, summary, None, None, len(MIXTURES[name].modes), POINTS, dimensions=2)


@dataset(_info("ring", "points of 8 Gaussians on a circle (PacGAN, Lin et al. 2018)"))
def ring(argument: str, data_root: Path) -> Source:
    """8 modes on the unit circle, deviation 0.01."""
    return _generated(MIXTURES["ring"])


@dataset(_info("grid-2d", "points of 25 Gaussians on a square grid (PacGAN, Lin et al. 2018)"))
def grid_2d(argument: str, data_root: Path) -> Source:
    """25 modes on {−4, −2, 0, 2, 4}², deviation 0.05."""
    return _generated(MIXTURES["grid-2d"])


def _generated(mixture: Mixture) -> Source:
    return Source(
        location=None,
        files=(),
        open=partial(draw, mixture),
        definition=(_VERSION, _SEED, POINTS, mixture.modes, mixture.deviation),
    )


def draw(mixture: Mixture) -> Points:
    """The training set: ``POINTS`` points, each of a mode drawn uniformly; the label is the mode.

    Always the same ones: a normal deviate is the quantile of a raw draw, since the raw stream
    of a bit generator is stable between versions, which ``Generator.normal`` does not promise.
    """
    raw = np.random.PCG64(_SEED).random_raw(3 * POINTS).reshape(POINTS, 3)
    # The bias of a remainder of 64 bits is beyond any count; 52 bits and a half fit a float64.
    labels = (raw[:, 0] % len(mixture.modes)).astype(np.int64)
    normal = special.ndtri(((raw[:, 1:] >> 12) + 0.5) / 2.0**52)
    coordinates = np.array(mixture.modes)[labels] + mixture.deviation * normal
    # z: no minus before a zero that rounding left.
    names = tuple(f"{x:z.2f}, {y:z.2f}" for x, y in mixture.modes)
    return Points(coordinates.astype(np.float32), labels, names)
