"""What happens between a sweep's preparation and its first run: timing, and how runs are packed."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import store
from bench.cost.available import available_bytes, gpu_free_bytes
from bench.executors import Executor, RunRequest
from bench.planning import request
from bench.preparation import Ready
from bench.progress import Observer
from bench.spec import RunSpec
from bench.timing import packing
from bench.timing.session import Sessions, turn_seconds
from bench.units import counted

_POLL_SECONDS = 0.5


def before_runs(
    ready: Ready,
    out: Path,
    executor: Executor,
    observer: Observer,
    claims: store.Claims,
    due: Sequence[RunSpec],
) -> Ready:
    """Times the configurations, unless that is done, and decides how runs are packed.

    One process of a sweep does so at a time; the others wait for it, and then train as it decided.

    Returns:
        ``ready`` with the threads of each run; the executor executes as many runs side by side.

    Raises:
        ResultsError: the results folder cannot be written.
    """
    if not due:
        return ready
    if not executor.times_apart:
        if _wanted(ready):
            observer.note(
                "On Ray, times are those of the runs: no node times configurations apart from "
                "training."
            )
        return ready
    with _alone(out, claims, executor, observer):
        stored = store.read_plan(out).get("threads", "of an earlier version")
        if _wanted(ready) and stored != "of an earlier version" and not executor.stopping:
            _time(ready, out, executor, observer, due)
        return _packed(ready, out, executor, observer, stored, _processes(ready, due))


def is_asked(ready: Ready, executor: Executor) -> bool:
    """Whether configurations are to be timed apart from training, and that can be done."""
    return executor.times_apart and _wanted(ready)


def _wanted(ready: Ready) -> bool:
    grid = ready.grid
    return grid.timing == "auto" and turn_seconds() > 0 and len(grid.runs) > 1


@contextmanager
def _alone(
    out: Path, claims: store.Claims, executor: Executor, observer: Observer
) -> Iterator[None]:
    """No other process of the sweep times, or starts to train, meanwhile."""
    noted = False
    while (owner := claims.claim(store.TIMING)) is not None:
        if executor.stopping:
            break
        if not noted:
            noted = True
            owners = store.in_words(out, {owner})
            observer.note(f"Waiting for the timing of another bench run {owners}.")
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        claims.release(store.TIMING)


def _time(
    ready: Ready, out: Path, executor: Executor, observer: Observer, due: Sequence[RunSpec]
) -> None:
    grid = ready.grid
    others = store.holders(out)
    if others:
        owners = store.in_words(out, set(others.values()))
        observer.note(f"Times are not measured while another bench run trains {owners}.")
        return
    alone = [
        _alone_request(ready, out, run)
        for run in grid.configurations
        if run.configuration not in ready.failures
    ]
    steps: Counter[str] = Counter()
    for run in due:
        of_step = run.recipe.batch_size * run.recipe.critic_steps
        steps[run.label] += run.samples_trained(ready.images.get(run.data, 0)) // of_step
    Sessions(out, grid.name, alone, grid.baseline, dict(steps), executor, observer).run()


def _alone_request(ready: Ready, out: Path, run: RunSpec) -> RunRequest:
    """A run as it is when it has the machine for itself, without evaluation."""
    return replace(
        request(ready, out, [run], exclusive=True),
        features=None,
        threads=ready.preflight.cores,
        device=next(iter(ready.preflight.devices), ready.preflight.device),
        log=Path(os.devnull),
    )


def _processes(ready: Ready, due: Sequence[RunSpec]) -> int:
    """How many processes train the runs: one for each, or for all seeds of a configuration."""
    return len({run.configuration for run in due}) if ready.grid.stack_seeds else len(due)


def _packed(
    ready: Ready,
    out: Path,
    executor: Executor,
    observer: Observer,
    stored: int | str | None,
    due: int,
) -> Ready:
    """With the threads that the plan has, or else is given now.

    Args:
        due: how many runs, or stacks of them, there are to pack.
    """
    preflight = ready.preflight
    if isinstance(stored, str):  # as these folders were begun
        return ready
    ids = {run.configuration.id for run in ready.grid.configurations}
    turns = [
        turn
        for turn in store.read_timing(out).to_pylist()
        if turn["round"] is not None and turn["configuration"] in ids
    ]
    threads = stored
    if threads is None:
        asked = executor.asked_jobs
        threads = packing.threads_per_run(preflight.cores, asked, clean=bool(turns))
        if not executor.stopping:
            threads = store.settle_threads(out, threads)
    if executor.asked_jobs is None and turns:
        fitting = _fitting(ready, executor, turns)
        jobs = packing.side_by_side(preflight.cores, threads, min(due, fitting))
        if jobs > 1 and jobs != executor.jobs:
            each = counted(threads, "thread")
            observer.note(f"Up to {jobs} runs train side by side, on {each} each.")
        executor.pack(jobs)
    return replace(ready, preflight=replace(preflight, threads=threads))


def _fitting(ready: Ready, executor: Executor, turns: Sequence[dict[str, Any]]) -> int:
    fitting = packing.fitting_on_host(turns, available_bytes())
    if ready.preflight.device == "cuda":
        free = executor.call(gpu_free_bytes, ready.preflight.devices)
        fitting = min(fitting, packing.fitting_on_gpus(turns, free))
    return fitting
