"""The sessions of a sweep's timing: which configurations are still to be timed, and timing them.

A session holds the baseline and as many others as memory allows, so that every speed-up is paired
within its rounds. A sweep that has grown has another session, of the new configurations and the
baseline. A session is stored when it has ended, or not at all.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from bench import store
from bench.datasets import DataSpec
from bench.errors import RequestError
from bench.executors import Executor, RunRequest
from bench.executors.timed import Unfit
from bench.measures import Turn
from bench.progress import Observer
from bench.timing.block import Block, Timed, rounds
from bench.units import counted, duration

ROUNDS = 10
_MOST_ROUNDS = 20  # while some speed-up is known less exactly than
_PRECISE = 0.03
_SET_UP_SECONDS = 2.0
_MOST_TOGETHER = 12  # configurations of a session, so that a round stays short
_MOST_TRAININGS = 20.0  # timing that would take longer than so many of them is not worth it


def turn_seconds() -> float:
    """About how long a turn is. Tests set it in the environment; 0 switches timing off."""
    given = os.environ.get("GAN_BENCH_TIMING_SECONDS", "1")
    try:
        return float(given)
    except ValueError as error:
        raise RequestError(
            f"GAN_BENCH_TIMING_SECONDS is {given!r}: write a number of seconds, or unset it."
        ) from error


def expected_seconds(configurations: int) -> float:
    """About how long it takes to time so many configurations, with setting them up."""
    return configurations * (ROUNDS * turn_seconds() + _SET_UP_SECONDS)


class Sessions:
    """Times configurations, session after session.

    Args:
        requests: of the configurations of the grid, one each, with all threads of a run alone.
        baseline: the label of one of them.
        training: how many steps are to be trained, by label.
    """

    def __init__(
        self,
        out: Path,
        name: str,
        requests: Sequence[RunRequest],
        baseline: str,
        training: Mapping[str, int],
        executor: Executor,
        observer: Observer,
    ) -> None:
        self._out, self._name = out, name
        self._executor, self._observer = executor, observer
        self._training = training
        self._groups = groups(requests, baseline)
        self._seconds = turn_seconds()
        self._worthwhile: bool | None = None

    def run(self) -> None:
        """Times what has not been timed, unless training is too short for that.

        Raises:
            ResultsError: the folder cannot be written.
        """
        count = sum(len(self._pending(group)) for group in self._groups)
        if count:
            self._observer.note(
                f"Timing {counted(count, 'configuration')} before training: they take turns of "
                f"{self._seconds:g} s while the others wait."
            )
        for group in self._groups:
            while (pending := self._pending(group)) and self._go_on():
                base = group[0]
                asked = pending if base in pending else [base, *pending]
                with Block(self._executor, self._seconds) as block:
                    turns = self._set_up(block, asked)
                    if self._worthwhile is None:
                        self._worthwhile = self._takes_less_than_training(block, count)
                    if self._go_on():
                        turns += self._rounds(block)
                if not self._go_on():
                    return
                store.add_timing(self._out, self._name, turns)

    def _go_on(self) -> bool:
        return not self._executor.stopping and self._worthwhile is not False

    # -------------------------------------------------------------- what is to be timed

    def _pending(self, group: Sequence[RunRequest]) -> list[RunRequest]:
        """The configurations of a group that have no rounds in common with its first one."""
        table = store.read_timing(self._out)
        rows = table.select(["session", "round", "configuration"]).to_pylist()
        self._session = max((row["session"] for row in rows), default=0) + 1
        failed = {row["configuration"] for row in rows if row["round"] is None}
        base = _id(group[0])
        with_base = {
            row["session"]
            for row in rows
            if row["round"] is not None and (row["configuration"] == base or base in failed)
        }
        timed = {row["configuration"] for row in rows if row["session"] in with_base} | failed
        return [request for request in group if _id(request) not in timed]

    def _takes_less_than_training(self, block: Block, configurations: int) -> bool:
        """Whether training takes long enough for timing; says so if not."""
        if not block.timed:
            return True
        per_step = {e.request.spec.label: e.prepared.seconds_per_step for e in block.timed}
        usual = fmean(per_step.values())
        training = sum(n * per_step.get(label, usual) for label, n in self._training.items())
        turn = fmean(e.steps * e.prepared.seconds_per_step for e in block.timed)
        timing = ROUNDS * turn * configurations
        if timing <= _MOST_TRAININGS * training:
            return True
        self._observer.note(
            f"That would take {duration(timing)} and training {duration(training)}, so times are "
            "those of the runs, which train one at a time."
        )
        return False

    # ------------------------------------------------------------------- one session

    def _set_up(self, block: Block, asked: Sequence[RunRequest]) -> list[Turn]:
        """Sets up as many configurations as there is room for; returns the failures."""
        failures = []
        for index, request in enumerate(asked):
            full = len(block.timed) >= _MOST_TOGETHER or not block.has_room()
            if self._executor.stopping or (len(block.timed) >= 2 and full):
                break
            self._observer.timing("Timing: setting up configuration", index + 1, len(asked))
            unfit = block.add(request)
            if unfit is not None and unfit.out_of_memory and len(block.timed) >= 2:
                break  # it may fit beside the baseline alone
            if unfit is not None:
                failures.append(self._failure(request, unfit))
        return failures

    def _rounds(self, block: Block) -> list[Turn]:
        """Rounds until all speed-ups are known well enough; what they took, and the failures."""
        failures: list[Turn] = []
        for done, failed in enumerate(rounds(block), 1):
            failures += [self._failure(each.request, unfit) for each, unfit in failed]
            if not block.timed or self._executor.stopping:
                break
            enough = done >= _MOST_ROUNDS or (done >= ROUNDS and precise(block.timed))
            self._observer.timing("Timing: round", done, done if enough else max(ROUNDS, done + 1))
            if enough:
                break
        return [*failures, *(turn for each in block.timed for turn in self._turns(each))]

    def _turns(self, each: Timed) -> list[Turn]:
        return [
            Turn(
                session=self._session,
                round=number,
                configuration=_id(each.request),
                label=each.request.spec.label,
                environment=each.prepared.environment,
                timed_at=at,
                **asdict(cost),
            )
            for number, (at, cost) in enumerate(zip(each.ended, each.turns, strict=True), 1)
        ]

    def _failure(self, request: RunRequest, unfit: Unfit) -> Turn:
        label = request.spec.label
        self._observer.warn(f"“{label}” could not be timed ({unfit.error}).")
        return Turn(
            session=self._session,
            round=None,
            configuration=_id(request),
            label=label,
            error=unfit.error,
        )


def groups(requests: Sequence[RunRequest], baseline: str) -> list[list[RunRequest]]:
    """Configurations that are compared: those on the same data, what they are compared with first.

    That is the baseline, or on other data than the baseline's what is like it there.
    """
    by_data: dict[DataSpec, list[RunRequest]] = {}
    for request in requests:
        by_data.setdefault(request.spec.data, []).append(request)
    base = next((r.spec for r in requests if r.spec.label == baseline), None)

    def likeness(request: RunRequest) -> tuple[bool, bool]:
        """Sorts the baseline first, then what is its counterpart on other data."""
        spec = request.spec
        alike = base is not None and (spec.variant, spec.recipe) == (base.variant, base.recipe)
        return spec.label != baseline, not alike

    return [sorted(group, key=likeness) for group in by_data.values()]


def precise(timed: Sequence[Timed]) -> bool:
    """Whether ten undisturbed rounds give every speed-up over the first one precisely enough."""
    from bench.report.statistics import mean_interval

    first, *others = timed
    for other in others:
        pairs = zip(first.turns, other.turns, strict=True)
        quiet = [(a, b) for a, b in pairs if not (a.contended or b.contended)]
        ratios = [(a.seconds / a.real_images) / (b.seconds / b.real_images) for a, b in quiet]
        found = mean_interval([math.log(ratio) for ratio in ratios])
        if len(ratios) < ROUNDS or found is None or (found.half_width or 0.0) > _PRECISE:
            return False
    return sum(not turn.contended for turn in first.turns) >= ROUNDS


def _id(request: RunRequest) -> str:
    return request.spec.configuration.id
