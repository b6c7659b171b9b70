"""The contract that training drives: two players and what each of them minimises.

It covers games from noise to samples and translation alike: a player may own several networks
(CycleGAN's two generators are one player), a game need not have latents, and a batch may hold a
source beside its target.
"""

from __future__ import annotations

from abc import ABC, ABCMeta, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from variants.registry import registers_for_callers
from variants.scalars import Scalar, declare

# A class declares its scalars, so their place is that of the class statement.
registers_for_callers(__file__)
registers_for_callers(ABCMeta.__new__.__code__.co_filename)


@dataclass(frozen=True)
class Batch:
    """The real samples of one update.

    Attributes:
        target: samples like those that the generator should make: images (N, C, H, W) in [−1, 1],
            or points (N, 2); (S, N, 2) in a stack of S runs.
        source: what a translation starts from, images (N, C, H, W) in [−1, 1]; None elsewhere.
        labels: class indices (N,), or None.
    """

    target: Tensor
    source: Tensor | None = None
    labels: Tensor | None = None

    def __len__(self) -> int:
        """Samples of one run."""
        return self.target.shape[0 if self.target.ndim == 4 else -2]


@dataclass(frozen=True)
class Inputs:
    """What a generator receives for N samples; what it does not use is None.

    Attributes:
        latents: (N, d); of pix2pix int64, the seeds of its dropout.
        labels: class indices (N,).
        source: images (N, C, H, W) in [−1, 1].
    """

    latents: Tensor | None = None
    labels: Tensor | None = None
    source: Tensor | None = None

    def __len__(self) -> int:
        return next(len(value) for value in self._values().values())

    def __getitem__(self, part: slice) -> Inputs:
        """The inputs of some of the samples."""
        return replace(self, **{name: value[part] for name, value in self._values().items()})

    def to(self, device: torch.device) -> Inputs:
        """The same inputs on ``device``."""
        return replace(self, **{name: value.to(device) for name, value in self._values().items()})

    def _values(self) -> dict[str, Tensor]:
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


# The stream that a game draws random numbers from; a stack of runs has one for each run.
Noise = torch.Generator | Sequence[torch.Generator]


class Outcome(NamedTuple):
    """A loss to minimise, and the scalars to record, detached and on the device.

    All have the shape (), or (S,) in a stack of S runs.
    """

    loss: Tensor
    scalars: Mapping[str, Tensor]


class Example(NamedTuple):
    """The smallest input of one network, for counting its cost.

    Attributes:
        player: which player owns the network.
        network: the network.
        inputs: the arguments of its forward pass.
        images: how many samples these are; a critic of packs takes a whole pack.
        name: of the network, where the player has several; "" else.
    """

    player: Literal["generator", "critic"]
    network: nn.Module
    inputs: tuple[Tensor, ...]
    images: int = 1
    name: str = ""


