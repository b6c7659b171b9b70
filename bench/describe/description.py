"""A recipe on samples of one shape: its layers and its costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bench import tasks
from bench.cost import flops
from bench.describe.cost import networks
from bench.describe.layers import Layer
from bench.measures import Counts
from variants.recipe import Recipe
from variants.shapes import SampleShape


@dataclass(frozen=True)
class Description:
    """A recipe's layers and costs, each found when it is first asked for.

    Attributes:
        shape: of the samples.
    """

    name: str
    recipe: Recipe
    shape: SampleShape

    @cached_property
    def networks(self) -> dict[str, list[Layer]]:
        """The layers of each network, by a heading such as "Generator"; of a critic of packs,
        for one pack.
        """
        return networks(self.recipe, self.shape)

    @cached_property
    def counts(self) -> Counts:
        """Measured on the CPU."""
        return flops.count(self.recipe, self.shape, tasks.get(self.recipe.task))


def describe(name: str, recipe: Recipe, shape: SampleShape) -> Description:
    """A description with everything found, so that what cannot be built fails here.

    Raises:
        ValueError: the recipe cannot be built for such samples.
    """
    description = Description(name, recipe, shape)
    _ = description.counts, description.networks
    return description
