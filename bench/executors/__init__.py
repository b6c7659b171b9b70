"""Where runs are carried out. An executor yields what its runs report, as it comes.

Runs report plain messages, so that the process that writes the results need not share
a file system, or torch, with the one that trains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from bench.records import Counts, EpochResult, RunOutcome, RunSetup
from bench.spec import RunSpec

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """A run and what it is handed ready-made. Picklable; holds no tensor.

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
    exclusive: bool
    log: Path  # standard output and errors of the run, and its traceback
    companions: tuple[RunSpec, ...] = ()
    stacked_runs: int = 1  # trained together, this one included

    @cached_property
    def members(self) -> tuple[RunRequest, ...]:
        """A request for each run, this one's first."""
        if not self.companions:
            return (self,)
        specs = (self.spec, *self.companions)
        return tuple(
            replace(self, spec=spec, companions=(), stacked_runs=len(specs)) for spec in specs
        )


class Started(NamedTuple):
    """The run's process is at work."""


class Ended(NamedTuple):
    """The run's last message."""

    outcome: RunOutcome


Message = Started | RunSetup | EpochResult | Ended


class Executor(Protocol):
    """Carries out runs and single calls, each in a process of its own."""

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """The result of one call in a process of its own; its exceptions are raised here."""
        ...

    def execute(self, requests: Iterable[RunRequest]) -> Iterator[tuple[RunRequest, Message]]:
        """Runs every request, in the order given.

        Yields:
            One of the request's ``members`` and its message; for every member exactly one
            ``Ended``, whatever befalls it.
        """
        ...

    def finish_epochs(self) -> None:
        """Asks the runs at work to stop after their epoch and starts no more."""
        ...

    def close(self) -> None:
        """Stops everything at once."""
        ...
