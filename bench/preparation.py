"""What a sweep needs before its first run: data, costs, features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench import datasets
from bench.cache import cache_root
from bench.datasets import DataSpec
from bench.executors import Executor
from bench.grid import Grid, check_batches
from bench.preflight import Preflight, look_ahead
from bench.progress import Observer
from bench.spec import RunSpec


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where and how a sweep is run; none of it changes what a run is."""

    device: str = "auto"
    data_root: Path | None = None
    download: bool = False


@dataclass(frozen=True)
class Ready:
    """A grid whose data is prepared and whose costs are known."""

    grid: Grid
    machine: Machine
    data: dict[DataSpec, Path]
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
    """Prepares the data, counts what each configuration costs, decides the features.

    Args:
        smoke: a data set with fewer images than the smoke run would take is used whole.
        rehearse: time a few steps of each configuration instead of preparing the quality
            measurement (for a dry run).

    Raises:
        RequestError: data, device or features are not available, or a batch does not fit.
    """
    if smoke:
        fitted = (_fit(run, machine) for run in grid.runs)
        grid = replace(grid, runs=tuple(fitted))
    data: dict[DataSpec, Path] = {}
    images: dict[DataSpec, int] = {}
    for run in grid.configurations:
        if run.data not in data:
            observer.note(f"Reading {run.data.name} …")
            data[run.data] = _prepare(run.data, machine)
            images[run.data] = len(datasets.open_prepared(data[run.data]).images)
        check_batches(run, images[run.data], grid.source)
    preflight = look_ahead(
        executor,
        grid.configurations,
        data,
        partial(_whole, machine),
        device=machine.device,
        rehearse=rehearse,
        note=observer.note,
    )
    return Ready(grid, machine, data, images, preflight)


def _prepare(data: DataSpec, machine: Machine) -> Path:
    return datasets.prepare(
        data, data_root=machine.data_root, download=machine.download, cache=cache_root()
    )


def _whole(machine: Machine, data: DataSpec) -> Path:
    """The whole data set of which a run may train on a part, for a classifier."""
    return _prepare(replace(data, classes=None, subset=None), machine)


def _fit(run: RunSpec, machine: Machine) -> RunSpec:
    """The smoke run on at most as many images as there are."""
    try:
        subset = len(datasets.open_prepared(_prepare(run.data, machine)).images)
    except datasets.TooFewImages as error:
        subset = error.available
    if subset > 1 and subset % run.recipe.batch_size == 1:
        subset -= 1
    return replace(run, data=replace(run.data, subset=subset))
