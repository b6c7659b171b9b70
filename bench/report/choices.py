"""What a report is asked to show: which columns first, by which metric, with how many digits.

Like the language, the choices are a context variable: ``choosing`` sets them for a block, and
what shows numbers and tables asks ``chosen``. Without a choice reports are what they are by
default.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bench.errors import RequestError

DIGITS = (1, 6)  # the fewest and the most that can be asked for


class ChoiceError(RequestError):
    """A column or a metric that the results do not have, or do not have yet."""


@dataclass(frozen=True)
class Choices:
    """What was asked for.

    Attributes:
        columns: names in the CSV files of the columns that tables show first, in this order;
            () leaves tables as they are.
        metric: the column of ``epochs.parquet`` that quality is judged by; None for the distance,
            or for what ``outcome`` finds.
        precision: significant digits of numbers; None for those that an interval justifies.
    """

    columns: tuple[str, ...] = ()
    metric: str | None = None
    precision: int | None = None


_DEFAULT = Choices()
_choices: ContextVar[Choices] = ContextVar("choices", default=_DEFAULT)


def chosen() -> Choices:
    """What the report that is being written is asked to show."""
    return _choices.get()


@contextmanager
def choosing(choices: Choices) -> Iterator[None]:
    """Reports that are written in the block show this."""
    before = _choices.set(choices)
    try:
        yield
    finally:
        _choices.reset(before)


def closest_first(name: str, known: Iterable[str]) -> str:
    """All known names, those most like ``name`` first, for messages."""

    def unlike(other: str) -> float:
        return -difflib.SequenceMatcher(None, name, other).ratio()

    return ", ".join(sorted(dict.fromkeys(known), key=unlike))
