"""A table as data, and its form in Markdown, CSV and the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bench.markup import escape_markdown
from bench.report.choices import chosen
from bench.report.judged import Judged
from bench.report.statistics import CONFIDENCE, Estimate, Ratio, TrialMean
from bench.report.statistics.censored import Median
from bench.report.text import (
    ABSENT,
    PARTLY_FINITE,
    estimate_text,
    interval_text,
    median_text,
    not_finite,
    ratio_text,
    signed_number,
    signed_text,
    significant,
    trials_text,
)
from bench.report.verdict_text import effect_text, verdict_text
from bench.report.verdicts import Comparison
from bench.texts import grouped, say

if TYPE_CHECKING:
    from bench.report.data.drift import Timing

Kind = Literal[
    "text",
    "count",
    "number",
    "signed",
    "estimate",
    "interval",
    "difference",
    "ratio",
    "trials",
    "effect",
    "verdict",
    "judged",
    "median",
]
Value = str | int | float | Estimate | Ratio | TrialMean | Comparison | Judged | Median | None

_LEVEL = f"{CONFIDENCE:.0%}".rstrip("%")


@dataclass(frozen=True)
class Column:
    """One column: what it holds, and how it is shown.

    Attributes:
        key: name in the CSV file, with the unit of the unscaled entries.
        header: the heading's lines, the unit in the last.
        kind: what ``entries`` are; decides the text of a cell and the columns of the CSV.
        scale: what the shown values are divided by (the CSV keeps them unscaled).
        decimals: of shown trial means, where their source fixes them.
        marked: per row, under which conditions its times were measured; some have a mark.
        essential: whether the column is shown where there is room for few: in the terminal, and
            on the page before the others are asked for.
        not_finite: per row, of how many runs the value was not finite; these are not in the mean.
        plain: what the CSV file has instead of ``entries``; see ``worded``.
    """

    key: str
    header: tuple[str, ...]
    kind: Kind
    entries: tuple[Value, ...]
    scale: float = 1.0
    decimals: int | None = None
    marked: tuple[Timing, ...] = ()
    essential: bool = False
    not_finite: tuple[int, ...] = ()
    plain: tuple[Value, ...] = ()

    @property
    def title(self) -> str:
        """The heading in one line."""
        return " ".join(self.header)

    @property
    def aligned_left(self) -> bool:
        """Whether it is text."""
        return self.kind in ("text", "verdict", "judged")

    @property
    def names(self) -> set[str]:
        """By which it can be asked for: its own, and those of its columns in the CSV file."""
        return {self.key, *self.fields()}

    @property
    def measured(self) -> bool:
        """Whether any cell has a value, even one that is not finite."""
        return any(value is not None for value in self.entries) or any(self.not_finite)

    def cell(self, row: int) -> str:
        """The text of one cell, not escaped."""
        text = self._text(self.entries[row])
        if self.not_finite and self.not_finite[row]:
            text = f"{not_finite() if text == ABSENT else text}{PARTLY_FINITE}"
        return text + self.marked[row].marks if self.marked and text != ABSENT else text

    def _text(self, value: Value) -> str:
        if value is None or value == "":
            return ABSENT
        if isinstance(value, str):
            return value
        if isinstance(value, Ratio):
            return ratio_text(value)
        if isinstance(value, Comparison):
            if self.kind == "verdict":
                return verdict_text(value)
            return effect_text(value, self.scale)
        if isinstance(value, Judged):
            return str(value)
        if isinstance(value, Median):
            return median_text(value, self.scale)
        if isinstance(value, TrialMean):
            return trials_text(value, self.scale, self.decimals)
        if isinstance(value, Estimate):
            show = {"difference": signed_text, "interval": interval_text}
            return show.get(self.kind, estimate_text)(value, self.scale)
        if isinstance(value, int):
            return grouped(value) if self.kind == "count" else str(value)
        if self.kind == "signed":
            return signed_number(value / self.scale)
        return significant(value / self.scale)

    def fields(self) -> dict[str, list[str]]:
        """The columns of the CSV file: full precision, empty where not measured."""
        bounds = {"low": f"{self.key}_low_{_LEVEL}", "high": f"{self.key}_high_{_LEVEL}"}
        names = {
            "ratio": {"value": self.key, **bounds},
            "interval": bounds,
            "estimate": {"mean": f"{self.key}_mean", **bounds},
            "difference": {"mean": f"{self.key}_mean", **bounds},
            "effect": {"effect": self.key, **bounds},
            "verdict": {
                "kind": self.key,
                "p": f"{self.key}_p",
                "more_seeds": f"{self.key}_more_seeds_needed",
            },
            "judged": {"value": self.key, **bounds, "kind": f"{self.key}_verdict"},
            "median": {"value": self.key, **bounds},
            "trials": {
                "mean": f"{self.key}_mean",
                "standard_error": f"{self.key}_standard_error",
            },
        }.get(self.kind, {})
        fields = {
            name: [_plain(getattr(value, part, None)) for value in self.entries]
            for part, name in names.items()
        } or {self.key: [_plain(value) for value in self.plain or self.entries]}
        if any(self.not_finite):
            fields[f"{self.key}_not_finite"] = [str(count) for count in self.not_finite]
        for name, values in self._conditions():
            fields[f"{self.key}_{name}"] = [
                "" if entry is None else _TRUTH[value]
                for entry, value in zip(self.entries, values, strict=True)
            ]
        return fields

    def _conditions(self) -> Iterator[tuple[str, Sequence[bool | None]]]:
        """What is known of the conditions of times, where there is anything to say."""
        if any(timing.contended is not False for timing in self.marked):
            yield "contended", [timing.contended for timing in self.marked]
        if any(timing.drifted for timing in self.marked):
            yield "drifted", [timing.drifted for timing in self.marked]


_TRUTH = {True: "true", False: "false", None: "unknown"}


def _plain(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(value)


@dataclass(frozen=True)
class Table:
    """A table with the notes under it.

    Attributes:
        emphasised: the row of the baseline.
        name: of its files; "" is the name under which the table is registered; where
            one function returns several tables, that name and a suffix.
        leads: whether it comes before the findings, as the answer in short.
    """

    title: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    emphasised: int | None = None
    name: str = ""
    leads: bool = False

    @property
    def wanted(self) -> list[Column]:
        """The columns that were asked for, in that order, each with its verdict behind it.

        Empty where none of them is in this table.
        """
        found: list[Column] = []
        for name in (names := chosen().columns):
            for column in self.columns[1:]:
                if name in column.names and column not in found:
                    found.append(column)
                    verdict = f"{column.key}_verdict"
                    if verdict not in names:
                        found += [each for each in self.columns if each.key == verdict]
        return found

    @property
    def arranged(self) -> tuple[Column, ...]:
        """All columns as they are shown: those that were asked for first, and as essential."""
        if not (wanted := self.wanted):
            return self.columns
        first, *others = self.columns
        rest = (column for column in others if column not in wanted)
        return (
            *(replace(column, essential=True) for column in (first, *wanted)),
            *(replace(column, essential=False) for column in rest),
        )

    @property
    def rows(self) -> list[list[str]]:
        """The cells' texts as arranged, not escaped."""
        return self._cells(self.arranged)

    def markdown(self) -> str:
        """A GitHub-flavoured table and its notes; where columns were asked for, with no others."""
        columns = (self.columns[0], *(self.wanted or self.columns[1:]))
        header = [escape_markdown(column.title) for column in columns]
        rule = [":--" if column.aligned_left else "--:" for column in columns]
        rows = [[escape_markdown(cell) for cell in row] for row in self._cells(columns)]
        if self.emphasised is not None:
            rows[self.emphasised][0] = f"**{rows[self.emphasised][0]}**"
        lines = [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
        notes = [escape_markdown(note) for note in self.notes]
        return "\n".join([*lines, "", *(f"{note}  " for note in notes)]).rstrip() + "\n"

    def csv(self) -> str:
        """Plain numbers in base units, one column per value and per interval bound."""
        fields: dict[str, list[str]] = {}
        for column in self.columns:
            fields |= column.fields()
        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows(zip(*fields.values(), strict=True))
        return sink.getvalue()

    def terminal(self) -> list[dict[str, str]]:
        """The essential columns as rows of heading → text."""
        shown = [column for column in self.columns if column.essential]
        titles = [column.title for column in shown]
        return [dict(zip(titles, row, strict=True)) for row in self._cells(shown)]

    def _cells(self, columns: Sequence[Column]) -> list[list[str]]:
        count = len(columns[0].entries)
        rows = [[column.cell(row) for column in columns] for row in range(count)]
        if self.emphasised is not None:
            name = rows[self.emphasised][0]
            rows[self.emphasised][0] = say("table-baseline", name=name)
        return rows
