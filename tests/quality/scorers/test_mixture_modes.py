from __future__ import annotations

import math
from dataclasses import asdict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from bench.datasets.mixtures import Mixture
from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality.evaluator import Evaluator
from bench.quality.scorers.base import Context
from bench.quality.scorers.mixture_modes import score_mixture

_ANGLES = torch.arange(8, dtype=torch.float64) * math.pi / 4
RING = torch.stack([_ANGLES.cos(), _ANGLES.sin()], dim=1)
GRID = torch.cartesian_prod(*[torch.tensor([-4.0, -2.0, 0.0, 2.0, 4.0])] * 2)
MIXTURES = pytest.mark.parametrize(("modes", "deviation"), [(RING, 0.01), (GRID, 0.05)])
SEEDS = st.integers(0, 2**32)


def ring_evaluator(samples: int) -> Evaluator:
    modes = tuple((x, y) for x, y in RING.tolist())
    points = ImageData(real(RING, 0.01, 50).numpy(), None, (), "points")
    return Evaluator(
        Context(
            task="mixtures",
            device=torch.device("cpu"),
            samples=samples,
            data=points,
            mixture=Mixture("ring", modes, 0.01),
        )
    )


def real(modes: Tensor, deviation: float, count: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    which = torch.randint(0, len(modes), (count,), generator=generator)
    return modes[which].float() + deviation * torch.randn(count, 2, generator=generator)


def poor(seed: int) -> Tensor:
    """Points near modes of the ring, between them and outside."""
    generator = torch.Generator().manual_seed(seed)
    near = real(RING, 0.015, 40, seed)
    return torch.cat([near, torch.randn(20, 2, generator=generator)])


@MIXTURES
def test_the_real_points_are_nearly_perfect(modes: Tensor, deviation: float) -> None:
    count = 200_000
    scores = score_mixture(real(modes, deviation, count), modes, deviation)
    assert scores is not None
    assert scores.modes_captured == len(modes)
    share = 1 - math.exp(-4.5)
    error = math.sqrt(share * (1 - share) / count)
    assert scores.high_quality_fraction == pytest.approx(share, abs=4 * error)
    assert scores.reverse_kl < 3 * (len(modes) - 1) / (2 * count)


@MIXTURES
def test_one_mode_alone_has_the_largest_divergence(modes: Tensor, deviation: float) -> None:
    scores = score_mixture(modes[3].repeat(50, 1), modes, deviation)
    assert scores is not None
    assert asdict(scores) == {
        "modes_captured": 1,
        "high_quality_fraction": 1.0,
        "reverse_kl": pytest.approx(math.log(len(modes))),
    }


def test_only_points_of_high_quality_capture_a_mode_but_all_count_in_the_histogram() -> None:
    modes = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    points = torch.tensor([[0.0, 2.9], [2.2, 2.2], [10.0, 3.1], [0.5, 10.5]])
    scores = score_mixture(points, modes, 1.0)
    assert scores is not None
    assert scores.modes_captured == 2  # the first and the third; (2.2, 2.2) is 3.11 away
    assert scores.high_quality_fraction == 0.5
    # modes have 2, 1, 1 and 0 of the four points
    assert scores.reverse_kl == pytest.approx(0.5 * math.log(2.0))


@given(SEEDS)
def test_the_definition_written_out(seed: int) -> None:
    points = poor(seed)
    scores = score_mixture(points, RING, 0.01)
    captured, good, histogram = set(), 0, [0] * 8
    for x, y in points.tolist():
        distances = [math.hypot(x - cx, y - cy) for cx, cy in RING.tolist()]
        nearest = distances.index(min(distances))
        histogram[nearest] += 1
        if distances[nearest] <= 0.03:
            good += 1
            captured.add(nearest)
    shares = [count / len(points) for count in histogram if count]
    assert scores is not None
    assert scores.modes_captured == len(captured)
    assert scores.high_quality_fraction == pytest.approx(good / len(points))
    assert scores.reverse_kl == pytest.approx(sum(p * math.log(8 * p) for p in shares))
    assert 0 <= scores.reverse_kl <= math.log(8)


@given(SEEDS, st.floats(-10, 10))
def test_neither_order_nor_rotation_matters(seed: int, angle: float) -> None:
    points = poor(seed).double()
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    order = torch.randperm(len(points), generator=torch.Generator().manual_seed(seed))
    turned = score_mixture(points[order] @ turn.double().T, RING @ turn.double().T, 0.01)
    plain = score_mixture(points, RING, 0.01)
    assert turned is not None
    assert plain is not None
    assert asdict(turned) == pytest.approx(asdict(plain))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_generator_that_diverged_has_no_scores(value: float) -> None:
    points = real(RING, 0.01, 1500)
    points[1200, 1] = value
    assert score_mixture(points, RING, 0.01) is None
    assert ring_evaluator(1500).evaluate(lambda a, b: points[a:b]) == {}


def test_shapes_that_are_not_points_are_refused() -> None:
    points = torch.zeros(4, 2)
    for samples, modes in ((points[:, :1], points), (points, points[0]), (points[None], points)):
        with pytest.raises(ValueError, match=r"must be \(n, 2\), \(K, 2\)"):
            score_mixture(samples, modes, 0.1)
    for samples, modes in ((points[:0], points), (points, points[:0])):
        with pytest.raises(ValueError, match="at least one"):
            score_mixture(samples, modes, 0.1)


def test_an_evaluator_scores_the_requested_number_of_points() -> None:
    points = real(RING, 0.01, 2500).requires_grad_()
    drawn = []

    def draw(start: int, stop: int) -> Tensor:
        assert not torch.is_grad_enabled()
        drawn.append((start, stop))
        return points[start:stop]

    evaluator = ring_evaluator(2500)
    scores = evaluator.evaluate(draw)
    assert drawn == [(0, 1000), (1000, 2000), (2000, 2500)]
    expected = score_mixture(points, RING.float(), 0.01)
    assert expected is not None
    assert scores == {"quality_samples": 2500, **asdict(expected)}
    assert evaluator.protocol.quality_samples == 2500
    assert evaluator.protocol.quality_features is None
    with pytest.raises(QualityError, match="samples: 0 are too few"):
        ring_evaluator(0)
