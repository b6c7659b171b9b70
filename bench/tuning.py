"""Trials before a sweep, with which every configuration gets its tuned fields: ``tune``.

The trials are a sweep of their own in a folder beside the results, so they resume as any other, can
be looked at as any other, and are never part of a report of the results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import matching, planning, preparation, report, store, sweep
from bench.errors import GridError
from bench.executors import Executor
from bench.grid import Grid, Tuning, check_distinct, trial, trials
from bench.preparation import Machine
from bench.progress import Observer
from bench.spec import RunSpec
from bench.units import counted


def settled(
    grid: Grid,
    folder: Path,
    machine: Machine,
    executor: Executor,
    observer: Observer,
    *,
    smoke: bool = False,
) -> Grid | None:
    """The grid with the fields that its trials chose, and what was tried; itself without ``tune``.

    Args:
        folder: of the results; trials are in one of the same name with ``-tuning`` behind it.

    Returns:
        None where the trials were stopped before their end.

    Raises:
        RequestError: trials cannot be run, or none of a configuration can be compared.
    """
    tune = grid.tune
    if tune is None:
        return grid
    if grid.looks is not None and tune.seed in grid.looks.seeds(grid.looks.at_most):
        raise GridError(
            f"{grid.source}: tune has the seed {tune.seed}, which added seeds may come to; "
            "take another."
        )
    grid = matching.resolved(grid, executor, observer.note)
    tried = trials(grid.configurations, tune)
    runs = {run.run_id: run for of_label in tried.values() for run in of_label}
    labels = {run_id: run.label for run_id, run in runs.items()}
    own = replace(
        grid,
        name=f"{grid.name}-tuning",
        question=None,
        baseline=next(iter(runs.values())).label,
        runs=tuple(runs.values()),
        timing="off",
        target=None,
        looks=None,
        tune=None,
        matched={},
        stack_seeds=False,
    )
    out = folder.with_name(f"{folder.name}-tuning")
    store.check_writable(out, own.name)
    observer.note(
        f"Tuning: {counted(len(tune.combinations), 'trial')} of each configuration in {out}."
    )
    ready = preparation.prepare(own, machine, executor, observer, smoke=smoke)
    sweep.run(ready, out, executor, observer)
    if executor.stopping:
        return None
    scores = report.final_values(store.read_sweep(out, planning.plan(ready)))
    found = {
        label: _chosen(label, tune, [labels[run.run_id] for run in of_label], scores, out)
        for label, of_label in tried.items()
    }
    changed = tuple(trial(run, found[run.label]["chosen"]) for run in grid.runs)
    ids = {run.label: run.configuration.id for run in changed}
    whole = replace(
        grid,
        runs=changed,
        tune=None,
        matched=_renamed(grid, changed),
        tuned={ids[label]: record for label, record in found.items()},
    )
    check_distinct(whole)
    return whole


def _renamed(grid: Grid, changed: tuple[RunSpec, ...]) -> dict[str, Mapping[str, Any]]:
    """What was matched, by the configurations as they are now."""
    now = {run.label: run.configuration.id for run in changed}
    before = {run.configuration.id: now[run.label] for run in grid.configurations}
    return {before.get(key, key): value for key, value in grid.matched.items()}


def _chosen(
    label: str, tune: Tuning, tried: list[str], scores: report.FinalValues, out: Path
) -> dict[str, Any]:
    """What was tried of a configuration, and the best of it; the first of equals."""
    values = [scores.values.get(each) for each in tried]
    known = [index for index, value in enumerate(values) if value is not None]
    if not known:
        raise GridError(
            f"No trial of {label!r} in {out} has a final value of {scores.metric or 'quality'} by "
            "which to choose; see its runs with bench status, or leave out tune."
        )
    sign = -1 if scores.higher_is_better else 1
    best = min(known, key=lambda index: sign * (values[index] or 0.0))
    return {
        "seed": tune.seed,
        "metric": scores.metric,
        "tried": [
            {"fields": fields, "value": value}
            for fields, value in zip(tune.combinations, values, strict=True)
        ],
        "chosen": tune.combinations[best],
    }
