"""Blocks and initialisations that several architectures share."""

from __future__ import annotations

from torch import nn


def initialise_dcgan(network: nn.Module) -> nn.Module:
    """N(0, 0.02) weights, N(1, 0.02) batch-norm scales, zero biases, in place.

    Radford et al. 2016 (arXiv 1511.06434), section 4, as in pytorch/examples.
    """
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)
    return network


def initialise_glorot(network: nn.Module) -> nn.Module:
    """Glorot-uniform weights and zero biases, in place: the Keras default."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def halve(inputs: int, outputs: int, *, separable: bool) -> nn.Module:
    """A 4×4 stride-2 convolution, (N, inputs, H, W) → (N, outputs, H/2, W/2), without bias.

    Separable: 4×4 per channel, then 1×1 across channels (MobileNet, arXiv 1704.04861),
    16·inputs + inputs·outputs MACs per output pixel instead of 16·inputs·outputs.
    """
    if not separable:
        return nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 4, 2, 1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
    )


def double(inputs: int, outputs: int, *, separable: bool) -> nn.Module:
    """A 4×4 stride-2 transposed convolution, (N, inputs, H, W) → (N, outputs, 2H, 2W), no bias.

    Separable: 1×1 across channels at the low resolution, then 4×4 per channel.
    """
    if not separable:
        return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.ConvTranspose2d(outputs, outputs, 4, 2, 1, groups=outputs, bias=False),
    )
