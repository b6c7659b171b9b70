"""What training a recipe costs, and a recipe with that cost, counted once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import torch

from bench.cost import flops
from bench.describe.layers import Layer, layers
from variants.effect import effect
from variants.recipe import Recipe
from variants.shapes import SampleShape


@dataclass(frozen=True, order=True)
class Cost:
    """What training costs; also a difference of two costs.

    Attributes:
        per_image: FLOPs per real image.
        per_update: FLOPs per generator update, with the critic updates before it, of whole
            batches.
        generator_parameters, critic_parameters: trainable ones.
    """

    per_image: Fraction = Fraction()
    per_update: Fraction = Fraction()
    generator_parameters: int = 0
    critic_parameters: int = 0

    @property
    def parameters(self) -> int:
        """Of both players."""
        return self.generator_parameters + self.critic_parameters

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.per_image + other.per_image,
            self.per_update + other.per_update,
            self.generator_parameters + other.generator_parameters,
            self.critic_parameters + other.critic_parameters,
        )

    def __neg__(self) -> Cost:
        return Cost(
            -self.per_image,
            -self.per_update,
            -self.generator_parameters,
            -self.critic_parameters,
        )

    def __sub__(self, other: Cost) -> Cost:
        return self + -other

    def __bool__(self) -> bool:
        return self != Cost()


@dataclass(frozen=True)
class Counted:
    """A recipe's counts on samples of one shape."""

    recipe: Recipe
    shape: SampleShape
    step: flops.Step

    @cached_property
    def networks(self) -> dict[str, list[Layer]]:
        """The layers of each network."""
        return networks(self.recipe, self.shape)

    @property
    def cost(self) -> Cost:
        """Of training."""
        return self.cost_of(self.step.critic, self.step.generator, *self.step.parameters)

    def cost_of(
        self,
        critic: Fraction,
        generator: Fraction,
        generator_parameters: int = 0,
        critic_parameters: int = 0,
    ) -> Cost:
        """The cost of parts of a step, given the FLOPs per image of each player's update."""
        steps = self.step.critic_steps
        return Cost(
            critic + generator / steps,
            self.recipe.batch_size * (critic * steps + generator),
            generator_parameters,
            critic_parameters,
        )


def counted(recipe: Recipe, shape: SampleShape) -> Counted:
    """The recipe's counts; recipes that differ in what costs nothing are counted once.

    Raises:
        ValueError: the recipe cannot be built for such samples.
    """
    return _counted(_Costly(recipe, shape))


class _Costly:
    """A recipe and a shape; equal where the fields that may cost something have equal values."""

    def __init__(self, recipe: Recipe, shape: SampleShape) -> None:
        kind = type(recipe)
        self.recipe, self.shape = recipe, shape
        free = {name for name in kind.model_fields if effect(kind, name).free}
        self._key = (kind, recipe.model_dump_json(exclude=free), shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Costly) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=1024)
def _counted(costly: _Costly) -> Counted:
    return Counted(costly.recipe, costly.shape, flops.step(costly.recipe, costly.shape))


def networks(recipe: Recipe, shape: SampleShape) -> dict[str, list[Layer]]:
    """The layers of each network by a heading such as "Generator"; a critic of packs, for one."""
    with torch.random.fork_rng(devices=[]):
        game = recipe.build(shape, torch.device("cpu"))
        return {
            heading: layers(example.network, *example.inputs)
            for heading, example in flops.networks(game.example_inputs()).items()
        }
