"""Configurations in processes of their own, of which one at a time trains some steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bench.executors import Executor, RunRequest, Talk, timed
from bench.executors.talk import RemoteError
from bench.executors.timed import Go, Prepared, Unfit
from bench.units import duration

if TYPE_CHECKING:
    from bench.training import TurnCost


@dataclass
class Timed:
    """A configuration of a block.

    Attributes:
        steps: of its turns.
        turns: what they cost so far, one a round.
        ended: when each of them ended.
    """

    request: RunRequest
    talk: Talk
    prepared: Prepared
    steps: int
    turns: list[TurnCost] = field(default_factory=list)
    ended: list[datetime] = field(default_factory=list)


class Block:
    """Configurations that take turns.

    Attributes:
        timed: those that are there, in the order of their turns.
    """

    def __init__(self, executor: Executor, seconds: float) -> None:
        self._executor = executor
        self._seconds = seconds
        self.timed: list[Timed] = []

    def __enter__(self) -> Block:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.timed:
            each.talk.close()

    def add(self, request: RunRequest) -> Unfit | None:
        """Sets up one more; says why if it cannot be."""
        try:
            # A timeout is of a run, and this process ends with the block.
            limits = replace(request.limits, seconds=None)
            talk = self._executor.talk(timed.take_turns, request, limits=limits)
        except RemoteError as error:
            return Unfit(str(error).rstrip("."), False)
        answer = _answer(talk, request)
        if isinstance(answer, Unfit):
            talk.close()
            return answer
        assert isinstance(answer, Prepared)
        self.timed.append(Timed(request, talk, answer, steps_of(answer, self._seconds)))
        return None

    def turn(self, each: Timed) -> Unfit | None:
        """One turn, which is added to its turns; one that fails leaves the block."""
        each.talk.send(Go(each.steps, len(self.timed)))
        answer = _answer(each.talk, each.request)
        if isinstance(answer, Unfit):
            self.timed.remove(each)
            each.talk.close()
            return answer
        assert not isinstance(answer, Prepared)
        each.turns.append(answer)
        each.ended.append(datetime.now().astimezone())
        return None

    def has_room(self) -> bool:
        """Whether one more like the largest fits into the memory of the host and of the GPU."""
        from bench.cost import available

        prepared = [each.prepared for each in self.timed]
        host = max((p.host_bytes or 0 for p in prepared), default=0)
        gpu = max((p.gpu_bytes or 0 for p in prepared), default=0)
        free = [p.gpu_free_bytes for p in prepared[-1:] if p.gpu_free_bytes is not None]
        return available.available_bytes() > _SPARE * host and all(
            each > _SPARE * gpu for each in free
        )


_SPARE = 2.0  # of the largest process so far; the next may be larger


def steps_of(prepared: Prepared, seconds: float) -> int:
    """Steps of a turn of about so many seconds; a multiple of those after which costs repeat."""
    steps = max(1.0, seconds / max(prepared.seconds_per_step, 1e-9))
    return max(1, round(steps / prepared.period)) * prepared.period


def _answer(talk: Talk, request: RunRequest) -> Prepared | TurnCost | Unfit:
    limit = request.limits.seconds
    try:
        answer: Prepared | TurnCost | Unfit = talk.receive(limit)
    except TimeoutError:
        return Unfit(f"took longer than its timeout of {duration(limit)}", False)
    except RemoteError as error:
        return Unfit(str(error).rstrip("."), False)
    return answer


def rounds(block: Block) -> Iterator[list[tuple[Timed, Unfit]]]:
    """One round after another, A B C A B C …; yields those that failed in each.

    The rounds of one that fails count no more.
    """
    while True:
        failed = []
        for each in list(block.timed):
            unfit = block.turn(each)
            if unfit is not None:
                failed.append((each, unfit))
        yield failed
