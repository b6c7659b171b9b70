"""Long loops say how far they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_SECONDS = 5.0  # between two notes


def watched(
    items: Iterable[T], count: int, what: str, note: Callable[[str], None] | None
) -> Iterator[T]:
    """The items, with a note every five seconds: ``Checking combinations: 1,200 of 10,000 …``.

    Args:
        count: how many items there are.
        what: is being done.
        note: shows a line to the user; None for none.
    """
    noted = time.monotonic()
    for done, item in enumerate(items):
        if note and time.monotonic() - noted >= _SECONDS:
            noted = time.monotonic()
            note(f"{what}: {done:,} of {count:,} …")
        yield item
