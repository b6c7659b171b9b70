"""Which runs of a grid are due, and carrying them out into a results folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bench import datasets, store
from bench.cache import cache_root
from bench.datasets import DataSpec
from bench.executors import Ended, Executor, RunRequest, Started
from bench.grid import Grid, check_batches
from bench.preflight import Preflight, look_ahead
from bench.progress import Observer
from bench.quality.samples import gif
from bench.records import EpochResult, RunOutcome, RunPlan, RunSetup
from bench.spec import RunSpec


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where and how a sweep is carried out; none of it changes what a run is."""

    device: str = "auto"
    jobs: int = 1
    data_root: Path | None = None
    download: bool = False


@dataclass(frozen=True)
class Ready:
    """A grid whose data is at hand and whose costs are known."""

    grid: Grid
    machine: Machine
    data: dict[DataSpec, Path]
    labelled: dict[DataSpec, Path]  # the whole data set behind each, for a classifier
    images: dict[DataSpec, int]
    preflight: Preflight


def prepare(
    grid: Grid,
    machine: Machine,
    executor: Executor,
    observer: Observer,
    *,
    smoke: bool = False,
    rehearse: bool = False,
) -> Ready:
    """Brings the data to hand, counts what each configuration costs, decides the features.

    Args:
        smoke: a data set with fewer images than the smoke run would take is taken whole.
        rehearse: time a few steps of each configuration instead of readying the quality
            measurement (for a dry run).

    Raises:
        RequestError: data, device or features are not to be had, or a batch does not fit.
    """
    if smoke:
        fitted = (_fit(run, machine) for run in grid.runs)
        grid = replace(grid, runs=tuple(fitted))
    data: dict[DataSpec, Path] = {}
    labelled: dict[DataSpec, Path] = {}
    images: dict[DataSpec, int] = {}
    for run in grid.configurations:
        if run.data not in data:
            observer.note(f"Reading {run.data.name} …")
            data[run.data] = _prepare(run.data, machine)
            whole = replace(run.data, classes=None, subset=None)
            labelled[run.data] = _prepare(whole, machine)
            images[run.data] = len(datasets.open_prepared(data[run.data]).images)
        check_batches(run, images[run.data], grid.source)
    preflight = look_ahead(
        executor,
        grid.configurations,
        data,
        labelled,
        device=machine.device,
        jobs=machine.jobs,
        rehearse=rehearse,
        note=observer.note,
    )
    return Ready(grid, machine, data, labelled, images, preflight)


def _prepare(data: DataSpec, machine: Machine) -> Path:
    return datasets.prepare(
        data, data_root=machine.data_root, download=machine.download, cache=cache_root()
    )


def _fit(run: RunSpec, machine: Machine) -> RunSpec:
    """The smoke run on as many images as there are."""
    whole = datasets.open_prepared(_prepare(replace(run.data, subset=None), machine))
    available = len(whole.images)
    subset = min(run.data.subset or available, available)
    if subset > 1 and subset % run.recipe.batch_size == 1:
        subset -= 1
    return replace(run, data=replace(run.data, subset=subset))


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


def run(ready: Ready, out: Path, executor: Executor, observer: Observer) -> Counter[str]:
    """Carries out the runs that are due; a failed one stops nothing.

    Returns:
        How many of the grid's runs ended how, those finished earlier included.

    Raises:
        ResultsError: the results cannot be written; epochs committed before are safe.
    """
    with store.locked(out):
        return _run(ready, out, executor, observer)


def _run(ready: Ready, out: Path, executor: Executor, observer: Observer) -> Counter[str]:
    sweep_plan = plan(ready)
    store.open_sweep(out, sweep_plan)
    plans = {p.run_id: p for p in sweep_plan.runs}
    others = sum(f.name not in plans for f in (out / "runs").glob("[!.]*"))
    if others:
        observer.note(
            f"{out} also holds runs of an earlier grid ({others}); reports leave them out."
        )
    due = [run for run in ready.grid.runs if not _done(out, run)]
    statuses = Counter({"completed": len(ready.grid.runs) - len(due), "not run": len(due)})
    requests = [_request(ready, out, stack) for stack in _stacks(ready.grid, due)]
    members = [member for request in requests for member in request.members]
    observer.begin(members, len(ready.grid.runs) - len(due))
    writers: dict[str, store.RunWriter] = {}
    try:
        for request, message in executor.execute(_begun(requests, out, plans, writers)):
            writer = writers[request.spec.run_id]
            match message:
                case Started():
                    observer.started(request)
                case RunSetup():
                    writer.set_up(message)
                case EpochResult():
                    writer.append(message)
                    observer.epoch(request, message.record)
                case Ended(outcome):
                    _finish(writer, outcome)
                    statuses[outcome.status] += 1
                    statuses["not run"] -= 1
                    observer.ended(request, outcome)
    finally:
        observer.close()
    return +statuses


def _begun(
    requests: Iterable[RunRequest],
    out: Path,
    plans: dict[str, RunPlan],
    writers: dict[str, store.RunWriter],
) -> Iterable[RunRequest]:
    """Makes each run's folder just before the executor starts it."""
    for request in requests:
        for member in request.members:
            run_id = member.spec.run_id
            now = datetime.now().astimezone()
            writers[run_id] = store.RunWriter(out, plans[run_id], started_at=now)
            writers[run_id].begin()
        folder = writers[request.spec.run_id].folder
        yield replace(request, log=(folder / "log.txt").absolute())


def _finish(writer: store.RunWriter, outcome: RunOutcome) -> None:
    pictures = sorted((writer.folder / "samples").glob("epoch-*.png"))
    if pictures:
        gif(pictures, writer.folder / "samples.gif")
    writer.finish(outcome)


def _done(out: Path, run: RunSpec) -> bool:
    row = store.read_run(out / "runs" / run.run_id)
    return row is not None and row["status"] == "completed" and row["epochs"] >= run.epochs


def _stacks(grid: Grid, due: Sequence[RunSpec]) -> list[list[RunSpec]]:
    """The runs that train together: all seeds of a configuration, or each run by itself."""
    if not grid.stack_seeds:
        return [[run] for run in due]
    stacks: dict[str, list[RunSpec]] = {}
    for run in due:
        stacks.setdefault(run.configuration().run_id, []).append(run)
    return list(stacks.values())


def _request(ready: Ready, out: Path, stack: Sequence[RunSpec]) -> RunRequest:
    run, *companions = stack
    return RunRequest(
        spec=run,
        data=ready.data[run.data],
        labelled=ready.labelled[run.data],
        features=ready.preflight.features[run.configuration().run_id],
        counts=ready.preflight.counts[run.configuration().run_id],
        device=ready.preflight.device,
        threads=ready.preflight.threads,
        exclusive=ready.machine.jobs == 1,
        log=(out / "runs" / run.run_id / "log.txt").absolute(),
        companions=tuple(companions),
    )
