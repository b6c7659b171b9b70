"""Matrix products of stacks of matrices, exact in float32 and quick on processors.

torch sends float32 products to MKL, which on processors other than Intel's does without
AVX-512; oneDNN, which torch ships for convolutions, does not. AMD's processors compute twice
as much with it from Zen 5 on: there a product of the mixture networks' size took half the time,
on a Zen 4, whose units are half as wide, a fifth more. Gradients of every order are products too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

# Below this a product is dispatch, not arithmetic; cost counters, too, look at small batches.
_WORTH_IT = 32


def stacked_linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """A dense layer per member of a stack.

    Args:
        x: (S, N, K).
        weight: (S, O, K).
        bias: (S, O), or None.

    Returns:
        (S, N, O): ``x[s] @ weight[s].T + bias[s]`` for each s.
    """
    exact = x.device.type == "cpu" and x.dtype == torch.float32 and _QUICKER
    if exact and min(*x.shape[1:], weight.shape[1]) >= _WORTH_IT:
        product: Tensor = _OneDnnLinear.apply(x, weight, bias)
        return product
    if bias is None:
        return torch.bmm(x, weight.transpose(1, 2))
    return torch.baddbmm(bias.unsqueeze(1), x, weight.transpose(1, 2))


# Behind no public name; where a torch lacks it, its own products serve.
_ONEDNN = getattr(torch.ops.mkldnn, "_linear_pointwise", None)


def _has_wide_units(cpuinfo: str) -> bool:
    """Whether Linux describes an AMD processor of Zen 5 (family 26) or later, with AVX-512."""
    family = re.search(r"^cpu family\s*:\s*(\d+)$", cpuinfo, re.MULTILINE)
    return (
        "AuthenticAMD" in cpuinfo
        and "avx512f" in cpuinfo
        and family is not None
        and int(family[1]) >= 26
    )


def _cpuinfo() -> str:
    try:
        return Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""


# From what the processor is, not from a timing, so that a run resumed computes as before.
_QUICKER = _ONEDNN is not None and _has_wide_units(_cpuinfo())


class _OneDnnLinear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        biases = [None] * len(x) if bias is None else bias.unbind()
        return torch.stack(
            [
                _ONEDNN(_plain(a), _plain(b), c, "none", [], "")  # type: ignore[misc]
                for a, b, c in zip(x.unbind(), weight.unbind(), biases, strict=True)
            ]
        )

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        x, weight = ctx.saved_tensors
        of_x, of_weight, of_bias = ctx.needs_input_grad
        return (
            stacked_linear(gradient, weight.transpose(1, 2), None) if of_x else None,
            stacked_linear(gradient.transpose(1, 2), x.transpose(1, 2), None)
            if of_weight
            else None,
            gradient.sum(1) if of_bias else None,
        )


def _plain(matrix: Tensor) -> Tensor:
    """The matrix, copied if its rows lie apart, for which oneDNN has slow code only."""
    return matrix if matrix.is_contiguous() or matrix.t().is_contiguous() else matrix.contiguous()
