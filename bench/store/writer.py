"""Writing one run, so that whenever its writer dies, what is on disk is true.

    runs/<run_id>/run.parquet      one row: plan, set-up, totals, outcome
                  epochs.parquet   a row per epoch
                  steps.parquet    a row per step
                  parts/           epochs committed while the run is going
                  checkpoint-….pt  from which an unfinished run resumes
                  weights.pt       of the generator of a completed run
                  samples/  samples.gif  log.txt

An epoch is committed when its ``parts/epochs-*`` file exists; its steps and pictures are
written before it, its checkpoint after it. ``run.parquet`` says ``interrupted`` from the
first moment.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import measures
from bench.files import fsync_folder, remove_unfinished
from bench.measures import EpochResult, RunOutcome, RunPlan, RunSetup
from bench.store import checkpoints
from bench.store.commit import NoSpaceLeft, unwritable, write_atomically
from bench.store.committed import Committed
from bench.store.earlier import Earlier, replaces
from bench.store.ending import RESERVE, tidy
from bench.store.schema import keys
from bench.store.states import run_file

# Kept free for the row that says a run has ended because there was no space.
_RESERVE_BYTES = 64 * 1024


class RunWriter:
    """Writes one run. Only one process may write a run at a time; see ``Claims``.

    A run with a checkpoint resumes from it. One that has epochs but no checkpoint is repeated
    beside them and replaces them when it ends with as many or more; until then readers see the
    earlier ones.

    Attributes:
        started_at: when this attempt started.
        attempt: its number, from 1.
        folder: where the run is written.
        resume: the checkpoint to resume from, or None.

    Raises (from every method):
        ResultsError: the folder cannot be written or the disk is full.
    """

    def __init__(self, sweep: Path, plan: RunPlan, *, started_at: datetime) -> None:
        self._plan = plan
        self.started_at = started_at
        self._setup: RunSetup | None = None
        self._earlier = Earlier(sweep, plan.run_id, plan.plugins)
        self.folder, self.resume = self._earlier.folder, self._earlier.resume
        self.attempt = 1 + self._earlier.attempts
        self._last_checkpoint: bytes | None = None
        self._epochs = Committed(plan)
        self._known: dict[str, Any] = {}  # columns filled by the attempt that is resumed
        if self.resume is not None:
            self._continue_after(self.resume.epoch)

    @property
    def set_aside(self) -> list[Path]:
        """Damaged files that were renamed to be out of the way."""
        return self._earlier.set_aside

    @property
    def resumed_epochs(self) -> int:
        """Epochs of earlier attempts, after which the run resumes."""
        return 0 if self.resume is None else self.resume.epoch

    @property
    def has_all(self) -> bool:
        """Whether every planned epoch has been committed by earlier attempts.

        An epoch in which a loss was not finite is committed too, but does not complete a run.
        """
        earlier = self._earlier
        enough = earlier.without_gap >= self._plan.epochs_planned
        return earlier.row is not None and enough and earlier.finite

    def log(self, text: str) -> None:
        """Adds to the run's log."""
        path = self.folder / "log.txt"
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise unwritable(path, error) from error

    def begin(self) -> None:
        """Resumes the run in its folder or starts it afresh; it is interrupted until finished."""
        try:
            if self.resume is None and self.folder.exists():
                shutil.rmtree(self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
            remove_unfinished(self.folder)
            if self.resume is not None and self.resume.path.parent != self.folder:
                # From the cache, where its key is the time in the run's row, soon overwritten.
                content = self.resume.path.read_bytes()
                self.resume = checkpoints.save(self.folder, self.resume.epoch, content)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self._write_run(self._unfinished())
        if self._beside and self._earlier.row is not None:
            self._earlier.row["attempts"] = self.attempt
            write_atomically(self._earlier.final / "run.parquet", run_file(self._earlier.row))
        write_atomically(self._reserve, b"\0" * _RESERVE_BYTES)

    def set_up(self, setup: RunSetup) -> None:
        """Adds what the run learned before its first step.

        It says from which epoch training really resumes: from the start if it could not use the
        checkpoint, or from before the last epoch written if a machine was lost.
        """
        epochs = setup.resumed_epochs
        if self._setup is not None:  # a machine was lost, and another one takes over
            self.attempt += 1
        if epochs == 0 and self._epochs.rows:
            self._start_over()
        elif epochs < self._epochs.last:
            self._continue_after(epochs)
        self._setup = setup
        self._write_run(self._unfinished())

    def append(self, result: EpochResult) -> None:
        """Commits one epoch: pictures, then steps, then the epoch itself."""
        self._epochs.commit(self.folder, result, self.attempt)

    def keep_checkpoint(self, result: EpochResult) -> None:
        """Writes the checkpoint of an epoch that has been committed, if it has one.

        After the last epoch also the generator's weights.
        """
        self._last_checkpoint = result.checkpoint
        if result.weights is not None:
            write_atomically(self.folder / checkpoints.WEIGHTS, result.weights)
        if result.checkpoint is not None:
            checkpoints.save(self.folder, result.record.epoch, result.checkpoint)

    def finish(self, outcome: RunOutcome, *, keep_checkpoint: bool = False) -> None:
        """Puts the epochs into one file each and records how the run ended.

        If there is no space for that, the epochs stay as they were committed.

        Args:
            keep_checkpoint: also of a completed run.
        """
        gathered = False
        with contextlib.suppress(NoSpaceLeft):
            self._epochs.gather(self.folder)
            gathered = True
        outcome = dataclasses.replace(outcome, attempts=self.attempt)
        try:
            self._write_run(outcome)
        except NoSpaceLeft:
            self._reserve.unlink(missing_ok=True)
            self._write_run(outcome)
        ended = {"run_id": self._plan.run_id, "epochs": self._epochs.last, **_values(outcome)}
        last = self._last_checkpoint
        tidy(self.folder, ended, last, gathered=gathered, keep=keep_checkpoint)
        if self._beside:
            self._settle(outcome)

    def complete(self, *, keep_checkpoint: bool = False) -> None:
        """Records as completed a run whose epochs were all committed by earlier attempts."""
        row = self._earlier.row
        assert row is not None
        self.folder = self._earlier.final
        self._continue_after(self._earlier.without_gap)
        last, _ = checkpoints.newest(self.folder, self._epochs.last)
        if last is not None and last.epoch == self._epochs.last:
            self._last_checkpoint = last.path.read_bytes()
        elif last is not None:  # a longer run needs it all the more
            keep_checkpoint = True
        self.attempt = row["attempts"]
        outcome = RunOutcome(
            status="completed", started_at=row["started_at"], ended_at=row["ended_at"]
        )
        self.finish(outcome, keep_checkpoint=keep_checkpoint)
        shutil.rmtree(self._earlier.again, ignore_errors=True)

    @property
    def _reserve(self) -> Path:
        return self.folder / RESERVE

    @property
    def _beside(self) -> bool:
        """Whether the run is repeated beside its earlier epochs."""
        return self.folder != self._earlier.final

    def _continue_after(self, epochs: int) -> None:
        """Continues the rows of the first so many epochs in the folder."""
        self._epochs.resume(self.folder, epochs)
        self._known = self._earlier.readable_row(self.folder) or {}

    def _start_over(self) -> None:
        """Starts from the first epoch, without the checkpoint after all."""
        checkpoints.remove(self.folder)
        self.resume = None
        self._epochs.forget()
        self._known = {}
        if self._beside:  # the log in it is being written
            shutil.rmtree(self.folder / "parts", ignore_errors=True)
            self._write_run(self._unfinished())
        else:
            self._earlier.read()
            self.folder = self._earlier.again
            self.begin()

    def _settle(self, outcome: RunOutcome) -> None:
        """Keeps the attempt that ended, or the earlier one."""
        earlier, final = self._earlier, self._earlier.final
        if replaces(outcome.status, len(self._epochs.rows), earlier.epochs):
            final.rename(earlier.old)
            self.folder.rename(final)
            fsync_folder(final.parent)
            shutil.rmtree(earlier.old)
        else:
            if earlier.row is not None and earlier.row["status"] != "completed":
                ended = {**_values(outcome), "started_at": earlier.row["started_at"]}
                write_atomically(final / "run.parquet", run_file(earlier.row | ended))
            with contextlib.suppress(FileNotFoundError):
                (self.folder / "log.txt").replace(final / "log.txt")
            if outcome.status != "interrupted":  # an interrupted one resumes there
                shutil.rmtree(self.folder)
        self.folder = final

    def _unfinished(self) -> RunOutcome:
        return RunOutcome(
            status="interrupted",
            error="the run has not ended",
            started_at=self.started_at,
            attempts=self.attempt,
        )

    def _write_run(self, outcome: RunOutcome) -> None:
        row = self._known | keys(self._plan) | _values(self._plan)
        row |= _values(outcome) | measures.totals(self._epochs.rows)
        if self._setup is not None:
            row |= _values(self._setup) | _values(self._setup.environment)
            del row["environment"]
        write_atomically(self.folder / "run.parquet", run_file(row))


def _values(record: Any) -> dict[str, Any]:
    """A record's fields by name, records inside it unchanged."""
    return {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
