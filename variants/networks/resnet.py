"""The ResNet generator that makes an image from an image, and the features on its way."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from variants.networks import layers

# How many times smaller than the image the map of each feature is.
FEATURE_SCALES = (1, 2, 4, 4, 4)


class ResidualBlock(nn.Module):
    """x + f(x), f of two 3 × 3 convolutions, (N, C, H, W) → (N, C, H, W)."""

    def __init__(self, width: int, *, separable: bool) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            layers.convolution(width, width, 3, separable=separable, bias=True),
            layers.InstanceNorm(width),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            layers.convolution(width, width, 3, separable=separable, bias=True),
            layers.InstanceNorm(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """The block's output."""
        added: Tensor = self.body(x)
        return x + added


class ResNet(nn.Module):
    """CycleGAN's generator (Zhu et al. 2017, arXiv 1703.10593, appendix 7.2, and its code).

    c7s1-w, d2w, d4w, ``blocks`` × R4w, u2w, uw, c7s1-C: padding by reflection, instance norm
    without scale and offset, ReLU, tanh at the end. Every image is translated by itself, in
    evaluation as in training.

    Attributes:
        widths: channels of each of the features.

    Args:
        inputs, outputs: channels of the source and of the target.
        width: filters of the first layer, w.
        blocks: residual blocks.
        separable: depthwise-separable convolutions between hidden layers.
    """

    def __init__(
        self, inputs: int, outputs: int, *, width: int, blocks: int, separable: bool = False
    ) -> None:
        super().__init__()
        self.widths = (inputs, 2 * width, 4 * width, 4 * width, 4 * width)
        self._encoding = blocks // 2 + 1  # blocks up to the middle one: 5 of 9
        self.stem = nn.Sequential(
            nn.ReflectionPad2d(3),
            nn.Conv2d(inputs, width, 7),
            layers.InstanceNorm(width),
            nn.ReLU(inplace=True),
        )
        self.halvings = nn.ModuleList(
            layers.convolution(n * width, 2 * n * width, 3, 2, 1, separable=separable, bias=True)
            for n in (1, 2)
        )
        self.norms = nn.ModuleList(
            nn.Sequential(layers.InstanceNorm(2 * n * width), nn.ReLU(inplace=True)) for n in (1, 2)
        )
        self.blocks = nn.ModuleList(
            ResidualBlock(4 * width, separable=separable) for _ in range(blocks)
        )
        self.doublings = nn.Sequential(
            *(self._doubling(2 * n * width, n * width, separable) for n in (2, 1))
        )
        self.last = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh())

    @staticmethod
    def _doubling(inputs: int, outputs: int, separable: bool) -> nn.Module:
        """A 3 × 3 transposed convolution of stride 2; separable as in ``layers.double``."""
        if separable:
            convolution: nn.Module = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.ConvTranspose2d(outputs, outputs, 3, 2, 1, 1, groups=outputs),
            )
        else:
            convolution = nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, 1)
        return nn.Sequential(convolution, layers.InstanceNorm(outputs), nn.ReLU(inplace=True))

    def forward(self, x: Any, part: Literal["whole", "encode", "decode"] = "whole") -> Any:
        """Images (N, inputs, H, W) → (N, outputs, H, W) in [−1, 1]; or a part of the way.

        Args:
            x: the images; to decode, the last of the features.
            part: "encode" gives the features that CUT compares (Park et al. 2020, arXiv
                2007.15651, appendix C.2): the pixels, what both halving convolutions and the
                first and the middle residual block give; five tensors (N, C, H, W). "decode" makes
                the image of the last of them.
        """
        if part == "decode":
            return self._decode(x)
        features = self._encode(x)
        return features if part == "encode" else self._decode(features[-1])

    def _encode(self, images: Tensor) -> list[Tensor]:
        features = [images]
        x = self.stem(images)
        for convolution, norm in zip(self.halvings, self.norms, strict=True):
            x = convolution(x)
            features.append(x)
            x = norm(x)
        blocks = list(self.blocks)[: self._encoding]
        x = blocks[0](x)
        features.append(x)
        for block in blocks[1:]:
            x = block(x)
        return [*features, x]

    def _decode(self, x: Tensor) -> Tensor:
        for block in list(self.blocks)[self._encoding :]:
            x = block(x)
        made: Tensor = self.last(self.doublings(x))
        return made


class Projector(nn.Module):
    """Turns features of patches into unit vectors that can be compared.

    A dense layer, a ReLU and another dense layer for each of five features, then division by the
    length (Park et al. 2020, arXiv 2007.15651, section 3.2 and appendix C.2). The official code
    makes the layers when it first sees features; here they are made at once, from their widths.

    Args:
        widths: channels of each feature.
        length: of the vectors.
    """

    def __init__(self, widths: tuple[int, ...], length: int = 256) -> None:
        super().__init__()
        self.heads = nn.ModuleList(
            nn.Sequential(
                nn.Linear(width, length), nn.ReLU(inplace=True), nn.Linear(length, length)
            )
            for width in widths
        )

    def forward(
        self, pixels: Tensor, first: Tensor, second: Tensor, block: Tensor, middle: Tensor
    ) -> list[Tensor]:
        """Five tensors (N, P, C) → five of unit vectors (N, P, length)."""
        given = (pixels, first, second, block, middle)
        return [_unit(head(x)) for head, x in zip(self.heads, given, strict=True)]


def _unit(x: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x / (length + 1e-7)


def take_patches(features: Tensor, positions: Tensor) -> Tensor:
    """The features (N, C, H, W) at some positions, int64 (P,) in H · W → (N, P, C)."""
    return torch.index_select(features.flatten(2), 2, positions).transpose(1, 2)
