"""Penalties on the critic's gradient with respect to its samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from variants.lazy import LazyModule
from variants.penalties import Penalty, penalty
from variants.references import Reference, cites
from variants.shapes import ImageShape, SampleShape

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

GULRAJANI = Reference(
    key="gulrajani2017improved",
    authors="Ishaan Gulrajani and Faruk Ahmed and Martin Arjovsky and Vincent Dumoulin and Aaron "
    "Courville",
    title="Improved Training of Wasserstein GANs",
    booktitle="Advances in Neural Information Processing Systems",
    volume="30",
    arxiv="1704.00028",
    year=2017,
)
MESCHEDER = Reference(
    key="mescheder2018training",
    authors="Lars Mescheder and Andreas Geiger and Sebastian Nowozin",
    title="Which Training Methods for GANs do actually Converge?",
    booktitle="International Conference on Machine Learning",
    pages="3481-3490",
    arxiv="1801.04406",
    year=2018,
)


@penalty("gradient")
@cites(GULRAJANI)
class GradientPenalty(Penalty):
    """(‖∇D‖ − 1)² between real and generated samples (WGAN-GP, arXiv 1704.00028, equation 3).

    The field ``gradient_penalty`` is its weight λ, 10 in the paper.
    """

    def __call__(
        self,
        critic: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
        noise: torch.Generator,
        packs: int,
    ) -> Tensor:
        epsilon = torch.rand(packs, generator=noise, device=real.device)
        return gradient_penalty(critic, real, fake, epsilon)


@cites(MESCHEDER)
class ZeroCentred(Penalty):
    """R1 and R2, whose weight is γ; ``auto`` is the rule of StyleGAN2-ADA's code."""

    @classmethod
    def automatic_weight(cls, shape: SampleShape, batch_size: int) -> float | None:
        """γ = 0.0002 · px² / batch (Karras et al. 2020, arXiv 2006.06676, its ``train.py``)."""
        return 0.0002 * shape.size**2 / batch_size if isinstance(shape, ImageShape) else None


@penalty("r1")
class R1(ZeroCentred):
    """½‖∇D‖² at the real samples (Mescheder et al. 2018, arXiv 1801.04406, equation 9).

    The weight is γ. ‖∇D‖² is summed over channels and pixels.
    """

    def __call__(
        self,
        critic: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
        noise: torch.Generator,
        packs: int,
    ) -> Tensor:
        return half_squared_slope(critic, real, packs)


@penalty("r2")
class R2(ZeroCentred):
    """½‖∇D‖² at the generated samples (Mescheder et al. 2018, arXiv 1801.04406, equation 10)."""

    def __call__(
        self,
        critic: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
        noise: torch.Generator,
        packs: int,
    ) -> Tensor:
        # Under autocast the generator's samples have a lower precision than the data.
        return half_squared_slope(critic, fake.to(real.dtype), packs)


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, epsilon: Tensor
) -> Tensor:
    """E[(‖∇D(x̂)‖₂ − 1)²] at x̂ = εx + (1 − ε)G(z), Gulrajani et al. 2017, equation 3.

    Args:
        critic: samples (N, …) → one output each, or one per pack of N/P samples in a row.
        real: (N, …).
        fake: of the same shape, without a graph.
        epsilon: (P,) draws of U[0, 1], one for all samples that the critic judges together:
            neither one per pixel nor one per batch. P is N without packing.

    Raises:
        ValueError: shapes that differ, or not one ε for each output.
    """
    if real.shape != fake.shape or epsilon.ndim != 1 or len(real) % len(epsilon):
        raise ValueError(
            f"expected samples of one shape and one ε each, got {tuple(real.shape)}, "
            f"{tuple(fake.shape)} and ε of {tuple(epsilon.shape)}"
        )
    pack = len(real) // len(epsilon)
    weight = epsilon.to(real.dtype).repeat_interleave(pack).view(-1, *[1] * (real.ndim - 1))
    # Under autocast the generator's samples have a lower precision than the data.
    point = torch.lerp(fake.to(real.dtype), real, weight)
    norms = slopes(critic, point, len(epsilon)).norm(dim=1)
    penalty: Tensor = (norms - 1).square().mean()
    return penalty


def half_squared_slope(critic: Callable[[Tensor], Tensor], samples: Tensor, packs: int) -> Tensor:
    """½E‖∇D(x)‖² at ``samples`` (N, …), the norm over all that the critic judges together."""
    half: Tensor = slopes(critic, samples, packs).square().sum(dim=1).mean() / 2
    return half


def slopes(critic: Callable[[Tensor], Tensor], samples: Tensor, packs: int) -> Tensor:
    """∇D at ``samples``, a flat row (P, …) for each pack that the critic judges.

    Of float32 at least, whatever the critic's precision, because squares of small gradients
    underflow in half precision.

    Args:
        critic: samples (N, …) → (P, 1).
        samples: (N, …), without a graph.
        packs: P.

    Raises:
        ValueError: the critic gives another number of outputs.
    """
    # torch's FLOP counter fails on a gradient with respect to a leaf, hence the product with 1.
    point = samples.detach().requires_grad_(True) * 1
    outputs = critic(point)
    if len(outputs) != packs:
        raise ValueError(f"expected {packs} critic outputs, one per pack, got {len(outputs)}")
    (slope,) = torch.autograd.grad(outputs.sum(), point, create_graph=True)
    exact = torch.promote_types(slope.dtype, torch.float32)
    return slope.reshape(packs, -1).to(exact)
