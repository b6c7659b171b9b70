"""Gradients of our own functions, each computed only where it is wanted.

A function of our own computes the gradients of all its inputs, wanted or not. Where those of an
input and of a weight are wanted at different times, as by the two players of a game, each has a
function to itself: one computes the value, the other gives a zero of its shape, and :class:`Join`
makes one tensor of the two. A path without a gradient gets none, as from torch's own functions,
instead of zeros that cost as much to pass on.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class Join(torch.autograd.Function):
    """A value, and a zero that has gradients of its own."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, zero: Tensor) -> Tensor:
        ctx.mark_dirty(value)
        ctx.set_materialize_grads(False)
        return value

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
        return gradients[0], gradients[0]
