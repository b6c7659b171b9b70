"""R3GAN: a relativistic loss with R1 and R2, on residual networks without normalisation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from variants.convolutional_recipe import ConvolutionalRecipe
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.objectives.relativistic import HUANG
from variants.references import cites
from variants.registry import register
from variants.shapes import ImageShape, SampleShape

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import bottleneck, joining
    from variants.penalties.weights import Weight
else:
    nn = LazyModule("torch.nn")
    bottleneck = LazyModule("variants.networks.bottleneck")
    joining = LazyModule("variants.networks.joining")
    from variants.penalties.weights import Weight

# Image size → (size of the first feature map, times it is doubled).
_DEPTHS = {28: (7, 2), 32: (4, 3), 64: (4, 4)}


@register("r3gan")
@cites(HUANG)
class R3gan(ConvolutionalRecipe):
    """R3GAN at laptop width: the relativistic loss with R1 and R2, no normalisation.

    Huang et al. 2024 (arXiv 2501.05441), configuration E: stages of residual blocks with a grouped
    bottleneck, the critic the mirror image of the generator. The learning rates, β1, β2 and γ are
    those that its CIFAR-10 preset starts from or ends at, in batches of 64 instead of 512;
    docs/variants.md has that preset. Samples are not bounded by a tanh.
    """

    image_sizes: ClassVar[tuple[int, ...]] = tuple(_DEPTHS)
    source: ClassVar[str] = "arXiv 2501.05441"

    objective: str = Field("relativistic", description="what the players minimise")
    penalties: dict[str, Weight] = Field(
        {"r1": 0.05, "r2": 0.05},
        description="weights of further penalties on the critic, such as {r1: 1, r2: 1}; "
        "{r1: auto} is 0.0002 · px² / batch_size",
    )
    latent_dim: int = Field(64, ge=1, description="length of the latent vector")
    beta1: float = Field(0.0, ge=0, lt=1, description="Adam's β1, both players")
    beta2: float = Field(0.99, ge=0, lt=1, description="Adam's β2, both players")
    generator_width: int = Field(32, ge=1, description="channels of each stage of the generator")
    critic_width: int = Field(32, ge=1, description="channels of each stage of the critic")
    stage_blocks: Annotated[
        int, Effect(why="each block of a stage has its own three convolutions")
    ] = Field(2, ge=1, description="residual blocks of each stage, in both networks")
    expansion: Annotated[
        int, Effect(why="the inner channels of each block are so many times its width")
    ] = Field(2, ge=1, description="inner channels of a block as a multiple of its width")
    cardinality: Annotated[
        int, Effect(why="a grouped convolution's cost is divided by the number of groups")
    ] = Field(4, ge=1, description="groups of each block's 3×3 convolution")

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        for name in ("generator_width", "critic_width"):
            inner = self.expansion * getattr(self, name)
            if inner % self.cardinality:
                raise ValueError(
                    f"{name} {getattr(self, name)} gives {inner} inner channels, which are no "
                    f"multiple of cardinality {self.cardinality}; change one of them"
                )
        return self

    def generator(self, shape: SampleShape) -> nn.Module:
        """As in other variants, but a class is embedded in as many numbers as the latent has."""
        if not self.conditional:
            return super().generator(shape)
        assert isinstance(shape, ImageShape)
        network = self.make_generator(2 * self.latent_dim, shape)
        return joining.EmbeddingGenerator(network, shape.classes, self.latent_dim)

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        start, doublings = _DEPTHS[shape.size]
        return bottleneck.bottleneck_generator(
            inputs,
            shape.channels,
            start=start,
            doublings=doublings,
            width=self.generator_width,
            block=self._block(doublings + 1, twice=False),
            blocks=self.stage_blocks,
        )

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        start, halvings = _DEPTHS[shape.size]
        return bottleneck.bottleneck_critic(
            channels,
            start=start,
            halvings=halvings,
            width=self.critic_width,
            block=self._block(halvings + 1, twice=self.differentiates_twice),
            blocks=self.stage_blocks,
            head=lambda features: self.head(
                lambda outputs: nn.Linear(features, outputs, bias=False)
            ),
        )

    def _block(self, stages: int, *, twice: bool) -> Any:
        return partial(
            bottleneck.BottleneckBlock,
            expansion=self.expansion,
            cardinality=self.cardinality,
            blocks=stages * self.stage_blocks,
            differentiated_twice=twice,
        )
