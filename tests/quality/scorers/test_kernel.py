from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch_fidelity.metric_kid import (
    KEY_METRIC_KID_MEAN,
    KEY_METRIC_KID_STD,
    kid_features_to_metric,
)

from bench.quality import blocks
from bench.quality.scorers.kernel import KernelDistance, KernelScore


def features(seed: int, samples: int, dimension: int, shift: float = 0.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(samples, dimension, generator=generator, dtype=torch.float64) + shift


def torch_fidelity_score(fake: Tensor, real: Tensor, subsets: int, size: int) -> KernelScore:
    metric = kid_features_to_metric(
        fake, real, kid_subsets=subsets, kid_subset_size=size, verbose=False
    )
    return KernelScore(metric[KEY_METRIC_KID_MEAN], metric[KEY_METRIC_KID_STD])


@pytest.mark.parametrize(("fake_samples", "real_samples"), [(300, 200), (200, 300), (70, 70)])
@pytest.mark.parametrize("block_entries", [2**21, 5000, 1])
def test_agrees_with_torch_fidelity(
    fake_samples: int, real_samples: int, block_entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_ENTRIES", block_entries)
    fake, real = features(1, fake_samples, 16, 0.2), features(2, real_samples, 16)
    expected = torch_fidelity_score(fake, real, 10, 50)
    score = KernelDistance(real, fake_samples, subsets=10, subset_size=50)(fake)
    assert score == pytest.approx(expected, rel=1e-9)


def test_agrees_with_torch_fidelity_at_its_defaults() -> None:
    fake, real = features(1, 120, 8, 0.2), features(2, 110, 8)
    expected = torch_fidelity_score(fake, real, 100, 110)  # as many as there are, up to 1000
    assert KernelDistance(real, 120)(fake) == pytest.approx(expected, rel=1e-9)


def test_float32_features_keep_their_digits() -> None:
    fake, real = features(1, 600, 32, 3.0).float(), features(2, 600, 32, 3.1).float()
    exact = KernelDistance(real.double(), 600, subset_size=200)(fake.double())
    assert KernelDistance(real, 600, subset_size=200)(fake) == pytest.approx(exact, rel=1e-4)


def test_a_subset_of_everything_is_the_unbiased_estimate() -> None:
    fake, real = features(1, 40, 5, 0.5), features(2, 40, 5)
    score = KernelDistance(real, 40, subsets=3)(fake)
    pairs = [((a @ b.T) / 5 + 1) ** 3 for a, b in ((fake, fake), (real, real), (fake, real))]
    within = sum((k.sum() - k.trace()).item() for k in pairs[:2]) / (40 * 39)
    assert score.mean == pytest.approx(within - 2 * pairs[2].mean().item(), rel=1e-9)
    assert score.std == pytest.approx(0, abs=1e-9)


def test_unbiased_under_one_distribution_and_positive_under_two() -> None:
    real = features(0, 400, 8)
    score = KernelDistance(real, 50, subsets=20)
    same = torch.tensor([score(features(seed, 50, 8)).mean for seed in range(1, 80)])
    standard_error = same.std() / len(same) ** 0.5
    # the same real features are used every time, so their own sampling error is shared
    assert same.mean().abs() < 4 * standard_error + 0.02
    assert (same < 0).any()
    assert score(features(1, 50, 8, shift=1.0)).mean > 10 * same.max()


def test_the_global_random_state_is_not_changed() -> None:
    before = torch.get_rng_state()
    KernelDistance(features(0, 40, 5), 40)(features(1, 40, 5))
    assert torch.equal(torch.get_rng_state(), before)


def test_features_that_diverged_have_no_distance() -> None:
    fake = features(1, 40, 5)
    fake[7, 2] = math.nan
    assert all(math.isnan(v) for v in KernelDistance(features(0, 40, 5), 40)(fake))


def test_shapes_that_do_not_match_are_refused() -> None:
    real = features(0, 40, 5)
    for shape, samples in ((real[:1], 40), (real, 1), (real[0], 40)):
        with pytest.raises(ValueError, match="needs two samples"):
            KernelDistance(shape, samples)
    for fake in (features(1, 39, 5), features(1, 40, 4)):
        with pytest.raises(ValueError, match=r"expected generated features \(40, 5\)"):
            KernelDistance(real, 40)(fake)
