"""All scores of a generator, from one set of generated images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypedDict

import torch
from torch import Tensor

from bench.errors import QualityError
from bench.quality.features import ClassifyingExtractor, Extractor
from bench.quality.float32 import full_float32
from bench.quality.frechet import frechet_distance
from bench.quality.images import to_uint8
from bench.quality.kernel import KernelDistance
from bench.quality.manifold import NEIGHBOURS, precision_recall
from bench.quality.modes import score_modes
from bench.quality.reference import Reference

Draw = Callable[[int, int], Tensor]

_DRAWN_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class QualityScores:
    """The quality columns of one epoch; all None where the samples were not finite.

    Attributes:
        fid: Fréchet distance of Inception features; None for any other extractor.
        fcd: Fréchet distance of classifier features; None for any other extractor.
        kid_mean: kernel distance, mean over its subsets.
        kid_std: its standard deviation over the subsets.
        precision: share of generated images inside the real manifold.
        recall: share of real images inside the generated manifold.
        quality_samples: how many generated samples were scored.
        conditional_accuracy: share of images that are of the class asked for, by the
            extractor's judgement; None where none was asked for or the extractor cannot tell.
        modes_captured: of a mixture or of stacked digits.
        high_quality_fraction: share of points within 3 σ of a mode; of a mixture.
        reverse_kl: of the histogram of modes from the uniform one, in nats; of a mixture or
            of stacked digits.
    """

    fid: float | None = None
    fcd: float | None = None
    kid_mean: float | None = None
    kid_std: float | None = None
    precision: float | None = None
    recall: float | None = None
    quality_samples: int | None = None
    conditional_accuracy: float | None = None
    modes_captured: int | None = None
    high_quality_fraction: float | None = None
    reverse_kl: float | None = None


@dataclass(frozen=True, kw_only=True)
class QualityProtocol:
    """How scores come about, in the columns of a run; all None where quality is not measured.

    Attributes:
        quality_features: name of the extractor; None where no network judges.
        quality_weights_hash: of the extractor.
        quality_reference_hash: of the real side.
        quality_samples: how many generated samples are scored.
        quality_noise_floor: Fréchet distance of one half of the real images from the other.
    """

    quality_features: str | None = None
    quality_weights_hash: str | None = None
    quality_reference_hash: str | None = None
    quality_samples: int | None = None
    quality_noise_floor: float | None = None


class _ClassScores(TypedDict, total=False):
    conditional_accuracy: float
    modes_captured: int
    reverse_kl: float


class Judge(Protocol):
    """What a run needs of an evaluator, of images or of points."""

    @property
    def samples(self) -> int: ...
    @property
    def protocol(self) -> QualityProtocol: ...
    def evaluate(self, draw: Draw, labels: Tensor | None = None) -> QualityScores: ...


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

    @property
    def protocol(self) -> QualityProtocol:
        return QualityProtocol(
            quality_features=self.extractor.name,
            quality_weights_hash=self.extractor.weights_hash,
            quality_reference_hash=self.reference.reference_hash,
            quality_samples=self.samples,
            quality_noise_floor=self.reference.noise_floor,
        )

    @torch.no_grad()
    def evaluate(self, draw: Draw, labels: Tensor | None = None) -> QualityScores:
        """Scores what ``draw`` draws.

        Args:
            draw: ``draw(start, stop)`` gives the images (stop − start, c, h, w) in [−1, 1] of
                the caller's fixed evaluation latents start:stop; the generator's mode, its
                precision and the random numbers are the caller's.
            labels: int64 (samples,), on any device, the class asked of each image; None where
                the generator cannot be asked.

        Raises:
            ValueError: not one label for each sample.
        """
        if labels is not None and labels.shape != (self.samples,):
            raise ValueError(f"labels {tuple(labels.shape)} must be ({self.samples},)")
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
            **self._by_class(features, labels),
        )

    def _by_class(self, features: Tensor, labels: Tensor | None) -> _ClassScores:
        """The scores that rest on what class each image is of."""
        scores = _ClassScores()
        if not isinstance(self.extractor, ClassifyingExtractor):
            return scores
        classes = self.extractor.classify(features)
        if labels is not None:
            right = classes == labels.to(classes.device)
            scores["conditional_accuracy"] = right.double().mean().item()
        if self.extractor.modes is not None:
            modes = score_modes(classes, self.extractor.modes)
            scores["modes_captured"], scores["reverse_kl"] = modes
        return scores

    def _features(self, draw: Draw) -> Tensor | None:
        """Features of all samples, or None as soon as an image is not finite."""
        features = []
        for start in range(0, self.samples, _DRAWN_AT_ONCE):
            images = draw(start, min(start + _DRAWN_AT_ONCE, self.samples))
            if not images.isfinite().all():
                return None
            features.append(self.extractor(to_uint8(images)))
        return torch.cat(features)
