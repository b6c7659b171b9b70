"""Every number of the tables, on the page, in LaTeX and as CSV, is what the Parquet files give.

Nothing here shares code with the report: ``tables.py`` recomputes each column from the Parquet
files by docs/measuring.md. A column that it does not know fails.
"""

from __future__ import annotations

import csv
import re

import pytest

from tests.report.latex import tabulars
from tests.report.recompute import latex
from tests.report.recompute.conftest import Case
from tests.report.recompute.model import UNITS, Column, Judged, Value
from tests.report.recompute.tables import CONTROL
from tests.report.recompute.welch import Verdict

# Whose correction for unequal variances the report interpolates in a table.
_INTERPOLATED = re.compile(r"fcd_final_(ratio|against_baseline)_(low|high)_95|fcd_final_verdict_p")
_ORDER = ("better", "worse", "equivalent", "undecided", "untested")


def _of_tables(case: Case) -> list[str]:
    """All tables but those of what changed, which ``test_changes.py`` has."""
    return [name for name in case.page.tables if not name.startswith("changes-")]


def _rows(case: Case, name: str) -> list[str]:
    if name == "held-out":
        return [*case.sweep.labels, CONTROL]
    if name == "incomplete-runs":
        return list(case.tables[name]["seed"].cells)
    return case.sweep.others if name == "equal-cost" else case.sweep.labels


def test_the_page_has_these_tables(case: Case) -> None:
    assert sorted(_of_tables(case)) == sorted(case.tables)


def test_each_cell_of_the_page(case: Case) -> None:
    wrong, checked = [], 0
    for name in _of_tables(case):
        shown, expected = case.page.tables[name], case.tables[name]
        rows = dict(zip(_rows(case, name), shown.rows.values(), strict=True))
        for key in shown.headings:
            if key == "configuration" and key not in expected:
                continue
            column, factor = expected[key], UNITS[shown.unit(key)]
            for row, cells in rows.items():
                text, order = cells[key]
                checked += 1
                if text != column.text(row, factor):
                    wrong.append((name, key, row, text, column.text(row, factor)))
                if not _sorts(order, column, row):
                    wrong.append((name, key, row, order, column.cells[row]))
    assert wrong == []
    assert checked > 100


def test_each_row_is_that_of_its_configuration(case: Case) -> None:
    for name in _of_tables(case):
        shown = case.page.tables[name].rows.values()
        labels = [cells["configuration"][0].removesuffix(" (baseline)") for cells in shown]
        expected = case.tables[name].get("configuration")
        assert labels == ([*expected.cells.values()] if expected else _rows(case, name))


def _sorts(order: str, column: Column, row: str) -> bool:
    """Whether what a cell is sorted by is its value."""
    value = column.cells[row]
    if column.kind == "verdict":
        return order == ("" if value is None else str(_ORDER.index(value.kind)))
    if column.base and value is None:
        return order == "1.0"
    number = _number(value)
    if number is None:
        return order == ("" if value is None else value)
    return float(order) == pytest.approx(number, rel=1e-9)


def _number(value: Value) -> float | None:
    if isinstance(value, Verdict):
        return value.ratio
    if value is None or isinstance(value, str):
        return None
    return float(value) if isinstance(value, int | float) else float(value.value)


def test_each_field_of_the_csv(case: Case) -> None:
    wrong = []
    for name in _of_tables(case):
        expected = {}
        for key, column in case.tables[name].items():
            expected |= column.fields(key)
        with (case.folder / "tables" / f"{name}.csv").open(encoding="utf-8") as lines:
            rows = dict(zip(_rows(case, name), csv.DictReader(lines), strict=True))
        for row, fields in rows.items():
            for key, text in fields.items():
                if key == "configuration" and key not in expected:
                    assert text == row
                elif key not in expected or not _same(key, text, expected[key][row]):
                    wrong.append((name, row, key, text, expected.get(key)))
    assert wrong == []


def _same(key: str, text: str, value: float | str | None) -> bool:
    if value is None or isinstance(value, str):
        return text == (value or "")
    if text == "":
        return False
    return float(text) == pytest.approx(value, rel=0.01 if _INTERPOLATED.fullmatch(key) else 1e-9)


def test_each_cell_of_the_latex(case: Case) -> None:
    """LaTeX shows the page's first columns; its cells say what those of the page do."""
    files = sorted((case.folder / "paper" / "tables").glob("*.tex"))
    assert [path.stem for path in files] == sorted(_of_tables(case))
    wrong = []
    for path in files:
        shown, expected = case.page.tables[path.stem], case.tables[path.stem]
        seen = []
        for block in tabulars(path.read_text(encoding="utf-8")):
            keys = [_key(heading, shown.headings, seen) for heading in _headings(block.heading)]
            widths = _widths(block.heading)
            for row, cells in zip(_rows(case, path.stem), block.rows, strict=True):
                parts = iter(cells)
                for key, width in zip(keys, widths, strict=True):
                    said = latex.cell([next(parts) for _ in range(width)])
                    if key == "configuration" and key not in expected:
                        assert said.removesuffix(" (baseline)") == row
                        continue
                    text = _as_latex(expected[key], row, UNITS[shown.unit(key)])
                    if said != text:
                        wrong.append((path.stem, key, row, said, text))
        assert ["configuration", *sorted(set(seen) - {"configuration"})] == [
            "configuration",
            *sorted(set(shown.essential) - {"configuration"}),
        ]
    assert wrong == []


def _headings(line: str) -> list[str]:
    """Of each column, on one line."""
    texts = []
    for part in re.split(r" & (?!\\)| & (?=\\multicolumn|\\begin)", line):
        part = re.sub(
            r"\\multicolumn\{\d\}\{c\}|\\(begin|end)\{tabular\}(\[b\]\{@\{\}[rlc]@\{\}\})?",
            "",
            part,
        )
        texts.append(latex.words(part.replace(r" \\ ", " ")))
    return texts


def _widths(line: str) -> list[int]:
    """How many columns of LaTeX each has."""
    parts = re.split(r" & (?!\\)| & (?=\\multicolumn|\\begin)", line)
    return [int(found[1]) if (found := re.match(r"\\multicolumn\{(\d)\}", p)) else 1 for p in parts]


def _key(heading: str, headings: dict[str, str], seen: list[str]) -> str:
    """Two columns may have one heading, such as the budgets of two costs: in order."""
    known = [key for key, text in headings.items() if text == heading]
    (key, *_) = [key for key in known if key not in seen or key == "configuration"]
    seen.append(key)
    return key


def _as_latex(column: Column, row: str, factor: float) -> str:
    """In LaTeX a verdict has its arrow behind the interval, and no ×; marks are at its end."""
    value, text = column.cells[row], column.text(row, factor)
    if column.base and value is None:
        return text
    if isinstance(value, Judged):
        marks = "†" * ("†" in text)
        return f"{value.effect.replace(' ×', '')} {value.arrow} {value.words}{marks}"
    return text
