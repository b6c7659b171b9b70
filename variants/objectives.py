"""The losses, as pure functions of the critic's outputs. Every score is a logit.

Shapes: ``real`` and ``fake`` are the critic's outputs on real and generated samples (or packs
of them), (N, 1), or (N, n) of a vector critic; every loss is a scalar tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus


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


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """E[D(G(z))] − E[D(x)], minus the estimate of W₁, Arjovsky et al. 2017, Algorithm 1.

    The critic of a pack or a batch has no sigmoid; its Lipschitz bound is the caller's
    (weight clipping, gradient penalty or spectral normalisation).
    """
    _check(real, fake)
    return fake.mean() - real.mean()


def wasserstein_generator(fake: Tensor) -> Tensor:
    """−E[D(G(z))], Arjovsky et al. 2017, Algorithm 1."""
    _check(fake)
    return -fake.mean()


def least_squares_critic(real: Tensor, fake: Tensor) -> Tensor:
    """½E[(D(x) − 1)²] + ½E[D(G(z))²], Mao et al. 2017, equation 9 (a = 0, b = c = 1)."""
    _check(real, fake)
    return ((real - 1).square().mean() + fake.square().mean()) / 2


def least_squares_generator(fake: Tensor) -> Tensor:
    """½E[(D(G(z)) − 1)²], Mao et al. 2017, equation 9."""
    _check(fake)
    return (fake - 1).square().mean() / 2


def hinge_critic(real: Tensor, fake: Tensor) -> Tensor:
    """E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))], Miyato et al. 2018, equation 16."""
    _check(real, fake)
    return relu(1 - real).mean() + relu(1 + fake).mean()


def product_metric(real: Tensor, fake: Tensor) -> Tensor:
    """‖W‖²/n with W_j = E[v_j(x)] − E[v_j(G(z))], the distance of the vector critic's means.

    The course's "product metric": v ∈ R₊ⁿ is the critic without its last dense layer. The
    generator descends it. With n = 1 it is the square of Wasserstein's estimate, E[D(x)] −
    E[D(G(z))]. Nothing in it bounds the critic.

    Args:
        real: (N, n), not negative.
        fake: likewise.
    """
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"expected vectors of one length, got {tuple(real.shape)} and {tuple(fake.shape)}"
        )
    return (real.mean(0) - fake.mean(0)).square().mean()


def product_metric_critic(real: Tensor, fake: Tensor) -> Tensor:
    """−‖W‖²/n: the critic ascends what the generator descends; see :func:`product_metric`."""
    return -product_metric(real, fake)


def witness(vectors: Tensor, real: Tensor, fake: Tensor) -> Tensor:
    """f(x) = ⟨v(x), W⟩ / (‖W‖ √n), the scalar critic whose estimate is √(‖W‖²/n).

    E[f(x)] − E[f(G(z))] = ‖W‖/√n, so keeping f 1-Lipschitz makes the product metric the
    square of an estimate of W₁. With n = 1, f is ± v.

    Args:
        vectors: (N, n) outputs at the points of interest.
        real: (M, n) outputs on the batch that W is estimated on, without a graph.
        fake: likewise.

    Returns:
        (N, 1).
    """
    gap = real.mean(0) - fake.mean(0)
    direction = gap / gap.norm().clamp_min(torch.finfo(gap.dtype).tiny)
    scalar: Tensor = (vectors @ direction).unsqueeze(1) / math.sqrt(vectors.shape[1])
    return scalar


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, epsilon: Tensor
) -> Tensor:
    """E[(‖∇D(x̂)‖₂ − 1)²] at x̂ = εx + (1 − ε)G(z), Gulrajani et al. 2017, equation 3.

    Computed in float32 at least, whatever the critic's precision, since squares of small
    gradients underflow in half precision. Scale it by λ (10 in the paper).

    Args:
        critic: samples (N, …) → one output a sample, or one a pack of N/P samples in a row.
        real: (N, …).
        fake: of the same shape, without a graph.
        epsilon: (P,) draws of U[0, 1], one for all that the critic judges together: neither
            one a pixel nor one a batch. P is N without packing.
    """
    if real.shape != fake.shape or epsilon.ndim != 1 or len(real) % len(epsilon):
        raise ValueError(
            f"expected samples of one shape and one ε each, got {tuple(real.shape)}, "
            f"{tuple(fake.shape)} and ε of {tuple(epsilon.shape)}"
        )
    pack = len(real) // len(epsilon)
    weight = epsilon.to(real.dtype).repeat_interleave(pack).view(-1, *[1] * (real.ndim - 1))
    # torch's FLOP counter fails on a gradient with respect to a leaf, hence the product with 1.
    # Under autocast the generator's samples come in lower precision than the data.
    point = torch.lerp(fake.to(real.dtype), real, weight).requires_grad_(True) * 1
    outputs = critic(point)
    if len(outputs) != len(epsilon):
        raise ValueError(
            f"expected one ε each for what the critic judges together, got {len(epsilon)} for "
            f"{len(outputs)} outputs"
        )
    (slope,) = torch.autograd.grad(outputs.sum(), point, create_graph=True)
    exact = torch.promote_types(slope.dtype, torch.float32)
    norm: Tensor = slope.reshape(len(epsilon), -1).to(exact).norm(dim=1)
    return (norm - 1).square().mean()


CRITIC_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "non-saturating": cross_entropy_critic,
    "minimax": cross_entropy_critic,
    "wasserstein": wasserstein_critic,
    "least-squares": least_squares_critic,
    "hinge": hinge_critic,
    "product-metric": product_metric_critic,
}

# The product metric's generator descends what its critic ascends, of real and fake alike.
GENERATOR_LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "non-saturating": non_saturating_generator,
    "minimax": minimax_generator,
    "wasserstein": wasserstein_generator,
    "least-squares": least_squares_generator,
    "hinge": wasserstein_generator,  # Miyato et al. 2018, equation 17: −E[D(G(z))]
}

# The score at which a critic is undecided; None where scores have no absolute meaning.
DECISIONS: dict[str, float | None] = {
    "non-saturating": 0.0,
    "minimax": 0.0,
    "wasserstein": None,
    "least-squares": 0.5,
    "hinge": 0.0,
    "product-metric": None,
}
