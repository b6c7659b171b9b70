"""The course's product metric, for critics whose output is a vector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from variants.lazy import LazyModule
from variants.objectives import Objective, objective

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")


@objective("product-metric")
class ProductMetric(Objective):
    """‖W‖²/n with W_j = E[v_j(x)] − E[v_j(G(z))], the distance of a vector critic's means.

    v ∈ R₊ⁿ is the critic without its last dense layer. The critic ascends the metric, the
    generator descends it. With n = 1 it is the square of the Wasserstein estimate,
    E[D(x)] − E[D(G(z))]. The assignment puts no Lipschitz constraint on the critic.
    """

    head = "vector"
    compares = True

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """−‖W‖²/n."""
        return -product_metric(real, fake)

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """‖W‖²/n."""
        assert real is not None, "this objective compares"
        return product_metric(real, fake)

    def potential(self, outputs: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """See :func:`witness`."""
        return witness(outputs, real, fake)


def product_metric(real: Tensor, fake: Tensor) -> Tensor:
    """‖W‖²/n with W_j = E[v_j(x)] − E[v_j(G(z))].

    Args:
        real: (N, n), not negative.
        fake: likewise.

    Raises:
        ValueError: vectors of different lengths.
    """
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"expected vectors of one length, got {tuple(real.shape)} and {tuple(fake.shape)}"
        )
    return (real.mean(0) - fake.mean(0)).square().mean()


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
