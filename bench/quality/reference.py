"""The real side of every score, computed once per data set and extractor.

Cached under a hash of everything that determines it, so a changed data set, other weights or
another definition never meet stale statistics.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality.extractors.base import ClassifyingExtractor, Extractor
from bench.quality.neighbours import nearest_other
from bench.quality.noise_floor import NoiseFloor, floor_of_halves, noise_floor
from bench.quality.scorers.frechet import RealStatistics, real_statistics
from bench.quality.scorers.manifold import NEIGHBOURS, squared_radii
from bench.quality.tensor_file import load_tensors, save_tensors
from bench.quality.whole import held_out_apart

Against = Literal["training", "held-out"]

STATISTICS_VERSION = 2  # increase it when the same features give another reference than before
MOST_FEATURES = 10_000
MOST_TRAINING = 60_000
_MOST_NUMBERS = 2**26  # of the training images' features: 256 MiB
_BLOCK_IMAGES = 1000
_SEED = 20_170_626


@dataclass(frozen=True)
class Reference:
    """The real images as scorers need them. Tensors are on the CPU.

    Attributes:
        of: which images generated ones are compared with: "training" or "held-out".
        images: how many they are.
        statistics: of the features of all of them.
        features: float32 (n ≤ 10,000, d), a fixed random choice of theirs, for kernel distance,
            precision, recall, density and coverage.
        squared_radii: float32 (n,), from each of ``features`` to its third neighbour.
        training: float32 (m ≤ 60,000, d), features of the training images, or of a fixed random
            choice, among which copies are looked for.
        training_squared_radii: float32 (m,), from each of them to its nearest other one.
        held_out: float32 (h ≤ 10,000, d), features of held-out images; None where there are none.
        noise_floor: what a perfect generator would score; None where that cannot be told.
        classifier_accuracy: the share of the held-out images that a classifying extractor assigns
            to their class; where there are none, or their classes are others than those that are
            trained on, of those that it was not trained on itself.
        reference_hash: hexadecimal, of everything that determines the reference.
    """

    of: Against
    images: int
    statistics: RealStatistics
    features: Tensor
    squared_radii: Tensor
    training: Tensor
    training_squared_radii: Tensor
    held_out: Tensor | None
    noise_floor: NoiseFloor | None
    classifier_accuracy: float | None
    reference_hash: str


def build_reference(
    data: ImageData, extractor: Extractor, cache: Path, *, samples: int, of: Against = "training"
) -> Reference:
    """The reference of a run, computed now or loaded from the cache.

    Args:
        data: the training images, with those held out.
        extractor: of features.
        cache: root of the cache; references are in ``references/``.
        samples: how many generated images will be scored.
        of: which images they are compared with.

    Raises:
        QualityError: fewer than four images, or features that are not finite.
        RequestError: the cache cannot be written.
    """
    compared = data if of == "training" else data.held_out
    if compared is None:
        raise QualityError(
            "quality reference: held-out needs images that are held out, and there are none: "
            "set reference to training, or use a larger data set."
        )
    if len(compared.images) <= NEIGHBOURS:
        raise QualityError(
            f"Quality cannot be measured against {len(compared.images)} real images: "
            f"choose at least {NEIGHBOURS + 1}, or set quality features to off."
        )
    key = _key(data, extractor, samples, of)
    path = reference_path(cache, key)
    stored = load_tensors(path)
    if stored is None:
        stored = _compute(data, extractor, samples, of)
        save_tensors(path, stored)
    return _reference(stored, key, of)


def lacking(data: ImageData, of: Against) -> str | None:
    """What there are too few of to compare generated images with; None where there are enough.

    Args:
        data: the training images, with those held out.
        of: which of them are compared.
    """
    compared = data if of == "training" else data.held_out
    images = 0 if compared is None else len(compared.images)
    if images > NEIGHBOURS:
        return None
    held_out = "" if of == "training" else "held-out "
    return f"too few {held_out}images ({images}) to compare generated ones with"


def reference_path(cache: Path, reference_hash: str) -> Path:
    """The file of a reference in the cache."""
    return cache / "references" / f"{reference_hash}.pt"


def _key(data: ImageData, extractor: Extractor, samples: int, of: Against) -> str:
    held_out = data.held_out
    parts = {
        "data": data.content_hash,
        "images": len(data.images),
        "held_out": None if held_out is None else (held_out.content_hash, len(held_out.images)),
        "of": of,
        "samples": samples,
        "extractor": extractor.name,
        "weights": extractor.weights_hash,
        "feature_type": "float32",
        "most_features": MOST_FEATURES,
        "most_training": MOST_TRAINING,
        "neighbours": NEIGHBOURS,
        "version": STATISTICS_VERSION,
    }
    if held_out_apart(data):
        parts["held_out_apart"] = True
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _compute(data: ImageData, extractor: Extractor, samples: int, of: Against) -> dict[str, Tensor]:
    training = _features(data, extractor)
    held_out, accuracy = None, getattr(extractor, "accuracy", None)
    apart = held_out_apart(data)  # then a classifier has learned from held-out images, too
    if data.held_out is not None:
        held_out = _features(data.held_out, extractor)
        classes = None if apart else data.held_out.labels
        if isinstance(extractor, ClassifyingExtractor) and classes is not None:
            found = extractor.classify(held_out.to(extractor.device)).cpu()
            accuracy = (found == torch.from_numpy(classes)).double().mean().item()
    compared = training if of == "training" else held_out
    assert compared is not None
    statistics = real_statistics(compared)
    training = _in_random_order(training)
    held_out = None if held_out is None else _in_random_order(held_out)
    compared, others = (training, held_out) if of == "training" else (held_out, training)
    assert compared is not None
    # What is made from held-out images is to be like these; images of other classes are not.
    floor = (
        floor_of_halves(compared, samples)
        if others is None or (apart and of == "held-out")
        else noise_floor(statistics, others[: max(samples, MOST_FEATURES)], samples)
    )
    kept = compared[:MOST_FEATURES]
    among = training[: min(MOST_TRAINING, _MOST_NUMBERS // training.shape[1])]
    among = among.to(extractor.device)
    stored = {
        "mean": statistics.mean,
        "root": statistics.root,
        "trace": torch.tensor(statistics.trace, dtype=torch.float64),
        "samples": torch.tensor(statistics.samples),
        "features": kept,
        "squared_radii": squared_radii(kept),
        "training": among,
        "training_squared_radii": _nearest_squared(among),
    }
    if held_out is not None:
        stored["held_out"] = held_out[:MOST_FEATURES]
    if accuracy is not None:
        stored["classifier_accuracy"] = torch.tensor(accuracy, dtype=torch.float64)
    if floor is not None:
        stored[f"noise_floor_{floor.origin}"] = torch.tensor(floor.distance, dtype=torch.float64)
    return stored


def _nearest_squared(features: Tensor) -> Tensor:
    """Squared distance of each to its nearest other one; infinite where there is only one."""
    if len(features) < 2:
        return torch.full((len(features),), torch.inf)
    return nearest_other(features).squared_distances


def _features(data: ImageData, extractor: Extractor) -> Tensor:
    features = torch.cat(
        [
            # a copy: memory-mapped images are read-only, which torch does not support
            extractor(torch.from_numpy(np.array(data.images[start : start + _BLOCK_IMAGES]))).cpu()
            for start in range(0, len(data.images), _BLOCK_IMAGES)
        ]
    )
    if not features.isfinite().all():
        raise QualityError(
            f"The {extractor.name} features of the real images are not all finite: "
            "its weights are damaged; fetch or train them again."
        )
    return features


def _in_random_order(features: Tensor) -> Tensor:
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(_SEED))
    return features[order]


def _reference(stored: Mapping[str, Tensor], key: str, of: Against) -> Reference:
    floor = None
    for origin in ("measured", "extrapolated"):
        if (distance := stored.get(f"noise_floor_{origin}")) is not None:
            floor = NoiseFloor(distance.item(), origin)
    accuracy = stored.get("classifier_accuracy")
    images = int(stored["samples"])
    return Reference(
        of=of,
        images=images,
        statistics=RealStatistics(
            mean=stored["mean"], root=stored["root"], trace=stored["trace"].item(), samples=images
        ),
        features=stored["features"],
        squared_radii=stored["squared_radii"],
        training=stored["training"],
        training_squared_radii=stored["training_squared_radii"],
        held_out=stored.get("held_out"),
        noise_floor=floor,
        classifier_accuracy=None if accuracy is None else accuracy.item(),
        reference_hash=key,
    )
