"""Tables as the page shows them: what is essential, how wide it is, by what it is sorted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from bench.report.judged import Judged
from bench.report.statistics import Estimate, Ratio, TrialMean
from bench.report.statistics.censored import Median
from bench.report.table import Column, Table, Value
from bench.report.text import ABSENT
from bench.report.verdicts import Comparison, Kind

# In rem: below which of these widths a table is laid out as a card for each row.
WIDTHS = tuple(range(20, 165, 5))

_CHARACTER = 0.44  # rem, on average, of a table's text
_BESIDE = 1.0  # rem between two columns
_LONGEST_TEXT = 20  # characters after which text is broken


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        sort: what the rows are sorted by, a number or text; "" comes last.
        kind: of a verdict: "better", "worse", "equivalent", "undecided" or "untested".
        judged: of a cell of the verdicts, whose parts are shown apart.
        label: of the configuration that the row is of, in its first cell.
    """

    text: str
    sort: str
    kind: str = ""
    judged: Judged | None = None
    label: str = ""

    @property
    def marks(self) -> str:
        """What follows a verdict, such as † for a doubtful time."""
        return self.text.removeprefix(str(self.judged)) if self.judged else ""


@dataclass(frozen=True)
class Heading:
    """The heading of a column."""

    key: str
    lines: tuple[str, ...]
    left: bool
    essential: bool

    @property
    def title(self) -> str:
        """The heading in one line."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Shown:
    """A table on the page.

    Attributes:
        width, whole_width: in rem, one of ``WIDTHS`` each, below which its essential columns and
            all of its columns do not fit.
        hidden: how many columns are not essential.
    """

    headings: list[Heading]
    rows: list[list[Cell]]
    width: int
    whole_width: int
    hidden: int


def shown(table: Table) -> Shown:
    """A table with what the page needs beside its texts."""
    columns = table.arranged
    chosen = [column.essential for column in columns]
    if not any(chosen[1:]):
        chosen = [True] * len(chosen)
    chosen[0] = True
    texts = table.rows
    widths = [_width(column, [row[place] for row in texts]) for place, column in enumerate(columns)]
    headings = [
        Heading(column.key, column.header, column.aligned_left, essential)
        for column, essential in zip(columns, chosen, strict=True)
    ]
    return Shown(
        headings,
        [_row(table, index, row) for index, row in enumerate(texts)],
        _step(sum(width for width, kept in zip(widths, chosen, strict=True) if kept)),
        _step(sum(widths)),
        chosen.count(False),
    )


def _row(table: Table, index: int, texts: Sequence[str]) -> list[Cell]:
    cells = []
    for place, (column, text) in enumerate(zip(table.arranged, texts, strict=True)):
        value = column.entries[index]
        label = str(value) if place == 0 and column.key == "configuration" else ""
        judged = value if isinstance(value, Judged) else None
        said = judged or (value if isinstance(value, Comparison) else None)
        kind = said.kind if said and column.kind in ("verdict", "judged") else ""
        cells.append(Cell(text, _sort(column, value), kind, judged, label))
    return cells


def _sort(column: Column, value: Value) -> str:
    """A number where the column has numbers; the order of verdicts where it has these."""
    if value is None or value == "":
        return ""
    if isinstance(value, Comparison) and column.kind == "verdict":
        return str(get_args(Kind).index(value.kind))
    if isinstance(value, str) and column.kind == "count":  # written with its sign
        return ("-" if value.startswith("−") else "") + re.sub(r"\D", "", value)
    if isinstance(value, str):
        judged = next((each for each in column.entries if isinstance(each, Judged)), None)
        return value if judged is None else repr(judged.neutral)  # the baseline's own value
    if isinstance(value, Median) and value.value is None:
        return "1e300"  # not reached
    if isinstance(value, Estimate | TrialMean):
        number: float | None = value.mean
    elif isinstance(value, Comparison):
        number = value.effect
    elif isinstance(value, Ratio | Judged | Median):
        number = value.value
    else:
        number = value
    return "" if number is None or not math.isfinite(number) else repr(float(number))


def _width(column: Column, cells: Sequence[str]) -> float:
    """In rem, of a column whose text may be broken but whose numbers may not."""
    heading = max(len(line) for line in column.header)
    longest = max((len(cell) for cell in cells if cell != ABSENT), default=1)
    if column.kind == "judged":
        longest = 20  # its parts are below each other
    elif column.kind in ("text", "verdict"):
        longest = min(longest, _LONGEST_TEXT)
    return _CHARACTER * max(min(heading, _LONGEST_TEXT), longest) + _BESIDE


def _step(width: float) -> int:
    return next((step for step in WIDTHS if step >= width), WIDTHS[-1])
