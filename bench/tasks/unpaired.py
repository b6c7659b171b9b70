"""Image translation between two sets of images of which no pair is known."""

from __future__ import annotations

from bench.tasks.pairs import Pairs
from bench.tasks.task import task
from variants.recipe import Recipe, Refusal


@task("unpaired")
class Unpaired(Pairs):
    """Images from images, learned from a set of inputs and another of targets, without pairs."""

    def refusal(self, recipe: Recipe, precision: str) -> Refusal | None:
        if recipe.task != "pairs":
            return super().refusal(recipe, precision)
        return Refusal(
            "dataset",
            "the variant learns from pairs and this data set has none; choose a variant for "
            "unpaired images, or a data set of pairs",
        )
