"""Writing into a results folder: atomically, with the results' own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bench import files
from bench.errors import ResultsError


class NoSpaceLeft(ResultsError):
    """The disk, a quota or a file-size limit is full."""


def write_atomically(path: Path, content: bytes) -> None:
    """As :func:`bench.files.write_atomically`.

    Raises:
        NoSpaceLeft: there is no room for it; nothing is left behind.
        ResultsError: the folder cannot be written.
    """
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """As :func:`bench.files.replacing`.

    Raises:
        NoSpaceLeft: there is no room for it; nothing is left behind.
        ResultsError: the folder cannot be written.
    """
    try:
        with files.replacing(path) as file:
            yield file
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> ResultsError:
    """The exception to raise when ``path``, in a results folder, could not be written."""
    remedy = "choose another folder with --out"
    if files.is_full(error):
        remedy += "; epochs that were committed are safe"
        return files.unwritable(path, error, remedy, NoSpaceLeft)
    return files.unwritable(path, error, remedy, ResultsError)
