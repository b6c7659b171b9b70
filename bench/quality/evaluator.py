"""Scores a generator: draws samples once and runs every scorer that applies to the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from bench.errors import QualityError
from bench.measures.measure import Value
from bench.quality.extractors.base import ClassifyingExtractor
from bench.quality.float32 import full_float32
from bench.quality.images import to_uint8
from bench.quality.scorers.base import QUALITY_SAMPLES, Context, Scored, applicable, checked

Draw = Callable[[int, int], Tensor]

_DRAWN_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class QualityProtocol:
    """How a run's scores are computed, as columns of the run; None where there are no scores.

    Attributes:
        quality_features: name of the extractor; None without one.
        quality_weights_hash: of the extractor.
        quality_reference_hash: of the real side.
        quality_samples: how many generated samples are scored.
        quality_reference: which real images they are compared with, "training" or "held-out".
        quality_reference_images: how many these are.
        quality_noise_floor: Fréchet distance that a perfect generator would score.
        quality_noise_floor_origin: "measured" or "extrapolated".
        quality_classifier_accuracy: the extractor's, on held-out images.
    """

    quality_features: str | None = None
    quality_weights_hash: str | None = None
    quality_reference_hash: str | None = None
    quality_samples: int | None = None
    quality_reference: str | None = None
    quality_reference_images: int | None = None
    quality_noise_floor: float | None = None
    quality_noise_floor_origin: str | None = None
    quality_classifier_accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What the samples of an evaluation are generated from and compared with, row by row.

    Attributes:
        labels: int64 (samples,), on any device: the class each sample is conditioned on.
        sources: uint8 (samples, c, h, w): the input of each sample, of paired and unpaired tasks.
        targets: uint8 (samples, c, h, w): the real counterpart of each sample, of paired tasks.
            Each is None where the task has none.
    """

    labels: Tensor | None = None
    sources: Tensor | None = None
    targets: Tensor | None = None


UNCONDITIONED = Conditions()


class Judge(Protocol):
    """What a run needs of an evaluator."""

    @property
    def samples(self) -> int: ...
    @property
    def protocol(self) -> QualityProtocol: ...
    def evaluate(self, draw: Draw, conditions: Conditions = ..., /) -> Mapping[str, Value]: ...


class Evaluator:
    """Scores generators against one set of real samples; built once per run.

    Draws no random number and leaves no setting changed.

    Raises:
        QualityError: fewer samples than an applicable scorer needs.
    """

    def __init__(self, context: Context) -> None:
        found = applicable(context)
        fewest = max((kind.fewest_samples for kind in found.values()), default=1)
        if context.samples < fewest:
            raise QualityError(
                f"quality samples: {context.samples} are too few: choose at least {fewest}."
            )
        self.context = context
        self._needs = frozenset[str]().union(*(kind.needs for kind in found.values()))
        with torch.no_grad(), full_float32(context.device):
            self._scorers = {name: kind(context) for name, kind in found.items()}

    @property
    def samples(self) -> int:
        """How many samples each evaluation scores."""
        return self.context.samples

    @property
    def protocol(self) -> QualityProtocol:
        extractor, reference = self.context.extractor, self.context.reference
        floor = reference.noise_floor if reference else None
        return QualityProtocol(
            quality_features=extractor.name if extractor else None,
            quality_weights_hash=extractor.weights_hash if extractor else None,
            quality_reference_hash=reference.reference_hash if reference else None,
            quality_samples=self.samples,
            quality_reference=reference.of if reference else None,
            quality_reference_images=reference.images if reference else None,
            quality_noise_floor=floor.distance if floor else None,
            quality_noise_floor_origin=floor.origin if floor else None,
            quality_classifier_accuracy=reference.classifier_accuracy if reference else None,
        )

    @torch.no_grad()
    def evaluate(
        self, draw: Draw, conditions: Conditions = UNCONDITIONED, /
    ) -> Mapping[str, Value]:
        """The scores of what ``draw`` returns, by column; empty where a sample is not finite.

        Args:
            draw: ``draw(start, stop)`` returns the samples start:stop of the caller's fixed
                evaluation inputs: images (stop − start, c, h, w) in [−1, 1] or points
                (stop − start, 2). The generator's mode, its precision and the random numbers
                are the caller's.
            conditions: of all samples, in the order in which they are drawn.

        Raises:
            ValueError: ``conditions`` do not have one row per sample; or a scorer returned a
                column that it does not declare.
        """
        available = self._rows(conditions)
        drawn = self._drawn(draw)
        if drawn is None:
            return {}
        available |= drawn
        scores: dict[str, Value] = {QUALITY_SAMPLES.name: self.samples}
        with full_float32(self.context.device):
            if "classes" in self._needs and "features" in available:
                assert isinstance(self.context.extractor, ClassifyingExtractor)
                available["classes"] = self.context.extractor.classify(available["features"])
            for name, scorer in self._scorers.items():
                if available.keys() >= scorer.needs:
                    scored = Scored({need: available[need] for need in scorer.needs})
                    scores |= checked(name, type(scorer), scorer.score(scored))
        return scores

    def _rows(self, conditions: Conditions) -> dict[str, Tensor]:
        rows = {
            "labels": conditions.labels,
            "sources": conditions.sources,
            "targets": conditions.targets,
        }
        given = {name: tensor for name, tensor in rows.items() if tensor is not None}
        for name, tensor in given.items():
            if len(tensor) != self.samples or (name == "labels" and tensor.dim() != 1):
                raise ValueError(
                    f"{name} {tuple(tensor.shape)} must have one row for each of the "
                    f"{self.samples} samples"
                )
        return given

    def _drawn(self, draw: Draw) -> dict[str, Tensor] | None:
        """What scorers need of all samples, or None as soon as a sample is not finite."""
        chunks: dict[str, list[Tensor]] = {}
        for start in range(0, self.samples, _DRAWN_AT_ONCE):
            samples = draw(start, min(start + _DRAWN_AT_ONCE, self.samples))
            if not samples.isfinite().all():
                return None
            for name, chunk in self._views(samples).items():
                chunks.setdefault(name, []).append(chunk)
        return {name: torch.cat(parts) for name, parts in chunks.items()}

    def _views(self, samples: Tensor) -> dict[str, Tensor]:
        """One chunk of samples as scorers need it; points have neither pixels nor features."""
        views = {"samples": samples} if "samples" in self._needs else {}
        if samples.dim() == 4:
            extractor = self.context.extractor
            extracts = extractor is not None and self._needs & {"features", "classes"}
            if "images" in self._needs or extracts:
                images = to_uint8(samples)
                if "images" in self._needs:
                    views["images"] = images
                if extractor is not None and extracts:
                    views["features"] = extractor(images)
        return views
