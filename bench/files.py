"""Putting files on disk so that a crash at any moment leaves the old one or the new one, whole."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

from bench.errors import RequestError

_UNFINISHED = ".unfinished"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Error = TypeVar("Error", bound=RequestError)


def write_atomically(path: Path, content: bytes) -> None:
    """Puts ``content`` at ``path``: readers see the old file or the new one, whole.

    Writes a temporary file in the same folder, flushes it to disk, renames it, and flushes the
    folder. The folder is made if there is none.

    Raises:
        OSError: it cannot be written; nothing is left behind. See :func:`unwritable`.
    """
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that replaces ``path`` when the block ends without an exception.

    Raises:
        OSError: it cannot be written; nothing is left behind. See :func:`unwritable`.
    """
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


def discard(stream: TextIO) -> None:
    """Sends nowhere what a stream that cannot be written has left and what follows.

    The interpreter would otherwise try again, and fail, at the next flush.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def check_is_file(path: Path, called: str, instead: str, kind: type[Error]) -> None:
    """Refuses a folder, and a pipe or a device, which may never end.

    Args:
        called: what messages call it.
        instead: what it should be, and what to do, as in "a grid: name a YAML file".
        kind: of the exception.

    Raises:
        kind: it is there and not a file.
        OSError: it cannot be looked at.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        found = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise kind(f"{called} is {found}, not {instead}.")


def says_something(path: Path) -> bool:
    """Whether a file, such as a log, is there and not empty."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def remove_unfinished(folder: Path) -> None:
    """Removes what killed writers left in a folder that no other process writes to."""
    for path in folder.rglob(f".*{_UNFINISHED}"):
        path.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether this is the temporary file of a write that is in progress or was killed."""
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def fsync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(error: OSError) -> bool:
    """Whether the disk, a quota or a file-size limit is full."""
    return error.errno in _NO_SPACE


def unwritable(
    path: Path | str,
    error: OSError,
    remedy: str,
    kind: type[Error] = RequestError,  # type: ignore[assignment]
) -> Error:
    """The exception to raise when ``path`` could not be written.

    Args:
        path: the file or folder, or words that name it.
        remedy: what to do, as in "choose another folder with --out".
        kind: of the exception.
    """
    if is_full(error):
        return kind(f"No space left to write {path}: free some space or {remedy}.")
    return kind(f"Cannot write {path} ({error.strerror}): {remedy}.")


def from_home(
    path: Path | str,
    remedy: str,
    kind: type[Error] = RequestError,  # type: ignore[assignment]
) -> Path:
    """A path that a user wrote, with ``~`` and ``~NAME`` replaced by that home folder.

    Args:
        remedy: what to do, as in "name another folder with --out".
        kind: of the exception.

    Raises:
        kind: the home folder is not known, or no path can be written like that.
    """
    text = str(path)
    if "\0" in text:
        raise kind(f"The path {text!r} contains a null character: {remedy}.")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise kind(f"The home folder in {text!r} is not known: {remedy}.") from error
