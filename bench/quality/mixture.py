"""Scores of a generator of points against a mixture of Gaussians whose modes are known.

The definitions of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761, §4.1) and PacGAN (Lin et
al. 2018, arXiv 1712.04086, §4.1): a sample belongs to its nearest mode and is *of high
quality* within three standard deviations of it; a mode is *captured* when at least one
high-quality sample belongs to it. The reverse KL divergence is of the histogram of all
samples. Of the real points 1 − e^−4.5 = 98.9 % are of high quality.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from bench.errors import QualityError
from bench.quality.evaluator import Draw, QualityProtocol, QualityScores
from bench.quality.modes import reverse_kl

HIGH_QUALITY_DEVIATIONS = 3
_DRAWN_AT_ONCE = 1000


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
        raise ValueError("a mixture is scored by at least one sample and has at least one mode")
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


class MixtureEvaluator:
    """Scores generators of points against one mixture; made once per run.

    Draws no random number and leaves no setting changed.

    Args:
        modes: (K, 2), the centres.
        deviation: σ, of each mode along each axis.
        samples: how many generated points to score.

    Raises:
        QualityError: no sample.
    """

    def __init__(self, modes: Tensor, deviation: float, samples: int) -> None:
        if samples < 1:
            raise QualityError(f"quality samples: {samples} are too few: choose at least 1.")
        self.modes = modes
        self.deviation = deviation
        self.samples = samples

    @property
    def protocol(self) -> QualityProtocol:
        """No network judges points, so only their number is to be told."""
        return QualityProtocol(quality_samples=self.samples)

    @torch.no_grad()
    def evaluate(self, draw: Draw, labels: Tensor | None = None) -> QualityScores:
        """Scores what ``draw`` draws; all None where a point was not finite.

        Args:
            draw: ``draw(start, stop)`` gives the points (stop − start, 2) of the caller's
                fixed evaluation latents start:stop, in the coordinates of the modes.
            labels: not used; points are judged by place alone.
        """
        points = torch.cat(
            [
                draw(start, min(start + _DRAWN_AT_ONCE, self.samples))
                for start in range(0, self.samples, _DRAWN_AT_ONCE)
            ]
        )
        scores = score_mixture(points, self.modes, self.deviation)
        if scores is None:
            return QualityScores()
        return QualityScores(quality_samples=self.samples, **asdict(scores))
