"""Carrying out the runs of a grid that are due, into a results folder.

Several processes may carry out one sweep: a run is claimed before it is started, and one that
another process has claimed is left to it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bench import store
from bench.errors import ResultsError
from bench.executors import Ended, Executor, Limits, Logged, Message, RunRequest, Started
from bench.grid import Grid
from bench.pictures.animation import gif
from bench.preparation import Ready
from bench.progress import Observer
from bench.measures import RETRY, EpochRecord, EpochResult, RunOutcome, RunPlan, RunSetup
from bench.spec import RunSpec
from bench.units import counted

_POLL_SECONDS = 0.5


def plan(ready: Ready) -> store.SweepPlan:
    """What the results folder is going to hold."""
    grid = ready.grid
    return store.SweepPlan(
        name=grid.name,
        question=grid.question,
        baseline=grid.baseline,
        grid_yaml=grid.to_yaml(),
        runs=tuple(_run_plan(grid, run) for run in grid.runs),
    )


def _run_plan(grid: Grid, run: RunSpec) -> RunPlan:
    return RunPlan(
        run_id=run.run_id,
        sweep=grid.name,
        label=run.label,
        variant=run.variant,
        dataset=run.data_identity,
        seed=run.seed,
        baseline=run.label == grid.baseline,
        spec=run.as_json(),
        epochs_planned=run.epochs,
        image_size=run.data.image_size,
        channels=run.data.channels,
        batch_size=run.recipe.batch_size,
        pack=run.recipe.pack,
        packs_per_step=run.recipe.batch_size // run.recipe.pack * run.recipe.critic_steps,
        samples_per_step=run.recipe.batch_size * run.recipe.critic_steps,
        steps_planned=run.steps,
    )


def run(
    ready: Ready,
    out: Path,
    executor: Executor,
    observer: Observer,
    *,
    retry: Collection[str] = (),
) -> Counter[str]:
    """Carries out the runs that are due; whatever befalls one, the others go on.

    A run is due if it was never started, was interrupted, or was completed with fewer epochs
    than are asked for now; it goes on from its checkpoint where it has one. Other runs of the
    sweep may be at work in other processes: theirs are waited for, and taken over should such
    a process die.

    Args:
        retry: statuses; runs that ended so are due as well.

    Returns:
        How many of the grid's runs ended how, those finished earlier included.

    Raises:
        ResultsError: the results folder cannot be written at all.
    """
    return _Sweep(ready, out, executor, observer, frozenset(retry)).run()


class _Sweep:
    def __init__(
        self,
        ready: Ready,
        out: Path,
        executor: Executor,
        observer: Observer,
        retry: frozenset[str],
    ) -> None:
        self._ready = ready
        self._grid = ready.grid
        self._out = out
        self._executor = executor
        self._observer = observer
        self._retry = retry
        self._plan = plan(ready)
        self._plans = {p.run_id: p for p in self._plan.runs}
        self._claims = store.Claims(out)
        self._at_work: dict[str, _AtWork] = {}
        self._told: set[str] = set()
        self._waited = self._told_anew = self._busy = False
        self._refusals: list[ResultsError] = []  # of runs that could not be begun

    def run(self) -> Counter[str]:
        store.open_sweep(self._out, self._plan)
        others = sum(f.name not in self._plans for f in (self._out / "runs").glob("[!.]*"))
        if others:
            self._observer.note(
                f"{self._out} also holds runs of an earlier grid ({others}); "
                "reports leave them out."
            )
        states = store.read_states(self._out, list(self._plans))
        due = [run for run in self._grid.runs if self._is_due(run, states.get(run.run_id))]
        exclusive = self._executor.exclusive
        self._tell_what_is_left(due, states)
        waiting = [
            _request(self._ready, self._out, stack, exclusive) for stack in _stacks(self._grid, due)
        ]
        members = [member for request in waiting for member in request.members]
        self._observer.begin(members, len(self._grid.runs) - len(due))
        try:
            while waiting:
                left: list[RunRequest] = []
                for request, message in self._executor.execute(self._begun(waiting, left)):
                    self._hear(request, message)
                waiting = self._freed(left)
        finally:
            self._claims.release_all()
            self._observer.close()
        statuses = self._statuses()
        if self._refusals and set(statuses) == {"not run"}:
            raise self._refusals[0]
        if self._refusals:
            runs = counted(len(self._refusals), "run")
            self._observer.warn(f"{runs} could not be begun: {self._refusals[0]}")
        return statuses

    def _is_due(self, run: RunSpec, state: store.RunState | None) -> bool:
        if state is None or state.status == "interrupted":
            return True
        if state.status == "completed":
            return state.epochs < run.epochs
        return state.status in self._retry

    def _tell_what_is_left(
        self, due: Sequence[RunSpec], states: Mapping[str, store.RunState]
    ) -> None:
        """Runs that ended badly earlier are not done; they are tried again on request only."""
        waiting = {run.run_id for run in due}
        ended = Counter(
            state.status
            for run_id, state in states.items()
            if run_id not in waiting and state.status != "completed"
        )
        for status, count in ended.items():
            self._observer.warn(
                f"{counted(count, 'run')} {'is' if count == 1 else 'are'} left as {status}: "
                f"--retry {RETRY[status]} tries again."
            )

    def _statuses(self) -> Counter[str]:
        states = store.read_states(self._out, list(self._plans))
        found: Counter[str] = Counter(s.status for s in states.values())
        found["not run"] = len(self._plans) - len(states)
        return +found

    # ------------------------------------------------------------------------ starting

    def _begun(
        self, requests: Iterable[RunRequest], left: list[RunRequest]
    ) -> Iterator[RunRequest]:
        """Claims each run and readies its folder just before the executor starts it.

        Args:
            left: is given what other processes have claimed.
        """
        for request in requests:
            elsewhere, ready = [], []
            for member in request.members:
                try:
                    owner = self._claims.claim(member.spec.run_id)
                except ResultsError as error:
                    self._refusals.append(error)
                    self._observer.dropped(member)
                    continue
                if owner is not None:
                    elsewhere.append(member)
                elif self._took_up(member):
                    ready.append(member)
            if elsewhere:
                left.append(_subset(request, elsewhere))
            # Runs of a stack train in step, so those at different epochs are apart.
            epochs = {m.spec.run_id: self._at_work[m.spec.run_id].resumed_epochs for m in ready}
            for epoch in sorted(set(epochs.values())):
                together = [m for m in ready if epochs[m.spec.run_id] == epoch]
                yield self._started(_subset(request, together))

    def _took_up(self, member: RunRequest) -> bool:
        """Readies a claimed run; False where nothing is left to do, or nothing can be done."""
        run_id = member.spec.run_id
        try:
            store.recover(self._out, run_id)
            state = store.read_states(self._out, [run_id]).get(run_id)
            if self._is_due(member.spec, state):
                now = datetime.now().astimezone()
                writer = store.RunWriter(self._out, self._plans[run_id], started_at=now)
                for path in writer.set_aside:
                    self._observer.warn(f"{path.name} of {run_id} was damaged and is set aside.")
                if not writer.has_all:
                    self._tell_of_lost_work(state, writer)
                    writer.begin()
                    self._at_work[run_id] = _AtWork(writer, member)
                    return True
                self._animate(writer)
                writer.complete(keep_checkpoint=self._grid.keep_checkpoints)
        except ResultsError as error:
            self._refusals.append(error)
        self._claims.release(run_id)
        self._observer.dropped(member)
        return False

    def _tell_of_lost_work(self, state: store.RunState | None, writer: store.RunWriter) -> None:
        """A longer run without a checkpoint is trained anew; users should not wonder why."""
        longer = state is not None and state.status == "completed"
        if longer and writer.resume is None and not self._told_anew:
            self._told_anew = True
            self._observer.note(
                "No checkpoint is left of runs completed with fewer epochs, so they are trained "
                "anew; keep_checkpoints: true in the grid keeps them for good."
            )

    def _started(self, request: RunRequest) -> RunRequest:
        """The request with what its runs go on from."""
        runs = [self._at_work[member.spec.run_id] for member in request.members]
        for run in runs:
            run.stack = request
        checkpoints = [run.writer.resume for run in runs]
        return replace(
            request,
            exclusive=request.exclusive and not self._claims.others(),
            log=(runs[0].writer.folder / "log.txt").absolute(),
            resumed_epochs=runs[0].resumed_epochs,
            checkpoints=tuple(found.path.read_bytes() for found in checkpoints if found),
        )

    def _freed(self, left: Sequence[RunRequest]) -> list[RunRequest]:
        """Waits until some of the runs that others had claimed are free again, if any are left."""
        while left and not self._executor.stopping:
            held = store.holders(self._out)
            free = [r for r in left if not all(m.spec.run_id in held for m in r.members)]
            if free:
                return [*free, *(request for request in left if request not in free)]
            if not self._waited:
                self._waited = True
                owners = ", ".join(sorted({str(owner) for owner in held.values()}))
                runs = counted(sum(len(request.members) for request in left), "run")
                locks = self._out / "locks"
                remedy = f"; should one on another host have died, delete its files in {locks}"
                if not any(owner.is_elsewhere for owner in held.values()):
                    remedy = ""
                self._observer.note(f"Waiting for {runs} of another bench run ({owners}){remedy}.")
            time.sleep(_POLL_SECONDS)
        return []

    # ------------------------------------------------------------------------- hearing

    def _hear(self, request: RunRequest, message: Message) -> None:
        """Writes and shows a run's news; a run that cannot be written ends, its epochs kept."""
        at_work = self._at_work[request.spec.run_id]
        try:
            match message:
                case Started():
                    self._observer.started(request)
                case RunSetup():
                    if at_work.resumed_epochs and not message.resumed_epochs:
                        log = at_work.writer.folder / "log.txt"
                        self._observer.warn(
                            f"{request.spec.label}, seed {request.spec.seed} is trained anew: its "
                            f"checkpoint could not be used, see {log}."
                        )
                    at_work.writer.set_up(message)
                case EpochResult():
                    at_work.writer.append(message)
                    self._observer.epoch(request, message.record)
                    self._mind_load(request, message.record)
                    self._keep_checkpoint(at_work.writer, message)
                case Logged():
                    at_work.writer.log(message.text)
                case Ended():
                    self._end(request, message.outcome)
        except ResultsError as error:
            self._executor.abort(request)
            for member in at_work.stack.members:
                if member.spec.run_id in self._at_work:
                    started_at = self._at_work[member.spec.run_id].writer.started_at
                    outcome = RunOutcome(
                        status="interrupted",
                        error=str(error),
                        started_at=started_at,
                        ended_at=max(started_at, datetime.now().astimezone()),
                    )
                    self._end(member, outcome)

    def _keep_checkpoint(self, writer: store.RunWriter, result: EpochResult) -> None:
        try:
            writer.keep_checkpoint(result)
        except ResultsError as error:
            self._warn_once(f"A checkpoint could not be written: {error}")

    def _end(self, request: RunRequest, outcome: RunOutcome) -> None:
        run_id = request.spec.run_id
        writer = self._at_work.pop(run_id).writer
        try:
            self._animate(writer)
            writer.finish(outcome, keep_checkpoint=self._grid.keep_checkpoints)
        except ResultsError as error:
            self._warn_once(str(error))
        self._claims.release(run_id)
        self._observer.ended(request, outcome)

    def _animate(self, writer: store.RunWriter) -> None:
        pictures = sorted((writer.folder / "samples").glob("epoch-*.png"))
        try:
            if pictures:
                gif(pictures, writer.folder / "samples.gif")
        except ResultsError as error:
            self._warn_once(str(error))

    def _mind_load(self, request: RunRequest, record: EpochRecord) -> None:
        """Says once that others are at work on the machine, where no run of the sweep's own is."""
        alone = self._executor.jobs == 1 and request.exclusive
        if alone and record.contended and not self._busy:
            self._busy = True
            self._observer.note(
                f"Other programs keep {record.foreign_load_cores or 0:.1f} cores busy: times are "
                "upper bounds meanwhile, and marked as contended."
            )

    def _warn_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._observer.warn(text)


