"""The course's vector critic: it judges by the distance of two mean vectors."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("vector-critic")
class VectorCritic(Dcgan):
    """DCGAN whose critic judges by a vector instead of a score (product metric).

    With W_j = E[v_j(x)] − E[v_j(G(z))] and v ≥ 0, the product metric is L = ‖W‖²/n. The critic
    ascends an unbiased estimate of √L and the generator descends it; a gradient penalty keeps
    every v_j 1-Lipschitz, so that √L ≤ W₁. v is a layer of ``critic_outputs`` softplus units over
    the whole image; with ``critic_outputs: null`` it is the last hidden layer after a ReLU, whose
    units see part of the image each. ``objective: product-metric`` is the assignment's plain form,
    L itself; neither it nor its estimate is bounded. docs/variants.md shows which of these train.
    """

    revision: ClassVar[int] = 2  # 1 ascended the plain product metric
    source: ClassVar[str] = "the lab's course papers (product metric)"

    objective: str = Field("product-metric-root", description="what the players minimise")
    critic_outputs: int | None = Field(
        64,
        ge=1,
        description="length of the critic's output; null for every unit of its last hidden layer",
    )
    gradient_penalty: float = Field(
        10.0, ge=0, description="λ of the gradient penalty on the critic; 0 for none"
    )
    critic_norm: Literal["batch", "layer", "spectral", "none"] = Field(
        "none", description="normalisation inside the critic"
    )
    generator_lr: float = Field(1e-4, gt=0, description="the generator's learning rate")
    critic_lr: float = Field(1e-4, gt=0, description="the critic's learning rate")
    beta1: float = Field(0.0, ge=0, lt=1, description="Adam's β1, both players")
    beta2: float = Field(0.9, ge=0, lt=1, description="Adam's β2, both players")


@register("conditional-vector-critic")
class ConditionalVectorCritic(VectorCritic):
    """The vector critic with classes for both players."""

    conditional: bool = Field(
        True, description="give both players the class: with the latent, and as an image plane"
    )
