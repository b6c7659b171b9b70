"""A sweep's progress: what is completed, running, failed and why, and how long the rest will take.

All of it comes from the results folder, while ``bench run`` is running and afterwards: the only
trace of what is running are the claims of living processes. No file of epochs or steps is opened.
"""

from __future__ import annotations

import shlex
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

from bench import store
from bench.files import says_something
from bench.measures import RETRY
from bench.store import RunState
from bench.store.reading import unplanned_runs
from bench.store.rows import beside, committed_parts
from bench.store.states import committed_epochs

State = Literal[
    "completed",
    "running",
    "interrupted",
    "not_started",
    "failed",
    "diverged",
    "out_of_memory",
    "timed_out",
    "damaged",
]
STATES: tuple[State, ...] = get_args(State)
_DUE = ("running", "interrupted", "not_started", "damaged")
_RECENT = 6  # epochs of a running run from which its pace is estimated


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """The state of a planned run.

    Attributes:
        state: as in run.parquet, except for ``running`` (a living process has claimed it),
            ``interrupted`` (started, not finished, not running), ``not_started`` and
            ``damaged``.
        epochs: committed, by the attempt that is running if one is.
        epochs_planned: None if neither the plan nor the run has it.
        error: one line.
        process: that is running it.
        log: of the run, if it has one that is not empty.
        damaged: the file that cannot be read.
    """

    run_id: str
    label: str
    seed: int
    state: State
    epochs: int
    epochs_planned: int | None
    attempts: int
    error: str | None
    process: str | None
    log: Path | None
    damaged: Path | None


@dataclass(frozen=True, kw_only=True)
class SweepStatus:
    """A sweep's progress.

    Attributes:
        runs: every planned run, in the grid's order.
        seconds_left: until the remaining runs will have ended, with ``at_once`` running at once;
            None if nothing has been timed.
        at_once: as many runs as are running now, or else as trained side by side before.
        timing: the process that times the configurations before training, if one does.
        options: of the command that runs it again.
        unplanned: runs in the folder that the grid does not ask for, such as those of an earlier
            revision of a variant.
    """

    name: str
    path: Path
    runs: tuple[RunStatus, ...]
    seconds_left: float | None
    at_once: int = 1
    timing: str | None = None
    options: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[State, int]:
        """Runs by state."""
        return _counts(self.runs)

    @property
    def due(self) -> int:
        """Runs that have not ended yet, running ones included."""
        return sum(run.state in _DUE for run in self.runs)

    def by_label(self) -> dict[str, dict[State, int]]:
        """Runs by configuration and state."""
        labels: dict[str, list[RunStatus]] = {}
        for run in self.runs:
            labels.setdefault(run.label, []).append(run)
        return {label: _counts(runs) for label, runs in labels.items()}

    def command(self, *retry: State) -> str:
        """The command that resumes the sweep and retries the runs in the given states."""
        words = ["bench", "run", "--grid", str(self.path / "grid.yaml")]
        if self.path.absolute() != (Path("results") / self.name).absolute():
            words += ["--out", str(self.path)]
        words += self.options
        for state in retry:
            words += ["--retry", RETRY[state]]
        return shlex.join(words)

    def as_json(self) -> dict[str, Any]:
        """Plain values for programs, documented in docs/results.md."""
        return {
            "sweep": self.name,
            "path": str(self.path),
            "planned": len(self.runs),
            "counts": self.counts,
            "seconds_left": self.seconds_left,
            "timing": self.timing,
            "unplanned": list(self.unplanned),
            "configurations": [
                {"label": label, "planned": sum(counts.values()), "counts": counts}
                for label, counts in self.by_label().items()
            ],
            "runs": [
                {
                    name: str(value) if isinstance(value, Path) else value
                    for name, value in asdict(run).items()
                }
                for run in self.runs
            ],
        }


def _counts(runs: Iterable[RunStatus]) -> dict[State, int]:
    found = Counter(run.state for run in runs)
    return {state: found[state] for state in STATES}


def read_status(path: Path) -> SweepStatus:
    """The progress of the sweep in a results folder.

    Raises:
        ResultsError: it is not a results folder, or its plan cannot be read.
    """
    plan = store.read_plan(path)
    # Claims first: a run that ends meanwhile then appears both claimed and ended.
    compactor = store.compactor(path)
    owners = {
        run_id: str(owner) for run_id, owner in store.holders(path).items() if owner != compactor
    }
    states, torn = store.survey(path, [run["run_id"] for run in plan["runs"]])
    runs = tuple(
        _run_status(
            path,
            planned,
            states.get(planned["run_id"]),
            owners.get(planned["run_id"]),
            torn.get(planned["run_id"]),
        )
        for planned in plan["runs"]
    )
    packed = max((state.packed_runs for state in states.values()), default=1)
    at_once = sum(run.state == "running" for run in runs) or packed
    return SweepStatus(
        name=plan["name"],
        path=path,
        runs=runs,
        seconds_left=_seconds_left(path, runs, states, _flops(plan, states), at_once),
        at_once=at_once,
        timing=None if (timer := store.timer(path)) is None else str(timer),
        options=_options(plan, states),
        unplanned=unplanned_runs(path, [run["run_id"] for run in plan["runs"]]),
    )


