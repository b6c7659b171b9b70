"""How quality was measured: distances of different protocols are never compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.quality.extractors.registry import TARGETS
from bench.report.text import significant

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
        return "of the targets" if self.features == TARGETS else f"over {self.features} features"

    @property
    def floor_text(self) -> str:
        """What the noise floor is."""
        how = ", extrapolated from fewer" if self.extrapolated else ""
        return f"what as many other real images score{how}"

    def sentence(self) -> str:
        """The protocol in one sentence, for the notes of a table."""
        weights = f" {self.weights_hash[:10]}…" if self.weights_hash else ""
        text = f"{self.metric} {self.means}{weights}"
        if self.samples is not None:
            text += f", {self.samples:,} generated samples"
        if self.features == TARGETS:
            return f"{text}."
        if self.real_images is not None:
            text += f" against the {self.real_images:,} {_KINDS[self.reference]} images"
        if self.reference_hash is not None:
            text += f" (reference {self.reference_hash[:10]}…)"
        if self.noise_floor is not None:
            return f"{text}; noise floor ({self.floor_text}) {significant(self.noise_floor)}."
        text += "; noise floor not measured"
        if self.halves is not None:
            text += (
                f" (one half of the real images is {significant(self.halves)} from the other, but "
                "a distance depends on the number of images)"
            )
        return f"{text}."


_KINDS = {"training": "real training", "held-out": "held-out real"}
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
