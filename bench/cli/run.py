"""``bench run``."""

from __future__ import annotations

import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import closing, completion, display, dry_run_table
from bench.cli.options import DataRoot, PluginFiles, load_plugins, output_folder
from bench.cli.options import budget as time_limit
from bench.errors import RequestError

if TYPE_CHECKING:
    from bench.executors import Executor
    from bench.grid import Grid

EXAMPLES = (
    "Examples:  bench run -g lightweight.yaml   ·   bench run -g my.yaml --seeds 0-9 --jobs 2"
    "   ·   bench run -g lightweight.yaml --set 'width_factor=[1, 0.5]' --dry-run"
)


class Device(StrEnum):
    """Where runs train."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Retry(StrEnum):
    """Statuses of runs that may be tried again."""

    failed = "failed"
    oom = "oom"
    diverged = "diverged"
    timed_out = "timed_out"


class Where(StrEnum):
    """What executes the runs."""

    local = "local"
    ray = "ray"


def run(
    grid: Annotated[
        str,
        typer.Option(
            "--grid",
            "-g",
            help="A grid: a YAML file, or the name of a bundled one.",
            autocompletion=completion.grids,
        ),
    ],
    dataset: Annotated[
        str | None,
        typer.Option(
            help="Train on this data set instead of the grid's.", autocompletion=completion.datasets
        ),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Seeds instead of the grid's: 0-4, or 0,2,7.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs instead of the grid's.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Set a key for every run; a list sweeps it."
        ),
    ] = None,
    plugin: PluginFiles = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FOLDER",
            help="Results folder.",
            show_default="results/NAME",
        ),
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to train.")] = Device.auto,
    jobs: Annotated[
        str,
        typer.Option(
            metavar="N|auto",
            help="Runs side by side. auto: one per core once configurations are timed, else one; "
            "with Ray as many as fit.",
        ),
    ] = "auto",
    executor: Annotated[
        Where, typer.Option(help="Run on this machine, or on a Ray cluster.")
    ] = Where.local,
    address: Annotated[
        str | None,
        typer.Option(
            help="Address of the Ray cluster, such as HOST:6379.",
            show_default="the one on this machine",
        ),
    ] = None,
    cpus_per_run: Annotated[
        int | None,
        typer.Option(min=1, help="Processor threads of each run on Ray.", show_default="1"),
    ] = None,
    gpus_per_run: Annotated[
        float | None,
        typer.Option(
            min=0.01, help="GPUs of each run on Ray; 0.5 puts two on one.", show_default="1"
        ),
    ] = None,
    until_decided: Annotated[
        bool,
        typer.Option(
            "--until-decided", help="Add seeds to what is undecided until every verdict is given."
        ),
    ] = False,
    at_most: Annotated[
        int | None,
        typer.Option(
            min=2, help="Seeds of a configuration at most, with --until-decided.", show_default="12"
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            parser=time_limit,
            metavar="TIME",
            help="Add no seeds after this time, such as 90m or 2h.",
            show_default="no limit",
        ),
    ] = None,
    retry: Annotated[
        list[Retry] | None,
        typer.Option(help="Also try runs with this status again; repeatable."),
    ] = None,
    data_root: DataRoot = None,
    download: Annotated[
        bool, typer.Option("--download", help="Download missing data sets first.")
    ] = False,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A few batches, one epoch, one seed of everything.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the runs, their cost and the time; train nothing."),
    ] = False,
    tensorboard: Annotated[
        bool,
        typer.Option("--tensorboard", help="Also write for TensorBoard, into the results folder."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only what went wrong.")
    ] = False,
) -> None:
    """Train every run of a grid and store what it cost and how good it was.

    Unfinished runs resume from their last checkpoint; finished ones are left as they are.
    Several bench run on one results folder share its runs.
    """
    load_plugins(plugin)
    from bench import deciding, preparation, store, tuning
    from bench.measures import RETRY
    from bench.progress import observer

    loaded = _load(grid, dataset, seeds, epochs, settings or [], data_root, quiet=quiet)
    if until_decided or (at_most is not None and loaded.looks is not None):
        loaded = loaded.until_decided(at_most)
    _check_looks(loaded, at_most, budget)
    if smoke:
        loaded = loaded.smoke()
    folder = out or Path("results") / loaded.name
    if not dry_run:
        store.check_writable(folder, loaded.name)

    watcher = observer(display.news(), quiet=quiet)
    if tensorboard:
        from bench.board import Board

        watcher = Board(watcher, folder)
    machine = preparation.Machine(device=device.value, data_root=data_root, download=download)
    chosen = _executor(executor, _jobs(jobs), address, cpus_per_run, gpus_per_run)
    try:
        if not dry_run:
            _handle_interrupts(chosen)
            tuned = tuning.settled(loaded, folder, machine, chosen, watcher, smoke=smoke)
            if tuned is None:
                raise typer.Exit(1)
            loaded = tuned
        ready = preparation.prepare(loaded, machine, chosen, watcher, smoke=smoke, rehearse=dry_run)
        if dry_run:
            dry_run_table.show(ready, chosen)
            if ready.failures:
                raise typer.Exit(1)
            return
        wanted = {name.value for name in retry or []}
        again = [status for status, name in RETRY.items() if name in wanted]
        ready, statuses = deciding.run(ready, folder, chosen, watcher, retry=again, budget=budget)
    finally:
        chosen.close()
    closing.show(folder, ready, statuses, quiet=quiet)
    if set(statuses) != {"completed"}:
        raise typer.Exit(1)


def _load(
    grid: str,
    dataset: str | None,
    seeds: str | None,
    epochs: int | None,
    settings: list[str],
    data_root: Path | None,
    *,
    quiet: bool,
) -> Grid:
    """The grid with what the command line overrides."""
    from bench import grid as grids

    overrides = grids.parse_settings(settings)
    if dataset is not None:
        overrides["dataset"] = dataset
    if seeds is not None:
        overrides["seeds"] = grids.parse_seeds(seeds)
    if epochs is not None:
        overrides["epochs"] = epochs
    return grids.load(grid, overrides, data_root, note=None if quiet else display.note)


def _check_looks(grid: Grid, at_most: int | None, budget: float | None) -> None:
    for flag, value in (("--at-most", at_most), ("--budget", budget)):
        if value is not None and grid.looks is None:
            raise RequestError(
                f"{flag} is for a sweep that adds seeds: add --until-decided, or leave out {flag}."
            )


def _jobs(given: str) -> int | None:
    """How many runs side by side; None for as many as is sensible."""
    if given == "auto":
        return None
    if given.isascii() and given.isdigit() and 1 <= int(given) < 10_000:
        return int(given)
    raise RequestError(f"--jobs {given}: write a number from 1, or auto.")


def _executor(
    where: Where,
    jobs: int | None,
    address: str | None,
    cpus_per_run: int | None,
    gpus_per_run: float | None,
) -> Executor:
    if where is Where.local:
        given = {
            "--address": address,
            "--cpus-per-run": cpus_per_run,
            "--gpus-per-run": gpus_per_run,
        }
        for flag, value in given.items():
            if value is not None:
                raise RequestError(
                    f"{flag} is for a Ray cluster: add --executor ray, or leave out {flag}."
                )
        from bench.executors.local import LocalExecutor

        return LocalExecutor(jobs=jobs)
    from bench.executors.ray import RayExecutor, Share

    return RayExecutor(
        address=address, share=Share(cpus_per_run or 1, gpus_per_run or 1.0), jobs=jobs
    )


def _handle_interrupts(executor: Executor) -> None:
    """Ctrl-C once finishes and stores the epochs in progress; twice stops at once.

    So does SIGTERM, with which job schedulers announce the end of an allocation.
    """
    import signal

    def once(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # The handler may interrupt printing through a buffer, which is not re-entrant.
        with suppress(OSError):
            os.write(2, b"Finishing the epoch; press Ctrl-C again to stop at once.\n")
        executor.finish_epochs()

    signal.signal(signal.SIGINT, once)
    signal.signal(signal.SIGTERM, once)
