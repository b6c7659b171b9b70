"""Options and arguments that several commands have."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import completion
from bench.errors import RequestError
from bench.files import from_home

DataRoot = Annotated[
    Path | None,
    typer.Option(
        envvar="GAN_BENCH_DATA",
        help="Folder with the data sets' files (IDX, gz IDX, CIFAR archives).",
    ),
]

PluginFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        metavar="FILE",
        help="Python file that adds variants, data sets, measures or others; repeatable.",
    ),
]


def language(code: str) -> str:
    """The language that ``--lang`` names.

    Raises:
        RequestError: it has no catalogue.
    """
    from bench.texts import speaking

    with speaking(code):
        return code


Language = Annotated[
    str,
    typer.Option(
        "--lang",
        parser=language,
        metavar="CODE",
        help="Language of the texts, such as es.",
        autocompletion=completion.languages,
    ),
]

Results = Annotated[
    Path,
    typer.Argument(
        help="A results folder, such as results/lightweight.", autocompletion=completion.results
    ),
]


def output_folder(name: str) -> Path:
    """The folder that ``--out`` names.

    Raises:
        RequestError: it is empty, as of a variable that is not set, or in nobody's home folder.
    """
    if not name:
        raise RequestError("--out is empty: name a folder, or leave it out.")
    return from_home(name, "name another folder with --out")


def output_file(name: str) -> Path:
    """The file that ``--out`` names.

    Raises:
        RequestError: it is empty, a folder, or in nobody's home folder.
    """
    if not name:
        raise RequestError("--out is empty: name a file, or leave it out.")
    path = from_home(name, "name another file with --out")
    if path.is_dir():
        raise RequestError(f"{path} is a folder: name a file with --out.")
    return path


def column_names(text: str) -> tuple[str, ...]:
    """The columns that ``--columns`` names.

    Raises:
        RequestError: a name is empty.
    """
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise RequestError(
            f"--columns {text!r} has an empty name: write names of columns with commas between "
            "them, such as speed_up,fcd_final."
        )
    return names


def significant_digits(text: str) -> int:
    """The number that ``--precision`` gives.

    Raises:
        RequestError: it is no whole number, or no sensible one.
    """
    from bench.report.choices import DIGITS

    least, most = DIGITS
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        raise RequestError(f"--precision {text}: give a whole number from {least} to {most}.")
    return int(text)


def budget(text: str) -> float:
    """The seconds that ``--budget`` names.

    Raises:
        RequestError: it names none.
    """
    from bench.units import time_span

    seconds = float(text) if text.strip().isdecimal() else time_span(text)
    if not seconds:
        raise RequestError(
            f"--budget {text}: write a time such as 90m, 2h or 1h30m, or a number of seconds."
        )
    return seconds


def load_plugins(files: Iterable[Path] | None) -> None:
    """Loads what ``--plugin`` names, before anything is looked up by name.

    Raises:
        PluginError: a file is missing, fails, or registers a name that is taken.
    """
    if files:
        from bench import plugins

        for file in files:
            plugins.load(file)
