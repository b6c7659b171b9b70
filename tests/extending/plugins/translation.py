"""A translation game: what is turned by half must be translated to what is turned by half."""

import torch
from pydantic import Field
from torch import Tensor

from variants.game import Batch, Example, Game, Inputs, Noise, Outcome, Player
from variants.objectives.least_squares import LeastSquares
from variants.registry import register
from variants.scalars import Scalar
from variants.shapes import PairShape, SampleShape
from variants.translation.base import TranslationGame, distance, judge, judgements
from variants.zoo.unpaired import UnpairedRecipe

CONSISTENCY = Scalar("consistency_term", "how far a turned image's translation is from turned")


class ConsistentGame(TranslationGame):
    """Geometry-consistent GAN (Fu et al. 2019, arXiv 1809.05861) with one critic."""

    scalars = (*TranslationGame.scalars, CONSISTENCY)

    def __init__(self, generator: Player, critic: Player, shape: PairShape, weight: float) -> None:
        self.generator, self.critic, self._shape, self._weight = generator, critic, shape, weight
        self._objective = LeastSquares()

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        with torch.no_grad():
            made = self.generator.network(batch.source)
        real, fake = judge(self.critic.network, batch.target), judge(self.critic.network, made)
        return Outcome(self._objective.critic(real, fake), judgements(self._objective, real, fake))

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        made = self.generator.network(batch.source)
        turned = self.generator.network(batch.source.rot90(2, (2, 3)))
        term = self._weight * distance(turned.rot90(2, (2, 3)), made)
        fooled = self._objective.generator(None, judge(self.critic.network, made))
        return Outcome(fooled + term, {CONSISTENCY.name: term.detach()})

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        samples: Tensor = self.generator.network(inputs.source)
        return samples

    def example_inputs(self) -> list[Example]:
        source = torch.zeros(1, *self._shape.source.dimensions)
        target = torch.zeros(1, *self._shape.target.dimensions)
        return [
            Example("generator", self.generator.network, (source,)),
            Example("critic", self.critic.network, (target,)),
        ]


@register("gcgan")
class GcGan(UnpairedRecipe):
    """One generator and one critic; a turned image is translated to a turned one."""

    consistency: float = Field(20.0, ge=0, description="weight of the consistency")

    @property
    def translates_targets(self) -> bool:
        return False

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        assert isinstance(shape, PairShape)
        generator = self.resnet(shape.source, shape.target).to(device)
        critic = self.critic_of(shape.target, shape).to(device)
        players = (
            self.player(generator, self.generator_lr),
            self.player(critic, self.critic_lr),
        )
        return ConsistentGame(*players, shape, self.consistency)
