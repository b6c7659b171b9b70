"""Sets what changes over the epochs of a run, a function of the epoch and nothing else."""

from __future__ import annotations

from variants.game import Game
from variants.recipe import Recipe
from variants.schedules import Course, cyclegan_decay


class Schedules:
    """Learning rates, β₂ and the weights of penalties, epoch by epoch.

    Args:
        game: whose optimisers have the numbers to start from.
        recipe: what is scheduled, and how.
        epochs: of the whole run.
    """

    def __init__(self, game: Game, recipe: Recipe, epochs: int) -> None:
        self._game = game
        self._courses: dict[str, Course] = {
            name: schedule.of(epochs) for name, schedule in recipe.schedules.items()
        }
        if recipe.lr_decay != "none":
            self._courses["lr"] = cyclegan_decay(epochs)
        self._groups = [
            (player.optimizer, index, dict(group))
            for player in (game.generator, game.critic)
            for index, group in enumerate(player.optimizer.param_groups)
        ]

    def begin(self, epoch: int) -> None:
        """Sets the numbers of an epoch."""
        rate, beta2 = self._courses.get("lr"), self._courses.get("beta2")
        for optimizer, index, given in self._groups:  # a loaded state has groups of its own
            group = optimizer.param_groups[index]
            if rate is not None:
                group["lr"] = given["lr"] * rate.at(epoch, 1.0)
            if beta2 is not None:
                beta1, start = given["betas"]
                group["betas"] = (beta1, beta2.at(epoch, start))
        if "penalties" in self._courses:
            self._game.penalty_share = self._courses["penalties"].at(epoch, 1.0)
