"""One LaTeX macro per number of the report's tables, so that running text never goes stale.

A macro's name says the configuration and the column: ``\\benchHalfCriticSpeedup`` and, of its
interval, ``…Low`` and ``…High``. It shows the digits of the table, with the unit, as siunitx sets
them; what was not measured is ``--``. Names have letters only, so digits are spelt out. Where two
would be alike, the later one, in the order of the tables and of the grid, has a number behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bench.markup import escape_latex, one_line
from bench.report.judged import Judged
from bench.report.paper.names import camel, spelt, unused
from bench.report.paper.numbers import marks, number, plain
from bench.report.paper.tabular import num
from bench.report.table import Column, Table
from bench.report.text import ABSENT, significant
from bench.report.verdicts import Comparison
from bench.texts import say

_UNITS = {
    "s": r"\second",
    "ms": r"\milli\second",
    "µs": r"\micro\second",
    "B": r"\byte",
    "KiB": r"\kibi\byte",
    "MiB": r"\mebi\byte",
    "GiB": r"\gibi\byte",
    "%": r"\percent",
    "J": r"\joule",
    "kJ": r"\kilo\joule",
    "MJ": r"\mega\joule",
}
_POWERS = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "×10⁻³": -3}
_FLOPS = re.compile("([kMGTP]?)FLOPs")


class Macro(NamedTuple):
    """One definition.

    Attributes:
        name: without ``\\bench``.
        marks: of the cell, such as † for a doubtful time.
    """

    name: str
    definition: str
    comment: str
    marks: str = ""

    def __str__(self) -> str:
        comment = one_line(f"{self.comment}{f' {self.marks}' if self.marks else ''}")
        return rf"\newcommand{{\bench{self.name}}}{{{self.definition}}}% {comment}"


def document(defined: Iterable[Macro], sweep: str) -> str:
    """The file of all macros.

    Args:
        sweep: its name.
    """
    needs = escape_latex(say("paper-siunitx"))
    lines = [
        f"% {say('paper-macros-head', name=one_line(sweep))}",
        f"% {say('paper-macros-use')}",
        rf"\ifdefined\qty\else\PackageError{{gan-bench}}{{{needs}}}{{}}\fi",
        *map(str, defined),
    ]
    return "\n".join([*lines, ""])


def macros(parts: Sequence[tuple[str, Sequence[Table]]], facts: Mapping[str, str]) -> list[Macro]:
    """All of them, under names of which no two are alike.

    Args:
        parts: the anchor of each facet ("" of the only one) and its tables.
        facts: of the sweep, such as its data set, by the name of its macro.
    """
    found: dict[str, Macro] = {}
    for name, text in facts.items():
        found[name] = Macro(name, escape_latex(text) if text else "--", name)
    for anchor, tables in parts:
        facet = camel(anchor)
        known: dict[tuple[str, str], str] = {}  # what a column says of a row, as shown
        for table in tables:
            rows = _row_names(table)
            for column in table.columns[1:]:
                key = _key(column)
                same = all(
                    known.get((row, key), shown) == shown
                    for row, shown in zip(rows, _shown(column), strict=True)
                )
                middle = "" if same else camel(table.name.rpartition("--")[2])
                for index, (row, shown) in enumerate(zip(rows, _shown(column), strict=True)):
                    if same and (row, key) in known:
                        continue
                    known.setdefault((row, key), shown)
                    for macro in _of_cell(column, index, row):
                        name = unused(f"{facet}{middle}{macro.name}", found)
                        found[name] = macro._replace(name=name)
    return list(found.values())


def _key(column: Column) -> str:
    return camel(column.key.replace("1000", "thousand"))


def _shown(column: Column) -> list[str]:
    return [column.cell(row) for row in range(len(column.entries))]


def _row_names(table: Table) -> list[str]:
    """Of each row, from its first cell; ``ConfigurationTwo`` where that has no letter."""
    names: list[str] = []
    for place, text in enumerate(_shown(table.columns[0]), start=1):
        names.append(unused(camel(text) or f"Configuration{spelt(place)}", names))
    return names


def _of_cell(column: Column, row: int, prefix: str) -> Iterator[Macro]:
    """The macros of one cell, their names beginning with that of the row.

    Which there are depends on the kind of the column alone, so that no name comes or goes with the
    values.
    """
    value, cell = column.entries[row], column.cell(row)
    name, what = f"{prefix}{_key(column)}", column.title
    if column.kind == "text":
        yield Macro(name, _words(cell), what)
    elif column.kind == "verdict":
        found = value if isinstance(value, Comparison) else None
        yield Macro(name, _words(cell), what)
        yield Macro(f"{name}P", _significant(None if found is None else found.p), what)
        yield Macro(
            f"{name}MoreSeeds", _significant(None if found is None else found.more_seeds), what
        )
    elif column.kind == "judged":
        judged = value if isinstance(value, Judged) else None
        effect = ABSENT if judged is None else judged.effect
        yield from _of_number(name, column, judged, f"{effect}{marks(cell)}", what)
        said = ABSENT if judged is None else ": ".join(filter(None, (judged.words, judged.detail)))
        yield Macro(f"{name}Verdict", _words(said), what)
    else:
        yield from _of_number(name, column, value, cell, what)


_ENDS: Mapping[str, tuple[str, ...]] = {
    "estimate": ("Low", "High", "HalfWidth"),
    "difference": ("Low", "High", "HalfWidth"),
    "interval": ("Low", "High"),
    "ratio": ("Low", "High"),
    "effect": ("Low", "High"),
    "judged": ("Low", "High"),
    "median": ("Low", "High"),
    "trials": ("Error",),
}


def _of_number(name: str, column: Column, value: Any, cell: str, what: str) -> Iterator[Macro]:
    """The value and, with as many decimals, the ends of its interval."""
    shown, unit = number(cell), _unit(column)
    doubts = marks(cell)
    if shown is None:
        yield Macro(name, _words(cell.rstrip(doubts)), what, doubts)
    else:
        yield Macro(
            name, ("$>$" if shown.bound else "") + quantity(shown.value, unit), what, doubts
        )
    own = {
        "Low": getattr(value, "low", None),
        "High": getattr(value, "high", None),
        "HalfWidth": getattr(value, "half_width", None),
        "Error": getattr(value, "standard_error", None),
    }
    # Of ratios the shown effect is not scaled; neither are their ends.
    ratio = column.kind == "ratio" or getattr(value, "is_ratio", False)
    scale = 1.0 if ratio else column.scale
    for end in _ENDS.get(column.kind, ()):
        bound = own[end]
        text = "" if bound is None else _like(bound / scale, "" if shown is None else shown.value)
        yield Macro(f"{name}{end}", quantity(text, unit) if text else "--", what, doubts)


def _like(value: float, shown: str) -> str:
    """A number with the decimals of another."""
    if not shown or "e" in shown:
        return plain(significant(value))
    return f"{value:.{len(shown.partition('.')[2])}f}"


def _significant(value: float | int | None) -> str:
    if value is None:
        return "--"
    return num(str(value) if isinstance(value, int) else plain(significant(value)))


def _words(text: str) -> str:
    return "--" if text in ("", ABSENT) else escape_latex(text)


def _unit(column: Column) -> str:
    """The unit as the last line of the heading has it, in brackets."""
    found = re.fullmatch(r"\((.*)\)", column.header[-1])
    return found[1] if found else ""


def quantity(value: str, unit: str) -> str:
    """A number with its unit for siunitx; a prefix without a unit becomes a power of ten."""
    if unit in _POWERS and "e" not in value:
        return num(f"{value}e{_POWERS[unit]}")
    if unit in _UNITS:
        return rf"\qty{{{value}}}{{{_UNITS[unit]}}}"
    if _FLOPS.fullmatch(unit):
        return rf"\qty{{{value}}}{{{unit}}}"
    if not unit or unit.startswith("×"):
        return num(value)
    return rf"{num(value)}\,{escape_latex(unit)}"
