"""The names of the variants: built in, and those of installed packages."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import TypeVar

import variants
from variants.recipe import Recipe

ENTRY_POINT_GROUP = "gan_bench.variants"

# Modules of this package that hold no recipe; most import torch, which listing must not.
_NO_RECIPES = {
    "dense_product",
    "dropout",
    "game",
    "joining",
    "layers",
    "lazy",
    "objectives",
    "recipe",
    "registry",
    "stacked",
}

_recipes: dict[str, type[Recipe]] = {}

R = TypeVar("R", bound=type[Recipe])


class UnknownVariant(LookupError):
    """No variant has this name; the message suggests the nearest."""


def register(name: str) -> Callable[[R], R]:
    """Makes the decorated recipe known as ``name``.

    Raises:
        ValueError: the name is taken, or is not of lower-case letters, digits and dashes
            (it becomes part of folder names).
    """
    if not name.replace("-", "").isalnum() or not name.isascii() or name != name.lower():
        raise ValueError(f"variant name {name!r}: use lower-case letters, digits and dashes only")

    def decorate(recipe: R) -> R:
        holder = _recipes.get(name)
        if holder is not None and holder.__qualname__ != recipe.__qualname__:
            raise ValueError(
                f"variant {name!r} is registered twice: {holder.__module__}.{holder.__qualname__} "
                f"and {recipe.__module__}.{recipe.__qualname__}"
            )
        _recipes[name] = recipe
        return recipe

    return decorate


def names() -> list[str]:
    """Every registered name, in the order of the zoo's files."""
    _discover()
    return list(_recipes)


def get(name: str) -> type[Recipe]:
    """The recipe registered as ``name``.

    Raises:
        UnknownVariant: there is none; says which is near.
    """
    _discover()
    if name not in _recipes:
        near = difflib.get_close_matches(name, _recipes, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_recipes)}."
        raise UnknownVariant(f"there is no variant {name!r}; {hint}")
    return _recipes[name]


@cache
def _discover() -> None:
    for module in pkgutil.iter_modules(variants.__path__):
        if module.name not in _NO_RECIPES:
            importlib.import_module(f"variants.{module.name}")
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        entry_point.load()
