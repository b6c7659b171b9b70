"""A document of paragraphs and tables, and its form in the terminal, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from bench.markup import escape_latex, escape_markdown


@dataclass(frozen=True)
class Heading:
    """The title of a document."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Sentences."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list; each item has a subject, which is emphasised, and says something of it."""

    items: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Cells of text.

    Attributes:
        numbers: how many columns at the end hold numbers, aligned right and never broken.
        faint: rows of less interest.
        strong: rows of more.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 0
    faint: frozenset[int] = field(default=frozenset())
    strong: frozenset[int] = field(default=frozenset())


Block = Heading | Paragraph | Items | Table


def terminal(blocks: Sequence[Block]) -> RenderableType:
    """For a console of rich; tables keep to its width by breaking text."""
    return Group(*(_for_terminal(block) for block in blocks))


def _for_terminal(block: Block) -> RenderableType:
    if isinstance(block, Heading):
        return Text(block.text, style="bold")
    if isinstance(block, Paragraph):
        return Text(block.text + "\n")
    if isinstance(block, Items):
        grid = RichTable.grid(padding=(0, 1))
        for subject, text in block.items:
            grid.add_row("•", Text.assemble((subject, "bold"), ": ", text))
        return Group(grid, Text())
    table = RichTable(title=Text(block.title), title_justify="left", box=box.SIMPLE)
    first = len(block.header) - block.numbers
    for index, heading in enumerate(block.header):
        number = index >= first
        cells = [row[index] for row in block.rows]
        table.add_column(
            Text(heading),
            justify="right" if number else "left",
            vertical="top",
            overflow="fold",
            min_width=max(map(len, cells), default=0) if number else None,
        )
    for index, row in enumerate(block.rows):
        style = "dim" if index in block.faint else "bold" if index in block.strong else ""
        table.add_row(*map(Text, row), style=style)
    return table


def markdown(blocks: Sequence[Block]) -> str:
    """GitHub-flavoured Markdown."""
    return "\n\n".join(_in_markdown(block) for block in blocks) + "\n"


def _in_markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {escape_markdown(block.text)}"
    if isinstance(block, Paragraph):
        return escape_markdown(block.text)
    if isinstance(block, Items):
        return "\n".join(
            f"- **{escape_markdown(subject)}**: {escape_markdown(text)}"
            for subject, text in block.items
        )
    first = len(block.header) - block.numbers
    rows = [[escape_markdown(cell) for cell in row] for row in (block.header, *block.rows)]
    for index in block.strong:
        rows[index + 1] = [f"**{cell}**" if cell else "" for cell in rows[index + 1]]
    rows.insert(1, ["--:" if index >= first else ":--" for index in range(len(block.header))])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"### {escape_markdown(block.title)}", "", *lines])


def latex(blocks: Sequence[Block]) -> str:
    """Text and tables for a document that loads booktabs and tabularx."""
    needs = r"% Needs \usepackage{booktabs,tabularx}; names in other scripts need LuaLaTeX."
    return "\n\n".join([needs, *(_in_latex(block) for block in blocks)]) + "\n"


def _in_latex(block: Block) -> str:
    if isinstance(block, Heading):
        return rf"\subsection*{{{escape_latex(block.text)}}}"
    if isinstance(block, Paragraph):
        return escape_latex(block.text)
    if isinstance(block, Items):
        lines = [
            rf"\item \textbf{{{escape_latex(subject)}}}: {escape_latex(text)}"
            for subject, text in block.items
        ]
        return "\n".join([r"\begin{itemize}", *lines, r"\end{itemize}"])
    texts = len(block.header) - block.numbers
    rows = [[escape_latex(cell) for cell in row] for row in (block.header, *block.rows)]
    for index in block.strong:
        rows[index + 1] = [rf"\textbf{{{cell}}}" if cell else "" for cell in rows[index + 1]]
    header, *others = (" & ".join(row) + r" \\" for row in rows)
    # The column with the longest text is broken into lines.
    widths = [max(len(row[index]) for row in rows) for index in range(texts)]
    wide = widths.index(max(widths))
    columns = "".join(
        r">{\raggedright\arraybackslash}X" if index == wide else "l" for index in range(texts)
    )
    return "\n".join(
        [
            rf"\paragraph{{{escape_latex(block.title)}}}",
            r"\noindent",
            rf"\begin{{tabularx}}{{\linewidth}}{{{columns}{'r' * block.numbers}}}",
            r"\toprule",
            header,
            r"\midrule",
            *others,
            r"\bottomrule",
            r"\end{tabularx}",
        ]
    )
