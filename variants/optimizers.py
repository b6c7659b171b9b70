"""A network with its optimiser: one player of a game."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

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
    adam = torch.optim.Adam(network.parameters(), rate, betas, fused=True, capturable=capturable)
    return Player(network, adam)
