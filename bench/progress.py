"""What the user sees while a sweep is running: a live display, or plain lines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from bench.executors import RunRequest
from bench.files import says_something
from bench.forecast import Forecast
from bench.measures import EPOCH_MEASURES, EpochRecord, EpochResult, RunOutcome, Value
from bench.spec import RunSpec
from bench.units import counted, duration


class Observer(Protocol):
    """Receives what happens in a sweep while it runs."""

    def note(self, text: str) -> None:
        """Something worth knowing."""

    def warn(self, text: str) -> None:
        """Something that went wrong, though the sweep continues."""

    def timing(self, doing: str, done: int, total: int) -> None:
        """How far timing is, which comes before the first run."""

    def begin(self, requests: list[RunRequest], done: int, jobs: int) -> None:
        """The runs that are due, so many side by side; ``done`` others have finished already."""

    def started(self, request: RunRequest) -> None: ...
    def epoch(self, request: RunRequest, result: EpochResult) -> None: ...
    def ended(self, request: RunRequest, outcome: RunOutcome) -> None: ...
    def dropped(self, request: RunRequest) -> None:
        """The run will not be executed by this process."""

    def unfit(self, run: RunSpec, error: str) -> None:
        """The run fails without being executed, because its preparation has failed."""

    def close(self) -> None: ...


def losses(record: EpochRecord) -> str:
    """An epoch's losses and headline measures, on one line."""
    parts = []
    for heading, name in (("critic", "critic_loss"), ("generator", "generator_loss")):
        loss = record.value(name)
        parts.append(f"{heading} {_number(loss, 3)}" if isinstance(loss, float) else f"{heading} –")
    for measure in EPOCH_MEASURES.values():
        value = record.value(measure.name)
        if measure.headline and value is not None:
            parts.append(f"{' '.join(measure.title)} {_text(value, measure.unit)}")
    if record.scores.keys() == {"quality_evaluated"}:
        parts.append("samples not finite")
    return "  ".join(parts)


def _text(value: Value, unit: str) -> str:
    if not isinstance(value, float):
        return str(value)
    if unit == "%":
        return f"{100 * value:.1f} %"
    return _number(value, 2) if abs(value) >= 0.1 else f"{value:.2g}"


def _number(value: float, decimals: int) -> str:
    """A number with so many decimals; in scientific notation where it has more than six digits."""
    return f"{value:.{decimals}f}" if abs(value) < 1e6 else f"{value:.{decimals}e}"


def _unsuccessful(request: RunRequest, outcome: RunOutcome) -> str:
    """How a run ended, and its log where that says more."""
    see = f"; see {request.log}" if says_something(request.log) else ""
    return f"{outcome.status} ({outcome.error}){see}"


