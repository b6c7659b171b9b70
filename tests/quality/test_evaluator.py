from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

from bench import measures
from bench.errors import QualityError
from bench.measures import RunSetup
from bench.quality.evaluator import Evaluator, QualityProtocol, QualityScores
from bench.quality.images import to_uint8
from bench.quality.reference import build_reference


def generated(count: int, seed: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (0.4 * torch.randn(count, 3, 8, 8, generator=generator) + 0.1).clamp(-1, 1)


@pytest.fixture
def evaluator(projection: Any, random_images: Any, tmp_path: Path) -> Evaluator:
    return Evaluator(projection, build_reference(random_images(1300), projection, tmp_path), 1200)


def test_every_score_is_torch_fidelitys(evaluator: Evaluator, random_images: Any) -> None:
    images = generated(1200)
    asked = []

    def draw(start: int, stop: int) -> Tensor:
        asked.append((start, stop))
        return images[start:stop]

    scores = evaluator.evaluate(draw)
    assert asked == [(0, 1000), (1000, 1200)]
    pixels = ((images + 1) * 127.5).round().clamp(0, 255).byte()
    fake = evaluator.extractor(pixels)
    real = evaluator.extractor(torch.from_numpy(random_images(1300).images))
    distance = fid_statistics_to_metric(
        *(fid_features_to_statistics(f.double()) for f in (fake, real)), verbose=False
    )
    assert scores.fcd == pytest.approx(distance["frechet_inception_distance"], rel=1e-6)
    real = evaluator.reference.features  # the order of the real features decides the subsets
    kernel = kid_features_to_metric(fake.double(), real.double(), verbose=False)
    assert scores.kid_mean == pytest.approx(kernel["kernel_inception_distance_mean"], rel=1e-4)
    assert scores.kid_std == pytest.approx(kernel["kernel_inception_distance_std"], rel=1e-3)
    manifold = prc_features_to_metric(fake.double(), real.double(), verbose=False)
    assert scores.precision == pytest.approx(manifold["precision"], abs=2 / 1200)
    assert scores.recall == pytest.approx(manifold["recall"], abs=2 / 1300)
    assert scores.quality_samples == 1200
    assert scores.fid is None


@pytest.mark.parametrize(
    ("name", "set_columns"), [("inception", ["fid"]), ("classifier", ["fcd"]), ("mine", [])]
)
def test_no_other_distance_is_called_fid(
    name: str, set_columns: list[str], make_projection: Any, random_images: Any, tmp_path: Path
) -> None:
    extractor = make_projection(3 * 8 * 8, name=name)
    reference = build_reference(random_images(50), extractor, tmp_path)
    scores = Evaluator(extractor, reference, 40).evaluate(lambda a, b: generated(b - a))
    assert [c for c in ("fid", "fcd") if getattr(scores, c) is not None] == set_columns
    assert None not in (scores.kid_mean, scores.kid_std, scores.precision, scores.recall)


def test_the_columns_are_those_of_the_results() -> None:
    assert {f.name for f in fields(QualityScores)} <= {m.name for m in measures.scores()}
    assert {f.name for f in fields(QualityProtocol)} <= {f.name for f in fields(RunSetup)}


def test_the_protocol_names_what_the_scores_rest_on(evaluator: Evaluator) -> None:
    assert evaluator.protocol == QualityProtocol(
        quality_features="classifier",
        quality_weights_hash=evaluator.extractor.weights_hash,
        quality_reference_hash=evaluator.reference.reference_hash,
        quality_samples=1200,
        quality_noise_floor=evaluator.reference.noise_floor,
    )


class Signs:
    """A stand-in for a classifier: the sign of the first feature is the class."""

    modes = None

    def __init__(self, projection: Any) -> None:
        self.projection = projection
        self.name, self.dimension = projection.name, projection.dimension
        self.weights_hash, self.device = projection.weights_hash, projection.device

    def __call__(self, images: Tensor) -> Tensor:
        return self.projection(images)  # type: ignore[no-any-return]

    def classify(self, features: Tensor) -> Tensor:
        return (features[:, 0] > 0).long()


def test_the_class_asked_for_is_compared_with_the_class_seen(
    projection: Any, random_images: Any, tmp_path: Path
) -> None:
    signs = Signs(projection)
    evaluator = Evaluator(signs, build_reference(random_images(50), signs, tmp_path), 1200)
    images = generated(1200)
    seen = signs.classify(projection(to_uint8(images)))
    assert 0 < seen.sum() < 1200
    projection.images_seen = 0

    def accuracy(labels: Tensor | None) -> float | None:
        return evaluator.evaluate(lambda a, b: images[a:b], labels).conditional_accuracy

    assert accuracy(seen) == 1.0
    assert projection.images_seen == 1200  # each image once
    asked = seen.clone()
    asked[:300] = 1 - asked[:300]
    assert accuracy(asked) == 0.75
    assert accuracy(None) is None
    with pytest.raises(ValueError, match=r"labels \(1000,\) must be \(1200,\)"):
        accuracy(seen[:1000])


def test_what_the_extractor_cannot_tell_is_not_scored(evaluator: Evaluator) -> None:
    images = generated(1200)
    labels = torch.zeros(1200, dtype=torch.int64)
    scores = evaluator.evaluate(lambda a, b: images[a:b], labels)
    assert scores.fcd is not None
    assert (scores.conditional_accuracy, scores.modes_captured, scores.reverse_kl) == (None,) * 3


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("where", [0, 1100])
def test_a_generator_that_diverged_has_no_scores(
    value: float, where: int, evaluator: Evaluator
) -> None:
    images = generated(1200)
    images[where, 0, 3, 3] = value
    assert evaluator.evaluate(lambda a, b: images[a:b]) == QualityScores()


def test_images_are_scored_as_the_pixels_a_user_saves(evaluator: Evaluator) -> None:
    images = generated(1200).mul(0.9)
    saved = ((images + 1) * 127.5).round() / 127.5 - 1
    assert not torch.equal(images, saved)
    scores = [evaluator.evaluate(lambda a, b, i=i: i[a:b]) for i in (images, saved)]
    assert scores[0] == scores[1]


def test_no_trace_is_left(evaluator: Evaluator) -> None:
    images = generated(1200).requires_grad_()
    torch.set_float32_matmul_precision("medium")
    seen = []

    def draw(start: int, stop: int) -> Tensor:
        assert not torch.is_grad_enabled()
        seen.append(torch.get_float32_matmul_precision())  # the generator keeps its own
        return images[start:stop] * 1

    try:
        state = torch.get_rng_state()
        first = evaluator.evaluate(draw)
        assert torch.equal(torch.get_rng_state(), state)
        assert torch.get_float32_matmul_precision() == "medium"
        assert set(seen) == {"medium"}
    finally:
        torch.set_float32_matmul_precision("highest")
    assert images.grad is None
    assert torch.is_grad_enabled()
    assert evaluator.evaluate(draw) == first


def test_a_better_generator_scores_better(evaluator: Evaluator, random_images: Any) -> None:
    good = torch.from_numpy(random_images(1200, seed=9).images).float() / 127.5 - 1
    better, worse = (evaluator.evaluate(lambda a, b, i=i: i[a:b]) for i in (good, generated(1200)))
    assert better.fcd < 10 * evaluator.reference.noise_floor < worse.fcd  # type: ignore[operator]
    assert better.kid_mean < worse.kid_mean  # type: ignore[operator]
    assert better.recall > worse.recall  # type: ignore[operator]


def test_too_few_samples_are_one_sentence(evaluator: Evaluator) -> None:
    with pytest.raises(QualityError, match="samples: 3 are too few: choose at least 4"):
        Evaluator(evaluator.extractor, evaluator.reference, 3)
