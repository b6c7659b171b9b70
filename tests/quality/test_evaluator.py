from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

from bench.errors import QualityError
from bench.measures import RunSetup
from bench.measures.measure import EPOCH_MEASURES
from bench.quality.evaluator import Conditions, Evaluator, QualityProtocol
from bench.quality.images import to_uint8


def generated(count: int, seed: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (0.4 * torch.randn(count, 3, 8, 8, generator=generator) + 0.1).clamp(-1, 1)


@pytest.fixture
def evaluator(projection: Any, random_images: Any, make_evaluator: Any) -> Evaluator:
    return make_evaluator(projection, random_images(1300), 1200)  # type: ignore[no-any-return]


def test_every_score_is_torch_fidelitys(evaluator: Evaluator, random_images: Any) -> None:
    images = generated(1200)
    drawn = []

    def draw(start: int, stop: int) -> Tensor:
        drawn.append((start, stop))
        return images[start:stop]

    scores = evaluator.evaluate(draw)
    assert drawn == [(0, 1000), (1000, 1200)]
    pixels = ((images + 1) * 127.5).round().clamp(0, 255).byte()
    extractor, reference = evaluator.context.extractor, evaluator.context.reference
    assert extractor is not None
    assert reference is not None
    fake = extractor(pixels)
    real = extractor(torch.from_numpy(random_images(1300).images))
    distance = fid_statistics_to_metric(
        *(fid_features_to_statistics(f.double()) for f in (fake, real)), verbose=False
    )
    assert scores["fcd"] == pytest.approx(distance["frechet_inception_distance"], rel=1e-6)
    real = reference.features  # the order of the real features decides the subsets
    kernel = kid_features_to_metric(fake.double(), real.double(), verbose=False)
    assert scores["kid_mean"] == pytest.approx(kernel["kernel_inception_distance_mean"], rel=1e-4)
    assert scores["kid_std"] == pytest.approx(kernel["kernel_inception_distance_std"], rel=1e-3)
    manifold = prc_features_to_metric(fake.double(), real.double(), verbose=False)
    assert scores["precision"] == pytest.approx(manifold["precision"], abs=2 / 1200)
    assert scores["recall"] == pytest.approx(manifold["recall"], abs=2 / 1300)
    assert scores["quality_samples"] == 1200
    assert "fid" not in scores


@pytest.mark.parametrize(
    ("name", "set_columns"), [("inception", ["fid"]), ("classifier", ["fcd"]), ("mine", [])]
)
def test_no_other_distance_is_called_fid(
    name: str,
    set_columns: list[str],
    make_projection: Any,
    random_images: Any,
    make_evaluator: Any,
) -> None:
    evaluator = make_evaluator(make_projection(3 * 8 * 8, name=name), random_images(50), 40)
    scores = evaluator.evaluate(lambda a, b: generated(b - a))
    assert [c for c in ("fid", "fcd") if c in scores] == set_columns
    assert None not in [scores[c] for c in ("kid_mean", "kid_std", "precision", "recall")]


def test_the_columns_are_those_of_the_results() -> None:
    columns = (
        *("fid", "fcd", "kid_mean", "kid_std", "precision", "recall", "quality_samples"),
        *("conditional_accuracy", "modes_captured", "high_quality_fraction", "reverse_kl"),
    )
    assert set(columns) <= set(EPOCH_MEASURES.names())
    assert {f.name for f in fields(QualityProtocol)} <= {f.name for f in fields(RunSetup)}


def test_the_protocol_names_what_the_scores_depend_on(evaluator: Evaluator) -> None:
    extractor, reference = evaluator.context.extractor, evaluator.context.reference
    assert extractor is not None
    assert reference is not None
    assert reference.noise_floor is not None
    assert evaluator.protocol == QualityProtocol(
        quality_features="classifier",
        quality_weights_hash=extractor.weights_hash,
        quality_reference_hash=reference.reference_hash,
        quality_samples=1200,
        quality_reference="training",
        quality_reference_images=1300,
        quality_noise_floor=reference.noise_floor.distance,
        quality_noise_floor_origin="extrapolated",
    )


class Signs:
    """A stub of a classifier: the sign of the first feature is the class."""

    modes = None

    def __init__(self, projection: Any) -> None:
        self.projection = projection
        self.name, self.dimension = projection.name, projection.dimension
        self.weights_hash, self.device = projection.weights_hash, projection.device

    def __call__(self, images: Tensor) -> Tensor:
        return self.projection(images)  # type: ignore[no-any-return]

    def classify(self, features: Tensor) -> Tensor:
        return (features[:, 0] > 0).long()


def test_the_requested_class_is_compared_with_the_classified_one(
    projection: Any, random_images: Any, make_evaluator: Any
) -> None:
    signs = Signs(projection)
    evaluator = make_evaluator(signs, random_images(50), 1200)
    images = generated(1200)
    classes = signs.classify(projection(to_uint8(images)))
    assert 0 < classes.sum() < 1200
    projection.images_extracted = 0

    def accuracy(labels: Tensor | None) -> object:
        scores = evaluator.evaluate(lambda a, b: images[a:b], Conditions(labels=labels))
        return scores.get("conditional_accuracy")

    assert accuracy(classes) == 1.0
    assert projection.images_extracted == 1200  # each image once
    labels = classes.clone()
    labels[:300] = 1 - labels[:300]
    assert accuracy(labels) == 0.75
    assert accuracy(None) is None
    for wrong in (classes[:1000], classes[:, None]):
        with pytest.raises(ValueError, match=r"labels \(1\d00, ?1?\) must have one row for each"):
            accuracy(wrong)


def test_without_a_classifier_there_are_no_scores_by_class(evaluator: Evaluator) -> None:
    images = generated(1200)
    labels = torch.zeros(1200, dtype=torch.int64)
    scores = evaluator.evaluate(lambda a, b: images[a:b], Conditions(labels=labels))
    assert scores["fcd"] is not None
    assert not scores.keys() & {"conditional_accuracy", "modes_captured", "reverse_kl"}


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("where", [0, 1100])
def test_a_generator_that_diverged_has_no_scores(
    value: float, where: int, evaluator: Evaluator
) -> None:
    images = generated(1200)
    images[where, 0, 3, 3] = value
    assert evaluator.evaluate(lambda a, b: images[a:b]) == {}


def test_images_are_scored_as_the_pixels_a_user_saves(evaluator: Evaluator) -> None:
    images = generated(1200).mul(0.9)
    saved = ((images + 1) * 127.5).round() / 127.5 - 1
    assert not torch.equal(images, saved)
    scores = [evaluator.evaluate(lambda a, b, i=i: i[a:b]) for i in (images, saved)]
    assert scores[0] == scores[1]


def test_no_setting_or_random_state_is_changed(evaluator: Evaluator) -> None:
    images = generated(1200).requires_grad_()
    torch.set_float32_matmul_precision("medium")
    precisions = []

    def draw(start: int, stop: int) -> Tensor:
        assert not torch.is_grad_enabled()
        precisions.append(torch.get_float32_matmul_precision())  # the generator keeps its own
        return images[start:stop] * 1

    try:
        state = torch.get_rng_state()
        first = evaluator.evaluate(draw)
        assert torch.equal(torch.get_rng_state(), state)
        assert torch.get_float32_matmul_precision() == "medium"
        assert set(precisions) == {"medium"}
    finally:
        torch.set_float32_matmul_precision("highest")
    assert images.grad is None
    assert torch.is_grad_enabled()
    assert evaluator.evaluate(draw) == first


def test_a_better_generator_scores_better(evaluator: Evaluator, random_images: Any) -> None:
    good = torch.from_numpy(random_images(1200, seed=9).images).float() / 127.5 - 1
    better, worse = (evaluator.evaluate(lambda a, b, i=i: i[a:b]) for i in (good, generated(1200)))
    floor = evaluator.protocol.quality_noise_floor
    assert better["fcd"] < 10 * floor < worse["fcd"]  # type: ignore[operator]
    assert better["kid_mean"] < worse["kid_mean"]  # type: ignore[operator]
    assert better["recall"] > worse["recall"]  # type: ignore[operator]


def test_too_few_samples_are_one_sentence(evaluator: Evaluator) -> None:
    with pytest.raises(QualityError, match="samples: 3 are too few: choose at least 4"):
        Evaluator(replace(evaluator.context, samples=3))
