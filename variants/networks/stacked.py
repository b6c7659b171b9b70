"""Dense networks that hold a stack of runs, and the game that trains them as one.

Every layer has a leading dimension S, one slice a run; a run alone is a stack of one, so
that there is one implementation of both.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.optim import Optimizer

from variants.game import AdversarialGame, Game


class StackedLinear(nn.Module):
    """A dense layer, (S, N, inputs) → (S, N, outputs); N(0, 0.02) weights, zero biases."""

    def __init__(self, inputs: int, outputs: int, *, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, outputs, inputs).normal_(0.0, 0.02))
        self.bias = nn.Parameter(torch.zeros(1, outputs)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        if self.bias is None:
            return torch.bmm(x, self.weight.transpose(1, 2))
        return torch.baddbmm(self.bias.unsqueeze(1), x, self.weight.transpose(1, 2))

    def extra_repr(self) -> str:
        return f"{self.weight.shape[2]}, {self.weight.shape[1]}, bias={self.bias is not None}"


class StackedBatchNorm(nn.Module):
    """Batch norm over N, (S, N, F) → (S, N, F), in training for each draw of a pack apart.

    The sample at place j of each pack is of draw j. In evaluation running averages, moved on
    by 0.05 of the draws' mean as in PacGAN's code, normalise all alike.
    """

    def __init__(self, features: int, draws: int) -> None:
        super().__init__()
        self.draws = draws
        self.weight = nn.Parameter(torch.ones(1, features))
        self.bias = nn.Parameter(torch.zeros(1, features))
        self.register_buffer("running_mean", torch.zeros(1, features))
        self.register_buffer("running_var", torch.ones(1, features))

    running_mean: Tensor
    running_var: Tensor

    def forward(self, x: Tensor) -> Tensor:
        stack, count, features = x.shape
        draws = self.draws if self.training else 1
        # One column for each run, draw and feature, as torch's batch norm wants them.
        columns = (
            x.view(stack, -1, draws, features)
            .permute(1, 0, 2, 3)
            .reshape(-1, stack * draws * features)
        )
        repeated = (stack, draws, features)
        weight, bias, mean, variance = (
            t.unsqueeze(1).expand(repeated).reshape(-1)
            for t in (self.weight, self.bias, self.running_mean, self.running_var)
        )
        if self.training:  # it is moved on in place, and the buffers only when all draws are known
            mean, variance = mean.clone(), variance.clone()
        normal = nn.functional.batch_norm(
            columns, mean, variance, weight, bias, self.training, momentum=0.05
        )
        if self.training:
            with torch.no_grad():
                self.running_mean.copy_(mean.view(repeated).mean(1))
                self.running_var.copy_(variance.view(repeated).mean(1))
        normal = normal.view(-1, stack, draws, features).permute(1, 0, 2, 3)
        return normal.reshape(stack, count, features)

    def extra_repr(self) -> str:
        return f"{self.weight.shape[1]}, draws={self.draws}"


class StackedMaxout(nn.Module):
    """The largest of ``pieces`` linear functions, (S, N, inputs) → (S, N, outputs).

    Goodfellow et al. 2013 (arXiv 1302.4389), equation 1.
    """

    def __init__(self, inputs: int, outputs: int, pieces: int) -> None:
        super().__init__()
        self.linear = StackedLinear(inputs, outputs * pieces)
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        pieces = self.linear(x).view(*x.shape[:2], self.pieces, -1)
        largest: Tensor = _Largest.apply(pieces)
        return largest


class _Largest(torch.autograd.Function):
    """Maximum over dimension 2, with a gradient that is a product with a mask.

    Quicker than torch's own, which shares the gradient out between equal values.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        largest = x.amax(2)
        ctx.save_for_backward(x == largest.unsqueeze(2))
        return largest

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (mask,) = ctx.saved_tensors
        to_the_largest: Tensor = gradients[0].unsqueeze(2) * mask
        return to_the_largest


class StackedNetwork(nn.Module):
    """Layers of a stack in a row; a stack of one also takes (N, …) and gives (N, …)."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.layers(x) if x.ndim == 3 else self.layers(x.unsqueeze(0)).squeeze(0)
        return outputs


class StackedGame(AdversarialGame):
    """Several runs of one recipe, each from its own seed, trained as one.

    The games may have been trained before, all for as many steps. The runs share nothing but
    the arithmetic: each has its own weights, optimiser state, data and noise, and comes out,
    within rounding, as it would alone. Latents, samples and scores have a leading dimension S.
    """

    def __init__(self, games: Sequence[Game]) -> None:
        ours = [game for game in games if isinstance(game, AdversarialGame)]
        if len(ours) < len(games) or not ours[0].recipe.stackable:
            raise ValueError("these games cannot be trained as a stack")
        first = ours[0]
        self._alone = first
        super().__init__(
            first.recipe,
            _stack([game.generator.network for game in ours]),
            _stack([game.critic.network for game in ours]),
        )
        _stack_optimizers(self.generator.optimizer, [g.generator.optimizer for g in ours])
        _stack_optimizers(self.critic.optimizer, [g.critic.optimizer for g in ours])

    def member_sample(self, index: int, latents: Tensor) -> Tensor:
        """Samples (N, …) of one run for latents (N, latent_dim), without gradients."""
        whole = self.generator.network
        tensors = {**dict(whole.named_parameters()), **dict(whole.named_buffers())}
        own = {name: tensor[index : index + 1] for name, tensor in tensors.items()}
        network = self._alone.generator.network.train(whole.training)
        with torch.no_grad():
            samples: Tensor = functional_call(network, own, (latents,))
        return samples

    def member_state(self, index: int) -> dict[str, Any]:
        """One run's state, as its game would give it had it been trained alone."""
        return {
            name: {
                "network": _slice(player["network"], index),
                "optimizer": {**player["optimizer"], "state": _slice(moments, index)},
            }
            for name, player in self.state().items()
            for moments in [player["optimizer"]["state"]]
        }

    def _each(self, objective: Callable[..., Tensor], *scores: Tensor) -> Tensor:
        values: Tensor = vmap(objective)(*scores)
        return values


def _stack(networks: Sequence[nn.Module]) -> nn.Module:
    """One network that holds them all, run by run."""
    whole = copy.deepcopy(networks[0])
    for name, parameter in whole.named_parameters():
        parameter.data = torch.cat([n.get_parameter(name).detach() for n in networks])
    for name, buffer in whole.named_buffers():
        buffer.data = torch.cat([n.get_buffer(name) for n in networks])
    return whole


def _stack_optimizers(whole: Optimizer, alone: Sequence[Optimizer]) -> None:
    """Gives the optimiser of a stack what those of its members have gathered."""
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
    """One run's part of a state, whose tensors have a slice for each run; copies."""
    return {
        name: _slice(value, index)
        if isinstance(value, Mapping)
        else value[index : index + 1].clone()
        if value.ndim
        else value
        for name, value in tensors.items()
    }
