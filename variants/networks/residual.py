"""SNGAN's residual networks: an image from a vector, and a vector from an image."""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional

from variants.networks import layers


def _convolution(inputs: int, outputs: int, kernel: int, gain: float) -> nn.Conv2d:
    """A convolution that keeps the size, with Glorot-uniform weights times a gain."""
    layer = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
    nn.init.xavier_uniform_(layer.weight, gain)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


def _dense(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class Doubling(nn.Module):
    """A residual block of the generator, (N, C, H, W) → (N, C, 2H, 2W).

    Batch norm, ReLU, doubling, 3 × 3 convolution, batch norm, ReLU, 3 × 3 convolution; beside it
    doubling and a 1 × 1 convolution.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.doubled = _convolution(width, width, 3, math.sqrt(2))
        self.second = nn.Sequential(
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            _convolution(width, width, 3, math.sqrt(2)),
        )
        self.beside = _convolution(width, width, 1, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """The block's output."""
        main: Tensor = self.second(self.doubled(_double(self.first(x))))
        beside: Tensor = self.beside(_double(x))
        return main + beside


class ResidualGenerator(nn.Sequential):
    """A generator of residual blocks: (N, inputs) → images (N, channels, size, size) in [−1, 1].

    Miyato et al. 2018 (arXiv 1802.05957), table 4, with the bilinear doubling and the initial
    weights of mimicry's code, where its CIFAR-10 results are from.

    Args:
        start: the size of the first map.
        doublings: residual blocks, each of which doubles it.
        width: channels of every map.
    """

    def __init__(
        self, inputs: int, channels: int, *, start: int, doublings: int, width: int
    ) -> None:
        super().__init__(
            nn.Sequential(
                _dense(inputs, width * start * start), nn.Unflatten(1, (width, start, start))
            ),
            *(Doubling(width) for _ in range(doublings)),
            nn.Sequential(
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
                _convolution(width, channels, 3, 1.0),
                nn.Tanh(),
            ),
        )


class CriticBlock(nn.Module):
    """A residual block of the critic: (N, inputs, H, W) → (N, width, H, W), or half of both sizes.

    ReLU, 3 × 3 convolution, ReLU, 3 × 3 convolution, mean of 2 × 2 pixels. The first block of a
    critic has no ReLU before its first convolution, and takes the mean before the 1 × 1
    convolution beside it instead of after.

    Args:
        first: of the critic.
        halves: the block halves the size.
    """

    def __init__(
        self,
        inputs: int,
        width: int,
        rectifier: Callable[[], nn.Module],
        *,
        first: bool,
        halves: bool,
    ) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *([] if first else [rectifier()]),
            _convolution(inputs, width, 3, math.sqrt(2)),
            rectifier(),
            _convolution(width, width, 3, math.sqrt(2)),
        )
        self.beside = _convolution(inputs, width, 1, 1.0) if halves else nn.Identity()
        self.first, self.halves = first, halves

    def forward(self, x: Tensor) -> Tensor:
        """The block's output."""
        main: Tensor = self.main(x)
        if not self.halves:
            return main + x
        main = functional.avg_pool2d(main, 2)
        if self.first:
            beside: Tensor = self.beside(functional.avg_pool2d(x, 2))
            return main + beside
        return main + functional.avg_pool2d(self.beside(x), 2)


class SumOverPixels(nn.Module):
    """(N, C, H, W) → (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        """The sums."""
        return x.sum((2, 3))


def residual_critic(
    channels: int, *, width: int, differentiated_twice: bool, head: Callable[[int], nn.Module]
) -> nn.Sequential:
    """SNGAN's critic before spectral normalisation: images (N, channels, H, W) → outputs.

    Two blocks that halve the image and two that do not, ReLU, the sum over all pixels (Miyato et
    al. 2018, arXiv 1802.05957, table 4).

    Args:
        width: channels of every map.
        differentiated_twice: a gradient penalty needs the second derivative.
        head: makes the end of so many features.
    """

    def rectifier() -> nn.Module:
        return layers.TwiceDifferentiableLeakyReLU(0.0) if differentiated_twice else nn.ReLU()

    return nn.Sequential(
        CriticBlock(channels, width, rectifier, first=True, halves=True),
        CriticBlock(width, width, rectifier, first=False, halves=True),
        CriticBlock(width, width, rectifier, first=False, halves=False),
        CriticBlock(width, width, rectifier, first=False, halves=False),
        nn.Sequential(rectifier(), SumOverPixels()),
        layers.initialise_glorot(head(width)),
    )


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
