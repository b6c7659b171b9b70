from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from torch import Tensor

from bench.quality.scorers import density_coverage as module
from bench.quality.scorers.density_coverage import NEIGHBOURS, density_coverage
from bench.quality.scorers.manifold import precision_recall, squared_radii


def normal(count: int, dimension: int, seed: int) -> Tensor:
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed))


def prdc(real: Tensor, fake: Tensor, k: int) -> tuple[float, float, float, float]:
    """Naeem et al. 2020, equations 1 to 4, from all distances."""
    among_real, among_fake = cdist(real, real), cdist(fake, fake)
    radii = np.sort(among_real, axis=1)[:, k]
    fake_radii = np.sort(among_fake, axis=1)[:, k]
    between = cdist(real, fake)
    inside = between < radii[:, None]
    return (
        inside.any(axis=0).mean(),
        (between < fake_radii).any(axis=1).mean(),
        inside.sum(axis=0).mean() / k,
        (between.min(axis=1) < radii).mean(),
    )


@pytest.mark.parametrize("k", [1, 5])
def test_it_is_what_all_distances_say(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "block_rows", lambda columns: 11)
    real, fake = normal(150, 6, 0) + 20, 1.2 * normal(90, 6, 1) + 20.3
    precision, recall, density, coverage = prdc(real, fake, k)
    radii = squared_radii(real, k)
    assert density_coverage(fake, real, radii, k) == pytest.approx((density, coverage))
    assert precision_recall(fake, real, radii, k) == pytest.approx((precision, recall))
    assert 0 < coverage < 1


@pytest.mark.slow
def test_the_values_of_the_paper_for_one_distribution() -> None:
    """10,000 of N(0, I) in 1,000 dimensions each: P .4772, R .4705, D 1.0555, C .9735.

    Of the authors' README, for one draw; other draws differ in the second digit.
    """
    real, fake = normal(10_000, 1000, 0), normal(10_000, 1000, 1)
    radii = squared_radii(real, NEIGHBOURS)
    density, coverage = density_coverage(fake, real, radii)
    precision, recall = precision_recall(fake, real, radii, NEIGHBOURS)
    assert precision == pytest.approx(0.4772, abs=0.02)
    assert recall == pytest.approx(0.4705, abs=0.02)
    assert density == pytest.approx(1.0555, abs=0.08)
    assert coverage == pytest.approx(0.9735, abs=0.01)


@pytest.mark.parametrize(("count", "k"), [(1000, 5), (1000, 1), (50, 3)])
def test_coverage_of_equal_distributions_is_known(count: int, k: int) -> None:
    """Naeem et al. 2020, §3.2: 1 − [(n−1)…(n−k)] / [(2n−1)…(2n−k)], whatever the distribution."""
    lower = np.arange(1, k + 1)
    expected = 1 - np.prod((count - lower) / (2 * count - lower))
    trials = max(3, 5000 // count)
    found = [
        density_coverage(fake, real, squared_radii(real, k), k)
        for trial in range(trials)
        for real, fake in [(normal(count, 2, 2 * trial), normal(count, 2, 2 * trial + 1))]
    ]
    assert np.mean([one.coverage for one in found]) == pytest.approx(expected, abs=0.015)
    assert np.mean([one.density for one in found]) == pytest.approx(1, abs=0.05)


def test_crowding_raises_density_and_lowers_coverage() -> None:
    real = normal(500, 4, 0)
    radii = squared_radii(real, NEIGHBOURS)
    crowded = density_coverage(0.2 * normal(500, 4, 1), real, radii)
    assert crowded.density > 1.1
    assert crowded.coverage < 0.3
    far = density_coverage(normal(500, 4, 1) + 100, real, radii)
    assert far == (0, 0)
