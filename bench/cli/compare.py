"""``bench compare``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bench.cli import completion, display
from bench.cli.options import Language, PluginFiles, load_plugins, output_file

if TYPE_CHECKING:
    from rich.console import Console

    from bench.report.change import Section


def compare(
    old: Annotated[
        Path,
        typer.Argument(
            help="The results folder to compare with.", autocompletion=completion.results
        ),
    ],
    new: Annotated[
        list[Path],
        typer.Argument(help="Others, such as after a change.", autocompletion=completion.results),
    ],
    out: Annotated[
        Path | None,
        typer.Option(parser=output_file, metavar="FILE", help="Write Markdown into this file."),
    ] = None,
    fail_on: Annotated[
        Literal["nothing", "worse"],
        typer.Option(
            "--fail-on",
            help="worse: exit with 1 if a measure is worse by more than the margin, or lost.",
        ),
    ] = "nothing",
    lang: Language = "en",
    plugin: PluginFiles = None,
) -> None:
    """Compare results of the same configurations: what is better or worse, and how sure.

    Prints a table on a terminal and Markdown for a pull request elsewhere.
    """
    load_plugins(plugin)
    from bench.report import change
    from bench.texts import speaking

    with speaking(lang):
        with display.news().status("Comparing …"):
            sections = change.compare(old, new)
        if out is not None:
            _write(out, change.markdown(sections))
        console = display.console()
        if out is not None or sys.stdout.isatty():
            _show(sections, console)
        else:
            print(change.markdown(sections), end="")
    if fail_on == "worse" and any(section.regressions for section in sections):
        raise typer.Exit(1)


def _write(out: Path, text: str) -> None:
    from bench.files import unwritable, write_atomically

    try:
        write_atomically(out, text.encode(errors="backslashreplace"))
    except OSError as error:
        raise unwritable(out, error, "name another file with --out") from error


def _show(sections: Sequence[Section], console: Console) -> None:
    from bench.report.change import document

    def say(text: str, style: str | None = None) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True, style=style)

    for section in sections:
        say(document.heading(section), "bold")
        if section.surroundings:
            say(document.surroundings())
            for row in section.surroundings:
                say(f"  {row.what}: {row.old} → {row.new}")
        for sentence in document.cautions(section):
            say(sentence)
        for table in document.tables(section, same=False):
            console.print(display.table(table.title, list(table.terminal()), console))
        for note in document.notes(section):
            say(note, "dim")
        say(document.summary(section), "bold")
