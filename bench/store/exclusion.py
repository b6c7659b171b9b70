"""One process at a time changes what several share: the plan of a results folder, its claims."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.store.commit import unwritable

LOCK = ".lock"  # in a results folder


@contextmanager
def locked(sweep: Path) -> Iterator[None]:
    """No other process is in such a block meanwhile; the system unlocks if this one dies.

    Raises:
        ResultsError: the folder cannot be written.
    """
    try:
        import fcntl
    except ImportError:  # not POSIX
        yield
        return
    try:
        sweep.mkdir(parents=True, exist_ok=True)
        file = (sweep / LOCK).open("w")
    except OSError as error:
        raise unwritable(sweep / LOCK, error) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            raise unwritable(sweep / LOCK, error) from error
        yield
