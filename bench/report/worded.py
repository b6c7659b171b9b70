"""Columns of words, which are in the language of the report but not in its CSV files."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.report.table import Column, Kind, Value
from bench.texts import ENGLISH, speaking


def worded(
    key: str,
    header: tuple[str, ...],
    words: Callable[[], Iterable[Value]],
    kind: Kind = "text",
    *,
    essential: bool = False,
) -> Column:
    """A column of words, which CSV files have in English whatever the language of the report.

    Args:
        words: the entries in the language that is spoken.
    """
    entries = tuple(words())
    with speaking(ENGLISH):
        plain = tuple(words())
    return Column(key, header, kind, entries, essential=essential, plain=plain)
