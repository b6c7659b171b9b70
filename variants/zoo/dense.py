"""The first GAN: dense layers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from variants.convolutional_recipe import ConvolutionalRecipe
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.objectives.cross_entropy import GOODFELLOW
from variants.references import cites
from variants.registry import register
from variants.shapes import ImageShape, SampleShape

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import dropout as dropouts
    from variants.networks import layers
else:
    nn = LazyModule("torch.nn")
    dropouts = LazyModule("variants.networks.dropout")
    layers = LazyModule("variants.networks.layers")


_UNITS = Effect(
    why="a dense layer takes inputs × outputs MACs, so between hidden layers its cost goes with "
    "the square of the width"
)


@register("gan")
@cites(GOODFELLOW)
class Gan(ConvolutionalRecipe):
    """The first GAN: dense layers, for images of any size.

    Goodfellow et al. 2014 (arXiv 1406.2661): a generator of dense layers that ends in tanh,
    a critic with dropout that ends in one logit, k critic updates per generator update
    (``critic_steps``). The paper's rectifiers, maxout units and momentum are replaced by
    leaky ReLU and Adam, as every course does.
    """

    image_sizes: ClassVar[tuple[int, ...]] = ()
    source: ClassVar[str] = "arXiv 1406.2661"

    generator_width: Annotated[int, _UNITS] = Field(
        256, ge=1, description="units of the generator's first layer"
    )
    critic_width: Annotated[int, _UNITS] = Field(
        256, ge=1, description="units of the critic's last hidden layer"
    )
    dropout: Annotated[float, Effect(0.0, free=True)] = Field(
        0.3, ge=0, lt=1, description="dropout after the critic's layers"
    )

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        width = self.generator_width
        pixels = shape.channels * shape.size**2
        network = nn.Sequential(
            nn.Sequential(nn.Linear(inputs, width), nn.LeakyReLU(0.2, inplace=True)),
            nn.Sequential(nn.Linear(width, 2 * width), nn.LeakyReLU(0.2, inplace=True)),
            nn.Sequential(nn.Linear(2 * width, 4 * width), nn.LeakyReLU(0.2, inplace=True)),
            nn.Sequential(
                nn.Linear(4 * width, pixels),
                nn.Tanh(),
                nn.Unflatten(1, (shape.channels, shape.size, shape.size)),
            ),
        )
        return layers.initialise_glorot(network)

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        width = self.critic_width
        blocks: list[nn.Module] = [nn.Flatten()]
        inputs = channels * shape.size**2
        for outputs in (4 * width, 2 * width, width):
            blocks.append(
                nn.Sequential(
                    nn.Linear(inputs, outputs),
                    layers.leaky_relu(0.2, differentiated_twice=self.differentiates_twice),
                    dropouts.Dropout(self.dropout),
                )
            )
            inputs = outputs
        head = self.head(lambda outputs: nn.Linear(width, outputs))
        return layers.initialise_glorot(nn.Sequential(*blocks, head))
