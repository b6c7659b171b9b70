"""Learning rates that fall with the epochs of a run."""

from __future__ import annotations

from typing import Literal

from variants.game import Game


def share(decay: Literal["none", "linear"], epoch: int, epochs: int) -> float:
    """The part of its learning rate that an optimiser has in an epoch, 0 < share ≤ 1.

    "linear" is that of CycleGAN's code (Zhu et al. 2017, arXiv 1703.10593, section 4): the whole
    rate in the first half, then in each epoch of the second half, of n epochs, 1/(n + 1) less. It
    would be 0 in the epoch after the last.

    Args:
        epoch: from 1 to ``epochs``.
    """
    if decay == "none":
        return 1.0
    falling = epochs // 2
    return 1 - max(0, epoch - (epochs - falling)) / (falling + 1)


class LearningRates:
    """Sets the learning rates of both players, a function of the epoch and nothing else.

    Args:
        game: whose optimisers have the rates to start from.
        epochs: of the whole run.
    """

    def __init__(self, game: Game, decay: Literal["none", "linear"], epochs: int) -> None:
        self._decay, self._epochs = decay, epochs
        self._groups = [
            (player.optimizer, index, group["lr"])
            for player in (game.generator, game.critic)
            for index, group in enumerate(player.optimizer.param_groups)
        ]

    def begin(self, epoch: int) -> None:
        """Sets the rates of an epoch."""
        if self._decay == "none":
            return
        part = share(self._decay, epoch, self._epochs)
        for optimizer, index, rate in self._groups:  # a loaded state has groups of its own
            optimizer.param_groups[index]["lr"] = rate * part