class _Reporting:
    """What the displays share: counting, forecasting, the line at the end of a run."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._total = self._ended = 0
        self._last: dict[str, tuple[float, int]] = {}
        self._records: dict[str, EpochRecord] = {}

    def timing(self, doing: str, done: int, total: int) -> None:
        self.note(f"{doing} {done} of {total}")

    def begin(self, requests: list[RunRequest], done: int, jobs: int) -> None:
        self._forecast = Forecast(requests, jobs)
        self._total, self._ended = len(requests), 0
        if done:
            self.note(f"Done already: {counted(done, 'run')}; to go: {len(requests)}.")

    def note(self, text: str) -> None:
        self.warn(text)

    def warn(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def started(self, request: RunRequest) -> None:
        self._last[request.spec.run_id] = (time.monotonic(), request.resumed_epochs)
        self._forecast.dropped(request, request.resumed_epochs)

    def epoch(self, request: RunRequest, result: EpochResult) -> None:
        now, record = time.monotonic(), result.record
        before, _ = self._last[request.spec.run_id]
        self._forecast.finished(request, now - before)
        self._last[request.spec.run_id] = (now, record.epoch)
        self._records[request.spec.run_id] = record

    def ended(self, request: RunRequest, outcome: RunOutcome) -> None:
        self._ended += outcome.status != "interrupted"  # such a run is not done
        epochs = self._epochs(request)
        self._forecast.dropped(request, request.spec.epochs - epochs)
        name = f"{request.spec.label}, seed {request.spec.seed}"
        record = self._records.get(request.spec.run_id)
        if outcome.status == "completed":
            seconds = (
                (outcome.ended_at - outcome.started_at).total_seconds() if outcome.ended_at else 0
            )
            trained = counted(epochs - request.resumed_epochs, "epoch")
            after = f" after {request.resumed_epochs}" if request.resumed_epochs else ""
            result = f", {losses(record)}" if record else ""
            self.note(f"  {name}: {trained}{after} in {duration(seconds)}{result}")
        else:
            self.note(f"  {name}: {_unsuccessful(request, outcome)}")

    def unfit(self, run: RunSpec, error: str) -> None:
        self.warn(f"  {run.label}, seed {run.seed}: failed ({error})")

    def dropped(self, request: RunRequest) -> None:
        self._total -= 1
        self._forecast.dropped(request, request.spec.epochs)

    def _epochs(self, request: RunRequest) -> int:
        """Epochs the run has finished, earlier attempts included."""
        return self._last.get(request.spec.run_id, (0.0, 0))[1]

    def _left(self) -> str:
        seconds = self._forecast.seconds()
        return "" if seconds is None else f"about {duration(round(seconds))} left"


class PlainProgress(_Reporting):
    """A line per epoch, for logs and pipes."""

    def epoch(self, request: RunRequest, result: EpochResult) -> None:
        super().epoch(request, result)
        spec, record = request.spec, result.record
        self.note(
            f"[run {self._ended + 1} of {self._total}] {spec.label}, seed {spec.seed}, "
            f"epoch {record.epoch} of {spec.epochs}: {losses(record)} ({self._left()})"
        )

    def close(self) -> None:
        """Nothing on screen needs to be removed."""


class QuietProgress(_Reporting):
    """Prints only what went wrong."""

    def note(self, text: str) -> None:
        """Not printed."""

    def ended(self, request: RunRequest, outcome: RunOutcome) -> None:
        if outcome.status != "completed":
            spec = request.spec
            self.warn(f"{spec.label}, seed {spec.seed}: {_unsuccessful(request, outcome)}")

    def close(self) -> None:
        """Nothing on screen needs to be removed."""


class LiveProgress(_Reporting):
    """A bar for the sweep and one for each running run, finished runs above them."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TextColumn("{task.fields[detail]}", style="dim"),
            console=console,
            refresh_per_second=4,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._timing: TaskID | None = None

    def timing(self, doing: str, done: int, total: int) -> None:
        if self._timing is None:
            self._timing = self._progress.add_task(doing, total=total, detail="")
            self._progress.start()
        self._progress.update(self._timing, description=doing, completed=done, total=total)

    def begin(self, requests: list[RunRequest], done: int, jobs: int) -> None:
        super().begin(requests, done, jobs)
        self._timing = None
        for earlier in self._progress.task_ids:  # of timing, and of a part that is over
            self._progress.remove_task(earlier)
        epochs = sum(r.spec.epochs for r in requests)
        self._sweep = self._progress.add_task("all epochs", total=epochs, detail="")
        self._progress.start()

    def started(self, request: RunRequest) -> None:
        super().started(request)
        spec = request.spec
        self._tasks[spec.run_id] = self._progress.add_task(
            f"{escape(spec.label)}, seed {spec.seed}",
            total=spec.epochs,
            completed=request.resumed_epochs,
            detail="setting up",
        )
        self._progress.update(self._sweep, advance=request.resumed_epochs)

    def epoch(self, request: RunRequest, result: EpochResult) -> None:
        super().epoch(request, result)
        record, task = result.record, self._tasks[request.spec.run_id]
        self._progress.update(task, completed=record.epoch, detail=losses(record))
        self._progress.update(self._sweep, advance=1, detail=self._detail())

    def ended(self, request: RunRequest, outcome: RunOutcome) -> None:
        epochs = self._epochs(request)
        super().ended(request, outcome)
        task = self._tasks.pop(request.spec.run_id, None)
        if task is not None:
            self._progress.remove_task(task)
        untrained = 0 if outcome.status == "interrupted" else request.spec.epochs - epochs
        self._progress.update(self._sweep, advance=untrained, detail=self._detail())

    def dropped(self, request: RunRequest) -> None:
        super().dropped(request)
        self._progress.update(self._sweep, advance=request.spec.epochs, detail=self._detail())

    def _detail(self) -> str:
        return f"{self._done()}, {self._left()}".rstrip(", ")

    def _done(self) -> str:
        return f"{self._ended} of {counted(self._total, 'run')} done"

    def _remove_timing(self) -> None:
        if self._timing is not None:
            self._progress.remove_task(self._timing)
            self._timing = None

    def close(self) -> None:
        self._remove_timing()
        if self._progress.tasks:  # the last that is shown, and stays in logs, has no time left
            self._progress.update(self._sweep, detail=self._done())
        self._progress.stop()


def observer(console: Console, *, quiet: bool) -> Observer:
    """The display that suits where the output goes."""
    if quiet:
        return QuietProgress(console)
    return LiveProgress(console) if console.is_terminal else PlainProgress(console)


def standard_error(*, quiet: bool) -> Observer:
    """The display on standard error, for programs that call the harness."""
    return observer(Console(stderr=True), quiet=quiet)


def counts_line(counts: Mapping[str, int]) -> str:
    """``18 completed, 1 diverged``."""
    return ", ".join(f"{count} {status}" for status, count in counts.items())
