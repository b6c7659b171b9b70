"""SNGAN: spectral normalisation, residual blocks and the hinge loss, with and without classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from variants.convolutional_recipe import ConvolutionalRecipe
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.objectives.hinge import MIYATO
from variants.references import Reference, cites
from variants.registry import register
from variants.shapes import ImageShape, SampleShape

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import layers, residual
else:
    nn = LazyModule("torch.nn")
    layers = LazyModule("variants.networks.layers")
    residual = LazyModule("variants.networks.residual")

# Image size → (size of the first feature map, times it is doubled).
_DEPTHS = {28: (7, 2), 32: (4, 3)}

MIYATO_KOYAMA = Reference(
    key="miyato2018cgans",
    authors="Takeru Miyato and Masanori Koyama",
    title="cGANs with Projection Discriminator",
    booktitle="International Conference on Learning Representations",
    arxiv="1802.05637",
    year=2018,
)


@register("sngan")
@cites(MIYATO)
class Sngan(ConvolutionalRecipe):
    """SNGAN's residual networks with spectral normalisation and the hinge loss.

    Miyato et al. 2018 (arXiv 1802.05957), appendix B.4, its networks for CIFAR-10 and its setting
    C: Adam at 2e-4 with β = (0, 0.9), five critic updates per generator update. At 28 px, which
    the paper does not have, the generator starts from 7 × 7 and has one block less. The paper's
    100,000 generator updates end in a linear decay: ``schedules: {lr: {kind: linear, to: 0}}``.
    """

    image_sizes: ClassVar[tuple[int, ...]] = tuple(_DEPTHS)
    source: ClassVar[str] = "arXiv 1802.05957"

    objective: str = Field("hinge", description="what the players minimise")
    critic_steps: int = Field(5, ge=1, description="critic updates per generator update")
    latent_dim: int = Field(128, ge=1, description="length of the latent vector")
    beta1: float = Field(0.0, ge=0, lt=1, description="Adam's β1, both players")
    beta2: float = Field(0.9, ge=0, lt=1, description="Adam's β2, both players")
    generator_width: int = Field(256, ge=1, description="filters of each generator layer")
    critic_width: int = Field(128, ge=1, description="filters of each critic layer")
    critic_norm: Annotated[
        Literal["spectral", "none"],
        Effect("none", "spectral norm changes neither FLOPs nor parameters"),
    ] = Field("spectral", description="normalisation inside the critic")

    @model_validator(mode="after")
    def _check_controls(self) -> Self:
        if self.bounded_constraints and self.critic_norm == "spectral":
            clips = "weight_clip" if self.weight_clip is not None else "constraints"
            raise ValueError(
                f"{clips} bounds weights that critic_norm: spectral divides by their norm "
                "anyway; keep one of them"
            )
        return self

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        start, doublings = _DEPTHS[shape.size]
        return residual.ResidualGenerator(
            inputs, shape.channels, start=start, doublings=doublings, width=self.generator_width
        )

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        network = residual.residual_critic(
            channels,
            width=self.critic_width,
            differentiated_twice=self.differentiates_twice,
            head=lambda features: self.head(lambda outputs: nn.Linear(features, outputs)),
        )
        return layers.normalise_spectrally(network) if self.critic_norm == "spectral" else network


@register("conditional-sngan")
@cites(MIYATO_KOYAMA)
class ConditionalSngan(Sngan):
    """SNGAN whose critic projects the class onto its last features.

    Miyato and Koyama 2018 (arXiv 1802.05637). The paper's generator has the class in its batch
    norm; here it is joined to the latent.
    """

    source: ClassVar[str] = "arXiv 1802.05637"

    conditional: bool = Field(
        True, description="give both players the class: with the latent, and at the critic"
    )
    critic_condition: Literal["plane", "projection"] = Field(
        "projection",
        description="how a conditional critic receives the class: as an image plane, or projected "
        "onto its last features",
    )
