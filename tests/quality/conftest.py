from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.quality.evaluator import Evaluator
from bench.quality.extractors.base import Extractor, extract
from bench.quality.reference import build_reference
from bench.quality.scorers.base import Context
from bench.quality.tensor_file import digest

MakeImages = Callable[..., ImageData]
MakeEvaluator = Callable[..., Evaluator]


class RandomProjection:
    """A stub of an extractor: a fixed linear map of pixels. Counts its input images."""

    device = torch.device("cpu")

    def __init__(self, pixels: int, dimension: int = 6, name: str = "classifier") -> None:
        generator = torch.Generator().manual_seed(3)
        self.name = name
        self.dimension = dimension
        self.weight = torch.randn(pixels, dimension, generator=generator) / pixels**0.5
        self.weights_hash = digest({"weight": self.weight})
        self.images_extracted = 0

    def __call__(self, images: Tensor) -> Tensor:
        self.images_extracted += len(images)
        return extract(self._project, images, 500, self.device)

    def _project(self, images: Tensor) -> Tensor:
        return (images.flatten(1).float() / 127.5 - 1) @ self.weight


@pytest.fixture
def projection() -> RandomProjection:
    return RandomProjection(pixels=3 * 8 * 8)


@pytest.fixture
def make_projection() -> type[RandomProjection]:
    return RandomProjection


@pytest.fixture(scope="session")
def random_images() -> MakeImages:
    """Noise in three classes."""

    def make(count: int, *, channels: int = 3, size: int = 8, seed: int = 0) -> ImageData:
        random = np.random.default_rng(seed)
        return ImageData(
            images=random.integers(0, 256, (count, channels, size, size), dtype=np.uint8),
            labels=random.integers(0, 3, count),
            class_names=("a", "b", "c"),
            content_hash=f"random-{count}-{channels}-{size}-{seed}",
        )

    return make


@pytest.fixture(scope="session")
def striped_images() -> MakeImages:
    """Two classes that a small network learns quickly: bright above, bright below."""

    def make(count: int, *, channels: int = 1, size: int = 28, seed: int = 0) -> ImageData:
        random = np.random.default_rng(seed)
        images = random.integers(0, 80, (count, channels, size, size), dtype=np.uint8)
        labels = random.integers(0, 2, count)
        images[labels == 0, :, : size // 2] += 120
        images[labels == 1, :, size // 2 :] += 120
        return ImageData(
            images=images,
            labels=labels,
            class_names=("above", "below"),
            content_hash=f"striped-{count}-{channels}-{size}-{seed}",
        )

    return make


@pytest.fixture
def make_evaluator(tmp_path: Path) -> MakeEvaluator:
    """An evaluator of images against some data set's reference."""

    def make(
        extractor: Extractor, data: ImageData, samples: int, task: str = "images"
    ) -> Evaluator:
        reference = build_reference(data, extractor, tmp_path / "cache", samples=samples)
        return Evaluator(
            Context(
                task=task,
                device=extractor.device,
                samples=samples,
                data=data,
                extractor=extractor,
                reference=reference,
            )
        )

    return make
