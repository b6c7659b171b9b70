"""``bench doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import display
from bench.cli.options import DataRoot

if TYPE_CHECKING:
    from bench.doctor import Check


def doctor(
    data_root: DataRoot = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what this machine can do, with a remedy for each "no".

    Exits with 1 if something is missing without which nothing runs.
    """
    with display.news().status("Looking around …"):
        from bench import doctor as examination

        checks = list(examination.examine(data_root))
    if as_json:
        display.echo_json([check.as_json() for check in checks])
    else:
        for check in checks:
            _show(check)
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)


def _show(check: Check) -> None:
    from rich.text import Text

    console = display.console()
    mark, style = ("yes", "green") if check.ok else ("no ", "red" if check.needed else "yellow")
    line = Text.assemble((mark, style), "  ", (check.name, "bold"), f"  {check.found}")
    console.print(line, highlight=False, soft_wrap=True)
    if not check.ok and check.remedy:
        console.print(Text(f"     → {check.remedy}"), highlight=False, soft_wrap=True)
