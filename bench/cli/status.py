"""``bench status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bench.cli import display
from bench.cli.options import Results

if TYPE_CHECKING:
    from bench.status import RunStatus, SweepStatus


def status(
    results: Results,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a sweep's progress: what is done, running, failed and why, and the time left."""
    from bench.status import read_status

    sweep = read_status(results)
    if as_json:
        display.echo_json(sweep.as_json())
        return
    console = display.console()
    _show_configurations(sweep, console)
    for run in sweep.runs:
        if (line := _run_line(run)) is not None:
            _say(console, line)
    _show_summary(sweep, console)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _open_states(sweep: SweepStatus) -> list[str]:
    """The states other than completed that runs are in."""
    from bench.status import STATES

    return [state for state in STATES if sweep.counts[state] and state != "completed"]


def _show_configurations(sweep: SweepStatus, console: Console) -> None:
    rows = []
    for label, counts in sweep.by_label().items():
        row = {"label": label, "completed": f"{counts['completed']} of {sum(counts.values())}"}
        of_state = {str(state): number for state, number in counts.items()}
        rows.append(row | {state: str(of_state[state] or "–") for state in _open_states(sweep)})
    if rows:
        console.print(display.table(sweep.name, rows, console))


def _run_line(run: RunStatus) -> str | None:
    """What there is to say about a run that is neither completed nor simply due."""
    from bench.measures import RETRY

    name = f"{run.label}, seed {run.seed}"
    if run.state == "running":
        of = "" if run.epochs_planned is None else f" of {run.epochs_planned}"
        return f"{name}: epoch {run.epochs}{of}, {run.process}"
    if run.state == "damaged":
        return f"{name}: {run.damaged} is damaged; bench run trains the run again"
    if run.state in RETRY:
        where = "" if run.log is None else f"; see {run.log}"
        return f"{name}: {run.state} ({run.error}){where}"
    return None


def _show_summary(sweep: SweepStatus, console: Console) -> None:
    from bench.measures import RETRY
    from bench.units import counted, duration

    counts = {str(state): number for state, number in sweep.counts.items()}
    states = _open_states(sweep)
    parts = [f"{counts['completed']} of {counted(len(sweep.runs), 'run')} completed"]
    parts += [f"{counts[state]} {state.replace('_', ' ')}" for state in states]
    left = ""
    if sweep.due and sweep.seconds_left is not None:
        running, at_once = counts["running"], sweep.at_once
        pace = f"with {running} running" if running else "with one run at a time"
        if at_once > 1 and not running:
            pace = f"with {at_once} runs at a time"
        left = f"; about {duration(round(sweep.seconds_left))} left {pace}"
    _say(console, f"{', '.join(parts)}{left}.")
    if apart := len(sweep.unplanned):
        runs = counted(apart, "further run")
        _say(console, f"{runs} in the folder, of an earlier grid or revision of a variant.")
    if sweep.timing is not None:
        _say(console, f"Timing the configurations before training, {sweep.timing}.")
    elif sweep.due and not counts["running"]:
        _say(console, f"Not running. Resume with:  {sweep.command()}")
    if retry := [state for state in sweep.counts if state in RETRY and sweep.counts[state]]:
        _say(console, f"Retry unsuccessful runs with:  {sweep.command(*retry)}")
