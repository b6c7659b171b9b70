"""Which process this is among all that ever ran, and whether such a process still runs.

A process id means something within one PID namespace of one boot of one host. Containers have
namespaces of their own, often under one host name: whether a process of another one runs cannot
be seen, and what cannot be seen is not dead.
"""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Owner:
    """A process, distinguished from every other that ever had its id.

    Attributes:
        boot: of the host's kernel.
        start: when the process started, as the system counts it.
        namespace: in which ``pid`` is its id; None in claims of earlier versions, and where the
            system has no such namespaces.
    """

    host: str
    boot: str
    pid: int
    start: str
    namespace: str | None = None

    def __str__(self) -> str:
        if self.host == socket.gethostname() and self.namespace not in (None, _namespace()):
            return f"process {self.pid} in another container on {self.host}"
        return f"process {self.pid} on {self.host}"

    @property
    def key(self) -> str:
        """A short name that no other process has."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:16]

    @property
    def same_kernel(self) -> bool:
        """Whether it runs, or ran, under this process' kernel, and not before a reboot."""
        return self.boot == _boot()

    def alive(self) -> bool | None:
        """Whether the process still runs; None where that cannot be seen from here."""
        if self.host != socket.gethostname():
            return None
        if not self.same_kernel:
            return False
        if self.namespace not in (None, _namespace()) or not _sees_own_processes():
            return None
        return _runs(self.pid, self.start)


def this_process() -> Owner:
    """The owner named in claims of this process."""
    start = _start("self" if Path("/proc/self/stat").exists() else os.getpid())
    return Owner(socket.gethostname(), _boot(), os.getpid(), start or "", _namespace())


@cache
def _boot() -> str:
    """What distinguishes this boot of the machine from every other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux
        return f"{psutil.boot_time():.0f}"


@cache
def _namespace() -> str | None:
    """The PID namespace of this process, such as ``pid:[4026531836]``."""
    try:
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - the target is no path
    except OSError:  # not Linux
        return None


def _sees_own_processes() -> bool:
    """Whether the process table is of this namespace; without a ``/proc`` of its own it is not."""
    try:
        return os.readlink("/proc/self") == str(os.getpid())  # noqa: PTH115
    except OSError:  # not Linux
        return True


def _runs(pid: int, start: str) -> bool:
    """Whether a process with that id runs that started then; a hidden one counts as running."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # of another user, whose processes may be hidden from this one
        if Path("/proc/self/stat").exists() and not Path(f"/proc/{pid}").exists():
            return True
    return _start(pid) == start


def _start(pid: int | str) -> str | None:
    """When a process started; None if there is none or it is a zombie.

    Args:
        pid: its id, or "self", which ``/proc`` knows also where it is another namespace's.
    """
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
        return f"{psutil.Process(int(pid)).create_time():.2f}"
    except psutil.Error:
        return None
