"""From one recipe to another, one change at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from variants.adversarial_recipe import AdversarialRecipe
from variants.effect import NO_NEUTRAL, effect, same_field
from variants.recipe import Recipe
from variants.shapes import SampleShape


class Change(NamedTuple):
    """A field's two values; a recipe without the field has its neutral value, or None."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Move:
    """What is changed at once.

    Attributes:
        role: "leave" makes a field neutral that only the first recipe has, "networks" goes on
            to the other's class, "enter" sets a field that only the other has, "set" one that
            both have.
    """

    role: Literal["leave", "networks", "enter", "set"]
    changes: tuple[Change, ...]


class Stop(NamedTuple):
    """A recipe on the way, and the moves that led to it; several where one alone is refused."""

    recipe: Recipe
    moves: tuple[Move, ...]


def path(start: Recipe, end: Recipe, shape: SampleShape) -> list[Stop]:
    """The stops from ``start`` to ``end``.

    Every stop is a valid recipe. A field that one recipe lacks is changed from or to its neutral
    value. Fields that have no neutral value, or another meaning in the other class, change with
    the class, in one move. Of fields that both have, those of the networks come first.
    """
    stops = [Stop(start, ())]
    values, moves = _moves(start, end)
    kind = type(start)
    while moves:
        for chosen in _subsets(moves):
            changed = dict(values)
            for move in chosen:
                changed |= {c.field: c.after for c in move.changes}
            target = type(end) if any(m.role == "networks" for m in chosen) else kind
            recipe = _recipe(target, changed, shape)
            if recipe is not None:
                break
        else:
            raise AssertionError("the last recipe is valid")
        stops.append(Stop(recipe, chosen))
        values, kind = changed, target
        moves = [move for move in moves if move not in chosen]
    return stops


def _moves(start: Recipe, end: Recipe) -> tuple[dict[str, Any], list[Move]]:
    """Every field's value at the start, of either class, and what changes, in order."""
    before, after = _values(start), _values(end)
    if type(start) is type(end):
        return before, [
            Move("set", (Change(name, before[name], after[name]),))
            for name in reversed(before)
            if before[name] != after[name]
        ]
    values = dict(before)
    leave, enter, shared = [], [], []
    together: list[Change] = []
    for name in reversed(before | after):
        old, new = before.get(name), after.get(name)
        if same_field(type(start), type(end), name):
            if old != new:
                shared.append(Move("set", (Change(name, old, new),)))
            continue
        if name in before and name in after:
            together.append(Change(name, old, new))
            continue
        neutral = effect(type(start if name in before else end), name).neutral
        if neutral is NO_NEUTRAL:
            values.setdefault(name, new)
            together.append(Change(name, old, new))
        elif name in before:
            if old != neutral:
                leave.append(Move("leave", (Change(name, old, neutral),)))
        else:
            values[name] = neutral
            if new != neutral:
                enter.append(Move("enter", (Change(name, neutral, new),)))
    return values, [*leave, Move("networks", tuple(together)), *enter, *shared]


def _subsets(moves: list[Move]) -> Iterator[tuple[Move, ...]]:
    """What may be done next, single moves first: a field only where the class has it."""
    roles = [move.role for move in moves]
    for size in range(1, len(moves) + 1):
        for chosen in combinations(moves, size):
            own = [move.role for move in chosen]
            if "networks" in own and own.count("leave") < roles.count("leave"):
                continue
            if "enter" in own and "networks" in roles and "networks" not in own:
                continue
            yield chosen


def _recipe(kind: type[Recipe], values: Mapping[str, Any], shape: SampleShape) -> Recipe | None:
    """The recipe with these values, or None where it is refused."""
    try:
        recipe = kind.model_validate({n: v for n, v in values.items() if n in kind.model_fields})
    except ValidationError:
        return None
    return None if recipe.refusal(shape) else recipe


def _values(recipe: Recipe) -> dict[str, Any]:
    return {name: getattr(recipe, name) for name in type(recipe).model_fields}


def plain(recipe: Recipe) -> Recipe:
    """The same recipe as an instance of the class that its own only gives other defaults to."""
    kind = type(recipe)
    while _only_defaults(kind):
        kind = next(base for base in kind.__mro__[1:] if issubclass(base, Recipe))
    try:
        return kind.model_validate(_values(recipe))
    except ValidationError:
        return recipe


def _only_defaults(kind: type[Recipe]) -> bool:
    """Whether a class has the fields and the code of the class that it is derived from.

    Class variables of the contract, such as ``source``, say nothing of the networks.
    """
    first, *others = kind.__bases__
    if others or not issubclass(first, Recipe):
        return False
    added = {name for name in vars(kind) if not name.startswith(("__", "_abc_", "model_"))}
    return added <= AdversarialRecipe.__class_vars__ and all(
        same_field(kind, first, name) for name in kind.model_fields
    )
