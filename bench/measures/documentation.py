"""The lists of columns in docs/results.md, made from the declarations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bench.measures import columns
from bench.measures.keys import KEYS
from bench.measures.measure import FLOORS, Measure, averaged_name, floor_name
from bench.measures.timing import TURN

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
    """Without keys, and without scores of averaged generators and of floors: a line for each."""
    return [m for m in measures if m not in KEYS and not m.averaged and m.floor is None]


_AVERAGED = Measure(
    name=averaged_name("<score>"),
    doc="each score above that is of generated samples, of the averaged generator; null without "
    "`generator_average`",
)
_OF_FLOORS = [
    Measure(
        name=floor_name("<score>", floor),
        doc=f"of translations, what the {words} scores in its place, by the scorers that declare "
        "`floors`; null for other tasks",
    )
    for floor, words in FLOORS.items()
]


_LISTS: dict[str, Callable[[], Sequence[Measure]]] = {
    "keys": lambda: KEYS,
    "epochs": lambda: [*_own(columns.epochs()), _AVERAGED, *_OF_FLOORS],
    "steps": lambda: _own(columns.steps()),
    "runs": lambda: _own(columns.runs()),
    "timings": lambda: TURN,
}


def _table(measures: Sequence[Measure]) -> str:
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for measure in measures:
        kind = _TYPES[measure.type] + (" or null" if measure.nullable else "")
        lines.append(f"| `{measure.name}` | {kind} | {measure.doc} |")
    return "\n".join(lines) + "\n"
