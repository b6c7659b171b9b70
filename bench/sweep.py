"""Running the runs of a grid that are due, into a results folder.

Several processes may share one sweep: a run is claimed before it is started, and one that
another process has claimed is left to it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bench import plugins, store, targets, timing, unfit
from bench.errors import ResultsError
from bench.executors import Executor, RunRequest
from bench.measures import RETRY
from bench.planning import AskedGrid, plan, requests, subset
from bench.preparation import Ready
from bench.progress import Observer
from bench.reception import Reception, Running
from bench.spec import RunSpec
from bench.units import counted

_POLL_SECONDS = 0.5


def run(
    ready: Ready,
    out: Path,
    executor: Executor,
    observer: Observer,
    *,
    retry: Collection[str] = (),
) -> Counter[str]:
    """Runs what is due; whatever happens to one run, the others continue.

    A run is due if it was never started, was interrupted, has damaged files, or was completed
    with fewer epochs than are asked for now; it resumes from its checkpoint where it has one.
    Other processes may be running parts of the sweep: their runs are waited for, and taken over
    if such a process dies.

    Args:
        retry: statuses; runs that ended with one of them are due as well.

    Returns:
        Status → how many of the grid's runs have it, those finished earlier included.

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
        self._reception = Reception(
            executor, self._claims, observer, keep_checkpoints=self._grid.keep_checkpoints
        )
        self._noted_wait = self._noted_restart = False
        self._refusals: list[ResultsError] = []  # of runs that could not be started

    def run(self) -> Counter[str]:
        states = self._states(list(self._plans))
        unsettled = store.unsettled_runs(self._out)
        due = [
            run
            for run in self._grid.runs
            if run.run_id in unsettled or self._is_due(run, states.get(run.run_id))
        ]
        if due:
            self._check_plugins(states)
        targets.fix(self._out)  # before more seeds are planned
        folder = store.open_sweep(self._out, self._plan, AskedGrid(self._grid))
        planned = {run["run_id"] for run in folder["runs"]}
        others = sum(f.name not in planned for f in (self._out / "runs").glob("[!.]*"))
        if others:
            self._observer.note(
                f"{self._out} also holds runs of an earlier grid ({others}); "
                "reports leave them out."
            )
        self._warn_of_unsuccessful(due, states)
        fit, unprepared = unfit.split(self._ready, due)
        try:
            self._ready = timing.before_runs(
                self._ready, self._out, self._executor, self._observer, self._claims, fit
            )
            waiting = requests(self._ready, self._out, fit, self._executor)
            members = [member for request in waiting for member in request.members]
            self._observer.begin(members, len(self._grid.runs) - len(due), self._executor.jobs)
            self._refusals += unfit.fail(
                unprepared,
                self._ready,
                self._out,
                self._plans,
                self._claims,
                self._is_due,
                self._observer,
            )
            while waiting:
                left: list[RunRequest] = []
                for request, message in self._executor.execute(self._started(waiting, left)):
                    self._reception.receive(request, message)
                waiting = self._freed(left)
        finally:
            self._claims.release_all()
            self._observer.close()
        targets.fix(self._out)
        statuses = self._statuses()
        if self._refusals and set(statuses) == {"not run"}:
            raise self._refusals[0]
        if self._refusals:
            runs = counted(len(self._refusals), "run")
            self._observer.warn(f"{runs} could not be started: {self._refusals[0]}")
        return statuses

    def _check_plugins(self, states: Mapping[str, store.RunState]) -> None:
        """Runs of a sweep are trained with the same plug-in files, or their columns would differ.

        Raises:
            ResultsError: a plug-in that an earlier run was trained with is not loaded.
        """
        loaded = store.plugin_hashes(plugins.stamp())
        for state in states.values():
            for name in state.plugins.keys() - loaded.keys():
                raise ResultsError(
                    f"{self._out} has runs that were trained with the plug-in {name}, which is not "
                    f"loaded: name it with --plugin, or choose another folder with --out."
                )

    def _states(self, run_ids: Sequence[str]) -> dict[str, store.RunState]:
        """The states of the runs; one whose files are damaged counts as never started."""
        states = store.read_states(self._out, run_ids)
        damaged = store.damaged_runs(self._out, states)
        return {run_id: state for run_id, state in states.items() if run_id not in damaged}

    def _is_due(self, run: RunSpec, state: store.RunState | None) -> bool:
        if state is None or state.status == "interrupted":
            return True
        if state.status == "completed":
            return state.epochs < run.epochs
        return state.status in self._retry

    def _warn_of_unsuccessful(
        self, due: Sequence[RunSpec], states: Mapping[str, store.RunState]
    ) -> None:
        """Runs that ended unsuccessfully earlier are retried on request only."""
        waiting = {run.run_id for run in due}
        ended = Counter(
            state.status
            for run_id, state in states.items()
            if run_id not in waiting and state.status != "completed"
        )
        for status, count in ended.items():
            self._observer.warn(
                f"{counted(count, 'run')} ended earlier with status {status}: retry with "
                f"--retry {RETRY[status]}."
            )

    def _statuses(self) -> Counter[str]:
        states = store.read_states(self._out, list(self._plans))
        found: Counter[str] = Counter(s.status for s in states.values())
        found["not run"] = len(self._plans) - len(states)
        return +found

    # ------------------------------------------------------------------------ starting

    def _started(
        self, waiting: Iterable[RunRequest], left: list[RunRequest]
    ) -> Iterator[RunRequest]:
        """Claims each run and prepares its folder just before the executor starts it.

        Args:
            left: receives what other processes have claimed.
        """
        for request in waiting:
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
                elif self._begin(member):
                    ready.append(member)
            if elsewhere:
                left.append(subset(request, elsewhere))
            # Runs of a stack train in step, so those at different epochs are apart.
            epochs = {
                m.spec.run_id: self._reception.running[m.spec.run_id].resumed_epochs for m in ready
            }
            for epoch in sorted(set(epochs.values())):
                together = [m for m in ready if epochs[m.spec.run_id] == epoch]
                yield self._resumed(subset(request, together))

    def _begin(self, member: RunRequest) -> bool:
        """Prepares a claimed run; False where nothing is left to do, or nothing can be done."""
        run_id = member.spec.run_id
        try:
            store.recover(self._out, run_id)
            state = self._states([run_id]).get(run_id)
            if self._is_due(member.spec, state):
                now = datetime.now().astimezone()
                writer = store.RunWriter(self._out, self._plans[run_id], started_at=now)
                for path in writer.set_aside:
                    self._observer.warn(f"{path.name} of {run_id} was damaged and is set aside.")
                if not writer.has_all:
                    self._note_restart(state, writer)
                    writer.begin()
                    self._reception.running[run_id] = Running(writer, member)
                    return True
                self._reception.complete(writer, member.spec)
            else:
                store.settle(self._out, run_id, keep=self._grid.keep_checkpoints)
        except ResultsError as error:
            self._refusals.append(error)
        self._claims.release(run_id)
        self._observer.dropped(member)
        return False

    def _note_restart(self, state: store.RunState | None, writer: store.RunWriter) -> None:
        """Says once why runs are trained from the start: another plug-in, or no checkpoint."""
        loaded = store.plugin_hashes(plugins.stamp())
        changed = [
            name
            for name, digest in (state.plugins.items() if state else ())
            if loaded.get(name, digest) != digest
        ]
        if changed:
            self._reception.warn_once(
                f"{', '.join(changed)} has changed since some runs were trained: those that are "
                "due are trained from the start."
            )
            return
        longer = state is not None and state.status == "completed"
        if longer and writer.resume is None and not self._noted_restart:
            self._noted_restart = True
            self._observer.note(
                "Runs completed with fewer epochs have no checkpoint, so they are trained from "
                "the start; keep_checkpoints: true in the grid keeps every run's last checkpoint."
            )

    def _resumed(self, request: RunRequest) -> RunRequest:
        """The request with the checkpoints that its runs resume from."""
        runs = [self._reception.running[member.spec.run_id] for member in request.members]
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
            if not self._noted_wait:
                self._noted_wait = True
                runs = counted(sum(len(request.members) for request in left), "run")
                owners = store.in_words(self._out, set(held.values()))
                self._observer.note(f"Waiting for {runs} of another bench run {owners}.")
            time.sleep(_POLL_SECONDS)
        return []
