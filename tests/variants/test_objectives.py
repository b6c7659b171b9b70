"""Losses and their gradients against formulas written out independently, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from variants.objectives import OBJECTIVES, Objective

OBJECTIVE: dict[str, Objective] = {name: kind() for name, kind in OBJECTIVES.items()}
scores = arrays(np.float64, st.integers(1, 8).map(lambda n: (n, 1)), elements=st.floats(-12, 12))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("name", ["non-saturating", "minimax"])
@given(scores, scores)
def test_critic_loss_is_binary_cross_entropy(name: str, real: np.ndarray, fake: np.ndarray) -> None:
    expected = -np.log(_sigmoid(real)).mean() - np.log(_sigmoid(-fake)).mean()
    r = torch.tensor(real, requires_grad=True)
    f = torch.tensor(fake, requires_grad=True)
    loss = OBJECTIVE[name].critic(r, f)
    loss.backward()
    assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
    # d/ds (−log σ(s)) = σ(s) − 1, and d/ds (−log(1 − σ(s))) = σ(s).
    np.testing.assert_allclose(r.grad, (_sigmoid(real) - 1) / len(real), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(f.grad, _sigmoid(fake) / len(fake), rtol=1e-9, atol=1e-14)


@given(scores)
def test_generator_losses(fake: np.ndarray) -> None:
    for name, expected, slope in (
        ("non-saturating", -np.log(_sigmoid(fake)).mean(), _sigmoid(fake) - 1),
        ("minimax", np.log(_sigmoid(-fake)).mean(), -_sigmoid(fake)),
    ):
        f = torch.tensor(fake, requires_grad=True)
        loss = OBJECTIVE[name].generator(None, f)
        loss.backward()
        assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(f.grad, slope / len(fake), rtol=1e-9, atol=1e-14)


def _relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


CRITICS = {
    "wasserstein": lambda r, f: f.mean() - r.mean(),
    "least-squares": lambda r, f: 0.5 * ((r - 1) ** 2).mean() + 0.5 * (f**2).mean(),
    "hinge": lambda r, f: _relu(1 - r).mean() + _relu(1 + f).mean(),
}
GENERATORS = {
    "wasserstein": lambda f: -f.mean(),
    "least-squares": lambda f: 0.5 * ((f - 1) ** 2).mean(),
    "hinge": lambda f: -f.mean(),
}


def _slopes(function, x: np.ndarray) -> np.ndarray:
    """Central finite differences, one entry at a time."""
    step = 1e-6
    slopes = np.empty_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += step
        down[index] -= step
        slopes[index] = (function(up) - function(down)) / (2 * step)
    return slopes


@pytest.mark.parametrize("name", CRITICS)
@given(scores, scores)
def test_critic_losses_and_gradients(name: str, real: np.ndarray, fake: np.ndarray) -> None:
    # The hinge has no derivative at its corners.
    real, fake = real + 1e-3 * (abs(real - 1) < 1e-3), fake + 1e-3 * (abs(fake + 1) < 1e-3)
    r = torch.tensor(real, requires_grad=True)
    f = torch.tensor(fake, requires_grad=True)
    loss = OBJECTIVE[name].critic(r, f)
    loss.backward()
    assert loss.item() == pytest.approx(CRITICS[name](real, fake), rel=1e-9, abs=1e-12)
    assert r.grad is not None
    assert f.grad is not None
    by_real = _slopes(lambda x: CRITICS[name](x, fake), real)
    by_fake = _slopes(lambda x: CRITICS[name](real, x), fake)
    np.testing.assert_allclose(r.grad, by_real, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(f.grad, by_fake, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", GENERATORS)
@given(scores)
def test_generator_losses_and_gradients(name: str, fake: np.ndarray) -> None:
    f = torch.tensor(fake, requires_grad=True)
    loss = OBJECTIVE[name].generator(None, f)
    loss.backward()
    assert loss.item() == pytest.approx(GENERATORS[name](fake), rel=1e-9, abs=1e-12)
    assert f.grad is not None
    np.testing.assert_allclose(f.grad, _slopes(GENERATORS[name], fake), rtol=1e-4, atol=1e-6)


def test_every_objective_is_tested() -> None:
    """Cross-entropy above, what compares, and feature matching, in files of their own."""
    alone = {*CRITICS, "non-saturating", "minimax"}
    compared = {"product-metric", "product-metric-root", "relativistic", "feature-matching"}
    assert alone | compared == set(OBJECTIVE)
    assert {name for name, kind in OBJECTIVE.items() if kind.compares} == compared


def test_thresholds_are_where_the_critic_is_undecided() -> None:
    thresholds = {name: kind.threshold for name, kind in OBJECTIVE.items()}
    assert thresholds == {
        "non-saturating": 0.0,
        "minimax": 0.0,
        "hinge": 0.0,
        "least-squares": 0.5,
        "wasserstein": None,
        "product-metric": None,
        "product-metric-root": None,
        "relativistic": None,
        "feature-matching": 0.0,
    }


@given(scores, st.floats(-5, 5))
def test_a_linear_critic_measures_the_wasserstein_distance_of_a_shift(
    x: np.ndarray, shift: float
) -> None:
    """In one dimension W₁ of two samples of one size is the mean gap of their order statistics."""
    y = x + shift
    distance = np.abs(np.sort(x, 0) - np.sort(y, 0)).mean()
    sign = 1.0 if shift < 0 else -1.0  # the best of the 1-Lipschitz critics ±x
    loss = OBJECTIVE["wasserstein"].critic(torch.tensor(sign * x), torch.tensor(sign * y))
    assert -loss.item() == pytest.approx(distance, abs=1e-9)


def test_losses_of_huge_logits_stay_finite() -> None:
    real, fake = torch.full((2, 1), -1e4), torch.full((2, 1), 1e4)
    assert OBJECTIVE["minimax"].critic(real, fake).item() == pytest.approx(2e4)
    assert torch.isfinite(OBJECTIVE["minimax"].generator(None, fake))


def test_a_confident_critic_starves_minimax_but_not_the_non_saturating_loss() -> None:
    """Goodfellow et al. 2014, section 3: why the non-saturating loss is the default."""
    gradients = {}
    for name in ("minimax", "non-saturating"):
        fake = torch.full((1, 1), -12.0, requires_grad=True)
        OBJECTIVE[name].generator(None, fake).backward()
        assert fake.grad is not None
        gradients[name] = fake.grad.abs().item()
    assert gradients["minimax"] < 1e-5
    assert gradients["non-saturating"] > 0.99


@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 1, 1)])
def test_scores_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    """A (N,) score against a (N, 1) one would broadcast to (N, N) unnoticed."""
    with pytest.raises(ValueError, match=r"\(N, 1\)"):
        OBJECTIVE["non-saturating"].generator(None, torch.zeros(shape))
