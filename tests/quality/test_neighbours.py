from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from bench.quality import neighbours
from bench.quality.neighbours import nearest, nearest_other


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "block_rows", lambda columns: 7)


def features(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, 5, generator=torch.Generator().manual_seed(seed)) + 30


def test_it_finds_what_all_distances_say() -> None:
    points, others = features(40, 0), features(23, 1)
    distances = cdist(points.double(), others.double(), "sqeuclidean")
    found = nearest(points, others)
    assert found.indices.tolist() == distances.argmin(axis=1).tolist()
    np.testing.assert_allclose(found.squared_distances, distances.min(axis=1), rtol=1e-4)
    distances = cdist(points.double(), points.double(), "sqeuclidean")
    np.fill_diagonal(distances, np.inf)
    other = nearest_other(points)
    assert other.indices.tolist() == distances.argmin(axis=1).tolist()
    np.testing.assert_allclose(other.squared_distances, distances.min(axis=1), rtol=1e-4)


def test_the_distance_of_a_copy_is_exactly_zero() -> None:
    points = features(30, 0)
    assert nearest(points[3:9], points).squared_distances.tolist() == [0] * 6
    twice = nearest_other(torch.cat([points, points]))
    assert twice.squared_distances.tolist() == [0] * 60
    assert (twice.indices != torch.arange(60)).all()


def test_no_points_and_no_neighbours() -> None:
    assert len(nearest(features(0, 0), features(3, 1)).indices) == 0
    with pytest.raises(ValueError, match="no neighbours"):
        nearest(features(3, 0), features(0, 1))
    with pytest.raises(ValueError, match="no neighbours"):
        nearest_other(features(1, 0))
