"""The processes below a keeper: how much memory they use, how they end, and how to end them."""

from __future__ import annotations

import contextlib
import math
import os
import time

import psutil

_LISTING_SECONDS = 1.0  # between searches for new ones, which read every process of the machine
_KILL_SECONDS = 10.0  # after which a process that a driver holds in the kernel is given up


class Memory:
    """The memory of this process' descendants."""

    def __init__(self) -> None:
        self._keeper = psutil.Process()
        self._family: list[psutil.Process] = []
        self._listed = -math.inf

    def resident_bytes(self, now: float) -> int:
        """The sum of their resident sizes; shared pages count for each."""
        if now - self._listed >= _LISTING_SECONDS:
            self._family = self._keeper.children(recursive=True)
            self._listed = now
        total = 0
        for process in self._family:
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total


def reap(pid: int) -> int | None:
    """Collects ended children, adopted ones too; returns the exit code of ``pid`` if it ended."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                break
            if child == pid:
                found = os.waitstatus_to_exitcode(status)
    return found


def has_children() -> bool:
    """Whether this process has any, ended ones that are not collected included."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def kill_session(leader: int) -> None:
    """Kills all processes of a session, and all their descendants, but not its leader."""
    deadline = time.monotonic() + _KILL_SECONDS
    while (found := _session(leader)) and time.monotonic() < deadline:
        stopped: set[psutil.Process] = set()
        # A stopped process starts no other that could be missed.
        while fresh := found - stopped:
            for process in fresh:
                with contextlib.suppress(psutil.Error):
                    process.suspend()
            stopped |= fresh
            found = _session(leader)
        for process in stopped:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(0.01)


def _session(leader: int) -> set[psutil.Process]:
    """The living processes of a session, and their and the leader's descendants."""
    found: set[psutil.Process] = set()
    for pid in psutil.pids():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(pid) == leader:
                process = psutil.Process(pid)
                found |= {process, *process.children(recursive=True)}
    return {process for process in found if process.pid != leader and _alive(process)}


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
