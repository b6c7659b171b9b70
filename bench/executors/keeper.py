"""A process of which nothing is left when it ends, and that may take only so much.

    bench run ── fork server ── keeper ── the work ── whatever it starts

The keeper forks the work and waits. It adopts orphans (on Linux, as a child subreaper), so that
whatever the work starts is found below it, also what outlived its own parent or began a session
of its own. When the work ends, exceeds a limit or is to be stopped, the keeper kills what is
left and only then says how the work ended. It computes nothing, so nothing can keep it from
acting: not a call of the work's that holds the interpreter lock, nor the death of the fork
server or of ``bench run``, whose end of the pipe then closes.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import psutil

from bench.executors import Limits

_MEMORY_SECONDS = 0.2  # between looks at the memory of known processes
_FAMILY_SECONDS = 1.0  # between looks for new ones, which read every process of the machine
_KILL_SECONDS = 10.0  # after which a process that a driver holds in the kernel is left to it
_ANSWER_SECONDS = 15.0  # after which a keeper is taken for dead
_STARTS = 3
_EXIT_UNKNOWN = 255  # what multiprocessing says when the fork server has died

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["bench.executors.local", "bench.executors.worker"])


class End(NamedTuple):
    """How the work ended."""

    exitcode: int | None  # negative: of the signal; None where it was stopped or nobody knows
    exceeded: Literal["seconds", "host_bytes"] | None = None
    host_bytes: int = 0  # what was used when it exceeded its limit


class Kept:
    """The parent's side of the work and its keeper.

    Attributes:
        connection: to the work.
        control: readable once the work has ended and nothing of it is left.
    """

    def __init__(
        self, process: ForkServerProcess, control: Connection, connection: Connection
    ) -> None:
        self.control = control
        self.connection = connection
        self._process = process
        self._keeper: psutil.Process | None = None
        with contextlib.suppress(psutil.NoSuchProcess):
            self._keeper = psutil.Process(process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.join()

    def stop(self) -> None:
        """Asks for the end of the work and of all it started."""
        with contextlib.suppress(OSError):  # it may have ended a moment ago
            self.control.send(None)

    def join(self) -> End:
        """Waits until nothing is left of the work; for a while only, where the kernel hangs."""
        end: End | None = None
        if self.control.closed:
            return End(None)
        with contextlib.suppress(EOFError, OSError):
            if self.control.poll(_ANSWER_SECONDS):
                end = self.control.recv()
        self.control.close()
        self.connection.close()
        return end or self._bury()

    def _bury(self) -> End:
        """Does what is left to do where the keeper itself was killed or stopped."""
        keeper = self._keeper
        if keeper is not None:
            with contextlib.suppress(psutil.Error):
                keeper.kill()
            if keeper.is_running() or not psutil.pid_exists(keeper.pid):  # its id is nobody else's
                _kill_session(keeper.pid)
        self._process.join(1)
        exitcode = self._process.exitcode
        return End(None if exitcode == _EXIT_UNKNOWN else exitcode)


def start(
    work: Callable[..., None],
    *arguments: Any,
    limits: Limits | None = None,
    log: Path | None = None,
) -> Kept:
    """Calls ``work`` with a connection to this process, and ``arguments``, in one of its own.

    Args:
        log: takes its standard output and errors.

    Raises:
        OSError: no process could be started.
    """
    for attempt in range(_STARTS):
        # A fork server killed a moment ago is replaced at one of the next attempts.
        time.sleep(0.1 * attempt)
        try:
            kept = _start(work, limits or Limits(), log)
        except (EOFError, OSError) as error:
            reason = error
        else:
            # Not through the keeper, which would hold a checkpoint for as long as the work takes.
            with contextlib.suppress(OSError):  # it may have died already
                kept.connection.send(arguments)
            return kept
    raise OSError(f"no process could be started ({reason})") from reason


def _start(work: Callable[..., None], limits: Limits, log: Path | None) -> Kept:
    control, its_control = _context.Pipe()
    connection, its_connection = _context.Pipe()
    with its_control, its_connection:
        process = _context.Process(
            target=_keep, args=(its_control, its_connection, limits, log, work), daemon=True
        )
        try:
            process.start()
        except BaseException:
            control.close()  # if it was forked in spite of this, the keeper sees that and ends
            connection.close()
            raise
    return Kept(process, control, connection)


# --------------------------------------------------------------- in the keeper's process


def _keep(
    control: Connection,
    connection: Connection,
    limits: Limits,
    log: Path | None,
    work: Callable[..., None],
) -> None:
    started = time.monotonic()
    os.setsid()
    _set_process_flag(_PR_SET_CHILD_SUBREAPER, 1)
    # The parent decides what an interrupt means; the terminal sends it to everyone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if log is not None:
        _redirect(log)
    awake, alarm = os.pipe()
    os.set_blocking(awake, False)
    os.set_blocking(alarm, False)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, _do_nothing)

    keeper = os.getpid()
    pid = os.fork()
    if pid == 0:
        control.close()
        os.close(awake)
        os.close(alarm)
        _carry_out(keeper, work, connection)
    connection.close()
    end = _watch(pid, control, awake, limits, started)
    # On Linux a keeper without children is one without descendants.
    if sys.platform != "linux" or _has_children():
        _kill_session(keeper)
        _reap(pid)
    with contextlib.suppress(OSError):  # the parent may be dead
        control.send(end)


def _do_nothing(*_: object) -> None:
    """The handler of signals that are read from the wake-up pipe."""


def _watch(pid: int, control: Connection, awake: int, limits: Limits, started: float) -> End:
    """Waits until the work ends or has to."""
    deadline = math.inf if limits.seconds is None else started + limits.seconds
    memory = _Memory()
    while True:
        now = time.monotonic()
        if now >= deadline:
            return End(None, "seconds")
        pause = min(60.0, deadline - now)  # poll() takes no more than some weeks
        if limits.host_bytes is not None:
            used = memory.resident_bytes(now)
            if used > limits.host_bytes:
                return End(None, "host_bytes", used)
            pause = min(pause, _MEMORY_SECONDS)
        ready = wait([control, awake], pause)
        if awake in ready:
            signals = os.read(awake, 4096)
            exitcode = _reap(pid)
            if exitcode is not None:
                return End(exitcode)
            if signal.SIGTERM in signals:
                return End(-signal.SIGTERM)
        if control in ready:
            return End(None)


class _Memory:
    """What the keeper's descendants have in memory."""

    def __init__(self) -> None:
        self._keeper = psutil.Process()
        self._family: list[psutil.Process] = []
        self._listed = -math.inf

    def resident_bytes(self, now: float) -> int:
        """The sum of their resident sizes; what they share counts for each."""
        if now - self._listed >= _FAMILY_SECONDS:
            self._family = self._keeper.children(recursive=True)
            self._listed = now
        total = 0
        for process in self._family:
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total


def _reap(pid: int) -> int | None:
    """Takes notice of ended children, adopted ones too; the exit code of the one asked for."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                break
            if child == pid:
                found = os.waitstatus_to_exitcode(status)
    return found


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _kill_session(leader: int) -> None:
    """Kills all processes of a session, and all descendants of theirs, but its leader."""
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


# ----------------------------------------------------------------- in the work's process


def _carry_out(keeper: int, work: Callable[..., None], connection: Connection) -> None:
    """Does the work and ends the process."""
    exitcode = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        _set_process_flag(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == keeper:
            work(connection, *connection.recv())
            exitcode = 0
    except (EOFError, ConnectionError):
        pass  # who asked for the work has died, and there is nobody to tell
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(exitcode)


def _redirect(log: Path) -> None:
    """Sends this process' output, also that of C libraries, to the run's log."""
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError:  # such as a full disk, which whoever stores the results tells of
        handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


# Of Linux; see prctl(2).
_PR_SET_PDEATHSIG = 1  # the signal to get when the parent dies
_PR_SET_CHILD_SUBREAPER = 36


def _set_process_flag(flag: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(flag, ctypes.c_ulong(value), 0, 0, 0)
