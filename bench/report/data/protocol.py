"""How quality was measured: distances of different protocols are never compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.quality.extractors.registry import TARGETS
from bench.report.text import significant
from bench.texts import grouped, say

SSIM_DISTANCE = "one_minus_ssim"  # the distance of translations that are judged without features


@dataclass(frozen=True)
class Protocol:
    """How a distance was measured. Distances of two protocols are never compared.

    Attributes:
        reference: which real images generated ones are compared with, "training" or "held-out".
        real_images: how many these are.
        noise_floor: what as many real images as ``samples`` score.
        extrapolated: whether it was extrapolated from fewer.
        halves: the distance of one half of the real images from the other, in earlier results.
        classifier_accuracy: of held-out real images, the ceiling of conditional accuracy.
    """

    features: str
    weights_hash: str | None
    samples: int | None
    reference_hash: str | None
    reference: str
    real_images: int | None
    noise_floor: float | None
    extrapolated: bool = False
    halves: float | None = None
    classifier_accuracy: float | None = None

    @property
    def metric(self) -> str:
        """Only Inception features give an FID; that of any other network is called FCD.

        Without features, translations whose targets are known have 1 − SSIM.
        """
        return {"inception": "FID", TARGETS: "1 − SSIM"}.get(self.features, "FCD")

    @property
    def column(self) -> str:
        """How columns of tables call the metric."""
        return SSIM_DISTANCE if self.features == TARGETS else self.metric.lower()

    @property
    def means(self) -> str:
        """What is compared, as in ``FCD over classifier features``."""
        if self.features == TARGETS:
            return say("protocol-of-targets")
        return say("protocol-over", features=self.features)

    @property
    def floor_text(self) -> str:
        """What the noise floor is."""
        return say("protocol-floor", how="extrapolated" if self.extrapolated else "measured")

    def sentence(self) -> str:
        """The protocol in one sentence, for the notes of a table."""
        floor = "none" if self.features == TARGETS else "unknown"
        if floor != "none" and self.noise_floor is not None:
            floor = significant(self.noise_floor)
        against = self.features != TARGETS and self.real_images is not None
        known = self.features != TARGETS and self.reference_hash is not None
        return say(
            "protocol",
            metric=self.metric,
            means=self.means,
            weights=f" {self.weights_hash[:10]}…" if self.weights_hash else "",
            samples="unknown" if self.samples is None else grouped(self.samples),
            reference=self.reference if against else "none",
            images=grouped(self.real_images) if against and self.real_images else "",
            hash=f"{self.reference_hash[:10]}…" if known and self.reference_hash else "none",
            floor=floor,
            origin=self.floor_text,
            halves="unknown" if self.halves is None else significant(self.halves),
        )


_COLUMNS = (
    "quality_features",
    "quality_weights_hash",
    "quality_samples",
    "quality_reference_hash",
    "quality_reference",
    "quality_reference_images",
    "quality_noise_floor",
    "quality_noise_floor_origin",
    "quality_classifier_accuracy",
    "train_images",
)
_IDENTITY = 5  # the others follow from the first


def protocols(runs: pd.DataFrame) -> tuple[list[Protocol], list[int]]:
    """The distinct protocols, and for each run the index of its own (−1: none)."""
    found: list[Protocol] = []
    keys: list[tuple[Any, ...]] = []
    index: list[int] = []
    for row in runs.reindex(columns=list(_COLUMNS)).itertuples(index=False):
        values: list[Any] = [None if pd.isna(value) else value for value in row]
        if values[0] is None:
            index.append(-1)
            continue
        values[4] = values[4] or "training"  # of earlier results
        key = tuple(values[:_IDENTITY])
        if key not in keys:
            keys.append(key)
            found.append(_protocol(key, *values[_IDENTITY:]))
        index.append(keys.index(key))
    return found, index


def _protocol(
    key: tuple[Any, ...],
    images: int | None,
    distance: float | None,
    origin: str | None,
    accuracy: float | None,
    train_images: int | None,
) -> Protocol:
    features, weights_hash, samples, reference_hash, reference = key
    return Protocol(
        features=features,
        weights_hash=weights_hash,
        samples=samples,
        reference_hash=reference_hash,
        reference=reference,
        real_images=train_images if images is None else int(images),
        noise_floor=None if origin is None else distance,
        extrapolated=origin == "extrapolated",
        halves=distance if origin is None else None,
        classifier_accuracy=accuracy,
    )
