"""Which process is running which run, so that several ``bench run`` can share a results folder.

    results/<sweep>/locks/<run_id>.json    the process that has claimed the run
                    .lock                  held while a claim is made

A claim names its process by host, boot, process id and start time, so that a claim left by a
killed process, or from before a reboot, is recognised and replaced. Claims of another host are
respected: whether its process is alive cannot be checked from here.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil

from bench.errors import ResultsError
from bench.store.commit import unwritable, write_atomically


@dataclass(frozen=True)
class Owner:
    """A process, distinguished from every other that ever had its id."""

    host: str
    boot: str
    pid: int
    start: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is on another host, where its state cannot be checked."""
        return self.host != socket.gethostname()

    def alive(self) -> bool:
        """Whether the process still runs, as far as this host can tell."""
        if self.is_elsewhere:
            return True
        return self.boot == _boot() and _start(self.pid) == self.start


@cache
def _boot() -> str:
    """What distinguishes this boot of the machine from every other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux
        return f"{psutil.boot_time():.0f}"


def _start(pid: int) -> str | None:
    """When a process started; None if there is none or it is a zombie."""
    try:
        # After the name in parentheses, which may hold anything: state is the 3rd field of the
        # line, the start in clock ticks since boot the 22nd. Unlike a date it does not move
        # when the clock is set.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    except (OSError, IndexError):
        return None
    try:
        return f"{psutil.Process(pid).create_time():.2f}"
    except psutil.Error:
        return None


def this_process() -> Owner:
    """The owner named in claims of this process."""
    pid = os.getpid()
    return Owner(socket.gethostname(), _boot(), pid, _start(pid) or "")


class Claims:
    """The claims on a sweep's runs.

    Raises (from every method):
        ResultsError: the folder cannot be written.
    """

    def __init__(self, sweep: Path) -> None:
        self._sweep = sweep
        self._folder = sweep / "locks"
        self._mine: set[str] = set()

    def claim(self, run_id: str) -> Owner | None:
        """Claims a run for this process; returns the owner if another living process has it."""
        with self._locked():
            owner = _read(self._folder / f"{run_id}.json")
            if owner is not None and owner.alive() and owner != this_process():
                return owner
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
            except OSError as error:
                raise unwritable(self._folder, error) from error

    def release_all(self) -> None:
        """Releases every run that this process has claimed."""
        for run_id in list(self._mine):
            self.release(run_id)

    def others(self) -> set[Owner]:
        """Other living processes that are running this sweep."""
        return set(holders(self._sweep).values()) - {this_process()}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """No other process can claim meanwhile; the system unlocks if this one dies."""
        try:
            import fcntl
        except ImportError:  # not POSIX
            yield
            return
        try:
            self._sweep.mkdir(parents=True, exist_ok=True)
            with (self._sweep / ".lock").open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise unwritable(self._sweep / ".lock", error) from error


def holder(sweep: Path, name: str) -> Owner | None:
    """The living process that has made a claim, if one has."""
    owner = _read(sweep / "locks" / f"{name}.json")
    return owner if owner is not None and owner.alive() else None


def holders(sweep: Path) -> dict[str, Owner]:
    """The runs of a sweep that living processes have claimed."""
    found = {}
    for path in (sweep / "locks").glob("[!.]*.json"):
        owner = _read(path)
        if owner is not None and owner.alive():
            found[path.stem] = owner
    return found


def _read(path: Path) -> Owner | None:
    """Who made a claim; None if there is none or its content makes no sense."""
    try:
        return Owner(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return None
    except OSError as error:
        raise ResultsError(
            f"{path} cannot be read ({error.strerror}): delete it if no bench run is running."
        ) from error
