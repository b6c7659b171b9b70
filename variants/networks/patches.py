"""The critic that judges patches of an image, and how large they are."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from variants.networks import layers
from variants.networks.convolutions import Convolution


def patch_critic(
    channels: int,
    *,
    width: int,
    strided: int,
    norm: Callable[[int], nn.Module],
    bias: bool,
    separable: bool = False,
) -> nn.Sequential:
    """PatchGAN: images (N, channels, H, W) → a score for each patch (N, 1, H', W').

    Isola et al. 2017 (arXiv 1611.07004, appendix 6.1.2) and its code: ``strided`` 4 × 4
    convolutions of stride 2 with w, 2w, 4w, 8w, … filters, one of stride 1, and one to the score;
    LeakyReLU(0.2), and a norm layer after all but the first and the last. With one to four strided
    layers a score is of 16, 34, 70 or 142 pixels along each side.

    Args:
        width: filters of the first layer, w.
        norm: makes the norm layer of so many channels.
        bias: whether convolutions before norm layers have one.
        separable: depthwise-separable convolutions between hidden layers.
    """
    first = Convolution(channels, width, 4, 2, 1)
    blocks = [nn.Sequential(first, nn.LeakyReLU(0.2, inplace=True))]
    inputs = width
    for level in range(1, strided + 1):
        outputs = width * min(2**level, 8)
        stride = 2 if level < strided else 1
        convolution = layers.convolution(
            inputs, outputs, 4, stride, 1, separable=separable, bias=bias
        )
        blocks.append(nn.Sequential(convolution, norm(outputs), nn.LeakyReLU(0.2, inplace=True)))
        inputs = outputs
    return nn.Sequential(*blocks, nn.Sequential(nn.Conv2d(inputs, 1, 4, 1, 1)))


def receptive_field(network: nn.Module) -> int:
    """Pixels along a side of the input that one output depends on.

    Of convolutions in a row: each adds kernel − 1 steps, as long as the strides before it make
    them (Araujo et al. 2019, Computing receptive fields of convolutional neural networks, Distill).
    """
    field = step = 1
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            field += module.dilation[0] * (module.kernel_size[0] - 1) * step
            step *= module.stride[0]
    return field
