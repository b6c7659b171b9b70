"""``bench report``."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import completion, display
from bench.cli.options import Language, PluginFiles, load_plugins, output_folder


def report(
    results: Annotated[
        list[Path],
        typer.Argument(
            help="A results folder, such as results/lightweight; several are merged.",
            autocompletion=completion.results,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FOLDER",
            help="Report folder; of results elsewhere, a folder report inside them.",
            show_default="reports/NAME for results/NAME",
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Write it again while the sweep runs, until all runs ended."),
    ] = False,
    lang: Language = "en",
    plugin: PluginFiles = None,
) -> None:
    """Write the report of a sweep: HTML page, Markdown, LaTeX and CSV tables, figures.

    Several sweeps, as of other data sets or other machines, are merged into one report.
    """
    load_plugins(plugin)
    from bench import report as reports

    first, *others = results

    def write() -> Path:
        with display.news().status("Writing the report …"):
            return reports.write(first, out, others=others, language=lang).page

    if not watch:
        print(write())
        return
    from bench.watching import watch as follow

    with suppress(KeyboardInterrupt):  # which is how one ends it
        follow(results, lambda: print(write(), f"{datetime.now():%H:%M:%S}", flush=True))
