"""All scores of a generator, from one set of generated images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.errors import QualityError
from bench.quality.features import Extractor
from bench.quality.float32 import full_float32
from bench.quality.frechet import frechet_distance
from bench.quality.images import to_uint8
from bench.quality.kernel import KernelDistance
from bench.quality.manifold import NEIGHBOURS, precision_recall
from bench.quality.reference import Reference

Draw = Callable[[int, int], Tensor]

_DRAWN_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class QualityScores:
    """The quality columns of one epoch; all None where the images were not finite.

    Attributes:
        fid: Fréchet distance of Inception features; None for any other extractor.
        fcd: Fréchet distance of classifier features; None for any other extractor.
        kid_mean: kernel distance, mean over its subsets.
        kid_std: its standard deviation over the subsets.
        precision: share of generated images inside the real manifold.
        recall: share of real images inside the generated manifold.
        quality_samples: how many generated images were scored.
    """

    fid: float | None = None
    fcd: float | None = None
    kid_mean: float | None = None
    kid_std: float | None = None
    precision: float | None = None
    recall: float | None = None
    quality_samples: int | None = None


class Evaluator:
    """Scores generators against one reference; made once per run.

    Draws no random number and leaves no setting changed.

    Args:
        extractor: the one ``reference`` was made with.
        reference: of the real images.
        samples: how many generated images to score.

    Raises:
        QualityError: fewer than four samples.
    """

    def __init__(self, extractor: Extractor, reference: Reference, samples: int) -> None:
        if samples <= NEIGHBOURS:
            raise QualityError(
                f"quality samples: {samples} are too few: choose at least {NEIGHBOURS + 1}."
            )
        self.extractor = extractor
        self.reference = reference
        self.samples = samples
        self._real = reference.features.to(extractor.device)
        self._real_squared_radii = reference.squared_radii.to(extractor.device)
        with full_float32(extractor.device):
            self._kernel_distance = KernelDistance(self._real, samples)

    @torch.no_grad()
    def evaluate(self, draw: Draw) -> QualityScores:
        """Scores what ``draw`` draws.

        Args:
            draw: ``draw(start, stop)`` gives the images (stop − start, c, h, w) in [−1, 1] of
                the caller's fixed evaluation latents start:stop; the generator's mode, its
                precision and the random numbers are the caller's.
        """
        features = self._features(draw)
        if features is None:
            return QualityScores()
        with full_float32(self.extractor.device):
            kid = self._kernel_distance(features)
            precision, recall = precision_recall(features, self._real, self._real_squared_radii)
        distance = frechet_distance(self.reference.statistics, features)
        return QualityScores(
            fid=distance if self.extractor.name == "inception" else None,
            fcd=distance if self.extractor.name == "classifier" else None,
            kid_mean=kid.mean,
            kid_std=kid.std,
            precision=precision,
            recall=recall,
            quality_samples=self.samples,
        )

    def _features(self, draw: Draw) -> Tensor | None:
        """Features of all samples, or None as soon as an image is not finite."""
        features = []
        for start in range(0, self.samples, _DRAWN_AT_ONCE):
            images = draw(start, min(start + _DRAWN_AT_ONCE, self.samples))
            if not images.isfinite().all():
                return None
            features.append(self.extractor(to_uint8(images)))
        return torch.cat(features)
