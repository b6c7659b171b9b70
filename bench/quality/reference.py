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

import numpy as np
import torch
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality.extractors.base import Extractor
from bench.quality.scorers.frechet import RealStatistics, frechet_distance, real_statistics
from bench.quality.scorers.manifold import NEIGHBOURS, squared_radii
from bench.quality.tensor_file import load_tensors, save_tensors

STATISTICS_VERSION = 1  # increase it when the same features give another reference than before
MOST_FEATURES = 10_000
_BLOCK_IMAGES = 1000
_SEED = 20_170_626


@dataclass(frozen=True)
class Reference:
    """The real images as scorers need them. Tensors are on the CPU.

    Attributes:
        statistics: of the features of all real images.
        features: float32 (n ≤ 10,000, d), a fixed random choice, for kernel distance,
            precision and recall.
        squared_radii: float32 (n,), from each of ``features`` to its third neighbour.
        noise_floor: Fréchet distance between two halves of the real images, split at random
            with a fixed seed: differences below it mean nothing.
        reference_hash: hexadecimal, of everything that determines the reference.
    """

    statistics: RealStatistics
    features: Tensor
    squared_radii: Tensor
    noise_floor: float
    reference_hash: str


def build_reference(data: ImageData, extractor: Extractor, cache: Path) -> Reference:
    """The reference of the images a run trains on, computed now or loaded from the cache.

    Args:
        data: the training images.
        extractor: of features.
        cache: root of the cache; references are in ``references/``.

    Raises:
        QualityError: fewer than four images, or features that are not finite.
        RequestError: the cache cannot be written.
    """
    if len(data.images) <= NEIGHBOURS:
        raise QualityError(
            f"Quality cannot be measured against {len(data.images)} real images: "
            f"choose at least {NEIGHBOURS + 1}, or set quality features to off."
        )
    key = _key(data, extractor)
    path = reference_path(cache, key)
    stored = load_tensors(path)
    if stored is None:
        stored = _compute(data, extractor)
        save_tensors(path, stored)
    return _reference(stored, key)


def reference_path(cache: Path, reference_hash: str) -> Path:
    """The file of a reference in the cache."""
    return cache / "references" / f"{reference_hash}.pt"


def _key(data: ImageData, extractor: Extractor) -> str:
    parts = {
        "data": data.content_hash,
        "images": len(data.images),
        "extractor": extractor.name,
        "weights": extractor.weights_hash,
        "feature_type": "float32",
        "most_features": MOST_FEATURES,
        "neighbours": NEIGHBOURS,
        "version": STATISTICS_VERSION,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _compute(data: ImageData, extractor: Extractor) -> dict[str, Tensor]:
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
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(_SEED))
    half = len(features) // 2
    noise_floor = frechet_distance(real_statistics(features[order[:half]]), features[order[half:]])
    statistics = real_statistics(features)
    kept = features[order[:MOST_FEATURES]]
    return {
        "mean": statistics.mean,
        "root": statistics.root,
        "trace": torch.tensor(statistics.trace, dtype=torch.float64),
        "samples": torch.tensor(statistics.samples),
        "features": kept,
        "squared_radii": squared_radii(kept),
        "noise_floor": torch.tensor(noise_floor, dtype=torch.float64),
    }


def _reference(stored: Mapping[str, Tensor], key: str) -> Reference:
    return Reference(
        statistics=RealStatistics(
            mean=stored["mean"],
            root=stored["root"],
            trace=stored["trace"].item(),
            samples=int(stored["samples"]),
        ),
        features=stored["features"],
        squared_radii=stored["squared_radii"],
        noise_floor=stored["noise_floor"].item(),
        reference_hash=key,
    )
