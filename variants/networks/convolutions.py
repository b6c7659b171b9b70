"""Convolutions equal to torch's, computed in a quicker form on a CPU where one is known.

oneDNN computes sixteen channels at a time, so the one to three channels of an image cost as much as
sixteen where they are what a pass computes; and it treats a feature map of one pixel as any other.
Torch takes the gradient of a gradient by a convolution over the batch, which is slow.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d, fold

from variants.networks.gradients import Join

# Up to so many channels a product with every pixel of the kernel is quicker than oneDNN.
_FEW = 4

Pair = tuple[int, int]


class Convolution(nn.Conv2d):
    """``nn.Conv2d`` whose gradient of images is quicker on a CPU.

    (N, inputs, H, W) → (N, outputs, H', W').
    """

    def forward(self, input: Tensor) -> Tensor:
        plain = self.padding_mode == "zeros" and not isinstance(self.padding, str)
        differentiated = torch.is_grad_enabled() and input.requires_grad
        if not (plain and differentiated and self._is_quicker() and _applies(self, input)):
            return super().forward(input)
        how = _pair(self.stride), _pair(self.padding)
        held = self.weight, self.bias
        convolved: Tensor = _OfImage.apply(input, held, *how)
        if self.weight.requires_grad:
            of_weight = _OfWeight.apply(*held, (input,), convolved.shape, *how)
            convolved = Join.apply(convolved, of_weight)
        return convolved

    def _is_quicker(self) -> bool:
        return self.in_channels <= _FEW


class TwiceDifferentiableConvolution(Convolution):
    """``nn.Conv2d`` whose gradient is quicker to differentiate on a CPU, with as many MACs.

    (N, inputs, H, W) → (N, outputs, H', W').
    """

    def _is_quicker(self) -> bool:
        return self.in_channels <= _FEW or self.weight.requires_grad


class TransposedConvolution(nn.ConvTranspose2d):
    """``nn.ConvTranspose2d``, quicker on a CPU for one pixel, and for images.

    (N, inputs, H, W) → (N, outputs, H', W').
    """

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        if output_size is not None or not _applies(self, input):
            return super().forward(input, output_size)
        kernel, stride = _pair(self.kernel_size), _pair(self.stride)
        padding, rest = _pair(self.padding), _pair(self.output_padding)
        if input.shape[2:] == (1, 1) and padding == rest == (0, 0):
            return self._of_one_pixel(input, kernel)
        if self.out_channels > _FEW:
            return super().forward(input)
        size = tuple(
            (length - 1) * stride[i] - 2 * padding[i] + kernel[i] + rest[i]
            for i, length in enumerate(input.shape[2:])
        )
        enlarged: Tensor = _Enlarge.apply(input, self.weight, size, stride, padding)
        return enlarged if self.bias is None else enlarged + self.bias.view(-1, 1, 1)

    def _of_one_pixel(self, input: Tensor, kernel: Pair) -> Tensor:
        """A dense layer: each input pixel is the only one that its outputs are made of."""
        weight = self.weight.permute(0, 2, 3, 1).reshape(self.in_channels, -1)
        pixels = (input.flatten(1) @ weight).view(-1, *kernel, self.out_channels)
        if self.bias is not None:
            pixels = pixels + self.bias
        return pixels.permute(0, 3, 1, 2)


def kind(*, differentiated_twice: bool) -> type[nn.Conv2d]:
    """The convolution that is quick under a gradient penalty if there is one."""
    return TwiceDifferentiableConvolution if differentiated_twice else Convolution


def _applies(layer: nn.Conv2d | nn.ConvTranspose2d, input: Tensor) -> bool:
    return (
        input.device.type == "cpu"
        and input.ndim == 4
        and layer.groups == 1
        and _pair(layer.dilation) == (1, 1)
        and not torch.is_autocast_enabled("cpu")
    )


def _pair(value: tuple[int, ...] | str) -> Pair:
    return int(value[0]), int(value[1])


# A convolution and its transpose are one linear map and its adjoint, so each is a part of the
# other's gradient. Weights are (small, large, K, K) in both: as torch's layers have them.


class _Reduce(torch.autograd.Function):
    """(N, large, H, W) → (N, small, H', W'): a convolution."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, weight: Tensor, stride: Pair, padding: Pair) -> Tensor:
        ctx.save_for_backward(image, weight)
        ctx.stride, ctx.padding = stride, padding
        return conv2d(image, weight, None, stride, padding)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        image, weight = ctx.saved_tensors
        of_image = of_weight = None
        if ctx.needs_input_grad[0]:
            size = tuple(image.shape[2:])
            of_image = _Enlarge.apply(gradient, weight, size, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[1]:
            of_weight = _of_weight(image, gradient, weight, ctx.stride, ctx.padding)
        return of_image, of_weight, None, None


class _Enlarge(torch.autograd.Function):
    """(N, small, H', W') → (N, large, H, W): its transpose.

    Few channels by a product with the kernel's pixels, followed by adding what overlaps: the same
    MACs.
    """

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, size: Pair, stride: Pair, padding: Pair
    ) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.stride, ctx.padding = stride, padding
        kernel = _pair(tuple(weight.shape[2:]))
        if weight.shape[1] > _FEW:
            rest = [
                size[i] - (features.shape[2 + i] - 1) * stride[i] + 2 * padding[i] - kernel[i]
                for i in (0, 1)
            ]
            return conv_transpose2d(features, weight, None, stride, padding, rest)
        count, channels = features.shape[:2]
        rows = features.permute(0, 2, 3, 1).reshape(count, -1, channels)
        # With @ it would be one product, whose columns have to be copied into place.
        kernels = weight.reshape(channels, -1).t().expand(count, -1, -1)
        columns = torch.bmm(kernels, rows.transpose(1, 2))
        return fold(columns, size, kernel, padding=padding, stride=stride)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        features, weight = ctx.saved_tensors
        of_features = of_weight = None
        if ctx.needs_input_grad[0]:
            of_features = _Reduce.apply(gradient, weight, ctx.stride, ctx.padding)
        if ctx.needs_input_grad[1]:
            of_weight = _of_weight(gradient, features, weight, ctx.stride, ctx.padding)
        return of_features, of_weight, None, None, None


