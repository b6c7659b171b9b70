"""Dense layers that hold a stack of runs.

Every layer has a leading dimension S, one slice per run; a single run is a stack of one, so
there is one implementation of both.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from variants.networks.gradients import Join


class StackedLinear(nn.Module):
    """A dense layer, (S, N, inputs) → (S, N, outputs); N(0, 0.02) weights, zero biases."""

    def __init__(self, inputs: int, outputs: int, *, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, outputs, inputs).normal_(0.0, 0.02))
        self.bias = nn.Parameter(torch.zeros(1, outputs)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = _OfSamples.apply(x, (self.weight, self.bias))
        if self.weight.requires_grad and torch.is_grad_enabled():
            y = Join.apply(y, _OfWeight.apply(self.weight, self.bias, (x,), y.shape))
        return y

    def extra_repr(self) -> str:
        return f"{self.weight.shape[2]}, {self.weight.shape[1]}, bias={self.bias is not None}"


# The gradients of the samples and of the weight, apart. Torch's own gradient of the weight is
# transposed in memory, and is copied for the optimiser.


class _OfSamples(torch.autograd.Function):
    """x Wᵀ + b of each run, (S, N, inputs) → (S, N, outputs), with the gradient of x."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, held: tuple[Tensor, Tensor | None]) -> Tensor:
        ctx.weight, bias = held
        ctx.set_materialize_grads(False)
        if bias is None:
            return torch.bmm(x, ctx.weight.transpose(1, 2))
        return torch.baddbmm(bias.unsqueeze(1), x, ctx.weight.transpose(1, 2))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, None]:
        return None if gradients[0] is None else torch.bmm(gradients[0], ctx.weight), None


class _OfWeight(torch.autograd.Function):
    """Zero, with the gradients of W (S, outputs, inputs) and b (S, outputs)."""

    @staticmethod
    def forward(
        ctx: Any, weight: Tensor, bias: Tensor | None, held: tuple[Tensor], shape: torch.Size
    ) -> Tensor:
        (ctx.x,) = held
        ctx.set_materialize_grads(False)
        return weight.new_zeros(()).expand(shape)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        if gradient is None:
            return None, None, None, None
        of_bias = gradient.sum(1) if ctx.needs_input_grad[1] else None
        return torch.bmm(gradient.transpose(1, 2), ctx.x), of_bias, None, None


class StackedBatchNorm(nn.Module):
    """Batch norm over N, (S, N, F) → (S, N, F), in training separately for each draw of a pack.

    The sample at place j of each pack belongs to draw j. In evaluation running averages, updated
    with momentum 0.05 from the draws' mean as in PacGAN's code, normalise all samples.
    """

    def __init__(self, features: int, draws: int) -> None:
        super().__init__()
        self.draws = draws
        self.weight = nn.Parameter(torch.ones(1, features))
        self.bias = nn.Parameter(torch.zeros(1, features))
        self.register_buffer("running_mean", torch.zeros(1, features))
        self.register_buffer("running_var", torch.ones(1, features))

    running_mean: Tensor
    running_var: Tensor

    def forward(self, x: Tensor) -> Tensor:
        stack, count, features = x.shape
        draws = self.draws if self.training else 1
        # One column for each run, draw and feature, as torch's batch norm expects.
        columns = (
            x.view(stack, -1, draws, features)
            .permute(1, 0, 2, 3)
            .reshape(-1, stack * draws * features)
        )
        repeated = (stack, draws, features)
        weight, bias, mean, variance = (
            t.unsqueeze(1).expand(repeated).reshape(-1)
            for t in (self.weight, self.bias, self.running_mean, self.running_var)
        )
        if self.training:  # updated in place; the buffers follow once all draws are known
            mean, variance = mean.clone(), variance.clone()
        normal = nn.functional.batch_norm(
            columns, mean, variance, weight, bias, self.training, momentum=0.05
        )
        if self.training:
            with torch.no_grad():
                self.running_mean.copy_(mean.view(repeated).mean(1))
                self.running_var.copy_(variance.view(repeated).mean(1))
        normal = normal.view(-1, stack, draws, features).permute(1, 0, 2, 3)
        return normal.reshape(stack, count, features)

    def extra_repr(self) -> str:
        return f"{self.weight.shape[1]}, draws={self.draws}"


class StackedMaxout(nn.Module):
    """The largest of ``pieces`` linear functions, (S, N, inputs) → (S, N, outputs).

    Goodfellow et al. 2013 (arXiv 1302.4389), equation 1.
    """

    def __init__(self, inputs: int, outputs: int, pieces: int) -> None:
        super().__init__()
        self.linear = StackedLinear(inputs, outputs * pieces)
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        pieces = self.linear(x).view(*x.shape[:2], self.pieces, -1)
        largest: Tensor = _Largest.apply(pieces)
        return largest


class _Largest(torch.autograd.Function):
    """Maximum over dimension 2; its gradient goes to every value that equals it.

    Faster than torch's own, which splits the gradient between equal values.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        largest = x.amax(2)
        ctx.save_for_backward(x - largest.unsqueeze(2))  # zero for the largest, else negative
        return largest

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (below,) = ctx.saved_tensors
        spread = gradients[0].unsqueeze(2).expand_as(below)
        to_the_largest: Tensor = torch.ops.aten.threshold_backward(spread, below, _NEARLY_ZERO)
        return to_the_largest


_NEARLY_ZERO = -torch.finfo(torch.float32).tiny


class StackedNetwork(nn.Module):
    """A sequence of stacked layers; a stack of one also maps (N, …) to (N, …)."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        outputs: Tensor = self.layers(x) if x.ndim == 3 else self.layers(x.unsqueeze(0)).squeeze(0)
        return outputs
