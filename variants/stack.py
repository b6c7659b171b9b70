"""The game that trains several runs of dense networks as one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.optim import Optimizer

from variants.adversarial import AdversarialGame
from variants.game import Game, Inputs, Player
from variants.networks.stacked import StackedNetwork

T = TypeVar("T")


class StackedGame(AdversarialGame):
    """Several runs of one recipe, each from its own seed, trained as one.

    The games may have been trained before, all for the same number of steps. The runs share
    nothing but the arithmetic: each has its own weights, optimiser state, data and noise, and
    gives, within rounding, what it would give alone. Latents, samples and scores have a leading
    dimension S.

    Raises:
        ValueError: the games are not of a stackable recipe.
    """

    def __init__(self, games: Sequence[Game]) -> None:
        # Another class of game may have other losses, of which a stack knows nothing.
        own = [game for game in games if type(game) is AdversarialGame]
        if len(own) < len(games) or not all(_is_stackable(game) for game in own):
            raise ValueError("these games cannot be trained as a stack")
        self._alone = own[0]
        super().__init__(
            own[0].rules,
            _stack([game.generator for game in own]),
            _stack([game.critic for game in own]),
        )
        self._critic_updates = own[0]._critic_updates

    def member_sample(self, index: int, inputs: Inputs) -> Tensor:
        """Samples (N, …) of one run, without gradients."""
        whole = self.generator.network
        tensors = {**dict(whole.named_parameters()), **dict(whole.named_buffers())}
        own = {name: tensor[index : index + 1] for name, tensor in tensors.items()}
        network = self._alone.generator.network.train(whole.training)
        with torch.no_grad():
            samples: Tensor = functional_call(network, own, (inputs.latents,))
        return samples

    def member_state(self, index: int) -> dict[str, Any]:
        """One run's state, as its game would give it had it been trained alone."""
        whole = self.state()
        for name in ("generator", "critic"):
            player = whole[name]
            optimizer = player["optimizer"]
            whole[name] = {
                "network": _slice(player["network"], index),
                "optimizer": {**optimizer, "state": _slice(optimizer["state"], index)},
            }
        return whole

    def _each(self, function: Callable[..., T], *scores: Tensor) -> T:
        values: T = vmap(function)(*scores)
        return values


def _is_stackable(game: AdversarialGame) -> bool:
    """Whether every layer has a leading dimension of runs, and nothing draws in between."""
    first = next(game.generator.network.modules())
    return isinstance(first, StackedNetwork) and not game.rules.penalties


def _stack(players: Sequence[Player]) -> Player:
    """One player whose network and optimiser hold those of all, run by run."""
    network = _stack_networks([player.network for player in players])
    first = players[0].optimizer
    optimizer = type(first)(network.parameters(), **first.defaults)
    _stack_optimizers(optimizer, [player.optimizer for player in players])
    return Player(network, optimizer)


def _stack_networks(networks: Sequence[nn.Module]) -> nn.Module:
    whole = copy.deepcopy(networks[0])
    for name, parameter in whole.named_parameters():
        parameter.data = torch.cat([n.get_parameter(name).detach() for n in networks])
    for name, buffer in whole.named_buffers():
        buffer.data = torch.cat([n.get_buffer(name) for n in networks])
    return whole


def _stack_optimizers(whole: Optimizer, alone: Sequence[Optimizer]) -> None:
    """Gives the optimiser of a stack the states of its members' optimisers."""
    states = [optimizer.state_dict() for optimizer in alone]
    moments = {
        parameter: {
            # Moments are stacked like their parameter; counts of steps are the same for all.
            name: torch.cat([s["state"][parameter][name] for s in states]) if value.ndim else value
            for name, value in values.items()
        }
        for parameter, values in states[0]["state"].items()
    }
    whole.load_state_dict({**whole.state_dict(), "state": moments})


def _slice(tensors: Mapping[Any, Any], index: int) -> dict[Any, Any]:
    """A copy of one run's part of a state, whose tensors have a slice for each run."""
    return {
        name: _slice(value, index)
        if isinstance(value, Mapping)
        else value[index : index + 1].clone()
        if value.ndim
        else value
        for name, value in tensors.items()
    }
