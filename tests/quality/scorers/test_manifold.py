from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch_fidelity.metric_prc import (
    KEY_METRIC_PRECISION,
    KEY_METRIC_RECALL,
    prc_features_to_metric,
)

from bench.quality import blocks
from bench.quality.scorers.manifold import PrecisionRecall, precision_recall, squared_radii


def features(seed: int, samples: int, dimension: int = 6, spread: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return spread * torch.randn(samples, dimension, generator=generator, dtype=torch.float64)


def scores(fake: Tensor, real: Tensor) -> PrecisionRecall:
    return precision_recall(fake, real, squared_radii(real))


@pytest.mark.parametrize(("fake_samples", "real_samples"), [(300, 200), (200, 300), (5, 4)])
@pytest.mark.parametrize("block_entries", [2**21, 3000, 1])
def test_agrees_with_torch_fidelity(
    fake_samples: int, real_samples: int, block_entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_ENTRIES", block_entries)
    for seed in range(3):
        fake, real = features(seed, fake_samples, spread=1.5), features(seed + 50, real_samples)
        metric = prc_features_to_metric(fake, real, verbose=False)
        expected = (metric[KEY_METRIC_PRECISION], metric[KEY_METRIC_RECALL])
        assert scores(fake, real) == pytest.approx(expected, abs=1e-6)  # theirs are float32 means


def test_known_values_on_a_line() -> None:
    real = torch.tensor([[0.0], [1.0], [2.0], [3.0], [10.0]])
    assert squared_radii(real, 1).tolist() == pytest.approx([1, 1, 1, 1, 49], abs=1e-4)
    assert squared_radii(real, 3).tolist() == pytest.approx([9, 4, 4, 9, 81], abs=1e-4)
    fake = torch.tensor([[-2.5], [-3.5], [19.5], [25.0], [26.0]])
    # balls of radius 3, 2, 2, 3 and 9 around the real: [−3, 3] … [1, 19]
    assert scores(fake, real).precision == pytest.approx(1 / 5)
    # of radius 27.5, 28.5, 22, 27.5, 28.5 around the generated: all real points are inside
    assert scores(fake, real).recall == 1


def test_a_perfect_generator_and_a_hopeless_one() -> None:
    real = features(1, 100)
    assert scores(real.clone(), real) == (1, 1)
    assert scores(features(2, 100) + 100, real) == (0, 0)


def test_one_repeated_image_has_full_precision_and_no_recall() -> None:
    real = features(1, 100)
    collapsed = (real[:1] + 0.01).expand(60, -1)
    assert scores(collapsed, real) == (1, 0)


def test_float32_far_from_the_origin_is_as_good_as_float64() -> None:
    fake, real = features(1, 400, spread=1.2) + 300, features(2, 400) + 300
    exact = scores(fake, real)
    assert scores(fake.float(), real.float()) == pytest.approx(exact, abs=2 / 400)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(4, 40), st.integers(4, 40), st.floats(0.1, 10))
def test_swapping_the_sides_swaps_the_scores_and_scaling_keeps_them(
    seed: int, fake_samples: int, real_samples: int, scale: float
) -> None:
    fake, real = features(seed, fake_samples), features(seed + 1, real_samples)
    there, back = scores(fake, real), scores(real, fake)
    assert there == (back.recall, back.precision)
    assert all(0 <= share <= 1 for share in there)
    assert scores(fake * scale, real * scale) == there


def test_shapes_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="n > 3"):
        squared_radii(features(1, 3))
    real = features(1, 10)
    for fake, radii in (
        (features(2, 10, dimension=5), squared_radii(real)),
        (features(2, 10), squared_radii(real)[:9]),
    ):
        with pytest.raises(ValueError, match="shapes do not match"):
            precision_recall(fake, real, radii)
