"""The quick forms of convolutions against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from variants.networks.convolutions import (
    Convolution,
    TransposedConvolution,
    TwiceDifferentiableConvolution,
)

# (kind, torch's kind, arguments, input): each quick form, and what must take torch's own way.
CASES = {
    "few inputs": (Convolution, nn.Conv2d, (3, 6, 4, 2, 1), (2, 3, 8, 6)),
    "one input, odd sizes": (Convolution, nn.Conv2d, (1, 6, 5, 2, 2), (2, 1, 7, 9)),
    "rest of a stride": (Convolution, nn.Conv2d, (2, 5, 4, 3, 0), (2, 2, 9, 8)),
    "many inputs": (Convolution, nn.Conv2d, (6, 5, 3, 1, 1), (2, 6, 5, 5)),
    "twice, few inputs": (TwiceDifferentiableConvolution, nn.Conv2d, (3, 6, 4, 2, 1), (2, 3, 8, 6)),
    "twice": (TwiceDifferentiableConvolution, nn.Conv2d, (6, 5, 4, 2, 1), (2, 6, 8, 6)),
    "twice, rest": (TwiceDifferentiableConvolution, nn.Conv2d, (6, 5, 5, 3, 1), (2, 6, 9, 11)),
    "few outputs": (TransposedConvolution, nn.ConvTranspose2d, (6, 3, 4, 2, 1), (2, 6, 4, 3)),
    "rest": (TransposedConvolution, nn.ConvTranspose2d, (6, 1, 5, 2, 2, 1), (2, 6, 7, 5)),
    "one pixel": (TransposedConvolution, nn.ConvTranspose2d, (6, 5, 7), (3, 6, 1, 1)),
    "one pixel to few": (TransposedConvolution, nn.ConvTranspose2d, (6, 2, 4, 2), (3, 6, 1, 1)),
    "padded pixel": (TransposedConvolution, nn.ConvTranspose2d, (6, 2, 4, 2, 1), (3, 6, 1, 1)),
    "groups": (TransposedConvolution, nn.ConvTranspose2d, (4, 4, 4, 2, 1, 0, 4), (2, 4, 3, 3)),
    "dilated": (Convolution, nn.Conv2d, (3, 4, 3, 1, 1, 2), (2, 3, 7, 7)),
}


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=str)
@pytest.mark.parametrize("case", CASES)
def test_values_and_first_and_second_gradients_are_torchs(
    case: str, layout: torch.memory_format, bias: bool
) -> None:
    """The second ones as a gradient penalty takes them, through the gradient of the input."""
    kind, known, arguments, shape = CASES[case]
    ours = kind(*arguments, bias=bias).double().to(memory_format=layout)
    theirs = known(*arguments, bias=bias).double()
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(shape, dtype=torch.float64).to(memory_format=layout).requires_grad_()
    given_y = torch.randn_like(theirs(x))

    def everything(layer: nn.Module) -> list[Tensor]:
        y = layer(x * 1)
        (of_x,) = torch.autograd.grad((y * given_y).tanh().sum(), x, create_graph=True)
        penalty = (of_x.square().sum() - 1) ** 2
        first = torch.autograd.grad(y.square().sum(), [x, *layer.parameters()], retain_graph=True)
        second = torch.autograd.grad(penalty, list(layer.parameters()))
        return [y, of_x, *first, *second]

    for own, other in zip(everything(ours), everything(theirs), strict=True):
        torch.testing.assert_close(own, other)


@pytest.mark.parametrize("case", [name for name, of in CASES.items() if of[1] is nn.Conv2d])
def test_a_frozen_convolutions_gradient_of_images_is_torchs(case: str) -> None:
    kind, known, arguments, shape = CASES[case]
    ours = kind(*arguments).double().requires_grad_(False)
    theirs = known(*arguments).double()
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    given = torch.randn_like(theirs(x))
    for layer in (ours, theirs):
        y = layer(x)
        (of_x,) = torch.autograd.grad((y * given).tanh().sum(), x, create_graph=True)
        (second,) = torch.autograd.grad(of_x.square().sum(), x)
        torch.testing.assert_close(ours(x), y)
        if layer is ours:
            found = of_x, second
    torch.testing.assert_close(found, (of_x, second))
    assert all(p.grad is None for p in ours.parameters())


def test_the_gradient_of_weights_keeps_their_layout() -> None:
    """Otherwise each step of an optimiser copies it."""
    layer = TransposedConvolution(6, 5, 7, bias=False).to(memory_format=torch.channels_last)
    layer(torch.randn(3, 6, 1, 1)).sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad.stride() == layer.weight.stride()
