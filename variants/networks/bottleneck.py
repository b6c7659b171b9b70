"""R3GAN's networks: residual blocks with a grouped bottleneck, and no normalisation.

Huang et al. 2024 (arXiv 2501.05441), section 4 and its code. N(0, gain² / inputs) weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from variants.networks import layers

_SLOPE = 0.2
_GAIN = math.sqrt(2 / (1 + _SLOPE**2))  # of leaky ReLU, He et al. 2015


class Bias(nn.Module):
    """An offset for each channel, (N, C, H, W) → (N, C, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.offset = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """The sum."""
        return x + self.offset.view(1, -1, 1, 1)


class LearnedMaps(nn.Module):
    """One map for each channel, times the channel's number: (N, C) → (N, C, size, size)."""

    def __init__(self, channels: int, size: int) -> None:
        super().__init__()
        self.maps = nn.Parameter(torch.randn(channels, size, size))

    def forward(self, x: Tensor) -> Tensor:
        """The products."""
        return x[:, :, None, None] * self.maps


class Resampled(nn.Module):
    """Maps of twice or half the size, (N, C, H, W), by the filter (1, 3, 3, 1).

    What is beyond the edge counts as 0. Written as sums, as pixels are neither learned nor
    multiplied by anything but these numbers.
    """

    def __init__(self, *, doubles: bool) -> None:
        super().__init__()
        self.doubles = doubles

    def forward(self, x: Tensor) -> Tensor:
        """The maps resampled along both sides."""
        one = _doubled if self.doubles else _halved
        return one(one(x, 2), 3)


def _doubled(x: Tensor, side: int) -> Tensor:
    """Each pixel becomes two, each of three quarters of it and a quarter of a neighbour."""
    size = x.shape[side]
    edge = torch.zeros_like(x.narrow(side, 0, 1))
    before = torch.cat([edge, x.narrow(side, 0, size - 1)], side)
    after = torch.cat([x.narrow(side, 1, size - 1), edge], side)
    both = torch.stack([0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after], side + 1)
    return both.flatten(side, side + 1)


def _halved(x: Tensor, side: int) -> Tensor:
    """Two pixels become one: three eighths of each, and an eighth of both their neighbours."""
    size = x.shape[side]
    pairs = x.reshape(*x.shape[:side], size // 2, 2, *x.shape[side + 1 :])
    even, odd = pairs.unbind(side + 1)
    edge = torch.zeros_like(even.narrow(side, 0, 1))
    before = torch.cat([edge, odd.narrow(side, 0, size // 2 - 1)], side)
    after = torch.cat([even.narrow(side, 1, size // 2 - 1), edge], side)
    halved: Tensor = 0.375 * (even + odd) + 0.125 * (before + after)
    return halved


class BottleneckBlock(nn.Module):
    """x + f(x), f of 1 × 1, grouped 3 × 3 and 1 × 1 convolutions, (N, C, H, W) → (N, C, H, W).

    Between them biases and leaky ReLU (0.2). The last convolution starts at 0, so a block starts
    as the identity.

    Args:
        width: C.
        expansion: channels of the 3 × 3 convolution as a multiple of C.
        cardinality: its groups.
        blocks: of the whole network, by which the initial weights are scaled (Fixup, Zhang et al.
            2019, arXiv 1901.09321).
        differentiated_twice: a gradient penalty needs the second derivative.
    """

    def __init__(
        self,
        width: int,
        *,
        expansion: int,
        cardinality: int,
        blocks: int,
        differentiated_twice: bool,
    ) -> None:
        super().__init__()
        inner = width * expansion
        gain = _GAIN * blocks**-0.25

        def rectified() -> nn.Module:
            rectifier = layers.leaky_relu(_SLOPE, differentiated_twice=differentiated_twice)
            return nn.Sequential(Bias(inner), rectifier)

        self.body = nn.Sequential(
            _scaled(nn.Conv2d(width, inner, 1, bias=False), gain),
            rectified(),
            _scaled(nn.Conv2d(inner, inner, 3, 1, 1, groups=cardinality, bias=False), gain),
            rectified(),
            _scaled(nn.Conv2d(inner, width, 1, bias=False), 0.0),
        )

    def forward(self, x: Tensor) -> Tensor:
        """The block's output."""
        added: Tensor = self.body(x)
        return x + added


def bottleneck_generator(
    inputs: int,
    channels: int,
    *,
    start: int,
    doublings: int,
    width: int,
    block: Callable[[int], nn.Module],
    blocks: int,
) -> nn.Sequential:
    """(N, inputs) → images (N, channels, size, size), around [−1, 1] and not bounded.

    Args:
        start: the size of the first map.
        doublings: how often it is doubled; so many stages and one more.
        width: channels of every map.
        block: makes a block of so many channels.
        blocks: of a stage.
    """
    first = nn.Sequential(_scaled(nn.Linear(inputs, width, bias=False)), LearnedMaps(width, start))
    changes = [first, *(Resampled(doubles=True) for _ in range(doublings))]
    stages = [nn.Sequential(each, *(block(width) for _ in range(blocks))) for each in changes]
    return nn.Sequential(*stages, _scaled(nn.Conv2d(width, channels, 1, bias=False)))


def bottleneck_critic(
    channels: int,
    *,
    start: int,
    halvings: int,
    width: int,
    block: Callable[[int], nn.Module],
    blocks: int,
    head: Callable[[int], nn.Module],
) -> nn.Sequential:
    """Images (N, channels, size, size) → outputs; the generator's stages in reverse.

    Args:
        start: the size of the last map, of which a convolution for each channel makes a number.
        head: makes the end of so many features.
    """
    first = _scaled(nn.Conv2d(channels, width, 1, bias=False))
    last = _scaled(nn.Conv2d(width, width, start, groups=width, bias=False))
    changes = [
        *(Resampled(doubles=False) for _ in range(halvings)),
        nn.Sequential(last, nn.Flatten()),
    ]
    stages = [nn.Sequential(*(block(width) for _ in range(blocks)), each) for each in changes]
    end = head(width)
    for module in end.modules():
        if isinstance(module, nn.Linear):
            _scaled(module)
    return nn.Sequential(first, *stages, end)


def _scaled(layer: nn.Module, gain: float = 1.0) -> nn.Module:
    """A layer with N(0, gain² / inputs) weights and zero biases."""
    assert isinstance(layer, (nn.Conv2d, nn.Linear))
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.weight[0].numel()))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