# The gradients of the image and of the weight, apart; see :mod:`variants.networks.gradients`.
# Tensors without a gradient of a function come in a tuple: autograd does not look in.


class _OfImage(torch.autograd.Function):
    """A convolution with the gradient of its image."""

    @staticmethod
    def forward(
        ctx: Any, image: Tensor, held: tuple[Tensor, Tensor | None], stride: Pair, padding: Pair
    ) -> Tensor:
        weight, bias = held
        ctx.weight, ctx.stride, ctx.padding = weight, stride, padding
        ctx.size = tuple(image.shape[2:])
        ctx.set_materialize_grads(False)
        return conv2d(image, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        if gradients[0] is None:
            return None, None, None, None
        of_image = _Enlarge.apply(gradients[0], ctx.weight, ctx.size, ctx.stride, ctx.padding)
        return of_image, None, None, None


class _OfWeight(torch.autograd.Function):
    """Zero, with the gradients of a convolution's weight and bias."""

    @staticmethod
    def forward(
        ctx: Any,
        weight: Tensor,
        bias: Tensor | None,
        held: tuple[Tensor],
        shape: torch.Size,
        stride: Pair,
        padding: Pair,
    ) -> Tensor:
        ctx.save_for_backward(weight)
        (ctx.image,) = held
        ctx.stride, ctx.padding = stride, padding
        ctx.set_materialize_grads(False)
        return weight.new_zeros(()).expand(shape)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        (gradient,), (weight,) = gradients, ctx.saved_tensors
        if gradient is None:
            return None, None, None, None, None, None
        of_weight = _of_weight(ctx.image, gradient, weight, ctx.stride, ctx.padding)
        of_bias = gradient.sum((0, 2, 3)) if ctx.needs_input_grad[1] else None
        return of_weight, of_bias, None, None, None, None


def _of_weight(
    image: Tensor, features: Tensor, weight: Tensor, stride: Pair, padding: Pair
) -> Tensor:
    """The weight's gradient, from both sides of the map."""
    sizes = (stride, padding, (1, 1), False, (0, 0), 1)
    gradients = torch.ops.aten.convolution_backward(
        features, image, weight, None, *sizes, (False, True, False)
    )
    found: Tensor = gradients[1]
    return found
