"""The bytes of files: their digests, which identify data sets and their prepared arrays."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from bench.errors import DataError


def file_digest(path: Path) -> bytes:
    """BLAKE2b of a file's bytes, 64 of them.

    A file is read once per process, unless the system says that it changed since. Size and time of
    modification would not do: whoever rewrites a file can give it the old ones.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        stat = path.stat()
        return _digest(
            path, (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        )
    except OSError as error:
        raise unreadable(path, error) from error


@cache
def _digest(path: Path, version: tuple[int, ...]) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def unreadable(path: Path, error: OSError) -> DataError:
    """The error for a file or folder of a data set that cannot be read."""
    return DataError(f"{path} cannot be read ({error.strerror}): make it readable or remove it.")
