"""Widths at which one variant trains at the FLOPs of another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bench.cost import flops
from bench.tasks import Task
from variants.recipe import Recipe
from variants.shapes import SampleShape

TOLERANCE = 0.05  # of the reference's training FLOPs per image
_CLOSE = 0.01  # near enough not to look further
_MOST = 12  # factors that are tried
_STEPS = 3  # widths of a player around the best: itself and the nearest others
WIDTHS = ("generator_width", "critic_width")

_Widths = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The widths that come nearest to a reference.

    Attributes:
        widths: by field of the recipe.
        flops: training FLOPs per image at these widths.
        reference_flops: of the reference.
    """

    widths: Mapping[str, int]
    flops: int
    reference_flops: int

    @property
    def ratio(self) -> float:
        """FLOPs as a multiple of the reference's."""
        return self.flops / self.reference_flops

    @property
    def agrees(self) -> bool:
        """Whether they are those of the reference, but for a twentieth."""
        return abs(self.ratio - 1) <= TOLERANCE


def match(
    recipe: Recipe, shape: SampleShape, reference: Recipe, task: Task | None = None
) -> Matched:
    """The widths of a recipe at which it trains at the reference's FLOPs per real image, or nearly.

    Both widths are multiplied by one factor and rounded to what the recipe allows; near the best
    factor each is also moved by itself.

    Args:
        shape: of the samples of both.
        task: whose batches the steps train on; None for the recipe's own.
    """
    search = _Search(recipe, shape, task, _per_image(reference, shape, task))
    factor = 1.0
    for _ in range(_MOST):
        widths = search.near(factor)
        if widths in search.tried:
            break
        found = search.count(widths)
        if abs(found / search.target - 1) <= _CLOSE:
            break
        factor *= min(4.0, max(0.25, math.sqrt(search.target / found)))
    # Narrow networks have few widths: then each player's is also moved by itself, and once more.
    for short in (_CLOSE, TOLERANCE):
        if abs(search.tried[search.best] / search.target - 1) > short:
            for widths in search.around(search.best):
                search.count(widths)
    best = search.best
    return Matched(
        widths=dict(zip(WIDTHS, best, strict=True)),
        flops=search.tried[best],
        reference_flops=search.target,
    )


def _per_image(recipe: Recipe, shape: SampleShape, task: Task | None) -> int:
    """As ``train_flops_per_image`` of the run's costs."""
    step = flops.step(recipe, shape, task)
    return int(step.critic) + round(int(step.generator) / step.critic_steps)


class _Search:
    """The widths tried so far, and what they cost.

    Attributes:
        target: FLOPs per image to get to.
        tried: FLOPs per image by the widths of generator and critic.
    """

    def __init__(self, recipe: Recipe, shape: SampleShape, task: Task | None, target: int) -> None:
        self._recipe, self._shape, self._task = recipe, shape, task
        self._given: _Widths = (getattr(recipe, WIDTHS[0]), getattr(recipe, WIDTHS[1]))
        self.target = target
        self.tried: dict[_Widths, int] = {}

    @property
    def best(self) -> _Widths:
        """The widths whose FLOPs are nearest to the target, as a ratio."""
        return min(self.tried, key=lambda w: abs(math.log(self.tried[w] / self.target)))

    def near(self, factor: float) -> _Widths:
        """The allowed widths nearest to those given times a factor."""
        generator, critic = (self._allowed(i, factor * w) for i, w in enumerate(self._given))
        return next(generator), next(critic)

    def around(self, widths: _Widths) -> Iterator[_Widths]:
        """The allowed widths up to two steps away, of one player or of both."""
        options = []
        for index, width in enumerate(widths):
            allowed = self._first(self._allowed(index, width))
            options.append(sorted(allowed, key=lambda w: abs(w - width))[:_STEPS])
        for generator in options[0]:
            for critic in options[1]:
                if (generator, critic) not in self.tried:
                    yield generator, critic

    def count(self, widths: _Widths) -> int:
        """The FLOPs per image at these widths."""
        recipe = self._with(widths)
        assert recipe is not None, "only allowed widths are counted"
        self.tried[widths] = _per_image(recipe, self._shape, self._task)
        return self.tried[widths]

    def _allowed(self, index: int, wanted: float) -> Iterator[int]:
        """Widths of one player that the recipe allows, the nearest first."""
        for apart in range(10_000):
            below, above = math.floor(wanted) - apart, math.floor(wanted) + 1 + apart
            for width in sorted((below, above), key=lambda w: abs(w - wanted)):
                pair = list(self._given)
                pair[index] = width
                if width >= 1 and self._with((pair[0], pair[1])) is not None:
                    yield width

    @staticmethod
    def _first(widths: Iterator[int]) -> list[int]:
        return [width for width, _ in zip(widths, range(_STEPS), strict=False)]

    def _with(self, widths: _Widths) -> Recipe | None:
        try:
            changed = dict(zip(WIDTHS, widths, strict=True))
            return type(self._recipe)(**self._recipe.model_dump() | changed)
        except ValidationError:
            return None
