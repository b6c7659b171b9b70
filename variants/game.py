"""The contract that training drives: two players and what each of them minimises.

Wide enough for noise-to-image games and for translation alike: a player may hold
several networks (CycleGAN's two generators are one player), latents may be None,
and a batch may carry a second domain.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from variants.objectives import CRITIC_LOSSES, DECISIONS, GENERATOR_LOSSES, gradient_penalty
from variants.recipe import Recipe


@dataclass(frozen=True)
class Batch:
    """What one update sees.

    Attributes:
        images: (N, C, H, W) in [−1, 1], or points (N, 2).
        labels: (N,) class indices, or None.
        target: for translation, images of the second domain, (N, C, H, W); else None.
    """

    images: Tensor
    labels: Tensor | None = None
    target: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)


class Outcome(NamedTuple):
    """A loss to minimise and named scalars to record, detached and on the device."""

    loss: Tensor
    scalars: Mapping[str, Tensor]


@dataclass(frozen=True)
class Player:
    """One side of the game: its networks and the optimiser of all their parameters."""

    network: nn.Module
    optimizer: Optimizer

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """While the other player learns, this one's weights need no gradient.

        Saves the weight part of the critic's backward pass in the generator's update.
        """
        self.network.requires_grad_(False)
        try:
            yield
        finally:
            self.network.requires_grad_(True)


class Game(ABC):
    """Two players, their losses, and how the generator is sampled."""

    generator: Player
    critic: Player
    critic_steps: int
    simultaneous: bool

    @abstractmethod
    def latents(self, count: int, rng: torch.Generator) -> Tensor:
        """``count`` latents from ``rng``, on its device: (count, latent_dim)."""

    @abstractmethod
    def critic_loss(self, batch: Batch, latents: Tensor) -> Outcome:
        """What the critic minimises.

        Names its scalars score_real, score_fake, accuracy_real, accuracy_fake and
        penalty, as far as the game has them.
        """

    @abstractmethod
    def generator_loss(self, batch: Batch, latents: Tensor) -> Outcome:
        """What the generator minimises."""

    @abstractmethod
    def sample(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (N, C, H, W) in [−1, 1] for given latents, without gradients.

        The generator is used in the mode it is in; callers choose evaluation mode.
        """

    def after_critic_update(self) -> None:  # noqa: B027 - most games have nothing to do
        """What an algorithm does to the critic after each update, such as weight clipping."""


class AdversarialGame(Game):
    """Latents to samples with a scalar critic; the losses are the recipe's objective."""

    def __init__(self, recipe: Recipe, generator: nn.Module, critic: nn.Module) -> None:
        self.recipe = recipe
        self.critic_steps = recipe.critic_steps
        self.simultaneous = recipe.updates == "simultaneous"
        self.generator = Player(generator, _optimizer(recipe, generator, recipe.generator_lr))
        self.critic = Player(critic, _optimizer(recipe, critic, recipe.critic_lr))
        self._critic_objective = CRITIC_LOSSES[recipe.objective]
        self._generator_objective = GENERATOR_LOSSES[recipe.objective]
        self._undecided = DECISIONS[recipe.objective]

    def latents(self, count: int, rng: torch.Generator) -> Tensor:
        shape = (count, self.recipe.latent_dim)
        if self.recipe.latent == "uniform":
            return torch.rand(shape, generator=rng, device=rng.device) * 2 - 1
        return torch.randn(shape, generator=rng, device=rng.device)

    def critic_loss(self, batch: Batch, latents: Tensor) -> Outcome:
        with torch.no_grad():
            made = self.generator.network(latents)
        real = self.critic.network(batch.images)
        fake = self.critic.network(made)
        scalars = {"score_real": real.detach().mean(), "score_fake": fake.detach().mean()}
        if self._undecided is not None:
            scalars["accuracy_real"] = (real.detach() > self._undecided).float().mean()
            scalars["accuracy_fake"] = (fake.detach() < self._undecided).float().mean()
        loss = self._critic_objective(real, fake)
        if self.recipe.gradient_penalty:
            epsilon = torch.rand(len(made), device=made.device)
            penalty = self.recipe.gradient_penalty * gradient_penalty(
                self.critic.network, batch.images, made, epsilon
            )
            scalars["penalty"] = penalty.detach()
            loss = loss + penalty
        return Outcome(loss, scalars)

    def generator_loss(self, batch: Batch, latents: Tensor) -> Outcome:
        fake = self.critic.network(self.generator.network(latents))
        return Outcome(self._generator_objective(fake), {})

    @torch.no_grad()
    def after_critic_update(self) -> None:
        """Clips the critic's weights, Arjovsky et al. 2017, Algorithm 1, line 7."""
        if self.recipe.weight_clip is not None:
            for parameter in self.critic.network.parameters():
                parameter.clamp_(-self.recipe.weight_clip, self.recipe.weight_clip)

    @torch.no_grad()
    def sample(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        images: Tensor = self.generator.network(latents)
        return images


def _optimizer(recipe: Recipe, network: nn.Module, rate: float) -> Optimizer:
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(network.parameters(), rate)
    return torch.optim.Adam(network.parameters(), rate, (recipe.beta1, recipe.beta2), fused=True)
