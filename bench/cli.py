"""The command line. Each command imports what it needs when it runs, so that help is instant."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from bench import __version__
from bench.errors import RequestError

if TYPE_CHECKING:
    from rich.table import Table

    from bench.executors import Executor
    from bench.preparation import Ready
    from bench.status import SweepStatus

app = typer.Typer(
    name="bench",
    help=(
        "Which GAN generator and critic give the most quality for the least compute, "
        "and how sure are we?"
    ),
    epilog="Start with: bench run --grid lightweight.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class Device(StrEnum):
    """Where runs train."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Retry(StrEnum):
    """Runs that ended so may be tried again."""

    failed = "failed"
    oom = "oom"
    diverged = "diverged"
    timed_out = "timed_out"


class Where(StrEnum):
    """What carries runs out."""

    local = "local"
    ray = "ray"


class Kind(StrEnum):
    """What can be listed."""

    variants = "variants"
    datasets = "datasets"
    grids = "grids"


DataRoot = Annotated[
    Path | None,
    typer.Option(
        envvar="GAN_BENCH_DATA",
        help="Folder with the data sets' files (IDX, gz IDX, CIFAR archives).",
    ),
]


def main() -> None:
    """Runs the command line; a request that cannot be met ends with one sentence and status 2."""
    try:
        app()
    except RequestError as error:
        _refuse(str(error))
    except OSError as error:
        # A place the user named that the system will not open; anything else is a bug of ours.
        if error.filename is None:
            raise
        _refuse(f"{error.filename}: {error.strerror}; name a place that you can read and write.")
    except KeyboardInterrupt:
        sys.exit(130)


