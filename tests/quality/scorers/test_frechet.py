from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch_fidelity.metric_fid import (
    KEY_METRIC_FID,
    fid_features_to_statistics,
    fid_statistics_to_metric,
)

from bench.quality.scorers import frechet
from bench.quality.scorers.frechet import frechet_distance, real_statistics


def correlated(seed: int, samples: int, dimension: int) -> Tensor:
    """Features like a network's: correlated, not centred, of unequal spread."""
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(dimension, dimension)) / dimension**0.5
    spread = np.geomspace(1, 1e-2, dimension)
    values = random.normal(size=(samples, dimension)) * spread @ mixing + random.normal(
        size=dimension
    )
    return torch.from_numpy(values)


def whitened(seed: int, samples: int, dimension: int) -> Tensor:
    """Features whose mean is exactly 0 and whose unbiased covariance is exactly I."""
    centred = correlated(seed, samples, dimension)
    centred = centred - centred.mean(dim=0)
    return torch.linalg.qr(centred).Q * (samples - 1) ** 0.5


def distance(real: Tensor, fake: Tensor) -> float:
    return frechet_distance(real_statistics(real), fake)


def torch_fidelity_distance(real: Tensor, fake: Tensor) -> float:
    statistics = [fid_features_to_statistics(features) for features in (real, fake)]
    return fid_statistics_to_metric(*statistics, verbose=False)[KEY_METRIC_FID]


def sqrtm_distance(real: Tensor, fake: Tensor) -> float:
    real_covariance, fake_covariance = (np.cov(f.numpy(), rowvar=False) for f in (real, fake))
    shift = real.numpy().mean(axis=0) - fake.numpy().mean(axis=0)
    root = scipy.linalg.sqrtm(real_covariance @ fake_covariance).real
    return shift @ shift + np.trace(real_covariance + fake_covariance - 2 * root)


@pytest.mark.parametrize(
    ("real_samples", "fake_samples", "dimension"),
    [(400, 300, 40), (300, 60, 40), (60, 300, 40), (41, 41, 40), (50, 90, 2)],
)
def test_agrees_with_torch_fidelity_and_with_a_matrix_root(
    real_samples: int, fake_samples: int, dimension: int
) -> None:
    real = correlated(1, real_samples, dimension)
    fake = correlated(2, fake_samples, dimension)
    ours = distance(real, fake)
    assert ours == pytest.approx(torch_fidelity_distance(real, fake), rel=1e-6)
    assert ours == pytest.approx(sqrtm_distance(real, fake), rel=1e-6)


@pytest.mark.parametrize(
    ("real_samples", "fake_samples"), [(20, 20), (20, 200), (200, 20), (200, 40), (2, 2), (2, 90)]
)
def test_agrees_with_torch_fidelity_where_covariances_have_no_full_rank(
    real_samples: int, fake_samples: int
) -> None:
    real, fake = correlated(1, real_samples, 40), correlated(2, fake_samples, 40)
    # torch-fidelity's eigenvalues of a singular product are good to about 1e-8 each
    expected = torch_fidelity_distance(real, fake)
    assert distance(real, fake) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("samples", "dimension"), [(300, 30), (20, 30)])
@pytest.mark.parametrize("turned", [False, True])
def test_features_within_a_subspace_lose_no_accuracy(
    samples: int, dimension: int, turned: bool
) -> None:
    real, fake = correlated(1, samples, 10), correlated(2, samples, 10)
    expected = distance(real, fake)
    padded = [torch.cat([f, torch.zeros(samples, dimension - 10)], 1) for f in (real, fake)]
    if turned:
        rotation = whitened(3, 200, dimension)[:dimension]
        rotation = torch.linalg.qr(rotation).Q
        padded = [features @ rotation for features in padded]
    assert distance(*padded) == pytest.approx(expected, rel=1e-6 if turned else 1e-9)


def test_few_generated_features_lose_no_digits() -> None:
    # Σ_r = I, so the root's trace is the sum of the singular values of the generated features
    fake = correlated(2, 10, 150)
    spread = torch.linalg.svdvals(fake - fake.mean(dim=0)) / 3
    expected = fake.mean(dim=0).square().sum() + (spread - 1).square().sum() + 150 - 10
    ours = distance(whitened(1, 400, 150), fake)
    assert ours == pytest.approx(expected.item(), rel=1e-11)


