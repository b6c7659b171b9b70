"""Adding seeds to a sweep until its verdicts are given.

What comes next follows from the results folder alone (``bench.report.looks``): a killed sweep
goes on where it was, and several processes that share one come to the same runs.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from bench import planning, report, store, sweep
from bench.errors import ResultsError
from bench.executors import Executor
from bench.preparation import Ready
from bench.progress import Observer
from bench.spec import RunSpec
from bench.units import counted, duration


def run(
    ready: Ready,
    out: Path,
    executor: Executor,
    observer: Observer,
    *,
    retry: Collection[str] = (),
    budget: float | None = None,
) -> tuple[Ready, Counter[str]]:
    """Runs what is due, and further seeds of what is undecided if the grid asks for them.

    Args:
        retry: as of ``sweep.run``.
        budget: seconds after which no further seeds are started; None for no limit.

    Returns:
        The grid with the runs that were added, and status → how many of its runs have it.

    Raises:
        ResultsError: the results folder cannot be written at all.
    """
    end = None if budget is None else time.monotonic() + budget
    statuses = sweep.run(ready, out, executor, observer, retry=retry)
    told = 0
    while ready.grid.looks is not None and not executor.stopping:
        courses = _courses(ready, out)
        sentences = [text for course in courses for text in course.sentences]
        for sentence in sentences[told:]:
            observer.note(sentence)
        told = len(sentences)
        more = _runs(ready, [due for course in courses for due in course.due])
        if not more:
            break
        if end is not None and time.monotonic() >= end:
            runs = counted(len(more), "run")
            observer.note(
                f"The time of {duration(round(budget or 0))} is used up: {runs} would be next. Run "
                "it again to go on."
            )
            break
        grid = replace(ready.grid, runs=(*ready.grid.runs, *more))
        ready = replace(ready, grid=grid)
        statuses = sweep.run(ready, out, executor, observer, retry=retry)
        if not _ended(out, more):
            break
    return ready, statuses


def _courses(ready: Ready, out: Path) -> list[report.Progress]:
    try:
        return report.progress(store.read_sweep(out, planning.plan(ready)))
    except ResultsError:  # no run has started
        return []


def _runs(ready: Ready, due: Iterable[tuple[str, int]]) -> list[RunSpec]:
    """The runs of labels and seeds that the grid does not have yet, seed by seed."""
    configurations = {run.label: run for run in ready.grid.configurations}
    known = {run.run_id for run in ready.grid.runs}
    found = [replace(configurations[label], seed=seed) for label, seed in due]
    order = {label: place for place, label in enumerate(configurations)}
    found.sort(key=lambda run: (run.seed, order[run.label]))
    return [run for run in found if run.run_id not in known]


def _ended(out: Path, runs: Iterable[RunSpec]) -> bool:
    """Whether any of the runs has ended: else nothing would come of another look."""
    states = store.read_states(out, [run.run_id for run in runs])
    return any(state.status != "interrupted" for state in states.values())
