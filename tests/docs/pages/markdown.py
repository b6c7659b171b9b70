"""Parts of a generated page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MADE = "<!-- made by tests/docs/reference.py -->"


def page(title: str, introduction: str, parts: Iterable[str]) -> str:
    """A page with its title and a note on where it comes from."""
    return "\n\n".join([f"# {title}", MADE, introduction, *parts]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a pipe in a cell is escaped, a line break becomes a space."""
    lines = [_row(header), "|" + "---|" * len(header), *map(_row, rows)]
    return "\n".join(lines)


def code(text: object) -> str:
    """As code, or nothing where there is nothing."""
    return f"`{text}`" if str(text) else ""


def plain(text: str) -> str:
    """Text in which nothing is taken for HTML or emphasis; what is in backticks is code."""
    parts = re.split(r"`+([^`]+)`+", text)
    for index, part in enumerate(parts):
        parts[index] = f"`{part}`" if index % 2 else re.sub(r"([\\<*_\[\]])", r"\\\1", part)
    return "".join(parts)


def _row(cells: Sequence[str]) -> str:
    in_one_line = (re.sub(r"[ \n]+", " ", cell).strip(" ") for cell in cells)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in in_one_line) + " |"
