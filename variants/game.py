"""The contract that training drives: two players and what each of them minimises.

Wide enough for noise-to-image games and for translation alike: a player may hold
several networks (CycleGAN's two generators are one player), latents may be None,
and a batch may carry a second domain.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from variants.objectives import (
    CRITIC_LOSSES,
    DECISIONS,
    GENERATOR_LOSSES,
    gradient_penalty,
    product_metric,
    witness,
)
from variants.recipe import Recipe


@dataclass(frozen=True)
class Batch:
    """What one update sees.

    Attributes:
        images: (N, C, H, W) in [−1, 1], or points (N, 2); of a stack of runs (S, N, 2).
        labels: (N,) class indices, or None.
        target: for translation, images of the second domain, (N, C, H, W); else None.
    """

    images: Tensor
    labels: Tensor | None = None
    target: Tensor | None = None

    def __len__(self) -> int:
        """Samples of one run."""
        return self.images.shape[0 if self.images.ndim == 4 else -2]


# The stream latents are drawn from; a stack of runs has one for each.
Noise = torch.Generator | Sequence[torch.Generator]


class Outcome(NamedTuple):
    """A loss to minimise and named scalars to record, detached and on the device.

    All are of shape (), or (S,) in a stack of runs.
    """

    loss: Tensor
    scalars: Mapping[str, Tensor]


@dataclass(frozen=True)
class Player:
    """One side of the game: its networks and the optimiser of all their parameters."""

    network: nn.Module
    optimizer: Optimizer

    def state(self) -> dict[str, Any]:
        """Weights, buffers and optimiser state; tensors are the player's own, not copies."""
        return {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes up what :meth:`state` gave.

        Raises:
            KeyError, RuntimeError, ValueError: the state is of another player.
        """
        self.network.load_state_dict(state["network"])
        own = [group["capturable"] for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state["optimizer"])
        for group, capturable in zip(self.optimizer.param_groups, own, strict=True):
            group["capturable"] = capturable  # of this device, not of the one saved on
        for parameter, moments in self.optimizer.state.items():
            for name, moment in moments.items():
                # A fused optimiser walks through memory: moments must lie as their parameter.
                if moment.shape == parameter.shape and moment.stride() != parameter.stride():
                    moments[name] = torch.empty_like(parameter).copy_(moment).detach()

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
    """Two players, their losses, and how the generator is sampled.

    Attributes:
        critic_steps: critic updates per generator update.
        simultaneous: both players are updated from one point of the game.
        reuses_samples: the generator answers on the samples of the last critic update, so that
            they are made once for both.
    """

    generator: Player
    critic: Player
    critic_steps: int
    simultaneous: bool
    reuses_samples: bool = False

    def state(self) -> dict[str, Any]:
        """Everything in which a trained game differs from a new one.

        A game that keeps more than its players (CycleGAN's image pool) adds it. Holds what
        ``torch.load(…, weights_only=True)`` reads: tensors, numbers, text, lists, mappings.
        """
        return {"generator": self.generator.state(), "critic": self.critic.state()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes up what :meth:`state` gave, after which training goes on as it would have.

        Raises:
            KeyError, RuntimeError, ValueError: the state is of another recipe.
        """
        self.generator.load_state(state["generator"])
        self.critic.load_state(state["critic"])

    @abstractmethod
    def latents(self, count: int, rng: Noise) -> Tensor:
        """``count`` latents from ``rng``, on its device: (count, latent_dim)."""

    def make(self, batch: Batch, latents: Tensor) -> Tensor:
        """The generator's samples for latents and a batch's labels, with their graph.

        Asked of games that reuse their samples only.
        """
        raise NotImplementedError

    @abstractmethod
    def critic_loss(self, batch: Batch, latents: Tensor, made: Tensor | None = None) -> Outcome:
        """What the critic minimises.

        Names its scalars score_real, score_fake, accuracy_real, accuracy_fake and
        penalty, as far as the game has them.

        Args:
            made: what :meth:`make` made of the latents, where that was done already; no
                gradient reaches it.
        """

    @abstractmethod
    def generator_loss(self, batch: Batch, latents: Tensor, made: Tensor | None = None) -> Outcome:
        """What the generator minimises; ``made`` as for :meth:`critic_loss`, with its graph."""

    def losses(self, batch: Batch, latents: Tensor) -> tuple[Outcome, Outcome]:
        """What the critic and the generator minimise at one point of the game."""
        return self.critic_loss(batch, latents), self.generator_loss(batch, latents)

    @abstractmethod
    def sample(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (N, C, H, W) in [−1, 1] for given latents, without gradients.

        The generator is used in the mode it is in; callers choose evaluation mode.
        """

    def after_critic_update(self) -> None:  # noqa: B027 - most games have nothing to do
        """What an algorithm does to the critic after each update, such as weight clipping."""


class AdversarialGame(Game):
    """Latents to samples, and a critic that scores them; the losses are the recipe's objective.

    The recipe also says whether both players are told the class, how many samples the critic
    judges together, and what keeps the critic in bounds.
    """

    def __init__(self, recipe: Recipe, generator: nn.Module, critic: nn.Module) -> None:
        self.recipe = recipe
        self.critic_steps = recipe.critic_steps
        self.simultaneous = recipe.updates == "simultaneous"
        self.reuses_samples = recipe.reuse_samples
        self.generator = Player(generator, _optimizer(recipe, generator, recipe.generator_lr))
        self.critic = Player(critic, _optimizer(recipe, critic, recipe.critic_lr))
        self._vector = recipe.objective == "product-metric"
        self._undecided = DECISIONS[recipe.objective]

    def latents(self, count: int, rng: Noise) -> Tensor:
        if isinstance(rng, Sequence):
            return torch.stack([self.latents(count, stream) for stream in rng])
        shape = (count, self.recipe.latent_dim)
        if self.recipe.latent == "uniform":
            return torch.rand(shape, generator=rng, device=rng.device) * 2 - 1
        return torch.randn(shape, generator=rng, device=rng.device)

    def make(self, batch: Batch, latents: Tensor) -> Tensor:
        return self._make(latents, batch.labels)

    def critic_loss(self, batch: Batch, latents: Tensor, made: Tensor | None = None) -> Outcome:
        if made is None:
            with torch.no_grad():
                made = self._make(latents, batch.labels)
        made = made.detach()
        real = self._judge(batch.images, batch.labels)
        return self._critic_outcome(batch, made, real, self._judge(made, batch.labels))

    def generator_loss(self, batch: Batch, latents: Tensor, made: Tensor | None = None) -> Outcome:
        if made is None:
            made = self._make(latents, batch.labels)
        fake = self._judge(made, batch.labels)
        real = None
        if self._vector:
            with torch.no_grad():
                real = self._judge(batch.images, batch.labels)
        return self._generator_outcome(real, fake)

    def losses(self, batch: Batch, latents: Tensor) -> tuple[Outcome, Outcome]:
        """Both losses from one graph: the samples are made and judged once."""
        made = self._make(latents, batch.labels)
        real, fake = self._judge(batch.images, batch.labels), self._judge(made, batch.labels)
        critic = self._critic_outcome(batch, made.detach(), real, fake)
        return critic, self._generator_outcome(real.detach(), fake)

    def _make(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        made: Tensor = self.generator.network(*self._told(latents, labels))
        return made

    def _judge(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        scores: Tensor = self.critic.network(*self._told(samples, labels))
        # Losses of mixed precision are of float32: bfloat16 adds up to three digits.
        return scores.float() if scores.dtype == torch.bfloat16 else scores

    def _told(self, given: Tensor, labels: Tensor | None) -> tuple[Tensor, ...]:
        if not self.recipe.conditional:
            return (given,)
        if labels is None:
            raise ValueError("a conditional game needs the labels of its samples")
        return given, labels

    def _each(self, objective: Callable[..., Tensor], *scores: Tensor) -> Tensor:
        """The objective's value; a stack of runs has one for each."""
        return objective(*scores)

    def _critic_outcome(self, batch: Batch, made: Tensor, real: Tensor, fake: Tensor) -> Outcome:
        seen, unseen = real.detach(), fake.detach()
        scalars = {"score_real": seen.mean((-2, -1)), "score_fake": unseen.mean((-2, -1))}
        if self._undecided is not None:
            scalars["accuracy_real"] = (seen > self._undecided).float().mean((-2, -1))
            scalars["accuracy_fake"] = (unseen < self._undecided).float().mean((-2, -1))
        loss = self._each(CRITIC_LOSSES[self.recipe.objective], real, fake)
        if self.recipe.gradient_penalty:

            def judge(samples: Tensor) -> Tensor:
                scores = self._judge(samples, batch.labels)
                return witness(scores, seen, unseen) if self._vector else scores

            epsilon = torch.rand(len(made) // self.recipe.pack, device=made.device)
            penalty = self.recipe.gradient_penalty * gradient_penalty(
                judge, batch.images, made, epsilon
            )
            scalars["penalty"] = penalty.detach()
            loss = loss + penalty
        return Outcome(loss, scalars)

    def _generator_outcome(self, real: Tensor | None, fake: Tensor) -> Outcome:
        if real is not None and self._vector:
            return Outcome(self._each(product_metric, real, fake), {})
        return Outcome(self._each(GENERATOR_LOSSES[self.recipe.objective], fake), {})

    @torch.no_grad()
    def after_critic_update(self) -> None:
        """Clips the critic's weights, Arjovsky et al. 2017, Algorithm 1, line 7."""
        if self.recipe.weight_clip is not None:
            for parameter in self.critic.network.parameters():
                parameter.clamp_(-self.recipe.weight_clip, self.recipe.weight_clip)

    @torch.no_grad()
    def sample(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return self._make(latents, labels)


def _optimizer(recipe: Recipe, network: nn.Module, rate: float) -> Optimizer:
    # Capturable keeps the count of steps on the GPU, where a captured step can raise it.
    capturable = next(network.parameters()).is_cuda
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(network.parameters(), rate, capturable=capturable)
    betas = (recipe.beta1, recipe.beta2)
    return torch.optim.Adam(network.parameters(), rate, betas, fused=True, capturable=capturable)
