"""Scores a generator: draws samples once and runs every scorer that applies to the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from bench.errors import QualityError
from bench.measures.measure import Value, floor_name
from bench.quality.extractors.base import ClassifyingExtractor
from bench.quality.float32 import full_float32
from bench.quality.floors import Back, Draw, untrained
from bench.quality.scorers.base import (
    QUALITY_SAMPLES,
    Context,
    PerSample,
    Scored,
    Scorer,
    applicable,
    checked,
)
from bench.quality.views import Views, possible


@dataclass(frozen=True, kw_only=True)
class QualityProtocol:
    """How a run's scores are computed, as columns of the run; None where there are no scores.

    Attributes:
        quality_features: name of the extractor; without one "targets" where translations are
            compared with their targets, else None.
        quality_weights_hash: of the extractor.
        quality_reference_hash: of the real side.
        quality_samples: how many generated samples are scored.
        quality_reference: which real images they are compared with, "training" or "held-out".
        quality_reference_images: how many these are.
        quality_noise_floor: Fréchet distance that a perfect generator would score.
        quality_noise_floor_origin: "measured" or "extrapolated".
        quality_classifier_accuracy: the extractor's, on held-out images.
        quality_back_weights_hash: of the source domain's extractor, of games both ways.
        quality_back_reference_hash: of the real sources, likewise.
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
    quality_back_weights_hash: str | None = None
    quality_back_reference_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What the samples of an evaluation are generated from and compared with, row by row.

    Attributes:
        labels: int64 (samples,), on any device: the class each sample is conditioned on; where
            there are sources, the class of each of these.
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
    def evaluate(
        self, draw: Draw, conditions: Conditions = ..., /, back: Back | None = ...
    ) -> Mapping[str, Value]: ...
    def prepare_back(self) -> None: ...


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
        self._back = False
        self._floors: tuple[Conditions, Mapping[str, Value]] | None = None
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
        way_back = self.context.way_back if self._back else None
        return QualityProtocol(
            quality_features=extractor.name if extractor else self.context.without_features,
            quality_weights_hash=extractor.weights_hash if extractor else None,
            quality_reference_hash=reference.reference_hash if reference else None,
            quality_samples=self.samples,
            quality_reference=reference.of if reference else None,
            quality_reference_images=reference.images if reference else None,
            quality_noise_floor=floor.distance if floor else None,
            quality_noise_floor_origin=floor.origin if floor else None,
            quality_classifier_accuracy=reference.classifier_accuracy if reference else None,
            quality_back_weights_hash=way_back.extractor.weights_hash if way_back else None,
            quality_back_reference_hash=way_back.reference.reference_hash if way_back else None,
        )

    def prepare_back(self) -> None:
        """Opens what the way back of a game both ways is compared with, part of the protocol.

        Raises:
            RequestError: the cache cannot be written.
        """
        self._back = True
        _ = self.context.way_back

    @torch.no_grad()
    def evaluate(
        self, draw: Draw, conditions: Conditions = UNCONDITIONED, /, back: Back | None = None
    ) -> Mapping[str, Value]:
        """The scores of what ``draw`` returns, by column; empty where a sample is not finite.

        Where there are sources, the scores of the floors are among them, found at the first
        evaluation of these conditions.

        Args:
            draw: ``draw(start, stop)`` returns the samples start:stop of the caller's fixed
                evaluation inputs: images (stop − start, c, h, w) in [−1, 1] or points
                (stop − start, 2). The generator's mode, its precision and the random numbers
                are the caller's.
            conditions: of all samples, in the order in which they are drawn.
            back: of a game both ways: sources (n, c', h, w) made from images (n, c, h, w) of the
                target domain, on any device, both in [−1, 1].

        Raises:
            ValueError: ``conditions`` do not have one row per sample; or a scorer returned a
                column that it does not declare.
        """
        rows = self._rows(conditions)
        if back is not None:
            self.prepare_back()
        found = self._scored(self._scorers, draw, rows, back)
        if found is None:
            return {}
        if conditions.sources is not None and self.context.data.sources is not None:
            found |= self._floors_of(conditions, rows, both_ways=back is not None)
        return {QUALITY_SAMPLES.name: self.samples, **found}

    def _rows(self, conditions: Conditions) -> dict[str, Tensor]:
        translated = conditions.sources is not None
        rows = {
            "source_labels" if translated else "labels": conditions.labels,
            "sources": conditions.sources,
            "targets": conditions.targets,
        }
        given = {name: tensor for name, tensor in rows.items() if tensor is not None}
        for name, tensor in given.items():
            if len(tensor) != self.samples or (name.endswith("labels") and tensor.dim() != 1):
                raise ValueError(
                    f"{name} {tuple(tensor.shape)} must have one row for each of the "
                    f"{self.samples} samples"
                )
        return given

    def _floors_of(
        self, conditions: Conditions, rows: dict[str, Tensor], *, both_ways: bool
    ) -> Mapping[str, Value]:
        """What the identity mapping and the mean target score, by column."""
        if self._floors is None or self._floors[0] is not conditions:
            assert conditions.sources is not None
            scorers = {name: scorer for name, scorer in self._scorers.items() if scorer.floors}
            scores: dict[str, Value] = {}
            for floor, (draw, back) in untrained(self.context.data, conditions.sources):
                found = self._scored(scorers, draw, rows, back if both_ways else None)
                assert found is not None, "pixels are finite"
                for scorer in scorers.values():
                    scores |= {
                        floor_name(measure.name, floor): found[measure.name]
                        for measure in scorer.measures
                        if measure.name in found and not measure.control
                    }
            self._floors = conditions, scores
        return self._floors[1]

    def _scored(
        self,
        scorers: Mapping[str, Scorer],
        draw: Draw,
        rows: dict[str, Tensor],
        back: Back | None,
    ) -> dict[str, Value] | None:
        """The scores of one generator, or None as soon as a sample is not finite."""
        known = possible(self.context, rows, both_ways=back is not None)
        scorers = {name: scorer for name, scorer in scorers.items() if scorer.needs <= known}
        each = {name: s for name, s in scorers.items() if isinstance(s, PerSample)}
        whole = {name: s for name, s in scorers.items() if name not in each}
        views = Views(self.context, draw, rows, back, _needs(scorers))
        kept = _needs(whole) - rows.keys()
        if "classes" in kept:
            kept |= {"features"}
        chunks: dict[str, list[Tensor]] = {name: [] for name in kept}
        sums: dict[str, dict[str, float]] = {name: {} for name in each}
        for chunk in views:
            if chunk is None:
                return None
            for name in kept & chunk.keys():
                chunks[name].append(chunk[name])
            with full_float32(self.context.device):
                for name, per_sample in each.items():
                    if chunk.keys() >= per_sample.needs:
                        for key, values in per_sample.each(_given(per_sample, chunk)).items():
                            total = sums[name].get(key, 0.0)
                            sums[name][key] = total + values.double().sum().item()
        available = rows | {name: torch.cat(parts) for name, parts in chunks.items() if parts}
        scores: dict[str, Value] = {}
        with full_float32(self.context.device):
            if "classes" in kept and "features" in available:
                assert isinstance(self.context.extractor, ClassifyingExtractor)
                available["classes"] = self.context.extractor.classify(available["features"])
            for name, scorer in whole.items():
                if available.keys() >= scorer.needs:
                    found = scorer.score(_given(scorer, available))
                    scores |= checked(name, type(scorer), found)
            for name, per_sample in each.items():
                if sums[name]:
                    means = {key: total / self.samples for key, total in sums[name].items()}
                    scores |= checked(name, type(per_sample), per_sample.of_means(means))
        return scores


def _needs(scorers: Mapping[str, Scorer]) -> frozenset[str]:
    return frozenset[str]().union(*(scorer.needs for scorer in scorers.values()))


def _given(scorer: Scorer, available: Mapping[str, Tensor]) -> Scored:
    return Scored({need: available[need] for need in scorer.needs})
