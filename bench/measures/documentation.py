"""The lists of columns in docs/results.md, made from the declarations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bench.measures import columns
from bench.measures.keys import KEYS
from bench.measures.measure import Measure, averaged_name

_TYPES = {int: "integer", float: "number", bool: "true/false", str: "text", datetime: "time"}


def updated(text: str) -> str:
    """A document with the list of columns after each marker ``<!-- columns: … -->`` renewed.

    Raises:
        KeyError: there is no such list.
    """

    def table(match: re.Match[str]) -> str:
        return f"{match['start']}\n{_table(_LISTS[match['name']]())}{match['end']}"

    return _MARKED.sub(table, text)


_MARKED = re.compile(
    r"(?P<start><!-- columns: (?P<name>\w+) -->)\n.*?(?P<end><!-- end of columns -->)", re.DOTALL
)


def _own(measures: Sequence[Measure]) -> list[Measure]:
    """Without keys, and without the scores of averaged generators, which have one line."""
    return [measure for measure in measures if measure not in KEYS and not measure.averaged]


_AVERAGED = Measure(
    name=averaged_name("<score>"),
    doc="each score above that is of generated samples, of the averaged generator; null without "
    "`generator_average`",
)


_LISTS: dict[str, Callable[[], Sequence[Measure]]] = {
    "keys": lambda: KEYS,
    "epochs": lambda: [*_own(columns.epochs()), _AVERAGED],
    "steps": lambda: _own(columns.steps()),
    "runs": lambda: _own(columns.runs()),
}


def _table(measures: Sequence[Measure]) -> str:
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for measure in measures:
        kind = _TYPES[measure.type] + (" or null" if measure.nullable else "")
        lines.append(f"| `{measure.name}` | {kind} | {measure.doc} |")
    return "\n".join(lines) + "\n"
