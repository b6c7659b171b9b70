"""Putting files on disk so that a crash at any moment leaves the old one or the new one, whole."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bench.errors import ResultsError

_UNFINISHED = ".unfinished"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NoSpaceLeft(ResultsError):
    """The disk, a quota or a file-size limit is full."""


def write_atomically(path: Path, content: bytes) -> None:
    """Puts ``content`` at ``path``: readers see the old file or the new one, whole.

    A temporary file in the same folder, fsync, rename, fsync of the folder.

    Raises:
        NoSpaceLeft: there is no room for it; nothing is left behind.
        ResultsError: the folder cannot be written.
    """
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of ``path`` when the block ends well.

    Raises:
        NoSpaceLeft: there is no room for it; nothing is left behind.
        ResultsError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=_UNFINISHED
        )
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        fsync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from error


def remove_unfinished(folder: Path) -> None:
    """Removes what writers killed in the middle left in a folder that nobody else writes to."""
    for path in folder.rglob(f".*{_UNFINISHED}"):
        path.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether this is what a write in progress, or one that was killed, has made so far."""
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def fsync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(path: Path, error: OSError) -> ResultsError:
    """What to tell the user when ``path`` could not be written."""
    if error.errno in _NO_SPACE:
        return NoSpaceLeft(
            f"No space left to write {path}: free some space or choose another folder with --out; "
            "epochs committed before are safe."
        )
    return ResultsError(
        f"Cannot write {path} ({error.strerror}): choose a folder you can write to with --out."
    )