def _refuse(sentence: str) -> NoReturn:
    Console(stderr=True).print(
        f"[bold red]bench:[/] {_escaped(sentence)}", highlight=False, soft_wrap=True
    )
    sys.exit(2)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gan-bench {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Benchmarks GANs: quality, time, FLOPs, memory and energy, over seeds."""


@app.command(
    epilog=(
        "Examples:  bench run -g lightweight.yaml   ·   bench run -g my.yaml --seeds 0-9 --jobs 2"
        "   ·   bench run -g lightweight.yaml --set 'width_factor=[1, 0.5]' --dry-run"
    )
)
def run(
    grid: Annotated[
        str, typer.Option("--grid", "-g", help="A grid: a YAML file, or the name of a bundled one.")
    ],
    dataset: Annotated[
        str | None, typer.Option(help="Train on this data set instead of the grid's.")
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
    out: Annotated[
        Path | None, typer.Option(help="Results folder.", show_default="results/NAME")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to train.")] = Device.auto,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Runs side by side, on one machine marked as contended.",
            show_default="1; with Ray as many as fit",
        ),
    ] = None,
    executor: Annotated[
        Where, typer.Option(help="On this machine, or on those of a Ray cluster.")
    ] = Where.local,
    address: Annotated[
        str | None,
        typer.Option(
            help="Of the Ray cluster, such as HOST:6379.", show_default="the one of this machine"
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
    retry: Annotated[
        list[Retry] | None,
        typer.Option(help="Also try runs again that ended so; may be given several times."),
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")] = False,
) -> None:
    """Train every run of a grid and store what it cost and how good it was.

    Unfinished runs go on from their last checkpoint; finished ones are left as they are.
    Several bench run on one results folder share its runs.
    """
    from bench import grid as grids
    from bench import preparation, store, sweep
    from bench.measures import RETRY
    from bench.progress import observer

    overrides = grids.parse_settings(settings or [])
    if dataset is not None:
        overrides["dataset"] = dataset
    if seeds is not None:
        overrides["seeds"] = grids.parse_seeds(seeds)
    if epochs is not None:
        overrides["epochs"] = epochs
    loaded = grids.load(grid, overrides)
    if smoke:
        loaded = loaded.smoke()
    folder = out or Path("results") / loaded.name
    if not dry_run:
        store.check_writable(folder, loaded.name)

    machine = preparation.Machine(device=device.value, data_root=data_root, download=download)
    carrier = _executor(executor, jobs, address, cpus_per_run, gpus_per_run)
    watcher = observer(Console(stderr=True), quiet=quiet, jobs=carrier.jobs)
    try:
        ready = preparation.prepare(
            loaded, machine, carrier, watcher, smoke=smoke, rehearse=dry_run
        )
        if dry_run:
            _show_dry_run(ready, carrier.jobs)
            return
        _heed_interrupts(carrier)
        wanted = {name.value for name in retry or []}
        again = [status for status, name in RETRY.items() if name in wanted]
        statuses = sweep.run(ready, folder, carrier, watcher, retry=again)
    finally:
        carrier.close()
    _show_results(folder, statuses, quiet=quiet)
    if set(statuses) != {"completed"}:
        raise typer.Exit(1)


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
                raise RequestError(f"{flag} is for a Ray cluster: add --executor ray, or leave it.")
        from bench.executors.local import LocalExecutor

        return LocalExecutor(jobs=jobs or 1)
    from bench.executors.ray import RayExecutor, Share

    return RayExecutor(
        address=address, share=Share(cpus_per_run or 1, gpus_per_run or 1.0), jobs=jobs
    )


def _heed_interrupts(executor: Executor) -> None:
    """Ctrl-C once lets the epochs in flight finish and be stored; twice stops at once.

    So does SIGTERM, with which job schedulers announce the end of an allocation.
    """
    import signal

    def once(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        # Printing through a buffer may be under way already, and may not be re-entered.
        os.write(2, b"Finishing the epoch; press Ctrl-C again to stop at once.\n")
        executor.finish_epochs()

    signal.signal(signal.SIGINT, once)
    signal.signal(signal.SIGTERM, once)


def _show_dry_run(ready: Ready, jobs: int) -> None:
    from bench.progress import duration
    from bench.units import count

    total_seconds = total_flops = 0.0
    rows = []
    for run in ready.grid.runs:
        name = run.configuration().run_id
        counts = ready.preflight.counts[name]
        images = run.samples_shown(ready.images[run.data])
        flops = (counts.train_flops_per_image or 0) * images
        seconds = ready.preflight.seconds_per_image[name] * images
        if ready.preflight.features[name] is not None:
            samples = run.quality.samples * -(-run.epochs // run.quality.every)
            seconds += ready.preflight.seconds_per_sample[name] * samples
        total_seconds += seconds
        total_flops += flops
        rows.append(
            {
                "run": run.run_id,
                "label": run.label,
                "seed": str(run.seed),
                "params G": count(counts.generator_parameters),
                "params D": count(counts.critic_parameters),
                "FLOPs/image": count(counts.train_flops_per_image),
                "FLOPs": count(flops),
                "time": duration(seconds),
            }
        )
    console = _console()
    stacked = " (timed one by one; in stacks they take less)" if ready.grid.stack_seeds else ""
    console.print(
        _table("", rows, console, droppable=("seed", "FLOPs/image", "params G", "params D"))
    )
    console.print(
        f"{len(ready.grid.runs)} runs{stacked}, {count(total_flops)}FLOPs of training, "
        f"about {duration(total_seconds / jobs)} on this machine "
        f"({ready.preflight.device}, {ready.preflight.threads} threads a run), "
        "samples for the quality included, their features not. Nothing was trained.",
        highlight=False,
        soft_wrap=True,
    )


def _show_results(folder: Path, statuses: dict[str, int], *, quiet: bool) -> None:
    from bench import report, store
    from bench.progress import counts_line

    if quiet:
        typer.echo(folder)
        return
    results = store.read_sweep(folder)
    console = _console()
    rows = report.summary_table(results)
    # The report has every column; a narrow terminal keeps what the question turns on.
    droppable = [
        h for h in rows[0] if h.startswith(("Best", "Peak", "Critic", "Generator", "Seeds"))
    ]
    table = _table(results.question or results.name, rows, console, droppable=droppable[::-1])
    console.print(table)
    for note in report.summary_notes(results):
        console.print(note, highlight=False, markup=False, style="dim")
    console.print(f"{counts_line(statuses)}.", highlight=False)
    console.print(f"Results: {folder}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Report:  bench report {folder}", highlight=False, markup=False, soft_wrap=True)


def _console() -> Console:
    """Standard output: as wide as the terminal, and wide where it is a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 180)


