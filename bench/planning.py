"""What a sweep is going to run: its plan for the results folder, its requests to the executor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import datasets, plugins, store
from bench.executors import Executor, Limits, RunRequest
from bench.grid import Grid, united_yaml
from bench.measures import RunPlan
from bench.order import longest_first
from bench.preparation import Ready
from bench.spec import Configuration, RunSpec


def plan(ready: Ready) -> store.SweepPlan:
    """What the results folder is going to hold."""
    grid = ready.grid
    return store.SweepPlan(
        name=grid.name,
        question=grid.question,
        baseline=grid.baseline,
        grid_yaml=grid.to_yaml(),
        runs=tuple(_run_plan(grid, run) for run in grid.runs),
        flops={run.run_id: flops for run in grid.runs if (flops := _epoch_flops(ready, run))},
        options=tuple(_options(ready)),
        configurations={run.run_id: run.configuration.id for run in grid.runs},
        target=grid.target,
        facets={run.label: _facet(run) for run in grid.configurations},
        margin=grid.margin,
        looks=grid.looks,
        matched=grid.matched,
        tuned=grid.tuned,
    )


def _facet(run: RunSpec) -> dict[str, Any]:
    """What a run is trained on, as far as only runs on the same are compared."""
    data = run.data
    return {
        "dataset": run.data_identity,
        "dataset_given": data.name,
        "image_size": data.image_size,
        "channels": data.channels,
        "classes": None if data.classes is None else list(data.classes),
        "classes_given": None if run.chosen is None else list(run.chosen),
    }


def _options(ready: Ready) -> Iterator[str]:
    if ready.machine.data_root is not None:
        yield from ("--data-root", str(ready.machine.data_root.absolute()))
    for plugin in plugins.loaded():
        yield from ("--plugin", str(plugin.path))


def _epoch_flops(ready: Ready, run: RunSpec) -> float | None:
    """Of training for a whole epoch; None where they were not counted."""
    prepared = ready.preflight.configurations.get(run.configuration)
    if prepared is None or prepared.counts.train_flops_per_image is None:
        return None
    images = ready.images[run.data]
    if run.steps_per_epoch is not None:
        images = run.steps_per_epoch * run.recipe.batch_size * run.recipe.critic_steps
    return float(prepared.counts.train_flops_per_image) * images


class AskedGrid:
    """What the grid that is asked for knows of a folder's earlier plan; see ``store.Asked``."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._labels: dict[int, dict[str, str]] = {}  # by seed, of the runs of its configurations

    def label_of(self, run_id: str, seed: int) -> str | None:
        """The label of the grid's configuration that a run is a seed of; None for no such one."""
        if seed not in self._labels:
            runs = (replace(run, seed=seed) for run in self._grid.configurations)
            self._labels[seed] = {run.run_id: run.label for run in runs}
        return self._labels[seed].get(run_id)

    def grid_with(self, earlier: str, plan: Mapping[str, Any]) -> str:
        """The grid as YAML, with the other seeds and configurations of a folder's plan."""
        return united_yaml(self._grid, earlier, plan)


def _run_plan(grid: Grid, run: RunSpec) -> RunPlan:
    together = run.recipe.judged_together
    return RunPlan(
        run_id=run.run_id,
        sweep=grid.name,
        label=run.label,
        variant=run.variant,
        dataset=run.data_identity,
        dataset_given=run.data.name,
        seed=run.seed,
        baseline=run.label == grid.baseline,
        spec=run.as_json(),
        revision=run.revision,
        epochs_planned=run.epochs,
        image_size=run.data.image_size,
        channels=run.data.channels,
        batch_size=run.recipe.batch_size,
        pack=together,
        packs_per_step=run.recipe.batch_size // together * run.recipe.critic_steps,
        samples_per_step=run.recipe.batch_size * run.recipe.critic_steps,
        steps_planned=run.steps,
        task=run.task,
        plugins=plugins.stamp(),
    )


def chosen_classes(ready: Ready) -> list[str]:
    """A sentence for each data set of which some classes are trained on: which ones."""
    found = []
    for data, folder in ready.data.items():
        if data.classes is not None:
            names = datasets.open_prepared(folder).class_names
            found.append(f"Classes of {data.name}: {datasets.described(names, data.classes)}.")
    return found


def requests(
    ready: Ready, out: Path, due: Sequence[RunSpec], executor: Executor
) -> list[RunRequest]:
    """The runs that are due, each by itself or the seeds of a configuration as one stack.

    Args:
        out: the results folder.
    """
    packed = executor.jobs if executor.times_apart else None
    asked = [
        replace(request(ready, out, stack, exclusive=executor.exclusive), packed_runs=packed)
        for stack in _stacks(ready.grid, due)
    ]
    if executor.jobs == 1:  # as listed: the order does not matter then
        return asked
    return longest_first(asked, ready.images, store.read_timing(out).to_pylist())


def _stacks(grid: Grid, due: Sequence[RunSpec]) -> list[list[RunSpec]]:
    """The runs that train together: all seeds of a configuration, or each run by itself."""
    if not grid.stack_seeds:
        return [[run] for run in due]
    stacks: dict[Configuration, list[RunSpec]] = {}
    for run in due:
        stacks.setdefault(run.configuration, []).append(run)
    return list(stacks.values())


def request(ready: Ready, out: Path, stack: Sequence[RunSpec], *, exclusive: bool) -> RunRequest:
    """The request for one run, or for several as one stack.

    Args:
        exclusive: it has its machine to itself.
    """
    run, *companions = stack
    prepared = ready.preflight.configurations[run.configuration]
    return RunRequest(
        spec=run,
        data=ready.data[run.data],
        labelled=prepared.labelled,
        features=prepared.features,
        counts=prepared.counts,
        quality_files=prepared.quality_files,
        device=ready.preflight.device,
        devices=ready.preflight.devices,
        threads=ready.preflight.threads,
        exclusive=exclusive,
        execution=prepared.execution,
        log=(out / "runs" / run.run_id / "log.txt").absolute(),
        companions=tuple(companions),
        limits=Limits(seconds=run.timeout_seconds, host_bytes=run.max_host_bytes),
    )


def subset(request: RunRequest, members: Sequence[RunRequest]) -> RunRequest:
    """The request for some of its members only."""
    first, *others = (member.spec for member in members)
    return replace(request, spec=first, companions=tuple(others))