def test_diagonal_gaussians_have_a_closed_form() -> None:
    spread_real, spread_fake = torch.tensor([1.0, 2.0, 0.5]), torch.tensor([3.0, 2.0, 0.1])
    shift = torch.tensor([0.3, -2.0, 1.0])
    real = whitened(1, 80, 3) * spread_real
    fake = whitened(2, 50, 3) * spread_fake + shift
    expected = shift.square().sum() + (spread_real - spread_fake).square().sum()
    assert distance(real, fake) == pytest.approx(expected.item(), rel=1e-9)


def test_gaussians_that_do_not_commute_have_a_closed_form_in_the_plane() -> None:
    first = torch.tensor([[2.0, 0.3], [0.0, 0.7]], dtype=torch.float64)
    second = torch.tensor([[0.5, -1.0], [0.8, 1.5]], dtype=torch.float64)
    real, fake = whitened(1, 80, 2) @ first, whitened(2, 50, 2) @ second
    product = first.T @ first @ second.T @ second
    trace_of_root = (product.trace() + 2 * product.det().sqrt()).sqrt()
    expected = first.square().sum() + second.square().sum() - 2 * trace_of_root
    assert distance(real, fake) == pytest.approx(expected.item(), rel=1e-9)


@pytest.mark.parametrize(("samples", "dimension"), [(200, 20), (15, 20)])
def test_real_against_itself_is_zero(samples: int, dimension: int) -> None:
    features = correlated(1, samples, dimension)
    assert distance(features, features) == pytest.approx(0, abs=1e-7)


def test_statistics_are_mean_covariance_and_count() -> None:
    features = correlated(1, 90, 7)
    real = real_statistics(features)
    covariance = torch.cov(features.T)
    torch.testing.assert_close(real.mean, features.mean(dim=0))
    torch.testing.assert_close(real.root @ real.root.T, covariance)
    assert real.trace == pytest.approx(covariance.trace().item())
    assert real.samples == 90


def test_float32_features_are_processed_in_float64() -> None:
    real, fake = correlated(1, 200, 20).float() + 100, correlated(2, 200, 20).float() + 100
    assert distance(real, fake) == distance(real.double(), fake.double())


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real, fake = correlated(1, 100, 20), correlated(2, 90, 20)
    whole = distance(real, fake)
    monkeypatch.setattr(frechet, "_BLOCK_ROWS", 7)
    assert distance(real, fake) == pytest.approx(whole, rel=1e-12)


shapes = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(2, 30), st.integers(1, 20)
)


@settings(max_examples=60, deadline=None)
@given(shapes)
def test_symmetric_and_not_negative(shape: tuple[int, int, int, int]) -> None:
    seed, real_samples, fake_samples, dimension = shape
    real = correlated(seed, real_samples, dimension)
    fake = correlated(seed + 1, fake_samples, dimension)
    there, back = distance(real, fake), distance(fake, real)
    assert there >= 0
    assert there == pytest.approx(back, rel=1e-6, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(shapes)
def test_a_translation_adds_its_squared_length(shape: tuple[int, int, int, int]) -> None:
    seed, samples, _, dimension = shape
    features = correlated(seed, samples, dimension)
    shift = torch.from_numpy(np.random.default_rng(seed).normal(size=dimension))
    expected = shift.square().sum().item()
    assert distance(features, features + shift) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(shapes)
def test_a_rotation_of_both_changes_nothing(shape: tuple[int, int, int, int]) -> None:
    seed, real_samples, fake_samples, dimension = shape
    real = correlated(seed, real_samples, dimension)
    fake = correlated(seed + 1, fake_samples, dimension)
    random = np.random.default_rng(seed).normal(size=(dimension, dimension))
    rotation = torch.from_numpy(np.linalg.qr(random).Q)
    assert distance(real @ rotation, fake @ rotation) == pytest.approx(
        distance(real, fake), rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_generated_features_that_diverged_have_no_distance(value: float) -> None:
    fake = correlated(2, 50, 4)
    fake[3, 1] = value
    assert math.isnan(distance(correlated(1, 50, 4), fake))
    with pytest.raises(ValueError, match="real images are not all finite"):
        real_statistics(fake)


@pytest.mark.parametrize("fake", [torch.zeros(1, 4), torch.zeros(9), torch.zeros(9, 5)])
def test_shapes_that_do_not_match_are_refused(fake: Tensor) -> None:
    with pytest.raises(ValueError, match=r"features"):
        frechet_distance(real_statistics(correlated(1, 50, 4)), fake)
    if fake.shape != (9, 5):
        with pytest.raises(ValueError, match=r"must be \(n ≥ 2, d\)"):
            real_statistics(fake)
