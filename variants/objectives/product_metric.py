"""The course's product metric, for critics whose output is a vector.

Two objectives: the assignment's own, whose critic nothing bounds, and one of degree one in the
critic's outputs, which every control of the critic bounds.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from variants.lazy import LazyModule
from variants.objectives import Objective, objective
from variants.references import Reference, cites
from variants.scalars import PRODUCT_METRIC

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

GRETTON = Reference(
    key="gretton2012kernel",
    authors="Arthur Gretton and Karsten M. Borgwardt and Malte J. Rasch and Bernhard Schölkopf "
    "and Alexander Smola",
    title="A Kernel Two-Sample Test",
    journal="Journal of Machine Learning Research",
    volume="13",
    pages="723-773",
    year=2012,
)


class VectorObjective(Objective):
    """The distance of two mean vectors, which the critic ascends and the generator descends.

    v ∈ R₊ⁿ is the critic without its last dense layer, W_j = E[v_j(x)] − E[v_j(G(z))], and the
    product metric is L = ‖W‖²/n.
    """

    head = "vector"
    compares = True
    scalars = (PRODUCT_METRIC,)

    def potential(self, outputs: Tensor, noise: torch.Generator) -> Tensor:
        """See :func:`one_output`."""
        return one_output(outputs, noise)

    @abstractmethod
    def metric(self, real: Tensor, fake: Tensor) -> Tensor:
        """L, as the objective estimates it."""

    @abstractmethod
    def distance(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the critic ascends and the generator descends."""

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """Minus the distance."""
        return -self.distance(real, fake)

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """The distance."""
        assert real is not None, "this objective compares"
        return self.distance(real, fake)

    def reported(self, real: Tensor, fake: Tensor) -> Mapping[str, Tensor]:
        return {PRODUCT_METRIC.name: self.metric(real, fake)}


@objective("product-metric")
class ProductMetric(VectorObjective):
    """‖W‖²/n with W_j = E[v_j(x)] − E[v_j(G(z))], as the assignment states it.

    With n = 1 it is the square of the Wasserstein estimate, E[D(x)] − E[D(G(z))]. It grows with
    the square of v, as a gradient penalty does, so that no penalty bounds it once λ ‖∇v‖² is
    smaller; and as an estimate from two batches it is too large by the variance of their means.
    """

    # 1 penalised the outputs in the direction of W alone; 2 drew their weights independently
    revision: ClassVar[int] = 3

    def metric(self, real: Tensor, fake: Tensor) -> Tensor:
        return product_metric(real, fake)

    def distance(self, real: Tensor, fake: Tensor) -> Tensor:
        return product_metric(real, fake)


@objective("product-metric-root")
@cites(GRETTON)
class ProductMetricRoot(VectorObjective):
    """√(‖W‖²/n), the distance itself, without the bias of two batch means.

    It grows in proportion to v, so that a gradient penalty bounds it, like WGAN-GP's estimate,
    which it is with n = 1 but for the bias. See :func:`product_metric_root`.
    """

    smallest_batch: ClassVar[int] = 2
    revision: ClassVar[int] = 2  # 1 drew the outputs' weights independently

    def metric(self, real: Tensor, fake: Tensor) -> Tensor:
        return unbiased_product_metric(real, fake)

    def distance(self, real: Tensor, fake: Tensor) -> Tensor:
        return product_metric_root(real, fake)


def product_metric(real: Tensor, fake: Tensor) -> Tensor:
    """‖W‖²/n with W_j = mean v_j(x) − mean v_j(G(z)).

    Args:
        real: (N, n), not negative.
        fake: (M, n), likewise.

    Raises:
        ValueError: vectors of different lengths.
    """
    _check(real, fake)
    return (real.mean(0) - fake.mean(0)).square().mean()


def unbiased_product_metric(real: Tensor, fake: Tensor) -> Tensor:
    """An estimate of ‖E[v(x)] − E[v(G(z))]‖²/n whose mean over batches is the true value.

    The squared distance of two batch means is too large by tr(Σr + Σf)/N on average, which
    rewards a generator for samples that vary little. Over the differences d_i of the pairs of one
    index, Σ_{i≠j} ⟨d_i, d_j⟩ / (N(N − 1)n) has no such term (Gretton et al. 2012, A Kernel
    Two-Sample Test, Lemma 6, with the kernel ⟨v(x), v(y)⟩). The pairs also take care of what both
    sides of a pair share, such as its class. Below zero about as often as above where both
    distributions are the same.

    Args:
        real: (N, n) with N ≥ 2.
        fake: (N, n).

    Raises:
        ValueError: shapes that differ, or a single pair.
    """
    _check(real, fake)
    count = len(real)
    if len(fake) != count or count < 2:
        raise ValueError(
            f"expected at least two pairs of vectors, got {count} real and {len(fake)} generated"
        )
    gaps = real - fake
    apart = gaps.sum(0).square().sum() - gaps.square().sum()
    return apart / (count * (count - 1) * real.shape[1])


def product_metric_root(real: Tensor, fake: Tensor) -> Tensor:
    """An estimate of ‖E[v(x)] − E[v(G(z))]‖/√n, proportional to v.

    It is the unbiased estimate of the square, divided by the root of the biased one, which is
    never negative; the two agree in the limit of large batches.

    Args:
        real: (N, n) with N ≥ 2.
        fake: (N, n).

    Raises:
        ValueError: shapes that differ, or a single pair.
    """
    squared = product_metric(real, fake)
    # Where all vectors are equal, both are 0, and so is every gradient.
    return unbiased_product_metric(real, fake) / squared.clamp_min(_least(squared)).sqrt()


def one_output(vectors: Tensor, noise: torch.Generator) -> Tensor:
    """One output of each sample's vector at random, so that a penalty bounds every output alike.

    A mean over such draws is a mean over outputs, at the cost of one gradient. With every v_j kept
    1-Lipschitz, |W_j| ≤ W₁ as for n Wasserstein critics, and so √(‖W‖²/n) ≤ W₁. A penalty on the
    direction of W alone would leave every other direction free, and W of one batch is mostly noise
    in the end.

    Args:
        vectors: (N, n).
        noise: draws the outputs.

    Returns:
        (N, 1).
    """
    count, outputs = vectors.shape
    chosen = torch.randint(outputs, (count, 1), generator=noise, device=noise.device)
    return vectors.gather(1, chosen)


def _least(numbers: Tensor) -> float:
    """The smallest number above 0 that is safe to divide by."""
    return torch.finfo(numbers.dtype).tiny


def _check(real: Tensor, fake: Tensor) -> None:
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"expected vectors of one length, got {tuple(real.shape)} and {tuple(fake.shape)}"
        )
