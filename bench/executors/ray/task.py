"""A run on the cluster, or a stack of them, as the driver knows it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import ray

from bench.executors import Ended, Message, RunRequest, Started
from bench.measures import EpochResult, RunOutcome, Status


@dataclass(eq=False)
class Task:
    """A run's request, its stream of messages, and what has arrived of them so far."""

    request: RunRequest
    stream: ray.ObjectRefGenerator
    started_at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    started: float = field(default_factory=time.monotonic)  # which cannot be set back
    begun: set[int] = field(default_factory=set)  # members that reported their start
    ended: set[int] = field(default_factory=set)
    checkpoints: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # newest, by member
    losses: int = 0  # of a worker or node since the last epoch

    @property
    def left(self) -> list[int]:
        """Members that have not ended."""
        return [i for i in range(len(self.request.members)) if i not in self.ended]

    def receive(self, index: int, message: Message) -> bool:
        """Notes a member's message; False if the sweep has had it from a machine that was lost."""
        if isinstance(message, Started):
            if index in self.begun:
                return False
            self.begun.add(index)
        if isinstance(message, EpochResult):
            self.losses = 0
            if message.checkpoint is not None:
                self.checkpoints[index] = (message.record.epoch, message.checkpoint)
        if isinstance(message, Ended):
            self.ended.add(index)
        return True

    def rest(self) -> RunRequest:
        """The request for the members that have not ended, from their newest checkpoints."""
        left = self.left
        first, *companions = (self.request.members[index].spec for index in left)
        newest = [self.checkpoints.get(index, (0, b"")) for index in left]
        epochs = {epoch for epoch, _ in newest}
        # Runs of a stack train in step, so their checkpoints must be of one epoch.
        usable = len(epochs) == 1 and epochs != {0}
        given = dict(enumerate(self.request.checkpoints))
        return replace(
            self.request,
            spec=first,
            companions=tuple(companions),
            resumed_epochs=newest[0][0] if usable else self.request.resumed_epochs,
            checkpoints=tuple(content for _, content in newest)
            if usable
            else tuple(given[index] for index in left if index in given),
        )

    def again(self, request: RunRequest, stream: ray.ObjectRefGenerator) -> Task:
        """The task that continues this one, with the request that :meth:`rest` gave."""
        left = self.left
        return Task(
            request,
            stream,
            self.started_at,
            self.started,
            begun={new for new, old in enumerate(left) if old in self.begun},
            checkpoints={
                new: self.checkpoints[old]
                for new, old in enumerate(left)
                if old in self.checkpoints
            },
            losses=self.losses,
        )

    def end(self, status: Status, reason: str) -> Iterator[tuple[RunRequest, Message]]:
        """The last message of each member that has not ended and is not tried again."""
        outcome = RunOutcome(
            status=status,
            error=reason,
            started_at=self.started_at,
            ended_at=self.started_at + timedelta(seconds=time.monotonic() - self.started),
        )
        for index in self.left:
            yield self.request.members[index], Ended(outcome)

    def cancel(self) -> None:
        """Kills its worker, whose death closes its pipes, at which everything below it ends."""
        with contextlib.suppress(ray.exceptions.RayError, ValueError):
            ray.cancel(self.stream, force=True)
