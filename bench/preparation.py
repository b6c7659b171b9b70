"""What a sweep needs before its first run: data, costs, features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bench import datasets, matching, plugins
from bench.cache import cache_root
from bench.datasets import DataSpec
from bench.errors import PluginError
from bench.executors import Executor
from bench.grid import Grid, check_batches
from bench.preflight import Failure, Preflight, look_ahead
from bench.progress import Observer
from bench.spec import Configuration, RunSpec


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where and how a sweep is run; none of it changes what a run is."""

    device: str = "auto"
    data_root: Path | None = None
    download: bool = False


@dataclass(frozen=True)
class Ready:
    """A grid whose data is prepared and whose costs are known.

    Attributes:
        failures: of the configurations for which that is not so; their runs fail.
    """

    grid: Grid
    machine: Machine
    data: dict[DataSpec, Path]
    images: dict[DataSpec, int]
    preflight: Preflight
    failures: Mapping[Configuration, Failure] = field(default_factory=dict)


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

    A configuration for which code of a plug-in or a process fails does not stop the others.

    Args:
        smoke: a data set with fewer images than the smoke run would take is used whole.
        rehearse: time a few steps of each configuration instead of preparing the quality
            measurement (for a dry run).

    Raises:
        RequestError: data, device or features are not available, or a batch does not fit.
        Exception: the first failure, where no configuration is left.
    """
    grid = matching.resolved(grid, executor, observer.note)
    if smoke:
        fitted = (_fit(run, machine) for run in grid.runs)
        grid = replace(grid, runs=tuple(fitted))
    data: dict[DataSpec, Path] = {}
    images: dict[DataSpec, int] = {}
    unreadable: dict[DataSpec, PluginError] = {}
    for run in grid.configurations:
        if run.data not in data and run.data not in unreadable:
            observer.note(f"Reading {run.data.name} …")
            try:
                data[run.data] = _prepare(run.data, machine)
            except PluginError as error:
                unreadable[run.data] = error
                continue
            images[run.data] = len(datasets.open_prepared(data[run.data]).images)
        if run.data not in unreadable:
            check_batches(run, images[run.data], grid.source)
    failures = {
        run.configuration: Failure(unreadable[run.data])
        for run in grid.configurations
        if run.data in unreadable
    }
    if len(failures) == len(grid.configurations):
        raise next(iter(failures.values())).cause
    preflight = look_ahead(
        executor,
        [run for run in grid.configurations if run.data not in unreadable],
        data,
        partial(_whole, machine),
        device=machine.device,
        rehearse=rehearse,
        note=observer.note,
    )
    failures |= preflight.failures
    return Ready(grid, machine, data, images, preflight, failures)


def _prepare(data: DataSpec, machine: Machine) -> Path:
    with plugins.reporting(f"read {data.name}"):
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
    except PluginError:  # which is met again where the data are prepared
        return run
    if subset > 1 and subset % run.recipe.batch_size == 1:
        subset -= 1
    return replace(run, data=replace(run.data, subset=subset))
