"""pix2pix: a target for every source, and a critic that sees both."""

from __future__ import annotations

import torch
from torch import Tensor

from variants.game import Batch, Example, Inputs, Noise, Outcome, Player
from variants.networks.unet import UNet
from variants.objectives import OBJECTIVES
from variants.scalars import ADVERSARIAL_TERM, L1_TERM
from variants.shapes import PairShape
from variants.translation.base import TranslationGame, distance, given, judge, judgements


class Pix2PixGame(TranslationGame):
    """Isola et al. 2017 (arXiv 1611.07004), section 3.1 and 3.3.

    The critic minimises half of the cross-entropy of pairs (source, target) and (source, made),
    the generator −E log σ(D(source, made)) + λ·L1. The noise is the seeds of the generator's
    dropout, one for each layer, drawn for each sample; so they are the latents.

    Args:
        l1: λ.
    """

    scalars = (*TranslationGame.scalars, L1_TERM)

    def __init__(
        self, shape: PairShape, generator: Player, critic: Player, *, l1: float, critic_steps: int
    ) -> None:
        self.generator, self.critic, self.critic_steps = generator, critic, critic_steps
        self._shape, self._l1 = shape, l1
        self._objective = OBJECTIVES.get("non-saturating")()
        self._made: Tensor | None = None  # the last critic update's, for the generator's loss

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        made = self._made = self._make(batch, noise)
        real = self._judge(batch, batch.target)
        fake = self._judge(batch, made.detach())
        loss = self._objective.critic(real, fake) / 2
        return Outcome(loss, judgements(self._objective, real, fake))

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        made, self._made = self._made, None
        if made is None:
            made = self._make(batch, noise)
        adversarial = self._objective.generator(None, self._judge(batch, made))
        l1 = self._l1 * distance(made, batch.target)
        scalars = {ADVERSARIAL_TERM.name: adversarial.detach(), L1_TERM.name: l1.detach()}
        return Outcome(adversarial + l1, scalars)

    def inputs(
        self,
        count: int,
        noise: torch.Generator,
        labels: Tensor | None = None,
        source: Tensor | None = None,
    ) -> Inputs:
        """The source, and as latents the seeds of dropout, int64 (count, layers).

        Raises:
            ValueError: there is no source.
        """
        return Inputs(self._seeds(count, noise), source=given(source))

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        samples: Tensor = self.generator.network(inputs.source, inputs.latents)
        return samples

    def example_inputs(self) -> list[Example]:
        source = torch.zeros(1, *self._shape.source.dimensions)
        pair = torch.cat([source, torch.zeros(1, *self._shape.target.dimensions)], 1)
        seeds = self._seeds(1, torch.Generator())
        inputs = (source,) if seeds is None else (source, seeds)
        return [
            Example("generator", self.generator.network, inputs),
            Example("critic", self.critic.network, (pair,)),
        ]

    def _make(self, batch: Batch, noise: Noise) -> Tensor:
        assert isinstance(noise, torch.Generator), "runs that translate are not stacked"
        made: Tensor = self.generator.network(given(batch.source), self._seeds(len(batch), noise))
        return made

    def _seeds(self, count: int, noise: torch.Generator) -> Tensor | None:
        network = self.generator.network
        assert isinstance(network, UNet)
        if not network.seeds:
            return None
        shape = (count, network.seeds)
        return torch.randint(-(2**63), 2**63 - 1, shape, generator=noise, device=noise.device)

    def _judge(self, batch: Batch, images: Tensor) -> Tensor:
        return judge(self.critic.network, torch.cat([given(batch.source), images], 1))
