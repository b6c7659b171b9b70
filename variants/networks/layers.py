"""Blocks and initialisations that several architectures share."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from variants.networks import convolutions

_SCALING = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm)


def initialise_dcgan(network: nn.Module) -> nn.Module:
    """N(0, 0.02) weights, N(1, 0.02) batch-norm scales, zero biases, in place.

    Radford et al. 2016 (arXiv 1511.06434), section 4, as in pytorch/examples.
    """
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, _SCALING) and module.affine:
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


class InstanceNorm(nn.GroupNorm):
    """Instance norm, (N, C, H, W) → (N, C, H, W): each channel of each image by itself.

    Ulyanov et al. 2016 (arXiv 1607.08022), equation 3. Written as a group norm of one channel a
    group, since on a CPU ``nn.InstanceNorm2d`` of torch 2.14 gives wrong gradients for one image
    where the gradient that it receives has its channels last.

    Args:
        channels: C.
        affine: a scale and an offset for each channel.
    """

    def __init__(self, channels: int, *, affine: bool = False) -> None:
        super().__init__(channels, channels, affine=affine)


class Flatten(nn.Flatten):
    """``nn.Flatten`` whose gradient has its channels last if its input has.

    (N, C, H, W) → (N, C·H·W). Otherwise the element-wise gradients before it read one layout and
    write another, which takes a CPU longer.
    """

    def forward(self, input: Tensor) -> Tensor:
        laid_out = input.ndim == 4 and input.requires_grad and not input.is_contiguous()
        if laid_out and not torch.compiler.is_compiling():
            input.register_hook(_with_channels_last)  # type: ignore[no-untyped-call]
        return super().forward(input)


def _with_channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)


class TwiceDifferentiableLeakyReLU(nn.Module):
    """LeakyReLU whose gradient is a product with a constant slope, (N, …) → (N, …).

    Equal to ``nn.LeakyReLU`` in value and in every gradient, the gradient penalty's
    included, since the slope is constant almost everywhere. Written like this the second
    derivative, which is zero, is not computed: a critic of F forward FLOPs takes 4F
    instead of 6F for the penalty.
    """

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = _LeakyReLU.apply(x, self.slope)
        return y

    def extra_repr(self) -> str:
        return f"negative_slope={self.slope}"


class _LeakyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:
        y = nn.functional.leaky_relu(x, slope)
        ctx.save_for_backward(y)  # has the signs of x
        ctx.slope = slope
        ctx.set_materialize_grads(False)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, None]:
        if gradients[0] is None:  # a path without a gradient; zeros would be passed all the way on
            return None, None
        (y,) = ctx.saved_tensors
        of_x = torch.ops.aten.leaky_relu_backward(gradients[0], y.detach(), ctx.slope, True)
        return of_x, None


def leaky_relu(slope: float, *, differentiated_twice: bool) -> nn.Module:
    """LeakyReLU, in the form that is cheap under a gradient penalty if there is one."""
    if differentiated_twice:
        return TwiceDifferentiableLeakyReLU(slope)
    return nn.LeakyReLU(slope, inplace=True)


def normalise_spectrally(network: nn.Module) -> nn.Module:
    """Divides each weight by its largest singular value, Miyato et al. 2018 (arXiv 1802.05957)."""
    for module in list(network.modules()):
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.utils.parametrizations.spectral_norm(module)
    return network


def halve(
    inputs: int,
    outputs: int,
    *,
    separable: bool,
    bias: bool = False,
    differentiated_twice: bool = False,
) -> nn.Module:
    """A 4×4 stride-2 convolution, (N, inputs, H, W) → (N, outputs, H/2, W/2).

    Separable: 4×4 per channel, then 1×1 across channels (MobileNet, arXiv 1704.04861),
    16·inputs + inputs·outputs MACs per output pixel instead of 16·inputs·outputs.
    """
    if differentiated_twice and not separable:
        return convolutions.TwiceDifferentiableConvolution(inputs, outputs, 4, 2, 1, bias=bias)
    return convolution(inputs, outputs, 4, 2, 1, separable=separable, bias=bias)


def convolution(
    inputs: int,
    outputs: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    *,
    separable: bool,
    bias: bool,
) -> nn.Module:
    """A convolution, (N, inputs, H, W) → (N, outputs, H', W'); separable as in :func:`halve`."""
    if not separable:
        return nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=bias)
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, kernel, stride, padding, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=bias),
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