def _table(
    title: str, rows: list[dict[str, Any]], console: Console, droppable: Iterable[str] = ()
) -> Table:
    """Rows as a table, their keys as headings; numbers to the right.

    Numbers are never broken: headings in ``droppable`` go first to last until it fits.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns = {h: [_cell(row[h]) for row in rows] for h in rows[0]}
    numeric = {h for h, cells in columns.items() if all(re.match(r"[-−–\d]", c) for c in cells)}
    widths = {
        h: max(len(part) for part in [*re.split(r"[\s_]", h), *(cells if h in numeric else ())])
        for h, cells in columns.items()
    }
    first = next(iter(columns))
    widths[first] = max(map(len, columns[first]))
    for heading in droppable:
        if sum(width + 3 for width in widths.values()) + 1 > console.width:
            del widths[heading]

    table = Table(title=Text(title) if title else None, title_justify="left", box=box.SIMPLE)
    for heading, width in widths.items():
        table.add_column(
            Text(heading.replace("_", " ")),
            justify="right" if heading in numeric else "left",
            width=width if heading in numeric or heading == first else None,
            overflow="fold",
        )
    for index in range(len(rows)):
        table.add_row(*(Text(columns[heading][index]) for heading in widths))
    return table


@app.command()
def report(
    results: Annotated[Path, typer.Argument(help="A results folder, such as results/lightweight.")],
    out: Annotated[
        Path | None, typer.Option(help="Report folder.", show_default="reports/NAME")
    ] = None,
) -> None:
    """Write the report of a sweep: HTML page, Markdown, LaTeX and CSV tables, figures."""
    from bench import report as reports
    from bench import store

    name = store.read_plan(results)["name"]
    with Console(stderr=True).status("Drawing the report …"):
        paths = reports.write(results, out or Path("reports") / name)
    typer.echo(paths.page)


@app.command()
def status(
    results: Annotated[Path, typer.Argument(help="A results folder, such as results/lightweight.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell how a sweep stands: what is done, running, failed and why, and how long remains."""
    from bench.status import read_status

    sweep = read_status(results)
    if as_json:
        typer.echo(json.dumps(sweep.as_json(), indent=1, ensure_ascii=False))
        return
    _show_status(sweep)


def _show_status(sweep: SweepStatus) -> None:
    from bench.measures import RETRY
    from bench.progress import duration
    from bench.status import STATES
    from bench.units import counted

    counts = sweep.counts
    shown = [state for state in STATES if counts[state] and state != "completed"]
    rows = []
    for label, of_label in sweep.by_label().items():
        completed = f"{of_label['completed']} of {sum(of_label.values())}"
        row = {"label": label, "completed": completed}
        rows.append(row | {str(state): str(of_label[state] or "–") for state in shown})
    console = _console()
    if rows:
        console.print(_table(sweep.name, rows, console))

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    for run in sweep.runs:
        name = f"{run.label}, seed {run.seed}"
        if run.state == "running":
            of = "" if run.epochs_planned is None else f" of {run.epochs_planned}"
            say(f"{name}: epoch {run.epochs}{of}, {run.process}")
        elif run.state == "damaged":
            say(f"{name}: damaged, {run.damaged} cannot be read; bench run does it again")
        elif run.state in RETRY:
            where = "" if run.log is None else f"; see {run.log}"
            say(f"{name}: {run.state} ({run.error}){where}")
    others = [f"{counts[state]} {state.replace('_', ' ')}" for state in shown]
    done = f"{counts['completed']} of {counted(len(sweep.runs), 'run')} completed"
    left = "" if sweep.seconds_left is None else f"; about {duration(sweep.seconds_left)} left"
    at_work = f" with {counts['running']} at work" if counts["running"] else ", one run at a time"
    say(", ".join([done, *others]) + (f"{left}{at_work if left else ''}." if sweep.due else "."))
    if sweep.due > counts["running"] and not counts["running"]:
        say(f"Not running. Resume with:  {sweep.command()}")
    if retry := [state for state in shown if state in RETRY]:
        say(f"Retry unsuccessful runs with:  {sweep.command(*retry)}")


