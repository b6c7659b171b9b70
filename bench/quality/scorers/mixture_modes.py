"""Scores of generated points against a mixture of Gaussians whose modes are known.

The definitions of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761, §4.1) and PacGAN (Lin et
al. 2018, arXiv 1712.04086, §4.1): a sample belongs to its nearest mode and is *of high
quality* within three standard deviations of it; a mode is *captured* when at least one
high-quality sample belongs to it. The reverse KL divergence is of the histogram of all
samples. Of the real points 1 − e^−4.5 = 98.9 % are of high quality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bench.measures.measure import Measure, Value
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from bench.quality.scorers.modes import MODES_CAPTURED, REVERSE_KL, SRIVASTAVA, reverse_kl
from variants.lazy import LazyModule
from variants.packs import LIN
from variants.references import cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

HIGH_QUALITY_DEVIATIONS = 3

HIGH_QUALITY_FRACTION = Measure(
    name="high_quality_fraction",
    doc="of a 2-D mixture: share of samples within 3 σ of their nearest mode; 0.989 for real data",
    unit="%",
    over_epochs="final",
    direction="higher",
    heading=("High-quality", "samples"),
)


@dataclass(frozen=True)
class MixtureScores:
    """Mode coverage of points."""

    modes_captured: int
    high_quality_fraction: float  # in 0…1
    reverse_kl: float  # nats, in 0…log K


def score_mixture(samples: Tensor, modes: Tensor, deviation: float) -> MixtureScores | None:
    """The scores of generated points.

    Computed in float64 on the CPU: float32 differences of distances are coarse against the
    ring's deviation of 0.01.

    Args:
        samples: floats (n, 2), n ≥ 1, on any device.
        modes: (K, 2), the centres, K ≥ 1.
        deviation: σ, of each mode along each axis.

    Returns:
        The scores, or None where a sample is not finite.

    Raises:
        ValueError: other shapes.
    """
    if samples.dim() != 2 or modes.dim() != 2 or samples.shape[1] != 2 or modes.shape[1] != 2:
        raise ValueError(
            f"samples {tuple(samples.shape)} and modes {tuple(modes.shape)} must be (n, 2), (K, 2)"
        )
    if len(samples) < 1 or len(modes) < 1:
        raise ValueError("a mixture has at least one mode and is scored on at least one sample")
    points, centres = samples.detach().cpu().double(), modes.detach().cpu().double()
    if not points.isfinite().all():
        return None
    distances, nearest = torch.linalg.vector_norm(points[:, None] - centres, dim=2).min(dim=1)
    high_quality = distances <= HIGH_QUALITY_DEVIATIONS * deviation
    return MixtureScores(
        modes_captured=len(nearest[high_quality].unique()),
        high_quality_fraction=high_quality.double().mean().item(),
        reverse_kl=reverse_kl(torch.bincount(nearest, minlength=len(centres))),
    )


@scorer("mixture-modes")
@cites(SRIVASTAVA, LIN)
class MixtureModes(Scorer):
    """Mode coverage of generated points."""

    measures = (MODES_CAPTURED, HIGH_QUALITY_FRACTION, REVERSE_KL)
    needs = frozenset({"samples"})

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.mixture is not None

    def __init__(self, context: Context) -> None:
        assert context.mixture is not None
        self._modes = torch.tensor(context.mixture.modes)
        self._deviation = context.mixture.deviation

    def score(self, scored: Scored) -> Mapping[str, Value]:
        scores = score_mixture(scored.samples, self._modes, self._deviation)
        return {} if scores is None else asdict(scores)
