"""Which classes a grid asks for, by number or by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bench.errors import DataError

_NAMED = 20  # more would hide the rest of a message


def natural(name: str) -> list[Any]:
    """The key that sorts names as people count: 2 before 10."""
    parts = re.split("([0-9]+)", name)
    return [int(part) if index % 2 else part for index, part in enumerate(parts)]


def class_indices(
    dataset: str, names: Sequence[str], wanted: Iterable[int | str]
) -> tuple[int, ...]:
    """The indices of the classes asked for, in order.

    A text is a name. A number is the class that is called so, as the folders ``3`` or ``03`` are;
    only where no class is called by a number, it is an index.

    Raises:
        DataError: there are no classes, or there is none of that name or number.
    """
    if not names:
        raise without_classes(dataset)
    by_name = {name: index for index, name in enumerate(names)}
    numbers = {int(n): i for n, i in by_name.items() if n.isascii() and n.isdecimal()}
    numbers |= {int(n): i for n, i in by_name.items() if _int_text(n)}
    of_number = numbers or dict(enumerate(range(len(names))))
    found = set()
    for asked in wanted:
        index = by_name.get(asked) if isinstance(asked, str) else of_number.get(asked)
        if index is None:
            known = named(names) if not numbers else _shortened(map(repr, names), len(names))
            raise DataError(f"{dataset} has no class {asked!r}: choose from {known}.")
        found.add(index)
    return tuple(sorted(found))


def _int_text(name: str) -> bool:
    """Whether a name is a whole number as Python writes it: ``3`` rather than ``03``."""
    return name.isascii() and name.isdecimal() and str(int(name)) == name


def named(names: Sequence[str]) -> str:
    """Classes with their indices, for messages: ``0 (cat), 1 (dog)``."""
    both = (n if n == str(index) else f"{index} ({n})" for index, n in enumerate(names))
    return _shortened(both, len(names))


def described(names: Sequence[str], indices: Sequence[int]) -> str:
    """Chosen classes by name: ``'3', '10' (2 of 12)``."""
    chosen = _shortened((repr(names[index]) for index in indices), len(indices))
    return f"{chosen} ({len(indices)} of {len(names)})"


def without_classes(dataset: str) -> DataError:
    """The error for classes of a data set that has none."""
    return DataError(
        f"{dataset} has no classes: leave out classes, "
        "or sort the images into one sub-folder per class."
    )


def _shortened(shown: Iterable[str], count: int) -> str:
    first = [text for text, _ in zip(shown, range(_NAMED), strict=False)]
    return ", ".join(first) + (", …" if count > _NAMED else "")
