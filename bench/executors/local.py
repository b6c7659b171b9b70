"""A process per run on this machine, forked from a parent that has torch imported.

The standard library's fork server is that parent: it imports the worker once and
forks on request, before any thread or CUDA context exists in it, so that a run after
the first starts in about a tenth of a second. A keeper makes sure that nothing is left
of a run when it ends, however it ends, and that it stays within its limits.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

from bench.executors import Ended, Found, Limits, Message, RunRequest, Talk, chores, keeper
from bench.executors.keeper import End, Kept
from bench.executors.talk import KeptTalk, RemoteError, death
from bench.measures import RunOutcome, Status
from bench.units import count, duration

T = TypeVar("T")

# Read by glibc, torch and OpenMP when the fork server starts; ignored by other systems.
# glibc returns large blocks to the kernel on every free and faults them in again on the next
# tensor, unless it is told to keep them.
# OpenMP's threads spin long at barriers; spinning for some tenth of a millisecond costs nothing
# on a quiet machine, and on one with a busy neighbour keeps them from waiting for each other's
# time slices.
# torch.compile then compiles in the run's own process and leaves no other behind.
TUNING = {
    "GOMP_SPINCOUNT": "10000",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
    "MALLOC_TOP_PAD_": str(64 * 2**20),
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
}

# A process that closed its connection ends; one that does not within so many seconds is stopped.
_SILENCE_SECONDS = 5.0


@dataclass(eq=False)
class _Child:
    request: RunRequest
    device: str
    kept: Kept
    started_at: datetime
    started: float  # on the monotonic clock, which cannot be set back
    ended: set[int] = field(default_factory=set)  # members that reported their end
    stop_sent: bool = False  # the request to stop after its epoch
    silent_since: float | None = None  # when it closed its connection


class LocalExecutor:
    """Runs up to ``jobs`` processes side by side; one if that is left open, until ``pack``."""

    def __init__(self, *, jobs: int | None = None) -> None:
        self.asked_jobs = jobs
        self._jobs = jobs or 1
        self._children: list[_Child] = []
        self._stopping = False
        for name, value in TUNING.items():
            os.environ.setdefault(name, value)

    @property
    def jobs(self) -> int:
        return self._jobs

    @property
    def exclusive(self) -> bool:
        return self._jobs == 1

    @property
    def times_apart(self) -> bool:
        return True

    def pack(self, jobs: int) -> None:
        self._jobs = jobs

    def find_device(self, wanted: str) -> Found:
        return self.call(chores.find_device, wanted, self._jobs)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        purpose = f"A process that prepared the sweep ({function.__name__})"
        try:
            kept = keeper.start(_answer, function, arguments)
        except OSError as error:
            raise RemoteError(f"{purpose} did not start: {error}.") from error
        with kept:
            try:
                answer = kept.connection.recv()
            except (EOFError, OSError):
                raise RemoteError(f"{purpose} died: {death(kept.join().exitcode)}.") from None
        if isinstance(answer, BaseException):
            raise answer
        result: T = answer
        return result

    def talk(
        self, work: Callable[..., None], *arguments: Any, limits: Limits | None = None
    ) -> Talk:
        # Its output says nothing that its messages do not, and nobody would look for it.
        quiet = Path(os.devnull)
        try:
            return KeptTalk(keeper.start(work, *arguments, limits=limits, log=quiet))
        except OSError as error:
            raise RemoteError(f"The process did not start: {error}.") from error

    def execute(self, requests: Iterable[RunRequest]) -> Iterator[tuple[RunRequest, Message]]:
        waiting = iter(requests)
        try:
            while True:
                while len(self._children) < self._jobs and not self._stopping:
                    request = next(waiting, None)
                    if request is None:
                        break
                    yield from self._start(request)
                if not self._children:
                    return
                self._send_stop()
                ready = self._wait()
                for child in list(self._children):
                    for report in self._receive(child, ready):
                        if child not in self._children:  # aborted by whoever took the last one
                            break
                        yield report
        finally:
            self.close()

    def _start(self, request: RunRequest) -> Iterator[tuple[RunRequest, Message]]:
        """Starts a run; yields its end if it could not be started."""
        started_at = datetime.now().astimezone()
        device = self._device(request)
        asked = replace(request, device=device)
        try:
            kept = keeper.start(_run, asked, limits=request.limits, log=request.log)
        except OSError as error:
            outcome = RunOutcome(
                status="failed", error=str(error), started_at=started_at, ended_at=started_at
            )
            yield from [(member, Ended(outcome)) for member in request.members]
        else:
            child = _Child(request, device, kept, started_at, time.monotonic())
            self._children.append(child)

    def _device(self, request: RunRequest) -> str:
        """The device with the fewest runs."""
        if len(request.devices) < 2:
            return request.device
        runs = Counter(child.device for child in self._children)
        return min(request.devices, key=lambda device: runs[device])

    def _wait(self) -> list[object]:
        """The connections and keepers that have sent something."""
        open_ends: list[Connection] = []
        for child in self._children:
            open_ends.append(child.kept.control)
            if child.silent_since is None:
                open_ends.append(child.kept.connection)
            elif time.monotonic() - child.silent_since > _SILENCE_SECONDS:
                child.kept.stop()
        # A time-out, so that a request by a signal handler is seen between messages.
        return list(wait(open_ends, timeout=0.5))

    def _receive(self, child: _Child, ready: list[object]) -> Iterator[tuple[RunRequest, Message]]:
        """The child's next message; the end of each of its runs, if it died without a report."""
        members = child.request.members
        if child.kept.connection in ready:
            try:
                index, message = child.kept.connection.recv()
            except (EOFError, OSError):
                child.silent_since = time.monotonic()
                return
            if isinstance(message, Ended):
                child.ended.add(index)
            yield members[index], message
        elif child.kept.control in ready:
            outcome = _outcome(child, child.kept.join())
            for index, member in enumerate(members):
                if index not in child.ended:
                    yield member, Ended(outcome)
            if child in self._children:
                self._children.remove(child)

    def _send_stop(self) -> None:
        for child in self._children:
            if self._stopping and not child.stop_sent:
                child.stop_sent = True
                with suppress(OSError):  # it may have ended a moment ago
                    child.kept.connection.send("stop")

    def abort(self, request: RunRequest) -> None:
        for child in list(self._children):
            if request in child.request.members:
                self._children.remove(child)
                child.kept.stop()
                child.kept.join()

    def finish_epochs(self) -> None:
        # Called from a signal handler, so it only notes the request; execute sends it.
        self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def close(self) -> None:
        for child in self._children:
            child.kept.stop()
        for child in self._children:
            child.kept.join()
        self._children.clear()


def _outcome(child: _Child, end: End) -> RunOutcome:
    """The outcome of runs whose process ended without reporting one."""
    limits = child.request.limits
    status: Status = "failed"
    error = f"the run's process ended without a result: {death(end.exitcode)}"
    if end.exceeded == "seconds":
        status = "timed_out"
        error = f"took longer than its timeout of {duration(limits.seconds)}"
    if end.exceeded == "host_bytes":
        status = "out_of_memory"
        error = (
            f"used {count(end.host_bytes, 'B')} of host memory, "
            f"more than max_host_memory of {count(limits.host_bytes, 'B')}"
        )
    return RunOutcome(
        status=status,
        error=error,
        started_at=child.started_at,
        ended_at=child.started_at + timedelta(seconds=time.monotonic() - child.started),
    )


# ----------------------------------------------------------------- in the forked process


def _answer(
    connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    try:
        connection.send(function(*arguments))
    except Exception as error:
        error.add_note(traceback.format_exc())
        connection.send(error)


def _run(connection: Connection, request: RunRequest) -> None:
    from bench.executors.worker import train

    train(request, connection.send, connection.poll)
