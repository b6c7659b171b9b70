"""Reads the LaTeX of a report back: what each table and each macro says, as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TABULAR = re.compile(
    r"\\begin\{tabular\}\{([^\n]*)\}\n\\toprule\n([^\n]*) \\\\\n\\midrule\n(.*?)\n\\bottomrule",
    re.S,
)
_MACRO = re.compile(r"\\newcommand\{\\bench([A-Za-z]+)\}\{(.*)\}% ")


@dataclass(frozen=True)
class Tabular:
    """One block of a table.

    Attributes:
        specification: of its columns, as LaTeX has it.
        heading: as LaTeX has it.
        rows: the cells of each row, as LaTeX has them.
    """

    specification: str
    heading: str
    rows: list[list[str]]


def tabulars(text: str) -> list[Tabular]:
    """The blocks of a table's file."""
    return [
        Tabular(columns, heading, [cells(line) for line in body.splitlines()])
        for columns, heading, body in _TABULAR.findall(text)
    ]


def cells(line: str) -> list[str]:
    """The cells of a row."""
    assert line.endswith(r" \\")
    return [cell.strip() for cell in re.split(r"(?<!\\)&", line.removesuffix(r" \\"))]


def macros(text: str) -> dict[str, str]:
    """The definition of each macro, without ``\\bench``; names are checked to be unique."""
    found = _MACRO.findall(text)
    assert len({name for name, _ in found}) == len(found)
    return dict(found)
