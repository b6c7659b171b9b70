"""``bench report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import display
from bench.cli.options import PluginFiles, Results, load_plugins, output_folder


def report(
    results: Results,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FOLDER",
            help="Report folder; of results elsewhere, a folder report inside them.",
            show_default="reports/NAME for results/NAME",
        ),
    ] = None,
    plugin: PluginFiles = None,
) -> None:
    """Write the report of a sweep: HTML page, Markdown, LaTeX and CSV tables, figures."""
    load_plugins(plugin)
    from bench import report as reports

    with display.news().status("Writing the report …"):
        paths = reports.write(results, out)
    print(paths.page)
