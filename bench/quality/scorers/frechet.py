"""The Fréchet distance between real and generated features, exact and cheap.

Both sets of features are summarised by a Gaussian; the squared 2-Wasserstein distance
between the two (Dowson & Landau 1982, *The Fréchet distance between multivariate normal
distributions*) is the score of Heusel et al. 2017 (arXiv 1706.08500):

    ‖μ_r − μ_f‖² + tr Σ_r + tr Σ_f − 2 tr (Σ_r^½ Σ_f Σ_r^½)^½

No matrix root is taken. With Σ_r = L Lᵀ and Σ_f = Aᵀ A, where the rows of A are the
centred generated features over √(n − 1), the last trace is the nuclear norm of A L: the
eigenvalues of Σ_r Σ_f are those of Lᵀ Σ_f L = (A L)ᵀ (A L). Covariances are unbiased. All
arithmetic is float64 on the CPU: float32 is wrong by 4.5e-3, and many GPUs, including all
of Apple's, have slow float64 or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.measures.measure import Measure, Value
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from variants.lazy import LazyModule
from variants.references import Reference, cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

_COLUMNS = 512  # of symmetric and triangular products computed at once
_BLOCK_ROWS = 4096  # float64 copies of features are made in blocks, to bound the memory

HEUSEL = Reference(
    key="heusel2017gans",
    authors="Martin Heusel and Hubert Ramsauer and Thomas Unterthiner and Bernhard Nessler and "
    "Sepp Hochreiter",
    title="GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
    booktitle="Advances in Neural Information Processing Systems",
    volume="30",
    arxiv="1706.08500",
    year=2017,
)


@dataclass(frozen=True)
class RealStatistics:
    """The Gaussian of the real features, as the distance needs it.

    Attributes:
        mean: float64 (d,).
        root: L with Σ = L Lᵀ, float64 (d, min(n, d)).
        trace: of Σ.
        samples: n, the number of features it was computed from.
    """

    mean: Tensor
    root: Tensor
    trace: float
    samples: int


def real_statistics(features: Tensor) -> RealStatistics:
    """The statistics of real features (n, d), n ≥ 2.

    L is the transposed triangle of a QR decomposition of the centred features, taken
    block by block, so that Σ itself, which squares the rounding error, is never formed.

    Raises:
        ValueError: another shape, fewer than two rows, or values that are not finite.
    """
    _check_shape(features)
    if not features.isfinite().all():
        raise ValueError("the features of the real images are not all finite")
    samples, dimension = features.shape
    mean = _mean(features)
    triangle = torch.empty(0, dimension, dtype=torch.float64)
    for block in _blocks(features):
        triangle = torch.linalg.qr(torch.cat([triangle, block - mean]), mode="r").R
    root = triangle.T / (samples - 1) ** 0.5
    return RealStatistics(mean, root, root.square().sum().item(), samples)


def frechet_distance(real: RealStatistics, fake_features: Tensor) -> float:
    """The Fréchet distance between generated features (n, d), n ≥ 2, and the real ones.

    Returns:
        The distance, at least 0 (rounding below it is cut off), or nan where a feature is
        not finite: a generator that diverged has no distance, and its run continues.

    Raises:
        ValueError: another shape, another d than that of the real features, or fewer than two
            rows.
    """
    _check_shape(fake_features)
    samples, dimension = fake_features.shape
    if dimension != len(real.mean):
        raise ValueError(
            f"generated features have {dimension} dimensions, the real ones {len(real.mean)}"
        )
    if not fake_features.isfinite().all():
        return float("nan")
    mean = _mean(fake_features)
    if samples <= dimension:
        centred = (fake_features.cpu().double() - mean) / (samples - 1) ** 0.5
        trace = centred.square().sum()
        return _distance(real, mean, trace, torch.linalg.svdvals(centred @ real.root).sum())
    covariance = torch.zeros(dimension, dimension, dtype=torch.float64)
    for block in _blocks(fake_features):
        centred = block - mean
        for first, columns in _columns(centred):
            # Symmetric: only the part on and above the diagonal is computed.
            covariance[first : first + _COLUMNS, first:].addmm_(
                columns.T, centred[:, first:], alpha=1 / (samples - 1)
            )
    return distance_of_moments(real, mean, covariance.triu() + covariance.triu(1).T)


def distance_of_moments(real: RealStatistics, mean: Tensor, covariance: Tensor) -> float:
    """The Fréchet distance between a Gaussian and that of the real features.

    Args:
        real: of the real features.
        mean: float64 (d,).
        covariance: float64 (d, d), symmetric.

    Returns:
        The distance, at least 0.
    """
    eigenvalues = torch.linalg.eigvalsh(_congruent(covariance, real.root))
    return _distance(real, mean, covariance.trace(), eigenvalues.clamp(min=0).sqrt().sum())


def _distance(real: RealStatistics, mean: Tensor, trace: Tensor, trace_of_root: Tensor) -> float:
    shift = (mean - real.mean).square().sum()
    distance: float = (shift + real.trace + trace - 2 * trace_of_root).item()
    return max(0.0, distance)


def _congruent(covariance: Tensor, root: Tensor) -> Tensor:
    """rootᵀ · covariance · root on and below the diagonal, which is all ``eigvalsh`` reads.

    A square root is triangular, so only half of either product is computed.
    """
    if root.shape[0] != root.shape[1]:
        return root.T @ covariance @ root
    half = torch.cat([covariance[:, i:] @ columns[i:] for i, columns in _columns(root)], dim=1)
    product = torch.zeros_like(covariance)
    for first, columns in _columns(root):
        last = first + columns.shape[1]
        torch.mm(columns[first:].T, half[first:, :last], out=product[first:last, :last])
    return product


def _columns(matrix: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Blocks of columns, each with the index of its first."""
    for first in range(0, matrix.shape[1], _COLUMNS):
        yield first, matrix[:, first : first + _COLUMNS]


