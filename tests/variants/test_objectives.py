"""Losses and their gradients against formulas written out independently, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from variants import objectives

scores = arrays(np.float64, st.integers(1, 8).map(lambda n: (n, 1)), elements=st.floats(-12, 12))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@given(scores, scores)
def test_critic_loss_is_binary_cross_entropy(real: np.ndarray, fake: np.ndarray) -> None:
    expected = -np.log(_sigmoid(real)).mean() - np.log(_sigmoid(-fake)).mean()
    r = torch.tensor(real, requires_grad=True)
    f = torch.tensor(fake, requires_grad=True)
    loss = objectives.cross_entropy_critic(r, f)
    loss.backward()
    assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
    # d/ds of −log σ(s) is σ(s) − 1; of −log(1 − σ(s)) it is σ(s).
    np.testing.assert_allclose(r.grad, (_sigmoid(real) - 1) / len(real), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(f.grad, _sigmoid(fake) / len(fake), rtol=1e-9, atol=1e-14)


@given(scores)
def test_generator_losses(fake: np.ndarray) -> None:
    for name, expected, slope in (
        ("non-saturating", -np.log(_sigmoid(fake)).mean(), _sigmoid(fake) - 1),
        ("minimax", np.log(_sigmoid(-fake)).mean(), -_sigmoid(fake)),
    ):
        f = torch.tensor(fake, requires_grad=True)
        loss = objectives.GENERATOR_LOSSES[name](f)
        loss.backward()
        assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(f.grad, slope / len(fake), rtol=1e-9, atol=1e-14)


def test_losses_of_huge_logits_stay_finite() -> None:
    real, fake = torch.full((2, 1), -1e4), torch.full((2, 1), 1e4)
    assert objectives.cross_entropy_critic(real, fake).item() == pytest.approx(2e4)
    assert torch.isfinite(objectives.minimax_generator(fake))


def test_a_confident_critic_starves_minimax_but_not_the_non_saturating_loss() -> None:
    """Goodfellow et al. 2014, section 3: why the non-saturating loss is the default."""
    gradients = {}
    for name, loss in objectives.GENERATOR_LOSSES.items():
        fake = torch.full((1, 1), -12.0, requires_grad=True)
        loss(fake).backward()
        assert fake.grad is not None
        gradients[name] = fake.grad.abs().item()
    assert gradients["minimax"] < 1e-5
    assert gradients["non-saturating"] > 0.99


@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 1, 1)])
def test_scores_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    """A (N,) score against a (N, 1) one would broadcast to (N, N) without a word."""
    with pytest.raises(ValueError, match=r"\(N, 1\)"):
        objectives.non_saturating_generator(torch.zeros(shape))
