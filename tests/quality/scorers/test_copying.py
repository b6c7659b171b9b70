from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from bench.quality.scorers.copying import FEWEST_IN_CELL, CopyingTest, c_t, rank_z


def normal(count: int, seed: int, dimension: int = 8) -> Tensor:
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("decimals", [0, 3])  # with ties and without
def test_z_is_that_of_mann_and_whitney(decimals: int) -> None:
    ours, theirs = (10 * normal(40, 0)[:, 0]).round(decimals=decimals), normal(60, 1)[:, 0]
    theirs = (10 * theirs).round(decimals=decimals)
    u = stats.mannwhitneyu(ours, theirs).statistic
    assert rank_z(ours, theirs) == pytest.approx(
        (u - 40 * 60 / 2) / math.sqrt(40 * 60 * 101 / 12), abs=1e-9
    )


def test_the_extremes() -> None:
    """All of m + n nearer: U = 0, and z = −√(3 m n / (m + n + 1))."""
    near, far = torch.zeros(50), torch.ones(70)
    assert rank_z(near, far) == pytest.approx(-math.sqrt(3 * 50 * 70 / 121))
    assert rank_z(far, near) == pytest.approx(math.sqrt(3 * 50 * 70 / 121))
    assert rank_z(near, near) == 0


@pytest.mark.parametrize("dimension", [8, 100])  # with principal components and without
def test_copies_are_told_from_samples_of_the_same_distribution(dimension: int) -> None:
    training, held_out = normal(3000, 0, dimension), normal(500, 1, dimension)
    test = CopyingTest(training)
    real = test.distances(held_out)

    def of(samples: Tensor) -> float:
        found = c_t(test.distances(samples), real)
        assert found is not None
        return found

    assert abs(of(normal(1000, 2, dimension))) < 3
    assert of(training[:1000]) < -15
    near = training[:1000] + 0.02 * normal(1000, 3, dimension)
    assert of(near) < -15
    assert of(1.5 * normal(1000, 4, dimension)) > 10


def test_z_scores_are_weighted_by_the_held_out_images_of_their_cell() -> None:
    """Meehan et al. 2020, definition 2; a cell with few generated images does not count."""
    a, b, few = normal(50, 0)[:, 0], normal(60, 1)[:, 0] - 1, torch.zeros(FEWEST_IN_CELL - 1)
    real = [normal(30, 2)[:, 0], normal(10, 3)[:, 0], normal(99, 4)[:, 0]]
    expected = 0.75 * rank_z(a, real[0]) + 0.25 * rank_z(b, real[1])
    assert c_t([a, b, few], real) == pytest.approx(expected)
    assert c_t([few, few, few], real) is None


def test_cells_depend_on_nothing_but_the_training_images() -> None:
    training, samples = normal(300, 0), normal(100, 1)
    first = CopyingTest(training).distances(samples)
    np.random.default_rng(3).random()
    torch.manual_seed(5)
    second = CopyingTest(training).distances(samples)
    assert len(first) == 3
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))
    # Within a cell, the nearest of the cell is not nearer than the nearest of all.
    assert sum(map(len, first)) == 100
