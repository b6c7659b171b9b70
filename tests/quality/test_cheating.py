"""Generators that cheat, on real digits: each measure reacts as its paper says.

A generator of training images has the best precision and an FCD like that of held-out images; it is
caught by authenticity and the copying statistic. One of held-out images copies nothing and is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from bench.cache import cache_root
from bench.datasets import DataSpec, ImageData, open_prepared, prepare
from bench.measures import EPOCH_MEASURES
from bench.quality.evaluator import Conditions, Evaluator, QualityProtocol
from bench.quality.extractors.registry import build_extractor
from bench.quality.reference import Against, build_reference
from bench.quality.scorers.base import Context

SAMPLES = 1000
CPU = torch.device("cpu")

Scores = Mapping[str, float]


@pytest.fixture(scope="module")
def digits() -> ImageData:
    spec = DataSpec(name="mnist-5k", image_size=28, channels=1, holdout=0.2)
    return open_prepared(prepare(spec, cache=cache_root()))


def evaluator_of(digits: ImageData, of: Against = "training") -> Evaluator:
    extractor = build_extractor("classifier", digits, cache_root(), CPU)
    reference = build_reference(digits, extractor, cache_root(), samples=SAMPLES, of=of)
    return Evaluator(
        Context(
            task="images",
            device=CPU,
            samples=SAMPLES,
            data=digits,
            extractor=extractor,
            reference=reference,
        )
    )


@pytest.fixture(scope="module")
def evaluator(digits: ImageData) -> Evaluator:
    return evaluator_of(digits)


def scored(evaluator: Evaluator, images: Tensor, labels: Tensor | None = None) -> Scores:
    """The scores of a generator of these images."""
    found = evaluator.evaluate(
        lambda start, stop: images[start:stop].float() / 127.5 - 1, Conditions(labels=labels)
    )
    return cast(Scores, found)


def parts(digits: ImageData) -> tuple[Tensor, Tensor, Tensor]:
    """Training images in random order, held-out images, labels of the latter."""
    held_out = digits.held_out
    assert held_out is not None
    assert held_out.labels is not None
    training = torch.from_numpy(np.array(digits.images))
    order = torch.randperm(len(training), generator=torch.Generator().manual_seed(0))
    images, labels = np.array(held_out.images), np.array(held_out.labels)
    return training[order], torch.from_numpy(images), torch.from_numpy(labels)


@pytest.fixture(scope="module")
def scores(digits: ImageData, evaluator: Evaluator) -> Mapping[str, Scores]:
    """The scores of every cheat, of 1,000 images each."""
    training, held_out, labels = parts(digits)
    copies = training[:SAMPLES]
    grain = torch.randn(copies.shape, generator=torch.Generator().manual_seed(1)) * 8
    half = held_out[labels < 5]
    cheats = {
        "copies": copies,
        "noisy copies": (copies + grain).round().clamp(0, 255).to(torch.uint8),
        "held-out": held_out,
        "one training image": training[:1].expand(SAMPLES, -1, -1, -1),
        "one held-out image": held_out[:1].expand(SAMPLES, -1, -1, -1),
        "half the classes": torch.cat([half, half])[:SAMPLES],
        "blurred": gaussian_blur(held_out, 7, 2.0),
    }
    return {
        name: scored(evaluator, images, labels if name == "held-out" else None)
        for name, images in cheats.items()
    }


def test_copies_fool_distance_precision_density_and_coverage(scores: Mapping[str, Scores]) -> None:
    copies, held_out = scores["copies"], scores["held-out"]
    assert copies["precision"] == 1 > held_out["precision"]
    assert copies["fcd"] < 1.5 * held_out["fcd"]
    assert abs(copies["kid_mean"] - held_out["kid_mean"]) < 0.01
    assert copies["coverage"] >= held_out["coverage"]
    assert copies["density"] == pytest.approx(held_out["density"], abs=0.1)


@pytest.mark.parametrize("cheat", ["copies", "noisy copies", "one training image"])
def test_copies_of_training_images_are_caught(cheat: str, scores: Mapping[str, Scores]) -> None:
    found = scores[cheat]
    assert found["authenticity"] <= (0.01 if cheat == "noisy copies" else 0)
    assert found["copying"] < -10
    assert found["authenticity_held_out"] > 0.5


def test_held_out_images_are_not_caught(scores: Mapping[str, Scores]) -> None:
    found = scores["held-out"]
    assert found["authenticity"] == found["authenticity_held_out"] > 0.5
    assert abs(found["copying"]) < 1e-9  # they are compared with themselves
    assert abs(found["copying_held_out"]) < 3


def test_the_control_is_what_held_out_images_score(scores: Mapping[str, Scores]) -> None:
    for found in scores.values():
        for name in ("authenticity", "density", "coverage"):
            assert found[f"{name}_held_out"] == scores["held-out"][name]


@pytest.mark.parametrize("cheat", ["one training image", "one held-out image"])
def test_one_image_repeated_has_no_diversity(cheat: str, scores: Mapping[str, Scores]) -> None:
    found, held_out = scores[cheat], scores["held-out"]
    assert found["precision"] == 1  # the measure of fidelity alone is content
    assert found["recall"] < 0.01
    assert found["coverage"] < 0.05
    assert found["fcd"] > 100 * held_out["fcd"]
    assert found["kid_mean"] > 1


def test_half_of_the_classes_halves_coverage_and_recall(scores: Mapping[str, Scores]) -> None:
    found, held_out = scores["half the classes"], scores["held-out"]
    assert found["coverage"] == pytest.approx(held_out["coverage"] / 2, abs=0.05)
    assert found["recall"] < 0.6 * held_out["recall"]
    assert found["precision"] == pytest.approx(held_out["precision"], abs=0.05)
    assert found["density"] == pytest.approx(held_out["density"], abs=0.1)
    assert found["authenticity"] > 0.5  # nothing is copied
    assert abs(found["copying"]) < 3
    assert found["fcd"] > 20 * held_out["fcd"]


def test_blurred_images_are_further_from_the_training_images_than_real_ones(
    scores: Mapping[str, Scores],
) -> None:
    found, held_out = scores["blurred"], scores["held-out"]
    assert found["copying"] > 3
    assert found["authenticity"] > 0.5
    assert found["coverage"] < 0.5 * held_out["coverage"]
    assert found["recall"] < 0.1
    assert found["density"] < held_out["density"]
    assert found["fcd"] > 20 * held_out["fcd"]
    assert found["kid_mean"] > 0.1


def test_ceiling_and_floor_of_conditional_accuracy(
    digits: ImageData, evaluator: Evaluator, scores: Mapping[str, Scores]
) -> None:
    """Real images of the classes asked for reach the ceiling, one image repeated the floor."""
    ceiling = evaluator.protocol.quality_classifier_accuracy
    assert ceiling is not None
    assert 0.95 < ceiling < 1
    assert scores["held-out"]["conditional_accuracy"] == ceiling
    _, held_out, labels = parts(digits)
    alike = scored(evaluator, held_out[:1].expand(SAMPLES, -1, -1, -1), labels)
    assert alike["conditional_accuracy"] == alike["conditional_accuracy_floor"] == 0.1
    uneven = torch.cat([labels[labels == labels[0]].repeat(10), labels])[:SAMPLES]
    alike = scored(evaluator, held_out[:1].expand(SAMPLES, -1, -1, -1), uneven)
    assert alike["conditional_accuracy"] == alike["conditional_accuracy_floor"] == 1.0


def test_the_noise_floor_is_what_as_many_real_images_score(
    evaluator: Evaluator, scores: Mapping[str, Scores]
) -> None:
    protocol = evaluator.protocol
    assert protocol.quality_noise_floor_origin == "measured"
    assert protocol.quality_noise_floor == pytest.approx(scores["held-out"]["fcd"], rel=1e-6)


def test_against_held_out_images_copies_have_no_advantage(digits: ImageData) -> None:
    training, held_out, _ = parts(digits)
    evaluator = evaluator_of(digits, "held-out")
    protocol: QualityProtocol = evaluator.protocol
    assert (protocol.quality_reference, protocol.quality_reference_images) == ("held-out", 1000)
    assert protocol.quality_reference_hash != evaluator_of(digits).protocol.quality_reference_hash
    copies = scored(evaluator, training[:SAMPLES])
    assert protocol.quality_noise_floor is not None
    assert copies["fcd"] == pytest.approx(protocol.quality_noise_floor, rel=0.2)
    assert 0.8 < copies["precision"] < 0.9
    assert copies["authenticity"] == 0
    assert copies["coverage_held_out"] is None
    assert scored(evaluator, held_out)["fcd"] == pytest.approx(0, abs=1e-6)


def test_every_control_is_declared_beside_its_measure() -> None:
    for name in ("authenticity", "copying", "density", "coverage"):
        control = EPOCH_MEASURES.get(f"{name}_held_out")
        assert (control.unit, control.direction) == (EPOCH_MEASURES.get(name).unit, None)
