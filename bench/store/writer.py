"""Writing one run, so that whenever its writer dies, what is on disk is true.

    runs/<run_id>/run.parquet      one row: plan, set-up, totals, outcome
                  epochs.parquet   a row per epoch
                  steps.parquet    a row per step
                  parts/           epochs committed while the run is going
                  checkpoint-….pt  from which an unfinished run goes on
                  samples/  samples.gif  log.txt

An epoch is committed when its ``parts/epochs-*`` file exists; its steps and pictures are
written before it, its checkpoint after it. ``run.parquet`` says ``interrupted`` from the
first moment.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.records import EpochResult, RunOutcome, RunPlan, RunSetup, RunTotals
from bench.store import checkpoints, continuations
from bench.store.commit import (
    NoSpaceLeft,
    fsync_folder,
    remove_unfinished,
    unwritable,
    write_atomically,
)
from bench.store.gathered import restore
from bench.store.reading import Torn, beside, read_rows, read_run
from bench.store.schema import (
    EPOCH_SCHEMA,
    SCHEMA_VERSION,
    STEP_COLUMNS,
    STEP_SCHEMA,
    flat,
    keys,
    parquet_bytes,
    row_table,
)
from bench.store.states import run_file

# Kept free for the row that says a run has ended for want of space.
_RESERVE_BYTES = 64 * 1024


class RunWriter:
    """Writes one run. Only one process may write a run at a time; see ``Claims``.

    A run with a checkpoint goes on from it. One that has epochs but no checkpoint is done
    again beside them and replaces them when it ends with as many or more; until then the
    earlier ones stay what readers see.

    Attributes:
        started_at: when this attempt began.
        attempt: its number, from 1.
        folder: where the run is written.
        resume: the checkpoint to go on from, or None.
        set_aside: damaged files that were renamed to be out of the way.

    Raises (from every method):
        ResultsError: the folder cannot be written or the disk is full.
    """

    def __init__(self, sweep: Path, plan: RunPlan, *, started_at: datetime) -> None:
        self._plan = plan
        self.started_at = started_at
        self._final = sweep / "runs" / plan.run_id
        self._again, self._old = beside(self._final)
        self._setup: RunSetup | None = None
        self.set_aside: list[Path] = []
        recover(sweep, plan.run_id)
        restore(sweep, plan.run_id)
        self._earlier = self._mended(self._final)
        self._earlier_epochs = self._epoch_rows(self._final)
        self.folder, self.resume = self._final, self._checkpoint(self._final, self._earlier_epochs)
        if self._again.is_dir():
            rows = self._epoch_rows(self._again)
            found = self._checkpoint(self._again, rows)
            if found is not None and (self.resume is None or found.epoch >= self.resume.epoch):
                self.folder, self.resume = self._again, found
        if self.resume is None and self._earlier_epochs:
            self.resume = self._continuation()
        if self.resume is None and self._earlier_epochs:
            self.folder = self._again
        self._last_checkpoint: bytes | None = None
        self._epochs: list[dict[str, Any]] = []
        self._steps: list[pa.Table] = []
        self._known: dict[str, Any] = {}  # columns that an attempt to go on from has filled
        if self.resume is not None:
            self._take_up(self.resume.epoch)
        attempts = [row["attempt"] or 1 for row in self._earlier_epochs]
        self.attempt = 1 + max([self._earlier["attempts"] if self._earlier else 0, *attempts])

    @property
    def resumed_epochs(self) -> int:
        """Epochs made already, after which the run goes on."""
        return 0 if self.resume is None else self.resume.epoch

    @property
    def has_all(self) -> bool:
        """Whether every epoch that is planned has been committed by earlier attempts.

        An epoch in which a loss was not finite is committed too, but does not complete a run.
        """
        return (
            self._earlier is not None
            and _without_gap(self._earlier_epochs) >= self._plan.epochs_planned
            and all(_is_finite(row) for row in self._earlier_epochs)
        )

    def log(self, text: str) -> None:
        """Adds to the run's log."""
        path = self.folder / "log.txt"
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise unwritable(path, error) from error

    def begin(self) -> None:
        """Takes the run's folder up or starts it afresh; until finished it is interrupted."""
        try:
            if self.resume is None and self.folder.exists():
                shutil.rmtree(self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
            remove_unfinished(self.folder)
            if self.resume is not None and self.resume.path.parent != self.folder:
                # From the cache, whose key is the end that the run's row is about to forget.
                content = self.resume.path.read_bytes()
                self.resume = checkpoints.save(self.folder, self.resume.epoch, content)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self._write_run(self._unfinished())
        if self._final != self.folder and self._earlier is not None:
            self._count_attempt()
        write_atomically(self._reserve, b"\0" * _RESERVE_BYTES)

    def _start_over(self) -> None:
        """Does without the checkpoint after all."""
        checkpoints.remove(self.folder)
        self.resume = None
        self._epochs, self._steps, self._known = [], [], {}
        if self.folder == self._final:
            self._earlier = self._mended(self._final)
            self._earlier_epochs = self._epoch_rows(self._final)
            self.folder = self._again
            self.begin()
        else:  # the log in it is being written
            shutil.rmtree(self.folder / "parts", ignore_errors=True)
            self._write_run(self._unfinished())

    def set_up(self, setup: RunSetup) -> None:
        """Adds what the run learned before its first step.

        It says from which epoch training really goes on: from the start where it could make
        nothing of the checkpoint, or further back than was written where a machine was lost.
        """
        epochs = setup.resumed_epochs
        if epochs == 0 and self._epochs:
            self._start_over()
        elif self._epochs and epochs < self._epochs[-1]["epoch"]:
            self.attempt += 1
            self._take_up(epochs)
        self._setup = setup
        self._write_run(self._unfinished())

    def append(self, result: EpochResult) -> None:
        """Commits one epoch: pictures, then steps, then the epoch itself."""
        record = result.record
        if result.samples_png is not None:
            name = f"epoch-{record.epoch:04d}.png"
            write_atomically(self.folder / "samples" / name, result.samples_png)
        first = (self._epochs[-1]["steps"] if self._epochs else 0) + 1
        steps = self._step_table(result, first)
        row = {**keys(self._plan), "attempt": self.attempt, **flat(record)}
        parts = self.folder / "parts"
        write_atomically(parts / f"steps-{record.epoch:06d}.parquet", parquet_bytes(steps))
        write_atomically(
            parts / f"epochs-{record.epoch:06d}.parquet",
            parquet_bytes(row_table(EPOCH_SCHEMA, [row])),
        )
        self._epochs.append(row)
        self._steps.append(steps)

    def keep_checkpoint(self, result: EpochResult) -> None:
        """Commits the checkpoint made after an epoch that has been committed, if one was."""
        self._last_checkpoint = result.checkpoint
        if result.checkpoint is not None:
            checkpoints.save(self.folder, result.record.epoch, result.checkpoint)

    def finish(self, outcome: RunOutcome, *, keep_checkpoint: bool = False) -> None:
        """Puts the epochs into one file each and records how the run ended.

        Where there is no space for that, the epochs stay as they were committed.

        Args:
            keep_checkpoint: also of a run that is completed.
        """
        gathered = False
        with contextlib.suppress(NoSpaceLeft):
            self._gather()
            gathered = True
        outcome = dataclasses.replace(outcome, attempts=self.attempt)
        try:
            self._write_run(outcome)
        except NoSpaceLeft:
            self._reserve.unlink(missing_ok=True)
            self._write_run(outcome)
        if gathered:
            shutil.rmtree(self.folder / "parts", ignore_errors=True)
        if outcome.status == "completed" and not keep_checkpoint:
            checkpoints.remove(self.folder)
            if self._last_checkpoint is not None and outcome.ended_at is not None:
                epoch = self._epochs[-1]["epoch"]
                continuations.put(self._plan.run_id, outcome.ended_at, epoch, self._last_checkpoint)
        elif outcome.status == "diverged":  # as it would again from its last checkpoint
            checkpoints.remove(self.folder)
        self._reserve.unlink(missing_ok=True)
        if self.folder != self._final:
            self._settle(outcome)

    def complete(self, *, keep_checkpoint: bool = False) -> None:
        """Records as completed a run whose epochs were all committed by earlier attempts."""
        assert self._earlier is not None
        self.folder = self._final
        self._take_up(_without_gap(self._earlier_epochs))
        self.attempt = self._earlier["attempts"]
        started_at, ended_at = self._earlier["started_at"], self._earlier["ended_at"]
        self.finish(
            RunOutcome(status="completed", started_at=started_at, ended_at=ended_at),
            keep_checkpoint=keep_checkpoint,
        )
        shutil.rmtree(self._again, ignore_errors=True)

    # ------------------------------------------------------------------ what was there

    @property
    def _reserve(self) -> Path:
        return self.folder / ".reserve"

    def _mended(self, folder: Path) -> dict[str, Any] | None:
        """The run's row; where that is torn, None, the torn file out of the way."""
        try:
            return read_run(folder)
        except Torn as error:
            self._set_aside(error.path)
            return None

    def _epoch_rows(self, folder: Path) -> list[dict[str, Any]]:
        """The rows of the epochs on disk that can be read, with their steps."""
        while True:
            try:
                read_rows(folder, "steps")
                rows: list[dict[str, Any]] = read_rows(folder, "epochs").to_pylist()
                return rows
            except Torn as error:
                self._set_aside(error.path)
                if error.path.parent.name == "parts":  # half an epoch is none
                    number = error.path.stem.partition("-")[2]
                    (error.path.parent / f"epochs-{number}.parquet").unlink(missing_ok=True)
                else:
                    (folder / "epochs.parquet").unlink(missing_ok=True)
                    (folder / "steps.parquet").unlink(missing_ok=True)

    def _checkpoint(self, folder: Path, rows: list[dict[str, Any]]) -> checkpoints.Found | None:
        """The newest whole checkpoint whose epochs are all there."""
        found, damaged = checkpoints.newest(folder, _without_gap(rows))
        for path in damaged:
            self._set_aside(path)
        return found

    def _continuation(self) -> checkpoints.Found | None:
        """The state a completed run ended with, where the cache still has it."""
        if self._earlier is None or self._earlier["status"] != "completed":
            return None
        epochs = _without_gap(self._earlier_epochs)
        return continuations.find(self._plan.run_id, self._earlier["ended_at"], epochs)

    def _set_aside(self, path: Path) -> None:
        try:
            path.replace(path.with_name(f"{path.name}.torn"))
        except OSError as error:
            raise unwritable(path, error) from error
        self.set_aside.append(path)

    def _take_up(self, epochs: int) -> None:
        """Continues the rows of the first so many epochs."""
        rows = read_rows(self.folder, "epochs")
        steps = read_rows(self.folder, "steps")
        self._epochs = rows.filter(pc.less_equal(rows["epoch"], epochs)).to_pylist()
        self._steps = [steps.filter(pc.less_equal(steps["epoch"], epochs))]
        self._known = self._mended(self.folder) or {}

    def _count_attempt(self) -> None:
        """A run done again beside its earlier epochs: their row knows of the attempt."""
        assert self._earlier is not None
        self._earlier["attempts"] = self.attempt
        self._write_row(self._final, self._earlier)

    def _settle(self, outcome: RunOutcome) -> None:
        """Of a run done again beside earlier epochs, keeps what has gone further."""
        broken = not all(map(_is_finite, self._earlier_epochs))
        if len(self._epochs) >= len(self._earlier_epochs) or (
            broken and outcome.status == "completed"
        ):
            self._final.rename(self._old)
            self.folder.rename(self._final)
            fsync_folder(self._final.parent)
            shutil.rmtree(self._old)
        else:
            if self._earlier is not None and self._earlier["status"] != "completed":
                ended = {**flat(outcome), "started_at": self._earlier["started_at"]}
                self._write_row(self._final, self._earlier | ended)
            with contextlib.suppress(FileNotFoundError):
                (self.folder / "log.txt").replace(self._final / "log.txt")
            if outcome.status != "interrupted":  # else it goes on from where it got to
                shutil.rmtree(self.folder)
        self.folder = self._final

    # ------------------------------------------------------------------------- writing

    def _gather(self) -> None:
        """Puts the epochs and their steps into one file each."""
        write_atomically(
            self.folder / "steps.parquet",
            parquet_bytes(pa.concat_tables(self._steps or [STEP_SCHEMA.empty_table()])),
        )
        write_atomically(
            self.folder / "epochs.parquet", parquet_bytes(row_table(EPOCH_SCHEMA, self._epochs))
        )

    def _unfinished(self) -> RunOutcome:
        return RunOutcome(
            status="interrupted",
            error="the run has not ended",
            started_at=self.started_at,
            attempts=self.attempt,
        )

    def _step_table(self, result: EpochResult, first: int) -> pa.Table:
        count = len(result.steps.critic_loss)
        columns: dict[str, Any] = {
            "schema_version": np.full(count, SCHEMA_VERSION),
            "run_id": [self._plan.run_id] * count,
            "seed": np.full(count, self._plan.seed),
            "epoch": np.full(count, result.record.epoch),
            "step": np.arange(first, first + count),
        }
        for name in STEP_COLUMNS:
            values = getattr(result.steps, name)
            columns[name] = pa.nulls(count, pa.float32()) if values is None else values
        return pa.table(columns, schema=STEP_SCHEMA)

    def _write_run(self, outcome: RunOutcome) -> None:
        row = self._known | keys(self._plan) | flat(self._plan)
        row |= flat(outcome) | flat(self._totals())
        if self._setup is not None:
            row |= flat(self._setup) | flat(self._setup.environment)
            del row["environment"]
        self._write_row(self.folder, row)

    def _write_row(self, folder: Path, row: dict[str, Any]) -> None:
        write_atomically(folder / "run.parquet", run_file(row))

    def _totals(self) -> RunTotals:
        if not self._epochs:
            return RunTotals()
        last = self._epochs[-1]

        def total(name: str) -> float:
            return sum(float(row[name]) for row in self._epochs)

        def peak(name: str) -> int | None:
            return max((row[name] for row in self._epochs if row[name] is not None), default=None)

        return RunTotals(
            epochs=last["epoch"],
            samples_seen=last["samples_seen"],
            steps=last["steps"],
            train_seconds=total("train_seconds"),
            warmup_seconds=total("warmup_seconds"),
            evaluation_seconds=total("evaluation_seconds"),
            checkpoint_seconds=sum(row["checkpoint_seconds"] or 0.0 for row in self._epochs),
            elapsed_seconds=last["elapsed_seconds"],
            train_flops=last["train_flops"],
            energy_joules=last["energy_joules"],
            peak_gpu_allocated_bytes=peak("peak_gpu_allocated_bytes"),
            peak_gpu_reserved_bytes=peak("peak_gpu_reserved_bytes"),
            peak_gpu_process_bytes=peak("peak_gpu_process_bytes"),
            peak_host_bytes=peak("peak_host_bytes"),
        )


def _without_gap(rows: list[dict[str, Any]]) -> int:
    """How many epochs there are from the first on before one is missing."""
    numbers = {row["epoch"] for row in rows}
    return next(n for n in range(len(numbers) + 1) if n + 1 not in numbers)


def _is_finite(row: dict[str, Any]) -> bool:
    """Whether an epoch's losses are numbers; it is the epoch of a divergence otherwise."""
    return math.isfinite(row["critic_loss"]) and math.isfinite(row["generator_loss"])


def recover(sweep: Path, run_id: str) -> None:
    """Brings back a run whose earlier attempt was being replaced when the writer died.

    Only the process that has claimed the run may call it.

    Raises:
        ResultsError: the folder cannot be written.
    """
    final = sweep / "runs" / run_id
    again, old = beside(final)
    try:
        if final.exists() and old.exists():
            shutil.rmtree(old)
        if final.exists() and _replaces(again, final):
            final.rename(old)
        if not final.exists():
            for folder in (again, old):
                if folder.exists():
                    folder.rename(final)
                    break
        if old.exists():
            shutil.rmtree(old)
    except OSError as error:
        raise unwritable(final, error) from error


def _replaces(again: Path, final: Path) -> bool:
    """Whether a run done again had ended, as far as the earlier one, when its writer died."""
    with contextlib.suppress(Torn):
        row = read_run(again)
        if row is not None and row["status"] != "interrupted":
            return len(read_rows(again, "epochs")) >= len(read_rows(final, "epochs"))
    return False
