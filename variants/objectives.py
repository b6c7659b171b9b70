"""The losses, as pure functions of the critic's outputs. Every score is a logit.

Shapes: ``real`` and ``fake`` are (N, 1) outputs of the critic on real and generated
samples; every function returns a scalar tensor.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.nn.functional import softplus


def _check(*scores: Tensor) -> None:
    for score in scores:
        if score.ndim != 2 or score.shape[1] != 1:
            raise ValueError(f"expected critic outputs of shape (N, 1), got {tuple(score.shape)}")


def cross_entropy_critic(real: Tensor, fake: Tensor) -> Tensor:
    """−E[log σ(D(x))] − E[log(1 − σ(D(G(z))))], Goodfellow et al. 2014, equation 1.

    Written with softplus on logits: −log σ(s) = softplus(−s), −log(1 − σ(s)) = softplus(s),
    which neither overflows nor applies a sigmoid twice.
    """
    _check(real, fake)
    return softplus(-real).mean() + softplus(fake).mean()


def non_saturating_generator(fake: Tensor) -> Tensor:
    """−E[log σ(D(G(z)))], Goodfellow et al. 2014, section 3."""
    _check(fake)
    return softplus(-fake).mean()


def minimax_generator(fake: Tensor) -> Tensor:
    """E[log(1 − σ(D(G(z))))], Goodfellow et al. 2014, equation 1 and Algorithm 1."""
    _check(fake)
    return -softplus(fake).mean()


GENERATOR_LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "non-saturating": non_saturating_generator,
    "minimax": minimax_generator,
}
