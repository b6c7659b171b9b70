"""A table of the report as LaTeX: booktabs' rules, siunitx's columns, a caption that says enough.

Each measured column is two in LaTeX: its values in an S column, aligned at the decimal point, and
beside them their uncertainties. A table too wide for a page is split into blocks of columns, one
below the other, each starting with the first column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.markup import escape_latex
from bench.report.judged import Judged
from bench.report.paper.numbers import Number, number
from bench.report.paper.numbers import marks as marks_of
from bench.report.table import Column, Table
from bench.texts import say

PACKAGES = ("booktabs", "graphicx", "siunitx")

_PAGE = 115  # characters of a small size that a page is wide


def latex(table: Table, conditions: str = "") -> str:
    """A table float for a document that loads ``PACKAGES``.

    It has the columns that the page shows first, a caption, and the notes that the marks in its
    cells refer to; all other notes are comments.

    Args:
        conditions: how the numbers were measured, in sentences, for the caption.
    """
    shown = list(table.arranged)
    if any(column.essential for column in shown[1:]):
        shown = [shown[0], *(column for column in shown[1:] if column.essential)]
    parts = [_part(table, column, first=column is shown[0]) for column in shown]
    marks = {mark for part in parts for cell in part.cells for mark in marks_of(cell)}
    below = [note for note in table.notes if note[:1] in marks]
    lead = [note for note in table.notes[:1] if note not in below]
    caption = " ".join([_sentence(table.title), *lead, conditions]).strip()
    return "\n".join(
        [
            rf"% Needs \usepackage{{{','.join(PACKAGES)}}}; {say('paper-scripts')}",
            *(f"% {line}" for note in table.notes for line in note.splitlines()),
            r"\begin{table*}",
            r"\centering\footnotesize\setlength{\tabcolsep}{4pt}\setlength{\belowcaptionskip}{6pt}",
            rf"\caption{{{escape_latex(caption)}}}",
            rf"\label{{tab:{table.name}}}",
            "\n\\par\\medskip\n".join(_tabular(block) for block in _blocks(parts)),
            *_below(below),
            r"\end{table*}",
            "",
        ]
    )


def _sentence(title: str) -> str:
    return title if title.endswith((".", "?", "!")) else f"{title}."


@dataclass(frozen=True)
class _Part:
    """A column of the report as one or two columns of LaTeX.

    Attributes:
        cells: their texts in the report.
        specification: of both, for ``tabular``.
        heading: of both.
        body: per row, what is between the ampersands.
        width: in characters.
    """

    cells: list[str]
    specification: str
    heading: str
    body: list[str]
    width: int


def _part(table: Table, column: Column, *, first: bool) -> _Part:
    cells = [column.cell(row) for row in range(len(column.entries))]
    width = max(map(len, (*column.header, *cells))) + 2
    if column.kind == "judged":
        return _judged(column, cells)
    if column.kind in ("text", "verdict"):
        body = [escape_latex(cell) for cell in cells]
        if first and table.emphasised is not None:
            named = say("table-baseline", name=cells[table.emphasised])
            body[table.emphasised] = rf"\textbf{{{escape_latex(named)}}}"
            width = max(width, len(named) + 2)
        return _Part(cells, "l", _stack(column.header, "l"), body, width)
    return _numeric(column, cells, width)


def _numeric(column: Column, cells: list[str], width: int) -> _Part:
    numbers = [number(cell) for cell in cells]
    aligned = _format([each.value for each in numbers if each is not None and _plain(each)])
    values, besides = [], []
    for cell, each in zip(cells, numbers, strict=True):
        if each is None:
            values.append(_words(cell))
        elif _plain(each):
            values.append(each.value)
        else:
            values.append(f"{{{'$>$' if each.bound else ''}{num(each.value)}}}")
        besides.append("" if each is None else _beside(each))
    if not any(besides):
        return _Part(cells, aligned, f"{{{_stack(column.header, 'r')}}}", values, width)
    heading = rf"\multicolumn{{2}}{{c}}{{{_stack(column.header, 'c')}}}"
    body = [f"{value} & {beside}" for value, beside in zip(values, besides, strict=True)]
    return _Part(cells, rf"{aligned}@{{\,}}l", heading, body, width)


def _judged(column: Column, cells: list[str]) -> _Part:
    """The ratio and its interval, and the verdict below each other in words."""
    values, besides, words = [], [], []
    for entry, cell in zip(column.entries, cells, strict=True):
        if not isinstance(entry, Judged):  # the baseline's own value
            values.append(_words(""))
            besides.append("")
            words.append(_quantity(cell))
            continue
        found = number(entry.effect)
        plain = found is not None and _plain(found)
        values.append(found.value if found is not None and plain else _words(entry.effect))
        besides.append(_beside(found) if found is not None else "")
        words.append(escape_latex(f"{entry.arrow} {entry.words}{marks_of(cell)}"))
    aligned = _format([value for value in values if not value.startswith("{")])
    body = [
        f"{value} & {beside} & {said}"
        for value, beside, said in zip(values, besides, words, strict=True)
    ]
    heading = rf"\multicolumn{{3}}{{c}}{{{_stack(column.header, 'c')}}}"
    longest = max(
        len(f"{entry.effect} {entry.words}") if isinstance(entry, Judged) else len(cell)
        for entry, cell in zip(column.entries, cells, strict=True)
    )
    width = max(max(map(len, column.header)), longest) + 3
    return _Part(cells, rf"{aligned}@{{\,}}l@{{\ }}l", heading, body, width)


def _plain(each: Number) -> bool:
    """Whether an S column can align it."""
    return not each.bound and "e" not in each.value


def _words(cell: str) -> str:
    return f"{{{escape_latex(cell)}}}"


def _quantity(cell: str) -> str:
    """A value with its unit behind it, such as ``43.99 ± 0.10 MiB``."""
    found = re.fullmatch(r"(.*\d\)?) ([A-Za-z]+)", cell)
    each = number(found[1] if found else cell)
    if each is None:
        return escape_latex(cell)
    unit = rf"\,{found[2]}" if found else ""
    return f"{num(each.value)} {_beside(each)}".rstrip() + unit


def num(text: str) -> str:
    """A number for siunitx."""
    return rf"\num{{{text}}}"


def _beside(each: Number) -> str:
    """What follows the value: its uncertainty, and marks."""
    marks = rf"\textsuperscript{{{escape_latex(each.marks)}}}" if each.marks else ""
    if each.half:
        return rf"$\pm$\,{num(each.half)}{marks}"
    if each.low and each.high:
        return f"{interval(each.low, each.high)}{marks}"
    if each.low or each.high:
        ends = [num(end) if end else "--" for end in (each.low, each.high)]
        return f"({' to '.join(ends)}){marks}"
    return (f"({escape_latex(each.words)})" if each.words else "") + marks


def interval(low: str, high: str) -> str:
    """Two ends in brackets, with a dash or, of negative ones, a word between them."""
    if "-" in low or "-" in high:
        between = say("range", low="|", high="|").strip("|")
        return f"({num(low)}{between}{num(high)})"
    return f"({num(low)}--{num(high)})"


def _format(values: Sequence[str]) -> str:
    """An S column as wide as its widest number."""
    if not values:
        return "S[table-format=1]"
    sign = next((value[0] for value in values if value[0] in "+-"), "")
    integers, decimals = zip(
        *(value.lstrip("+-").partition(".")[::2] for value in values), strict=True
    )
    places = max(map(len, decimals))
    digits = max(map(len, integers))
    kept = ", retain-explicit-plus" if any(value[0] == "+" for value in values) else ""
    return f"S[table-format={sign}{digits}{f'.{places}' if places else ''}{kept}]"


def _stack(header: Sequence[str], side: str) -> str:
    lines = [escape_latex(line) for line in header]
    if len(lines) == 1:
        return lines[0]
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}" + r" \\ ".join(lines) + r"\end{tabular}"


def _blocks(parts: Sequence[_Part]) -> list[list[_Part]]:
    """The columns that fit next to the first one in a page's width, block by block."""
    first, *others = parts
    blocks, room = [[first]], _PAGE - first.width
    for part in others:
        if part.width > room and len(blocks[-1]) > 1:
            blocks.append([first])
            room = _PAGE - first.width
        blocks[-1].append(part)
        room -= part.width
    return blocks


def _tabular(block: Sequence[_Part]) -> str:
    return "\n".join(
        [
            r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
            rf"\begin{{tabular}}{{{''.join(part.specification for part in block)}}}",
            r"\toprule",
            " & ".join(part.heading for part in block) + r" \\",
            r"\midrule",
            *(" & ".join(row) + r" \\" for row in zip(*(p.body for p in block), strict=True)),
            r"\bottomrule",
            r"\end{tabular}}",
        ]
    )


def _below(notes: Sequence[str]) -> list[str]:
    if not notes:
        return []
    return [
        r"\par\medskip",
        r"\begin{minipage}{\linewidth}\raggedright",
        *(escape_latex(note) + r"\par" for note in notes),
        r"\end{minipage}",
    ]
