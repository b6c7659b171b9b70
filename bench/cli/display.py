"""What commands print: tables, and on standard error what went wrong."""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

from rich.console import Console

from bench.cli import output

if TYPE_CHECKING:
    from rich.console import RenderableType


def console() -> Console:
    """Standard output: as wide as the terminal, and wide where it is a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 180)


def news() -> Console:
    """Standard error, for news of a command, which goes on where they cannot be written."""
    return Console(file=cast("TextIO", output.Dispensable(sys.stderr)))


def table(
    title: str, rows: list[dict[str, Any]], console: Console, droppable: Iterable[str] = ()
) -> RenderableType:
    """Rows as a table, their keys as headings; numbers to the right.

    Headings in ``droppable`` go first to last until it fits without breaking words. Numbers and
    headings are never broken: where it still does not fit, each row is a list of its values.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns = {h: [_cell(row[h]) for row in rows] for h in rows[0]}
    numeric = {h for h, cells in columns.items() if all(re.match(r"[-−–\d]", c) for c in cells)}
    widths = {
        h: max(_longest_word(h), *(len(c) for c in cells if h in numeric), 0)
        for h, cells in columns.items()
    }
    first = next(iter(columns))
    widths[first] = max(widths[first], *map(len, columns[first]))
    unbroken = {h: max(w, *map(_longest_word, columns[h])) for h, w in widths.items()}
    for heading in droppable:
        if not _fits(unbroken, console):
            del widths[heading], unbroken[heading]
    if not _fits(widths, console):
        return _listed(title, columns)
    least = unbroken if _fits(unbroken, console) else widths

    shown = Table(title=Text(title) if title else None, title_justify="left", box=box.SIMPLE)
    for heading, width in widths.items():
        shown.add_column(
            Text(heading.replace("_", " ")),
            justify="right" if heading in numeric else "left",
            width=width if heading in numeric or heading == first else None,
            min_width=least[heading],
            overflow="fold",
        )
    for index in range(len(rows)):
        shown.add_row(*(Text(columns[heading][index]) for heading in widths))
    return shown


def _longest_word(text: str) -> int:
    return max(map(len, re.split(r"[\s_]", text)))


def _fits(widths: Mapping[str, int], console: Console) -> bool:
    return sum(width + 3 for width in widths.values()) < console.width


def _listed(title: str, columns: Mapping[str, list[str]]) -> RenderableType:
    """Each row as lines of heading and value, for narrow terminals."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    blocks: list[RenderableType] = [Text(title), Text()] if title else []
    for row in zip(*columns.values(), strict=True):
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True)
        block.add_column(overflow="fold")
        for heading, cell in zip(columns, row, strict=True):
            block.add_row(Text(heading.replace("_", " ")), Text(cell))
        blocks += [block, Text()]
    return Group(*blocks)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def warn(sentence: str) -> None:
    """Says what went wrong, though the command continues."""
    _say("[bold yellow]bench: warning:[/]", sentence)


def echo_json(content: Any) -> None:
    """Prints JSON; what the output's encoding lacks is escaped, so that nothing is lost."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(content, indent=1)
    print(text)


def refuse(sentence: str) -> NoReturn:
    """Says why a request cannot be met, and ends the command with status 2."""
    _say("[bold red]bench:[/]", sentence)
    sys.exit(2)


_show_other_warning = warnings.showwarning


def show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Shows a warning of ours as one line for the user, others as Python does.

    Takes the place of :func:`warnings.showwarning`.
    """
    from bench.errors import DataWarning
    from variants.registry import PluginWarning

    if issubclass(category, (PluginWarning, DataWarning)):
        warn(str(message))
    else:
        _show_other_warning(message, category, filename, lineno, file, line)


def note(text: str) -> None:
    """Shows a line about what is going on, on standard error."""
    news().print(text, highlight=False, markup=False, soft_wrap=True)


def _say(mark: str, sentence: str) -> None:
    from rich.markup import escape

    news().print(f"{mark} {escape(sentence)}", highlight=False, soft_wrap=True)
