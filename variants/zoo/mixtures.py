"""The mode-collapse benchmark's nets for points of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from variants.adversarial_recipe import AdversarialRecipe
from variants.lazy import LazyModule
from variants.packs import LIN
from variants.recipe import Refusal
from variants.references import cites
from variants.registry import register
from variants.shapes import PointShape, SampleShape

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import stacked
else:
    nn = LazyModule("torch.nn")
    stacked = LazyModule("variants.networks.stacked")


@register("mixture-gan")
@cites(LIN)
class MixtureGan(AdversarialRecipe):
    """PacGAN's dense nets for 2-D mixtures: ReLU generator, maxout critic.

    Lin et al. 2018 (arXiv 1712.04086), section 4.1: four hidden layers of 400 units with
    batch norm, applied to each of a pack's draws separately; a critic of three maxout layers of
    200 units and 5 pieces; both players updated simultaneously; batches of 100 packs.
    """

    task: ClassVar[str] = "mixtures"
    image_sizes: ClassVar[tuple[int, ...]] = ()
    channel_counts: ClassVar[tuple[int, ...]] = ()
    source: ClassVar[str] = "arXiv 1712.04086"
    smallest_batch: ClassVar[int] = 2  # batch norm after a dense layer
    default_packs: ClassVar[int | None] = 100

    batch_size: int = Field(100, ge=1, description="real points per critic update")
    updates: Literal["alternating", "simultaneous"] = Field(
        "simultaneous",
        description="whether the generator is updated against the updated critic or the one before",
    )
    latent_dim: int = Field(2, ge=1, description="length of the latent vector")
    generator_lr: float = Field(1e-4, gt=0, description="the generator's learning rate")
    critic_lr: float = Field(1e-4, gt=0, description="the critic's learning rate")
    beta1: float = Field(0.8, ge=0, lt=1, description="Adam's β1, both players")
    generator_width: int = Field(400, ge=1, description="units of the generator's hidden layers")
    generator_layers: int = Field(4, ge=1, description="hidden layers of the generator")
    critic_width: int = Field(200, ge=1, description="units of the critic's hidden layers")
    critic_layers: int = Field(3, ge=1, description="hidden layers of the critic")
    maxout_pieces: int = Field(5, ge=1, description="linear pieces of each maxout unit")

    def refusal(self, shape: SampleShape) -> Refusal | None:
        if not isinstance(shape, PointShape):
            return Refusal("dataset", "makes points, not images: use ring or grid-2d")
        if self.conditional:
            return Refusal("conditional", "has no conditional form")
        if "auto" in self.penalties.values():
            return Refusal("penalties", "makes points, for which no penalty has the weight auto")
        return None

    @property
    def stackable(self) -> bool:
        # Penalties and constraints may mix the runs of a stack; another game has other losses.
        plain = type(self).game_type is AdversarialRecipe.game_type
        return plain and not self.penalised and not self.constraints

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        layers: list[nn.Module] = []
        for _ in range(self.generator_layers):
            layers += [
                stacked.StackedLinear(inputs, self.generator_width, bias=False),
                stacked.StackedBatchNorm(self.generator_width, draws=self.pack),
                nn.ReLU(inplace=True),
            ]
            inputs = self.generator_width
        return stacked.StackedNetwork(*layers, stacked.StackedLinear(inputs, *shape.dimensions))

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        layers: list[nn.Module] = []
        inputs = channels
        for _ in range(self.critic_layers):
            layers.append(stacked.StackedMaxout(inputs, self.critic_width, self.maxout_pieces))
            inputs = self.critic_width
        return stacked.StackedNetwork(
            *layers, self.head(lambda n: stacked.StackedLinear(inputs, n))
        )