@dataclass
class _AtWork:
    """A run this process has claimed, and what it is trained together with."""

    writer: store.RunWriter
    stack: RunRequest

    @property
    def resumed_epochs(self) -> int:
        return self.writer.resumed_epochs


def _stacks(grid: Grid, due: Sequence[RunSpec]) -> list[list[RunSpec]]:
    """The runs that train together: all seeds of a configuration, or each run by itself."""
    if not grid.stack_seeds:
        return [[run] for run in due]
    stacks: dict[str, list[RunSpec]] = {}
    for run in due:
        stacks.setdefault(run.configuration().run_id, []).append(run)
    return list(stacks.values())


def _request(ready: Ready, out: Path, stack: Sequence[RunSpec], exclusive: bool) -> RunRequest:
    run, *companions = stack
    return RunRequest(
        spec=run,
        data=ready.data[run.data],
        labelled=ready.labelled[run.data],
        features=ready.preflight.features[run.configuration().run_id],
        counts=ready.preflight.counts[run.configuration().run_id],
        quality_files=ready.preflight.quality_files[run.configuration().run_id],
        device=ready.preflight.device,
        devices=ready.preflight.devices,
        threads=ready.preflight.threads,
        exclusive=exclusive,
        execution=ready.preflight.execution[run.configuration().run_id],
        log=(out / "runs" / run.run_id / "log.txt").absolute(),
        companions=tuple(companions),
        keep_checkpoint=ready.grid.keep_checkpoints,
        limits=Limits(seconds=run.timeout_seconds, host_bytes=run.max_host_bytes),
    )


def _subset(request: RunRequest, members: Sequence[RunRequest]) -> RunRequest:
    """The request for some of its members only."""
    first, *others = (member.spec for member in members)
    return replace(request, spec=first, companions=tuple(others))
