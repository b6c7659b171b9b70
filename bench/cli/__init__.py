"""The command line: a module per command, each of which imports what it needs when it runs."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from bench import __version__
from bench.cli import (
    compact,
    compare,
    describe,
    display,
    doctor,
    fetch,
    listing,
    output,
    report,
    run,
    sample,
    status,
)
from bench.errors import PluginError, RequestError

app = typer.Typer(
    name="bench",
    help=(
        "Which GAN generator and critic give the most quality for the least compute, "
        "and how sure are we?"
    ),
    epilog="Start with: bench run --grid lightweight.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.command(epilog=run.EXAMPLES)(run.run)
app.command()(report.report)
app.command(epilog="Example:  bench compare results/before results/after --fail-on worse")(
    compare.compare
)
app.command()(status.status)
app.command()(compact.compact)
app.command("list")(listing.list_)
app.command(epilog="Example:  bench describe dcgan-lite --against dcgan")(describe.describe)
app.command(epilog="Example:  bench sample results/mine/RUN-ID --count 64 --class 3 --seed 5")(
    sample.sample
)
app.command()(fetch.fetch)
app.command()(doctor.doctor)


def main() -> None:
    """Runs the command line; a request that cannot be met ends with one sentence and status 2."""
    output.set_up()
    warnings.showwarning = display.show_warning
    try:
        with output.checked():
            app()
    except RequestError as error:
        display.refuse(_with_plugin_hint(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        sentence = _about_plugin(error) or _about_place(error)
        if sentence is None:  # a bug of ours
            raise
        display.refuse(sentence)


def _about_plugin(error: Exception) -> str | None:
    """What is wrong with the plug-in whose code raised an exception; None if none did."""
    from bench import plugins

    try:
        with plugins.reporting("be used"):
            raise error
    except PluginError as found:
        return str(found)
    except Exception:
        return None


def _about_place(error: Exception) -> str | None:
    """What is wrong with the place that the system does not open; None if there is none."""
    if not isinstance(error, OSError):
        return None
    try:
        Path.cwd()
    except OSError:
        return "The working directory is no longer there; change to one that is."
    if error.filename is None:
        return None
    return f"{error.filename}: {error.strerror}; name a place that you can read and write."


def _with_plugin_hint(error: RequestError) -> str:
    """The message; for an unknown name, also the option by which a plug-in would define it."""
    from variants.registry import UnknownName

    cause = error.__cause__
    while cause is not None and not isinstance(cause, UnknownName):
        cause = cause.__cause__
    hint = " If a plug-in defines it, name its file with --plugin." if cause else ""
    return f"{error}{hint}"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"gan-bench {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Benchmarks GANs: quality, time, FLOPs, memory and energy, over seeds."""
