"""The noise floor is what a perfect generator scores at the metric's own number of samples."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from bench.quality.noise_floor import NoiseFloor, floor_of_halves, noise_floor
from bench.quality.scorers.frechet import frechet_distance, real_statistics

DIMENSION = 16


def real(count: int, seed: int) -> Tensor:
    return torch.randn(count, DIMENSION, generator=torch.Generator().manual_seed(seed))


def mean(floor: Callable[[int], NoiseFloor | None], trials: int = 6) -> tuple[float, set[str]]:
    found = [value for seed in range(trials) if (value := floor(100 * seed)) is not None]
    assert len(found) == trials
    return sum(one.distance for one in found) / trials, {one.origin for one in found}


def perfect(images: int, samples: int) -> float:
    """The mean score of perfect generators."""
    return mean(
        lambda seed: NoiseFloor(
            frechet_distance(real_statistics(real(images, seed)), real(samples, seed + 1)),
            "measured",
        )
    )[0]


@pytest.mark.parametrize(("images", "samples"), [(4000, 250), (800, 1000), (800, 500)])
def test_with_enough_other_images_it_is_measured(images: int, samples: int) -> None:
    found, origins = mean(
        lambda seed: noise_floor(
            real_statistics(real(images, seed + 2)), real(1000, seed + 3), samples
        )
    )
    assert origins == {"measured"}
    assert found == pytest.approx(perfect(images, samples), rel=0.15)


@pytest.mark.parametrize(("others", "samples"), [(400, 1600), (200, 500)])
def test_with_fewer_it_is_extrapolated(others: int, samples: int) -> None:
    found, origins = mean(
        lambda seed: noise_floor(
            real_statistics(real(2000, seed + 2)), real(others, seed + 3), samples
        )
    )
    expected = perfect(2000, samples)
    assert origins == {"extrapolated"}
    assert found == pytest.approx(expected, rel=0.3)
    # What it was before, the distance of one half from the other, is another number.
    halves = mean(
        lambda seed: NoiseFloor(
            frechet_distance(real_statistics(real(others // 2, seed)), real(others // 2, seed + 1)),
            "measured",
        )
    )[0]
    assert halves > 3 * expected


@pytest.mark.parametrize(("images", "samples"), [(1000, 2500), (1000, 200)])
def test_without_other_images_halves_tell(images: int, samples: int) -> None:
    found, origins = mean(lambda seed: floor_of_halves(real(images, seed), samples))
    assert origins == {"extrapolated"}
    assert found == pytest.approx(perfect(images, samples), rel=0.25)


def test_it_is_unknown_where_images_are_fewer_than_dimensions() -> None:
    reference = real_statistics(real(500, 0))
    assert noise_floor(reference, real(2 * DIMENSION - 1, 1), 100) is None
    assert floor_of_halves(real(4 * DIMENSION - 1, 1), 100) is None
