"""Who carries out which run, so that several ``bench run`` share one results folder.

    results/<sweep>/locks/<run_id>.json    the process that has claimed the run
                    .lock                  held for the moment of a claim

A claim names its process by host, boot, process id and the process' start, so that one left
by a killed process, or from before a reboot, is known for what it is and broken. Claims of
another host are respected: whether its process lives cannot be seen from here.
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
    """A process, told apart from every other that ever had its number."""

    host: str
    boot: str
    pid: int
    start: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether its host is another, so that nothing can be known of it here."""
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
    """When a process started, None where there is none or only its remains."""
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
    """The owner that claims made here name."""
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
        """Takes a run for this process; the owner if another living process has it."""
        with self._moment():
            owner = _read(self._folder / f"{run_id}.json")
            if owner is not None and owner.alive() and owner != this_process():
                return owner
            content = json.dumps(asdict(this_process())).encode()
            write_atomically(self._folder / f"{run_id}.json", content)
        self._mine.add(run_id)
        return None

    def release(self, run_id: str) -> None:
        """Gives a run of ours free."""
        if run_id in self._mine:
            self._mine.remove(run_id)
            try:
                (self._folder / f"{run_id}.json").unlink(missing_ok=True)
            except OSError as error:
                raise unwritable(self._folder, error) from error

    def release_all(self) -> None:
        """Gives everything of ours free."""
        for run_id in list(self._mine):
            self.release(run_id)

    def others(self) -> set[Owner]:
        """Other living processes at work on this sweep."""
        return set(holders(self._sweep).values()) - {this_process()}

    @contextmanager
    def _moment(self) -> Iterator[None]:
        """No other process claims meanwhile; the system lets go should this one die."""
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
    """Who made a claim; None where there is none, or one that nobody can have meant."""
    try:
        return Owner(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return None
    except OSError as error:
        raise ResultsError(
            f"{path} cannot be read ({error.strerror}): delete it if no bench run is at work."
        ) from error
