"""Where runs are executed. An executor yields what its runs report, as it arrives.

Runs report plain messages, so that the process that writes the results need not share
a file system, or torch, with the one that trains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from bench.measures import Counts, EpochResult, RunOutcome, RunSetup
from bench.run_keys import Execution
from bench.spec import RunSpec

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run's process may use before it is stopped; None for no limit.

    A stack is one process and counts as one run.
    """

    seconds: float | None = None  # wall time of an attempt, from the start of its process
    host_bytes: int | None = None  # resident memory, its descendants' included


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """A run and everything prepared for it. Picklable; holds no tensor.

    ``companions`` are further seeds of the same configuration to be trained together with it
    as one stack. Every run of a stack reports under a request of its own, one of ``members``.
    """

    spec: RunSpec
    data: Path  # a folder that bench.datasets.prepare returned
    labelled: Path  # the same for the whole data set, for a classifier
    features: str | None  # decided once per sweep
    counts: Counts
    device: str
    threads: int
    devices: tuple[str, ...] = ()  # of its kind, where an executor may choose among several
    exclusive: bool
    execution: Execution = "eager"  # decided once per sweep if the run leaves it open
    quality_files: tuple[Path, ...] = ()  # in the cache, opened by the evaluation
    log: Path  # standard output and errors of the run, and its traceback
    companions: tuple[RunSpec, ...] = ()
    packed_runs: int | None = None  # side by side, at most; None if unknown
    stacked_runs: int = 1  # trained together, this one included
    resumed_epochs: int = 0  # of earlier attempts; the same for every run of a stack
    checkpoints: tuple[bytes, ...] = ()  # after that epoch, one per run of the stack; or none
    limits: Limits = Limits()

    @cached_property
    def members(self) -> tuple[RunRequest, ...]:
        """A request for each run, this one's first."""
        if not self.companions:
            return (replace(self, checkpoints=()),)
        specs = (self.spec, *self.companions)
        return tuple(
            replace(self, spec=spec, companions=(), checkpoints=(), stacked_runs=len(specs))
            for spec in specs
        )


class Started(NamedTuple):
    """The run's process has started."""


class Ended(NamedTuple):
    """The run's last message."""

    outcome: RunOutcome


class Logged(NamedTuple):
    """The run's log, written where the process that writes the results cannot read it."""

    text: str


Message = Started | RunSetup | EpochResult | Logged | Ended


class Found(NamedTuple):
    """What runs train on: the kind of device, the processor threads of each, and the GPUs.

    ``cores`` are those that this process may use, all of them for a run that is alone.
    """

    device: str
    threads: int
    devices: tuple[str, ...] = ()
    cores: int = 1


class Talk(Protocol):
    """A process that was asked something and answers, until it is closed."""

    def send(self, message: object) -> None:
        """Sends it a message; one that has died says so when it is to answer."""

    def receive(self, seconds: float | None = None) -> Any:
        """Its next message.

        Raises:
            TimeoutError: none came within so many seconds.
            RequestError: it has died.
        """

    def close(self) -> None:
        """Ends it and everything that it started."""


class Executor(Protocol):
    """Executes runs and single calls, each in a process of its own."""

    @property
    def jobs(self) -> int:
        """How many runs it executes side by side."""
        ...

    @property
    def asked_jobs(self) -> int | None:
        """How many it was asked to execute side by side; None leaves that open."""
        ...

    @property
    def times_apart(self) -> bool:
        """Whether configurations can be timed here apart from training, see :meth:`talk`."""
        ...

    def pack(self, jobs: int) -> None:
        """Has it execute so many runs side by side from now on."""
        ...

    @property
    def exclusive(self) -> bool:
        """Whether a run has its machine to itself; with many machines, each decides."""
        ...

    def find_device(self, wanted: str) -> Found:
        """The device runs will train on, and the threads of each.

        Args:
            wanted: "auto", "cpu" or "cuda".

        Raises:
            DeviceError: it is not available.
        """
        ...

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """The result of one call in a process of its own; its exceptions are raised here."""
        ...

    def talk(
        self, work: Callable[..., None], *arguments: Any, limits: Limits | None = None
    ) -> Talk:
        """Calls ``work`` with a connection and ``arguments`` in a process of its own.

        Raises:
            RequestError: it could not be started.
        """
        ...

    def execute(self, requests: Iterable[RunRequest]) -> Iterator[tuple[RunRequest, Message]]:
        """Runs every request, in the order given.

        Yields:
            One of the request's ``members`` and its message; for every member exactly one
            ``Ended``, whatever happens to it.
        """
        ...

    def abort(self, request: RunRequest) -> None:
        """Stops a run, or the whole stack it belongs to, at once; it yields nothing more.

        Args:
            request: one of its members, as ``execute`` yields them.
        """
        ...

    def finish_epochs(self) -> None:
        """Asks the running runs to stop after their epoch and starts no more."""
        ...

    @property
    def stopping(self) -> bool:
        """Whether it was asked to finish."""
        ...

    def close(self) -> None:
        """Stops everything at once."""
        ...
