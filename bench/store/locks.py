"""Which process is running which run, so that several ``bench run`` can share a results folder.

    results/<sweep>/locks/<run_id>.json    the process that has claimed the run
                          .<key>.lock      locked by a process as long as it has claims and lives
                    .lock                  held while a claim is made

The system unlocks a dead process' file, in whichever container it ran, and so a claim it left is
recognised and replaced. Where that says nothing, because the file system knows no locks or is
another machine's too, the process table does: a claim names its process by host, boot, PID
namespace, process id and start time. A process that cannot be seen from here keeps its claims.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path

from bench.errors import ResultsError
from bench.files import remove_unfinished
from bench.store.commit import unwritable, write_atomically
from bench.store.exclusion import locked
from bench.store.owners import Owner, this_process

if sys.platform != "win32":
    import fcntl

_REQUIRED = {"host": str, "boot": str, "pid": int, "start": str}


class Claims:
    """The claims on a sweep's runs.

    Raises (from every method):
        ResultsError: the folder cannot be written.
    """

    def __init__(self, sweep: Path) -> None:
        self._sweep = sweep
        self._folder = sweep / "locks"
        self._mine: set[str] = set()
        self._lock: int | None = None  # a handle of this process' locked file

    def claim(self, run_id: str) -> Owner | None:
        """Claims a run for this process; returns the owner if another living process has it."""
        with locked(self._sweep):
            owner = _read(self._folder / f"{run_id}.json")
            if owner is not None and owner != this_process() and _keeps(self._folder, owner):
                return owner
            if self._lock is None:
                self._lock = _lock(self._folder)
            content = json.dumps(asdict(this_process())).encode()
            write_atomically(self._folder / f"{run_id}.json", content)
        self._mine.add(run_id)
        return None

    def release(self, run_id: str) -> None:
        """Releases a run that this process has claimed."""
        if run_id in self._mine:
            self._mine.remove(run_id)
            try:
                (self._folder / f"{run_id}.json").unlink(missing_ok=True)
                if not self._mine:
                    self._unlock()
            except OSError as error:
                raise unwritable(self._folder, error) from error

    def release_all(self) -> None:
        """Releases every run that this process has claimed, and removes dead processes' claims."""
        for run_id in list(self._mine):
            self.release(run_id)
        with suppress(OSError):
            self._unlock()  # it was locked for nothing if a claim could not be written
        with suppress(OSError, ResultsError):
            if any(self._folder.iterdir()):
                with locked(self._sweep):
                    _clear_away(self._folder)

    def others(self) -> set[Owner]:
        """Other living processes that are running this sweep."""
        return set(holders(self._sweep).values()) - {this_process()}

    def _unlock(self) -> None:
        if self._lock is not None:
            handle, self._lock = self._lock, None
            try:
                _lock_file(self._folder, this_process()).unlink(missing_ok=True)
            finally:
                os.close(handle)


def holder(sweep: Path, name: str) -> Owner | None:
    """The process that has made a claim and still keeps it, if one has."""
    owner = _read(sweep / "locks" / f"{name}.json")
    return owner if owner is not None and _keeps(sweep / "locks", owner) else None


def holders(sweep: Path) -> dict[str, Owner]:
    """The runs of a sweep that living processes have claimed."""
    found = {}
    for path in (sweep / "locks").glob("[!.]*.json"):
        owner = _read(path)
        if owner is not None and _keeps(sweep / "locks", owner):
            found[path.stem] = owner
    return found


def in_words(sweep: Path, owners: Collection[Owner]) -> str:
    """Owners in parentheses, and what to do if one has died where that is not noticed here."""
    text = f"({', '.join(sorted(map(str, owners)))})"
    locks = sweep / "locks"
    if all(owner.same_kernel and _alive(locks, owner) is not None for owner in owners):
        return text
    return f"{text}; if one of them has died, delete its files in {locks}"


def _keeps(folder: Path, owner: Owner) -> bool:
    """Whether an owner's claims are respected: those of a process that is not known to be dead."""
    return _alive(folder, owner) is not False


def _alive(folder: Path, owner: Owner) -> bool | None:
    """Whether a process that made a claim still runs; None where that cannot be told from here."""
    held = _is_locked(_lock_file(folder, owner))
    if held or (held is False and owner.same_kernel):
        return held
    return owner.alive()


def _read(path: Path) -> Owner | None:
    """Who made a claim; None if there is none or its content makes no sense."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        return None
    except OSError as error:
        raise ResultsError(
            f"{path} cannot be read ({error.strerror}): delete it if no bench run is running."
        ) from error
    if not isinstance(content, dict):
        return None
    if not all(type(content.get(name)) is kind for name, kind in _REQUIRED.items()):
        return None
    if not isinstance(content.get("namespace"), str | None):
        return None
    return Owner(**{f.name: content[f.name] for f in fields(Owner) if f.name in content})


def _clear_away(folder: Path) -> None:
    """Removes what dead processes left; nobody may make a claim meanwhile."""
    kept = set()
    for path in folder.glob("*.json"):
        owner = _read(path)
        if owner is not None and _keeps(folder, owner):
            kept.add(_lock_file(folder, owner))
        else:
            path.unlink(missing_ok=True)
    for path in folder.glob(".*.lock"):
        if path not in kept and _is_locked(path) is False:
            path.unlink(missing_ok=True)
    remove_unfinished(folder)


# ------------------------------------------------------------ locks that end with a process


def _lock_file(folder: Path, owner: Owner) -> Path:
    return folder / f".{owner.key}.lock"


def _lock(folder: Path) -> int | None:
    """Locks this process' file until it is closed; None where the file system has no locks.

    The file says on which device it is, so that another process knows whether it sees the same
    file or, as on a network, a copy whose locks are its own machine's.
    """
    if sys.platform == "win32":
        return None
    path = _lock_file(folder, this_process())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # other claims of this process have locked it
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        path.unlink(missing_ok=True)
        return None
    with suppress(OSError):  # on a full disk the lock says less, but holds
        os.write(handle, _device(handle))
    return handle


def _is_locked(path: Path) -> bool | None:
    """Whether a living process holds the lock; None where that is not known."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        same = os.read(handle, 32) == _device(handle)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(handle)
    return False if same else None


def _device(handle: int) -> bytes:
    return str(os.fstat(handle).st_dev).encode()
