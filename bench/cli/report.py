"""``bench report``."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import completion, display
from bench.cli.options import (
    Language,
    PluginFiles,
    column_names,
    load_plugins,
    output_folder,
    significant_digits,
)


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
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,…",
            help="Columns that the tables show first, in this order, by their names in the CSV "
            "files, such as speed_up,fcd_final.",
            show_default="those of each table",
        ),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Score that verdicts, recommendation, figures and equal-cost tables are on, such "
            "as kid_mean.",
            show_default="FID or FCD, else what was measured",
        ),
    ] = None,
    precision: Annotated[
        int | None,
        typer.Option(
            parser=significant_digits,
            metavar="N",
            help="Significant digits of numbers, 1 to 6.",
            show_default="those that the intervals justify",
        ),
    ] = None,
    lang: Language = "en",
    plugin: PluginFiles = None,
) -> None:
    """Write the report of a sweep: HTML page, Markdown, LaTeX and CSV tables, figures.

    Several sweeps, as of other data sets or other machines, are merged into one report.
    """
    names = () if columns is None else column_names(columns)
    load_plugins(plugin)
    from bench import report as reports
    from bench.report.choices import ChoiceError, Choices

    first, *others = results
    choices = Choices(names, metric, precision)

    def write() -> Path:
        with display.news().status("Writing the report …"):
            return reports.write(first, out, others=others, language=lang, choices=choices).page

    if not watch:
        print(write())
        return
    from bench.watching import watch as follow

    waiting = False

    def draw(over: bool) -> None:
        nonlocal waiting
        try:
            print(write(), f"{datetime.now():%H:%M:%S}", flush=True)
        except ChoiceError as error:  # the sweep may yet measure it
            if over:
                raise
            if not waiting:
                display.news().print(f"Waiting for it to be measured: {error}", markup=False)
            waiting = True

    with suppress(KeyboardInterrupt):  # which is how one ends it
        follow(results, draw)
