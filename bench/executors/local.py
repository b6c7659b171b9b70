"""A process per run on this machine, forked from a parent that has torch imported.

The standard library's fork server is that parent: it imports the worker once and
forks on request, before any thread or CUDA context exists in it, so that a run after
the first starts in hundredths of a second.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, TypeVar

from bench.errors import RequestError
from bench.executors import Ended, Message, RunRequest
from bench.records import RunOutcome, Status

T = TypeVar("T")

# Read by glibc, torch and OpenMP when the fork server starts; ignored by other systems.
# glibc returns large blocks to the kernel on every free and faults them in again on the next
# tensor; keeping them made a training epoch on two cores 1.2 to 1.4 times as fast. OpenMP's
# threads spin long at barriers; spinning briefly costs nothing on a quiet machine, and on one
# with a busy neighbour keeps them from waiting for each other's time slices.
_TUNING = {
    "GOMP_SPINCOUNT": "1000",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
    "MALLOC_TOP_PAD_": str(64 * 2**20),
    "THP_MEM_ALLOC_ENABLE": "1",
}

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["bench.executors.worker"])


class RemoteError(RequestError):
    """A call's process died without an answer; most often for want of memory."""


@dataclass
class _Child:
    request: RunRequest
    process: ForkServerProcess
    connection: Connection
    started_at: datetime
    ended: set[int] = field(default_factory=set)  # members that said so
    told: bool = False  # to stop after its epoch


class LocalExecutor:
    """Runs up to ``jobs`` processes side by side."""

    def __init__(self, *, jobs: int = 1) -> None:
        self._jobs = jobs
        self._children: list[_Child] = []
        self._stopping = False
        for name, value in _TUNING.items():
            os.environ.setdefault(name, value)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        ours, theirs = _context.Pipe()
        process = _context.Process(target=_answer, args=(theirs, function, arguments), daemon=True)
        process.start()
        theirs.close()
        try:
            answer = ours.recv()
        except EOFError:
            process.join()
            raise RemoteError(
                f"A process that prepared the sweep ({function.__name__}) died: "
                f"{_death(process.exitcode)}."
            ) from None
        finally:
            ours.close()
        process.join()
        if isinstance(answer, BaseException):
            raise answer
        result: T = answer
        return result

    def execute(self, requests: Iterable[RunRequest]) -> Iterator[tuple[RunRequest, Message]]:
        waiting = iter(requests)
        try:
            while True:
                while len(self._children) < self._jobs and not self._stopping:
                    request = next(waiting, None)
                    if request is None:
                        break
                    self._children.append(_start(request))
                if not self._children:
                    return
                self._pass_on_stop()
                # A time-out, so that a signal handler's wish is seen between messages.
                ready = wait([c.connection for c in self._children], timeout=0.5)
                for child in [c for c in self._children if c.connection in ready]:
                    yield from self._receive(child)
        finally:
            self.close()

    def _pass_on_stop(self) -> None:
        for child in self._children:
            if self._stopping and not child.told:
                child.told = True
                with contextlib.suppress(OSError):  # it may have ended a moment ago
                    child.connection.send("stop")

    def _receive(self, child: _Child) -> list[tuple[RunRequest, Message]]:
        """The child's next message; the end of each run of it, if it died without saying so."""
        members = child.request.members
        try:
            index, message = child.connection.recv()
        except (EOFError, OSError):
            self._children.remove(child)
            child.connection.close()
            child.process.join()
            return [
                (member, Ended(_died(child)))
                for index, member in enumerate(members)
                if index not in child.ended
            ]
        if isinstance(message, Ended):
            child.ended.add(index)
        return [(members[index], message)]

    def finish_epochs(self) -> None:
        # Called from a signal handler, so it only notes the wish; execute passes it on.
        self._stopping = True

    def close(self) -> None:
        for child in self._children:
            child.process.kill()
        for child in self._children:
            child.process.join()
            child.connection.close()
        self._children.clear()


def _start(request: RunRequest) -> _Child:
    ours, theirs = _context.Pipe()
    process = _context.Process(target=_carry_out, args=(theirs, request), daemon=True)
    process.start()
    theirs.close()
    return _Child(request, process, ours, datetime.now().astimezone())


def _died(child: _Child) -> RunOutcome:
    status: Status = "failed"
    return RunOutcome(
        status=status,
        error=f"the run's process ended without a result: {_death(child.process.exitcode)}",
        started_at=child.started_at,
        ended_at=datetime.now().astimezone(),
    )


def _death(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        hint = ", perhaps for want of host memory" if name == "SIGKILL" else ""
        return f"killed by {name}{hint}"
    return f"exit status {exitcode}"


# ------------------------------------------------------------- in the forked process


def _follow_parent() -> None:
    """Ends this process when the one that asked for it has died."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _answer(
    connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _follow_parent()
    try:
        connection.send(function(*arguments))
    except RequestError as error:
        connection.send(error)
    except Exception as error:
        error.add_note(traceback.format_exc())
        connection.send(error)


def _carry_out(connection: Connection, request: RunRequest) -> None:
    # The parent decides what an interrupt means; the terminal sends it to everyone.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _redirect(request.log)
    _follow_parent()
    from bench.executors.worker import carry_out

    carry_out(request, connection.send, connection.poll)


def _redirect(log: Path) -> None:
    """Sends this process' output, also that of C libraries, to the run's log."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
