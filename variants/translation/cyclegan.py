"""CycleGAN: two sets of images, two generators, and back to where one came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from variants.game import Batch, Example, Inputs, Noise, Outcome, Player
from variants.objectives import OBJECTIVES
from variants.scalars import ADVERSARIAL_TERM, CYCLE_TERM, IDENTITY_TERM
from variants.shapes import PairShape
from variants.translation.base import TranslationGame, distance, given, judge, judgements
from variants.translation.pool import ImagePool

# The networks of each player: A are the sources, B the targets.
TO_TARGET, TO_SOURCE = "to target", "to source"
OF_TARGETS, OF_SOURCES = "of targets", "of sources"


class Made(NamedTuple):
    """What the generators made of a batch."""

    targets: Tensor
    sources: Tensor


class CycleGame(TranslationGame):
    """Zhu et al. 2017 (arXiv 1703.10593), section 3, 4 and 5.2 (the identity), and its code.

    The critics minimise ½E(D(x) − 1)² + ½E D(x̃)² each, where x̃ comes from the pool. The generators
    minimise E(D(x̃) − 1)² of both critics, plus, for both ways, ``cycle`` times the L1 distance of
    an image translated there and back from itself, and ``identity`` times that of an image
    translated to the set that it is of from itself. Critics are updated first, as in the other
    games here; the code updates all from one point of the game.

    Args:
        generator: a player of the networks :data:`TO_TARGET` and :data:`TO_SOURCE`.
        critic: a player of the networks :data:`OF_TARGETS` and :data:`OF_SOURCES`.
        cycle, identity: weights; of 0, the term is not computed.
        pool: images of each kind that the critics may see again.
    """

    both_ways = True
    scalars = (*TranslationGame.scalars, CYCLE_TERM, IDENTITY_TERM)

    def __init__(
        self,
        shape: PairShape,
        generator: Player,
        critic: Player,
        *,
        cycle: float,
        identity: float,
        pool: int,
        critic_steps: int,
    ) -> None:
        self.generator, self.critic, self.critic_steps = generator, critic, critic_steps
        self._shape, self._cycle, self._identity = shape, cycle, identity
        self._objective = OBJECTIVES.get("least-squares")()
        device = next(generator.network.parameters()).device
        self._pools = {
            OF_TARGETS: ImagePool(pool, shape.target.dimensions, device),
            OF_SOURCES: ImagePool(pool, shape.source.dimensions, device),
        }
        self._made: Made | None = None  # the last critic update's, for the generator's loss

    def state(self) -> dict[str, Any]:
        pools = {name: pool.state() for name, pool in self._pools.items()}
        return super().state() | {"pools": pools}

    def load_state(self, state: Mapping[str, Any]) -> None:
        super().load_state(state)
        for name, pool in self._pools.items():
            pool.load_state(state["pools"][name])

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        assert isinstance(noise, torch.Generator), "runs that translate are not stacked"
        made = self._made = self._make(batch)
        losses, found = [], []
        for name, images, real_images in (
            (OF_TARGETS, made.targets, batch.target),
            (OF_SOURCES, made.sources, given(batch.source)),
        ):
            critic = _network(self.critic, name)
            fake = judge(critic, self._pools[name].exchange(images, noise))
            real = judge(critic, real_images)
            losses.append(self._objective.critic(real, fake))
            found.append(judgements(self._objective, real, fake))
        scalars = {name: (found[0][name] + found[1][name]) / 2 for name in found[0]}
        return Outcome(losses[0] + losses[1], scalars)

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        made, self._made = self._made, None
        if made is None:
            made = self._make(batch)
        source, target = given(batch.source), batch.target
        to_target, to_source = self._there(), self._back()
        fooled = [
            (judge(_network(self.critic, name), images) - 1).square().mean()
            for name, images in ((OF_TARGETS, made.targets), (OF_SOURCES, made.sources))
        ]
        terms = {ADVERSARIAL_TERM.name: fooled[0] + fooled[1]}
        if self._cycle:
            there_and_back = distance(to_source(made.targets), source)
            back_and_there = distance(to_target(made.sources), target)
            terms[CYCLE_TERM.name] = self._cycle * (there_and_back + back_and_there)
        if self._identity:
            kept = distance(to_target(target), target) + distance(to_source(source), source)
            terms[IDENTITY_TERM.name] = self._identity * kept
        loss = torch.stack(list(terms.values())).sum()
        return Outcome(loss, {name: term.detach() for name, term in terms.items()})

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        samples: Tensor = self._there()(inputs.source)
        return samples

    @torch.no_grad()
    def sample_back(self, images: Tensor) -> Tensor:
        sources: Tensor = self._back()(images)
        return sources

    def example_inputs(self) -> list[Example]:
        source = torch.zeros(1, *self._shape.source.dimensions)
        target = torch.zeros(1, *self._shape.target.dimensions)
        return [
            Example("generator", self._there(), (source,), name=TO_TARGET),
            Example("generator", self._back(), (target,), name=TO_SOURCE),
            Example("critic", _network(self.critic, OF_TARGETS), (target,), name=OF_TARGETS),
            Example("critic", _network(self.critic, OF_SOURCES), (source,), name=OF_SOURCES),
        ]

    def _make(self, batch: Batch) -> Made:
        return Made(self._there()(given(batch.source)), self._back()(batch.target))

    def _there(self) -> nn.Module:
        return _network(self.generator, TO_TARGET)

    def _back(self) -> nn.Module:
        return _network(self.generator, TO_SOURCE)


def _network(player: Player, name: str) -> nn.Module:
    assert isinstance(player.network, nn.ModuleDict)
    return player.network[name]