@dataclass(frozen=True)
class Player:
    """One side of the game.

    Attributes:
        network: the player's network, or an ``nn.ModuleDict`` of its networks.
        optimizer: of all their parameters.
    """

    network: nn.Module
    optimizer: Optimizer

    @property
    def networks(self) -> list[nn.Module]:
        """Each network of the player."""
        if isinstance(self.network, nn.ModuleDict):
            return list(self.network.values())
        return [self.network]

    def state(self) -> dict[str, Any]:
        """Weights, buffers and optimiser state; the tensors are the player's own, not copies."""
        return {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores what :meth:`state` returned.

        Raises:
            KeyError, RuntimeError, ValueError: the state is another player's.
        """
        self.network.load_state_dict(state["network"])
        own = [group["capturable"] for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state["optimizer"])
        for group, capturable in zip(self.optimizer.param_groups, own, strict=True):
            group["capturable"] = capturable  # depends on this device, not on the saving one
        for parameter, moments in self.optimizer.state.items():
            for name, moment in moments.items():
                # A fused optimiser walks through memory: moments need their parameter's layout.
                if moment.shape == parameter.shape and moment.stride() != parameter.stride():
                    moments[name] = torch.empty_like(parameter).copy_(moment).detach()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """No gradient of this player's weights is computed within the block.

        Saves the weight part of the critic's backward pass in the generator's update.
        """
        self.network.requires_grad_(False)
        try:
            yield
        finally:
            self.network.requires_grad_(True)


class Game(ABC):
    """Two players, their losses, and how the generator is sampled.

    A game draws all its random numbers from the stream that it is given, so that a run's
    numbers depend on its seed alone.

    Attributes:
        generator, critic: the players.
        critic_steps: critic updates per generator update.
        simultaneous: both players are updated from one point of the game.
        conditional: the generator's samples have the classes that it is given.
        both_ways: the game also learns to make sources of targets; see :meth:`sample_back`.
        scalars: what the losses report beside their value, by column name. Each reaches
            steps.parquet, the epoch means and a figure; one that a loss leaves out is null.
            Games that report the same number share the object.
        cost_period: critic updates after which their cost repeats.
        penalty_share: of the weights of penalties, which a schedule may change.
    """

    generator: Player
    critic: Player
    critic_steps: int = 1
    simultaneous: bool = False
    conditional: bool = False
    both_ways: bool = False
    scalars: tuple[Scalar, ...] = ()
    cost_period: int = 1
    penalty_share: float = 1.0

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        declare(cls.scalars)

    def state(self) -> dict[str, Any]:
        """The game's complete training state.

        A game that keeps more than its players (CycleGAN's image pool) adds it. Holds what
        ``torch.load(…, weights_only=True)`` reads: tensors, numbers, text, lists, mappings.
        """
        return {"generator": self.generator.state(), "critic": self.critic.state()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores what :meth:`state` returned, after which training continues unchanged.

        Raises:
            KeyError, RuntimeError, ValueError: the state is another recipe's.
        """
        self.generator.load_state(state["generator"])
        self.critic.load_state(state["critic"])

    @abstractmethod
    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        """What the critic minimises on a batch."""

    @abstractmethod
    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        """What the generator minimises; ``batch`` is that of the last critic update."""

    def losses(self, batch: Batch, noise: Noise) -> tuple[Outcome, Outcome]:
        """What the critic and the generator minimise at one point of the game."""
        return self.critic_loss(batch, noise), self.generator_loss(batch, noise)

    @abstractmethod
    def inputs(
        self,
        count: int,
        noise: torch.Generator,
        labels: Tensor | None = None,
        source: Tensor | None = None,
    ) -> Inputs:
        """What the generator needs for ``count`` samples, its noise drawn from ``noise``.

        Args:
            labels: the classes (count,) to generate, from the task; None where it has none.
            source: images (count, C, H, W) to translate, from the task; None where it has none.
        """

    @abstractmethod
    def sample(self, inputs: Inputs) -> Tensor:
        """Samples (N, …) in the range of the data, without gradients.

        The generator is used in the mode it is in; callers choose evaluation mode.
        """

    def sample_back(self, images: Tensor) -> Tensor:
        """Sources (N, C', H, W) in [−1, 1] made from images (N, C, H, W), without gradients.

        Only of games that translate ``both_ways``; the mode is as in :meth:`sample`.
        """
        raise NotImplementedError(f"{type(self).__name__} does not translate both ways")

    @abstractmethod
    def example_inputs(self) -> list[Example]:
        """The smallest input of every network, the generator's first; costs are counted on it."""

    def after_critic_update(self) -> None:  # noqa: B027 - most games have nothing to do
        """What an algorithm does after each critic update, such as weight clipping."""

    def after_generator_update(self) -> None:  # noqa: B027 - most games have nothing to do
        """What an algorithm does after each generator update, such as bounding its weights.

        Training averages them by itself where the recipe's ``generator_average`` is set.
        """
