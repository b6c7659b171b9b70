"""A recipe on samples of one shape: its layers and its costs."""

from __future__ import annotations

from dataclasses import dataclass

from bench import tasks
from bench.cost import flops
from bench.describe.cost import networks
from bench.describe.layers import Layer
from bench.measures import Counts
from variants.recipe import Recipe
from variants.shapes import SampleShape


@dataclass(frozen=True)
class Description:
    """A recipe's layers and costs.

    Attributes:
        shape: of the samples.
        networks: the layers of each network, by a heading such as "Generator".
    """

    name: str
    recipe: Recipe
    shape: SampleShape
    networks: dict[str, list[Layer]]
    counts: Counts


def describe(name: str, recipe: Recipe, shape: SampleShape) -> Description:
    """Builds the recipe on the CPU and measures its parts; a critic of packs, for one pack."""
    counts = flops.count(recipe, shape, tasks.get(recipe.task))
    return Description(name, recipe, shape, networks(recipe, shape), counts)