def _options(plan: Mapping[str, Any], states: Mapping[str, RunState]) -> tuple[str, ...]:
    """As the plan has them; an earlier version's has none, but its runs have their plug-ins."""
    if "options" in plan:
        return tuple(map(str, plan["options"]))
    named = dict.fromkeys(name for state in states.values() for name in state.plugins)
    return tuple(word for name in named for word in ("--plugin", name))


def _run_status(
    path: Path,
    planned: Mapping[str, Any],
    state: RunState | None,
    owner: str | None,
    torn: Path | None,
) -> RunStatus:
    folder = path / "runs" / planned["run_id"]
    epochs_planned = planned["epochs"]
    if epochs_planned is None and state is not None:
        epochs_planned = state.epochs_planned
    epochs = 0 if state is None else state.epochs
    error = None if state is None else state.error
    name: State = "not_started" if state is None else state.status
    if torn is not None:
        name = "damaged"
    if state is not None and name == "completed" and epochs < (epochs_planned or 0):
        name = "interrupted"  # the grid asks for more epochs now
    if owner is not None and name != "completed":
        name = "running"
        error = None
        again = beside(folder)[0]
        if again.is_dir():  # its earlier epochs are kept until this attempt has as many
            folder = again
            epochs = committed_epochs(again)
    elif name == "interrupted":
        error = None
    log = folder / "log.txt"
    return RunStatus(
        run_id=planned["run_id"],
        label=planned["label"],
        seed=planned["seed"],
        state=name,
        epochs=epochs,
        epochs_planned=epochs_planned,
        attempts=0 if state is None else state.attempts,
        error=error,
        process=owner if name == "running" else None,
        log=log if name not in ("completed", "not_started") and says_something(log) else None,
        damaged=torn,
    )


# -------------------------------------------------------------------------- time left


def _flops(plan: Mapping[str, Any], states: Mapping[str, RunState]) -> dict[str, float]:
    """Of training for an epoch, by label: from a run that was started, else from the plan."""
    found: dict[str, float] = {}
    for planned in plan["runs"]:
        state = states.get(planned["run_id"])
        flops = None if state is None else state.flops
        if flops is None:
            flops = planned.get("flops_per_epoch")
        if flops is not None:
            found.setdefault(planned["label"], flops)
    return found


def _seconds_left(
    path: Path,
    runs: Sequence[RunStatus],
    states: Mapping[str, RunState],
    flops: Mapping[str, float],
    side_by_side: int,
) -> float | None:
    """Estimated from the seconds per epoch of each configuration, else from its training FLOPs.

    A configuration of which not even those are known is assumed to take the others' mean.
    """
    due = [run for run in runs if run.state in _DUE]
    if not due:
        return 0.0
    spent: dict[str, list[float]] = {}
    at_once = 0.0
    for run in runs:
        state = states.get(run.run_id)
        # Runs of a stack are trained at once, in the time of them all.
        stacked_runs = 1 if state is None else state.stacked_runs
        seconds = None
        if run.state == "running":
            at_once += 1 / stacked_runs
            seconds = _pace(path / "runs" / run.run_id)
        elif state is not None and state.status != "interrupted" and state.epochs:
            seconds = state.seconds / state.epochs
        if seconds is not None:
            spent.setdefault(run.label, []).append(seconds / stacked_runs)
    lengths = [run.epochs_planned for run in runs if run.epochs_planned is not None]
    if not spent or not lengths:
        return None
    means = {label: statistics.fmean(seconds) for label, seconds in spent.items()}
    both = means.keys() & flops.keys()
    if both:
        per_flop = sum(means[label] for label in both) / sum(flops[label] for label in both)
        means |= {label: per_flop * flops[label] for label in flops.keys() - means.keys()}
    other = statistics.fmean(means.values())
    left = 0.0
    for run in due:
        epochs = run.epochs_planned if run.epochs_planned is not None else max(lengths)
        left += max(0, epochs - run.epochs) * means.get(run.label, other)
    return left / (max(1.0, at_once) if at_once else side_by_side)


def _pace(folder: Path) -> float | None:
    """Median seconds between a running run's last commits; None before its second epoch."""
    again = beside(folder)[0]
    parts = committed_parts(again if again.is_dir() else folder, "epochs")[-_RECENT:]
    try:
        times = [part.stat().st_mtime for part in parts]
    except FileNotFoundError:  # it has just ended
        return None
    return statistics.median(b - a for a, b in pairwise(times)) if len(times) > 1 else None