def _check_shape(features: Tensor) -> None:
    if features.dim() != 2 or len(features) < 2:
        raise ValueError(f"features must be (n ≥ 2, d), not {tuple(features.shape)}")


def _blocks(features: Tensor) -> Iterator[Tensor]:
    for block in torch.split(features, _BLOCK_ROWS):
        yield block.cpu().double()


def _mean(features: Tensor) -> Tensor:
    sums = torch.stack([block.sum(dim=0) for block in _blocks(features)])
    return sums.sum(dim=0) / len(features)


FID = Measure(
    name="fid",
    doc="Fréchet distance over Inception features: the FID proper",
    over_epochs="final",
    direction="lower",
    scale="log",
    heading=("FID",),
    headline=True,
)
FCD = Measure(
    name="fcd",
    doc="Fréchet classifier distance: the same over the features of a classifier of the data set",
    over_epochs="final",
    direction="lower",
    scale="log",
    heading=("FCD",),
    headline=True,
)
_COLUMN_OF = {"inception": FID, "classifier": FCD}  # no other extractor's distance has these names


@scorer("frechet")
@cites(HEUSEL)
class Frechet(Scorer):
    """FID of Inception features, FCD of classifier features."""

    measures = (FID, FCD)
    needs = frozenset({"features"})
    floors = True
    fewest_samples = 2

    @classmethod
    def applies(cls, context: Context) -> bool:
        extractor = context.extractor
        named = extractor is not None and extractor.name in _COLUMN_OF
        return named and context.reference is not None

    def __init__(self, context: Context) -> None:
        assert context.extractor is not None
        assert context.reference is not None
        self._column = _COLUMN_OF[context.extractor.name].name
        self._real = context.reference.statistics

    def score(self, scored: Scored) -> Mapping[str, Value]:
        return {self._column: frechet_distance(self._real, scored.features)}
