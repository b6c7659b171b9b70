"""The U-Net that makes an image from an image, with dropout as its only noise."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from variants.networks import layers
from variants.networks.convolutions import TransposedConvolution
from variants.networks.dropout import SeededDropout


class UNet(nn.Module):
    """pix2pix's generator (Isola et al. 2017, arXiv 1611.07004, appendix 6.1.1, and its code).

    Halves an image to a map of 1 × 1 and doubles it back, by 4 × 4 convolutions of stride 2; each
    doubling also receives the map of its size on the way down (the skips). Of width w the layers
    down have w, 2w, 4w, 8w, 8w, … filters. LeakyReLU(0.2) down, ReLU up, a norm layer after each
    convolution but the first, the innermost and the last; tanh at the end. The innermost map is
    not normalised: one image has one value per channel there, which a norm would set to zero.

    Dropout follows the halvings − 5 doublings after the innermost, as in the code. Of five
    halvings that would be none and the generator would have no noise, so it then follows the
    innermost one, where the appendix has it too.

    Args:
        inputs, outputs: channels of the source and of the target.
        width: filters of the first layer.
        halvings: log₂ of the image's size, at least 5.
        norm: makes the norm layer of so many channels.
        dropout: share of values dropped; 0 for none, and no noise.
        separable: depthwise-separable convolutions between hidden layers.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        width: int,
        halvings: int,
        norm: Callable[[int], nn.Module],
        dropout: float = 0.5,
        separable: bool = False,
    ) -> None:
        super().__init__()
        widths = [width * min(2**level, 8) for level in range(halvings)]
        down: list[nn.Module] = [nn.Sequential(nn.Conv2d(inputs, width, 4, 2, 1, bias=False))]
        for level in range(1, halvings):
            block = [
                nn.LeakyReLU(0.2, inplace=True),
                layers.halve(widths[level - 1], widths[level], separable=separable),
            ]
            if level < halvings - 1:
                block.append(norm(widths[level]))
            down.append(nn.Sequential(*block))
        up: list[nn.Module] = []
        for level in range(halvings - 1, 0, -1):
            joined = 1 if level == halvings - 1 else 2  # with the skip of the level
            up.append(
                nn.Sequential(
                    nn.ReLU(inplace=True),
                    layers.double(joined * widths[level], widths[level - 1], separable=separable),
                    norm(widths[level - 1]),
                )
            )
        self.down, self.up = nn.ModuleList(down), nn.ModuleList(up)
        self.last = nn.Sequential(
            nn.ReLU(inplace=True), TransposedConvolution(2 * width, outputs, 4, 2, 1), nn.Tanh()
        )
        dropped = range(1, halvings - 4) or range(1)
        self.dropout = nn.ModuleDict(
            {str(index): SeededDropout(dropout) for index in dropped if dropout}
        )

    @property
    def seeds(self) -> int:
        """How many seeds of noise a sample has, one for each layer with dropout."""
        return len(self.dropout)

    def forward(self, source: Tensor, seeds: Tensor | None = None) -> Tensor:
        """Images (N, inputs, H, W) → (N, outputs, H, W) in [−1, 1].

        Args:
            seeds: of the dropout's masks, int64 (N, :attr:`seeds`); None for no dropout.
        """
        skips: list[Tensor] = []
        x = source
        for block in self.down:
            x = block(x)
            skips.append(x)
        x = skips.pop()
        drawn = iter(()) if seeds is None else iter(seeds.unbind(1))
        for index, block in enumerate(self.up):
            x = block(x)
            if str(index) in self.dropout:
                x = self.dropout[str(index)](x, next(drawn, None))
            # Leaky ReLU has changed the skip in place; the ReLU that follows undoes that.
            x = torch.cat([skips.pop(), x], 1)
        made: Tensor = self.last(x)
        return made