@app.command()
def compact(
    results: Annotated[Path, typer.Argument(help="A results folder, such as results/lightweight.")],
) -> None:
    """Gather a sweep's finished runs into few files, which thousands of runs need to stay quick.

    Everything reads them as before, and bench run goes on as before.
    """
    from bench import store
    from bench.units import counted

    with Console(stderr=True).status("Gathering finished runs …"):
        done = store.compact(results)
    for path in done.torn:
        typer.echo(f"{path} is torn: its run was left as it is.")
    text = f"Gathered {counted(done.gathered, 'run')}"
    if done.left:
        text += f"; left {done.left} that have not ended or are damaged or being worked on"
    typer.echo(f"{text}. {results / 'compact'} holds {counted(done.files, 'file')}.")


@app.command("list")
def list_(
    kind: Annotated[
        Kind | None, typer.Argument(help="What to list; everything if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the variants, data sets and grids there are."""
    listings: dict[Kind, list[dict[str, Any]]] = {
        k: list(_listing(k)) for k in ([kind] if kind else list(Kind))
    }
    if as_json:
        found = {k.value: rows for k, rows in listings.items()}
        typer.echo(json.dumps(found[kind.value] if kind else found, indent=1, ensure_ascii=False))
        return
    console = _console()
    for k, rows in listings.items():
        console.print(_table(k.value, rows, console))


def _listing(kind: Kind) -> Iterable[dict[str, Any]]:
    if kind is Kind.variants:
        from variants import registry

        for name in registry.names():
            recipe = registry.get(name)
            yield {
                "name": name,
                "what_it_is": recipe.summary(),
                "image_sizes": list(recipe.image_sizes),
                "source": recipe.source,
            }
    elif kind is Kind.datasets:
        from dataclasses import asdict

        from bench import datasets

        for info in datasets.listing():
            yield asdict(info)
    else:
        from bench.bundled import bundled_questions

        for name, question in bundled_questions().items():
            yield {"name": name, "question": question}


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


@app.command(epilog="Example:  bench describe dcgan-lite --against dcgan")
def describe(
    variant: Annotated[str, typer.Argument(help="A variant; bench list variants names them.")],
    against: Annotated[
        str | None, typer.Option(help="Explain what differs from this variant.")
    ] = None,
    image_size: Annotated[int, typer.Option(min=1, help="Pixels.")] = 28,
    channels: Annotated[int, typer.Option(min=1, help="1 grey, 3 RGB.")] = 1,
    classes: Annotated[
        int, typer.Option(min=1, help="Of the data, for conditional variants.")
    ] = 10,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set a field of VARIANT."),
    ] = None,
) -> None:
    """Explain a variant layer by layer: sizes, costs, and why it is cheaper than another."""
    from bench import grid
    from variants.recipe import ImageShape, PointShape, SampleShape

    shape: SampleShape = ImageShape(channels, image_size, classes)
    fields = grid.parse_settings(settings or [])
    if grid.is_of_points(variant):
        shape = PointShape()
    this = grid.recipe(variant, shape, fields)
    other = grid.recipe(against, shape, {}) if against is not None else None

    from bench import describe as descriptions

    console = _console()
    console.print(
        descriptions.show(
            descriptions.describe(variant, this, shape),
            descriptions.describe(against, other, shape) if against and other else None,
        )
    )


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="A data set (bench list datasets), or inception.")],
    data_root: DataRoot = None,
) -> None:
    """Download a data set, or the Inception weights that FID needs."""
    if name == "inception":
        from bench.quality.inception import fetch_inception

        typer.echo(fetch_inception())
        return
    from bench import datasets

    root = data_root or datasets.default_data_root()
    datasets.fetch(name, data_root=root)
    typer.echo(root)


if __name__ == "__main__":
    main()
