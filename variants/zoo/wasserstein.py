"""Wasserstein GANs on DCGAN's networks: weight clipping, and the gradient penalty."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from variants.constraints import ARJOVSKY
from variants.penalties.gradient import GULRAJANI
from variants.references import cites
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("wgan")
@cites(ARJOVSKY)
class Wgan(Dcgan):
    """Wasserstein GAN with weight clipping.

    Arjovsky et al. 2017 (arXiv 1701.07875), Algorithm 1: five critic updates per generator
    update, RMSprop at 5e-5, weights clipped to ± 0.01.
    """

    source: ClassVar[str] = "arXiv 1701.07875"

    objective: str = Field("wasserstein", description="what the players minimise")
    weight_clip: float | None = Field(
        0.01, gt=0, description="the critic's weights are clipped to ± this after each update"
    )
    critic_steps: int = Field(5, ge=1, description="critic updates per generator update")
    optimizer: Literal["adam", "rmsprop"] = Field("rmsprop", description="of both players")
    generator_lr: float = Field(5e-5, gt=0, description="the generator's learning rate")
    critic_lr: float = Field(5e-5, gt=0, description="the critic's learning rate")


@register("wgan-gp")
@cites(GULRAJANI)
class WganGp(Dcgan):
    """Wasserstein GAN with a gradient penalty.

    Gulrajani et al. 2017 (arXiv 1704.00028), Algorithm 1: λ = 10, five critic updates per
    generator update, Adam at 1e-4 with β = (0, 0.9), a critic without batch norm.
    """

    source: ClassVar[str] = "arXiv 1704.00028"

    objective: str = Field("wasserstein", description="what the players minimise")
    gradient_penalty: float = Field(
        10.0, ge=0, description="λ of the gradient penalty on the critic; 0 for none"
    )
    critic_norm: Literal["batch", "layer", "spectral", "none"] = Field(
        "none", description="normalisation inside the critic"
    )
    critic_steps: int = Field(5, ge=1, description="critic updates per generator update")
    generator_lr: float = Field(1e-4, gt=0, description="the generator's learning rate")
    critic_lr: float = Field(1e-4, gt=0, description="the critic's learning rate")
    beta1: float = Field(0.0, ge=0, lt=1, description="Adam's β1, both players")
    beta2: float = Field(0.9, ge=0, lt=1, description="Adam's β2, both players")
