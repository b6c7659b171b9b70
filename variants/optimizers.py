"""A network with its optimiser: one player of a game."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from variants.game import Player


def player(
    network: nn.Module,
    kind: Literal["adam", "rmsprop"],
    rate: float,
    betas: tuple[float, float],
) -> Player:
    """The network and a new optimiser of all its parameters.

    Args:
        rate: the learning rate.
        betas: Adam's β1 and β2; RMSprop has none.
    """
    # Capturable keeps the count of steps on the GPU, where a captured step can raise it.
    capturable = next(network.parameters()).is_cuda
    if kind == "rmsprop":
        return Player(
            network, torch.optim.RMSprop(network.parameters(), rate, capturable=capturable)
        )
    adam = _Adam(network.parameters(), rate, betas, fused=True, capturable=capturable)
    return Player(network, adam)


class _Adam(torch.optim.Adam):
    """Adam that is quicker on a CPU for weights that have their channels last.

    Torch's fused step copies the gradients of such weights first. What it computes is element-wise,
    so here it gets views that have the elements in their order in memory.
    """

    def _init_group(self, group: dict[str, Any], *tensors: list[Tensor]) -> Any:
        found = super()._init_group(group, *tensors)  # type: ignore[no-untyped-call]
        weights, gradients, means, squares = tensors[:4]
        for place, alike in enumerate(zip(weights, gradients, means, squares, strict=True)):
            if all(map(_has_channels_last, alike)):
                for each, tensor in zip(tensors, alike, strict=False):
                    each[place] = tensor.permute(0, 2, 3, 1)
        return found


def _has_channels_last(tensor: Tensor) -> bool:
    """Whether they are last in memory of a CPU, and not in their usual place too."""
    return (
        tensor.ndim == 4
        and tensor.device.type == "cpu"
        and not tensor.is_contiguous()
        and tensor.is_contiguous(memory_format=torch.channels_last)
    )
