"""Where channels are last in memory, what is computed is as where they are not."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from variants.networks.layers import Flatten
from variants.optimizers import player

LAST, USUAL = torch.channels_last, torch.contiguous_format


def weights() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 5, 4), nn.Conv2d(1, 6, 3), nn.Linear(4, 2))


def descend(
    layout: torch.memory_format,
    optimiser: Callable[[nn.Module], torch.optim.Optimizer],
    *,
    resumed: bool = False,
) -> list[torch.Tensor]:
    """The weights after four steps, with a new optimiser that has the state after two if asked."""
    network = weights().to(memory_format=layout)
    adam = optimiser(network)
    stream = torch.Generator().manual_seed(1)
    for step in range(4):
        for weight in network.parameters():
            gradient = torch.randn(weight.shape, generator=stream)
            weight.grad = torch.empty_like(weight).copy_(gradient)
        adam.step()
        if resumed and step == 1:
            state = copy.deepcopy(adam.state_dict())
            adam = optimiser(network)
            adam.load_state_dict(state)
    return [weight.detach().contiguous() for weight in network.parameters()]


def ours(network: nn.Module) -> torch.optim.Optimizer:
    return player(network, "adam", 1e-2, (0.5, 0.99)).optimizer


def torchs(network: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(network.parameters(), 1e-2, (0.5, 0.99), fused=False)


@pytest.mark.parametrize("resumed", [False, True])
def test_adam_moves_weights_as_torchs_own(resumed: bool) -> None:
    found = descend(LAST, ours, resumed=resumed)
    usual, plain = descend(USUAL, ours), descend(USUAL, torchs)
    for weight, same, expected in zip(found, usual, plain, strict=True):
        assert torch.equal(weight, same)
        torch.testing.assert_close(weight, expected, rtol=1e-5, atol=1e-7)


def test_adam_copies_nothing() -> None:
    """Torch's own fused step copies gradients that have their channels last."""
    network = weights().to(memory_format=LAST)
    adam = ours(network)
    for weight in network.parameters():
        weight.grad = torch.ones_like(weight)
    adam.step()
    with torch.profiler.profile() as profiled:
        adam.step()
    assert "aten::clone" not in {event.key for event in profiled.key_averages()}


@pytest.mark.parametrize("layout", [LAST, USUAL])
def test_the_gradient_of_flatten_has_the_layout_of_its_input(layout: torch.memory_format) -> None:
    x = torch.randn(3, 4, 5, 6).to(memory_format=layout)
    weight = torch.randn(4 * 5 * 6, 2)

    def gradients(flatten: nn.Module) -> tuple[torch.Tensor, torch.Tensor]:
        """Of a loss, and of a penalty on its gradient."""
        leaf = x.clone().requires_grad_()
        inner = leaky_relu(leaf, 0.2)
        layouts.clear()
        inner.register_hook(lambda g: layouts.append(g.is_contiguous(memory_format=layout)))
        loss = (flatten(inner**2) @ weight).sum()
        (first,) = torch.autograd.grad(loss, leaf, create_graph=True)
        (second,) = torch.autograd.grad(first.square().sum(), leaf)
        return first.detach(), second

    layouts: list[bool] = []
    found = gradients(Flatten())
    assert layouts[0]
    for own, expected in zip(found, gradients(nn.Flatten()), strict=True):
        assert torch.equal(own, expected)
