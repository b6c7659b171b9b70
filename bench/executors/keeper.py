"""A process that leaves nothing behind when it ends, and whose time and memory are limited.

    bench run ── fork server ── keeper ── the work ── whatever it starts

The keeper forks the work and waits. It adopts orphans (on Linux, as a child subreaper), so that
whatever the work starts is found below it, even if it outlived its parent or started a session
of its own. When the work ends, exceeds a limit or is to be stopped, the keeper kills what is
left and only then reports how the work ended. It computes nothing, so nothing can keep it from
acting: neither work that holds the interpreter lock in a native call, nor the death of the fork
server or of ``bench run``, whose end of the pipe then closes.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import psutil

from bench import plugins
from bench.executors import Limits, launch
from bench.executors.family import Memory, has_children, kill_session, reap
from bench.files import discard
from variants.registry import PluginWarning

_MEMORY_SECONDS = 0.2  # between measurements of the memory of known processes
_ANSWER_SECONDS = 15.0  # after which a silent keeper is taken for dead
_STARTS = 3
_EXIT_UNKNOWN = 255  # what multiprocessing reports when the fork server has died

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["bench.executors.local", "bench.executors.worker"])


class End(NamedTuple):
    """How the work ended."""

    exitcode: int | None  # negative: minus the signal; None if it was stopped or is unknown
    exceeded: Literal["seconds", "host_bytes"] | None = None
    host_bytes: int = 0  # memory used when it exceeded its limit


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
        """Asks the keeper to end the work and everything it started."""
        with contextlib.suppress(OSError):  # it may have ended a moment ago
            self.control.send(None)

    def join(self) -> End:
        """Waits until nothing is left of the work, but not for long if the kernel hangs."""
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
        """Kills what is left if the keeper itself was killed or stopped."""
        keeper = self._keeper
        if keeper is not None:
            with contextlib.suppress(psutil.Error):
                keeper.kill()
            if keeper.is_running() or not psutil.pid_exists(keeper.pid):  # its id is not reused
                kill_session(keeper.pid)
        self._process.join(1)
        exitcode = self._process.exitcode
        return End(None if exitcode == _EXIT_UNKNOWN else exitcode)


def start(
    work: Callable[..., None],
    *arguments: Any,
    limits: Limits | None = None,
    log: Path | None = None,
) -> Kept:
    """Calls ``work`` with a connection to this process, and ``arguments``, in a process of its own.

    The plug-ins that this process has loaded are loaded there first.

    Args:
        log: receives its standard output and errors.

    Raises:
        OSError: no process could be started.
        RequestError: no folder for temporary files is usable.
    """
    for attempt in range(_STARTS):
        # A fork server killed a moment ago is replaced at one of the next attempts.
        time.sleep(0.1 * attempt)
        try:
            kept = _start(limits or Limits(), log)
        except (EOFError, OSError) as error:
            reason = error
        else:
            # Not through the keeper, which would hold a checkpoint for as long as the work takes.
            with contextlib.suppress(OSError):  # it may have died already
                kept.connection.send_bytes(plugins.packed((work, arguments)))
            return kept
    raise OSError(f"no process could be started ({reason})") from reason


def _start(limits: Limits, log: Path | None) -> Kept:
    control, its_control = _context.Pipe()
    connection, its_connection = _context.Pipe()
    with its_control, its_connection:
        process = _context.Process(
            target=_keep, args=(its_control, its_connection, limits, log), daemon=True
        )
        try:
            with launch.helpers():
                process.start()
        except BaseException:
            control.close()  # if it was forked nevertheless, the keeper sees that and ends
            connection.close()
            raise
    return Kept(process, control, connection)


# --------------------------------------------------------------- in the keeper's process


def _keep(control: Connection, connection: Connection, limits: Limits, log: Path | None) -> None:
    started = time.monotonic()
    os.setsid()
    _set_process_flag(_PR_SET_CHILD_SUBREAPER, 1)
    # The parent decides what an interrupt means; the terminal sends it to everyone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _accept_any_character()
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
        _work(keeper, connection)
    connection.close()
    end = _watch(pid, control, awake, limits, started)
    # On Linux a keeper without children is one without descendants.
    if sys.platform != "linux" or has_children():
        kill_session(keeper)
        reap(pid)
    with contextlib.suppress(OSError):  # the parent may be dead
        control.send(end)


def _do_nothing(*_: object) -> None:
    """The handler of signals that are read from the wake-up pipe."""


def _watch(pid: int, control: Connection, awake: int, limits: Limits, started: float) -> End:
    """Waits until the work ends or has to."""
    deadline = math.inf if limits.seconds is None else started + limits.seconds
    memory = Memory()
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
            exitcode = reap(pid)
            if exitcode is not None:
                return End(exitcode)
            if signal.SIGTERM in signals:
                return End(-signal.SIGTERM)
        if control in ready:
            return End(None)


# ----------------------------------------------------------------- in the work's process


def _work(keeper: int, connection: Connection) -> None:
    """Receives the work, does it and ends the process."""
    exitcode = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        _set_process_flag(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == keeper:
            # Of installed plug-ins that cannot be loaded the command line has warned already.
            warnings.simplefilter("ignore", PluginWarning)
            work, arguments = plugins.unpacked(connection.recv_bytes())
            work(connection, *arguments)
            exitcode = 0
    except (EOFError, ConnectionError):
        pass  # the process that asked for the work has died, and nobody is left to tell
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
    except OSError:  # such as a full disk, which is reported where the results are stored
        handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    _accept_any_character(encoding="utf-8")  # of logs, whatever that of the terminal is


def _accept_any_character(encoding: str | None = None) -> None:
    """Work does not fail because of what it prints."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            try:
                stream.flush()
            except OSError:  # such as a full disk
                discard(stream)
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


# See prctl(2) of Linux.
_PR_SET_PDEATHSIG = 1  # the signal to receive when the parent dies
_PR_SET_CHILD_SUBREAPER = 36


def _set_process_flag(flag: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(flag, ctypes.c_ulong(value), 0, 0, 0)
