"""``ring`` and ``grid-2d``: points drawn from mixtures of Gaussians; they need no file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.mixtures import MIXTURES, POINTS, Mixture
from bench.datasets.points import Points
from bench.datasets.registry import DataSetInfo, Source, dataset
from variants.lazy import LazyModule
from variants.packs import LIN
from variants.references import cites

if TYPE_CHECKING:
    import numpy as np
    from scipy import special
else:
    np = LazyModule("numpy")
    special = LazyModule("scipy.special")

_VERSION = 1  # increase it if the same mixture gives different points
_SEED = 1712


def _info(name: str, summary: str) -> DataSetInfo:
    modes = len(MIXTURES[name].modes)
    return DataSetInfo(name, summary, None, None, modes, POINTS, dimensions=2, task="mixtures")


@dataset(_info("ring", "points of 8 Gaussians on a circle (PacGAN, Lin et al. 2018)"))
@cites(LIN)
def ring(argument: str, data_root: Path) -> Source:
    """8 modes on the unit circle, deviation 0.01."""
    return _generated(MIXTURES["ring"])


@dataset(_info("grid-2d", "points of 25 Gaussians on a square grid (PacGAN, Lin et al. 2018)"))
@cites(LIN)
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
    """The training set: ``POINTS`` points, each from a mode drawn uniformly, which is its label.

    The points are always the same. A normal deviate is the quantile of a raw draw, because NumPy
    keeps the raw stream of a bit generator stable between versions; ``Generator.normal`` may
    change.
    """
    raw = np.random.PCG64(_SEED).random_raw(3 * POINTS).reshape(POINTS, 3)
    # The modulo bias is negligible with 64 bits. 52 bits plus a half are exact in float64.
    labels = (raw[:, 0] % len(mixture.modes)).astype(np.int64)
    normal = special.ndtri(((raw[:, 1:] >> 12) + 0.5) / 2.0**52)
    coordinates = np.array(mixture.modes)[labels] + mixture.deviation * normal
    # "z" turns a rounded "-0.00" into "0.00".
    names = tuple(f"{x:z.2f}, {y:z.2f}" for x, y in mixture.modes)
    return Points(coordinates.astype(np.float32), labels, names)
