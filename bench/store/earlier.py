"""What earlier attempts at a run left on disk, and the checkpoint to resume from.

Only the process that has claimed the run may use this module: damaged files are renamed, and
what a killed writer left half done is completed.
"""

from __future__ import annotations

import contextlib
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.store import checkpoints, continuations
from bench.store.commit import unwritable
from bench.store.ending import half_tidied
from bench.store.gathered import restore
from bench.store.rows import beside, read_rows, read_run
from bench.store.states import plugin_hashes
from bench.store.tables import Torn


class Earlier:
    """The earlier attempts at a run.

    Attributes:
        final: the run's folder.
        again: where the run is repeated beside epochs that have no checkpoint.
        row: of the run; None if it was never started or the row is torn.
        epochs: rows of the epochs in the run's folder.
        folder: where to write the run.
        resume: the checkpoint in it to resume from, or None.
        set_aside: damaged files that were renamed to be out of the way.

    Args:
        plugins: the plug-in files of the next attempt, as in the column of that name. A
            checkpoint made with another version of one of them is not used.

    Raises:
        ResultsError: the folder cannot be written.
    """

    def __init__(self, sweep: Path, run_id: str, plugins: str | None) -> None:
        self._run_id = run_id
        self._plugins = plugin_hashes(plugins)
        self.final = sweep / "runs" / run_id
        self.again, self.old = beside(self.final)
        self.set_aside: list[Path] = []
        recover(sweep, run_id)
        restore(sweep, run_id)
        self.read()
        self.folder, self.resume = self._found()

    def read(self) -> None:
        """Reads what is in the run's folder now."""
        self.row = self.readable_row(self.final)
        self.epochs = self._epoch_rows(self.final)

    @property
    def attempts(self) -> int:
        """How many attempts at the run there were."""
        made = [row["attempt"] or 1 for row in self.epochs]
        return max([self.row["attempts"] if self.row else 0, *made])

    @property
    def without_gap(self) -> int:
        """How many epochs there are from the first to the last before one is missing."""
        return _without_gap(self.epochs)

    @property
    def finite(self) -> bool:
        """Whether all losses are finite; the epoch in which a run diverged is committed too."""
        return _finite(self.epochs)

    def readable_row(self, folder: Path) -> dict[str, Any] | None:
        """The run's row; None if there is none or it is torn, which renames the file."""
        try:
            return read_run(folder)
        except Torn as error:
            self._set_aside(error.path)
            return None

    def _found(self) -> tuple[Path, checkpoints.Found | None]:
        """Where to write the run, and the checkpoint to resume from."""
        same = self._same_plugins(self.row)
        resume = self._checkpoint(self.final, self.epochs) if same else None
        if self.again.is_dir() and self._same_plugins(self.readable_row(self.again)):
            found = self._checkpoint(self.again, self._epoch_rows(self.again))
            if found is not None and (resume is None or found.epoch >= resume.epoch):
                return self.again, found
        if resume is None and self.epochs and same:
            resume = self._continuation()
        return (self.again if resume is None and self.epochs else self.final), resume

    def _same_plugins(self, row: Mapping[str, Any] | None) -> bool:
        """Whether no plug-in file has changed since an attempt, so that it can be resumed."""
        before = plugin_hashes(row["plugins"]) if row else {}
        return all(self._plugins.get(name, digest) == digest for name, digest in before.items())

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
        """The last state of a completed run, if the cache still has it."""
        if self.row is None or self.row["status"] != "completed":
            return None
        moment = self.row["ended_at"] or self.row["started_at"]
        return continuations.find(self._run_id, moment, self.without_gap)

    def _set_aside(self, path: Path) -> None:
        try:
            path.replace(path.with_name(f"{path.name}.torn"))
        except OSError as error:
            raise unwritable(path, error) from error
        self.set_aside.append(path)


def _finite(rows: Sequence[Mapping[str, Any]]) -> bool:
    return all(
        math.isfinite(row["critic_loss"]) and math.isfinite(row["generator_loss"]) for row in rows
    )


def _without_gap(rows: list[dict[str, Any]]) -> int:
    numbers = {row["epoch"] for row in rows}
    return next(n for n in range(len(numbers) + 1) if n + 1 not in numbers)


def recover(sweep: Path, run_id: str) -> None:
    """Restores a run whose earlier attempt was being replaced when the writer died.

    Only the process that has claimed the run may call it.

    Raises:
        ResultsError: the folder cannot be written.
    """
    final = sweep / "runs" / run_id
    again, old = beside(final)
    try:
        if final.exists() and old.exists():
            shutil.rmtree(old)
        if final.exists() and _had_ended(again, final):
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


def unsettled_runs(sweep: Path) -> set[str]:
    """The runs whose writer ended in the middle of something.

    A repetition beside earlier epochs may have ended, and only :func:`recover` puts it in place;
    a run that has ended may have files that ``settle`` removes.
    """
    pattern = beside(sweep / "runs" / "*")[0].name
    start, end = pattern.split("*")
    repeated = {
        path.name.removeprefix(start).removesuffix(end) for path in (sweep / "runs").glob(pattern)
    }
    return repeated | half_tidied(sweep)


def replaces(status: str, epochs: int, earlier: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a repeated run that has ended takes the place of the earlier attempt.

    It does if it has as many epochs, or if it completed where the earlier one diverged.

    Args:
        status: with which it ended.
        epochs: that it has.
        earlier: rows of the earlier attempt's epochs.
    """
    return epochs >= len(earlier) or (status == "completed" and not _finite(earlier))


def _had_ended(again: Path, final: Path) -> bool:
    """Whether a repeated run had ended, and takes the place of the other, when its writer died."""
    with contextlib.suppress(Torn):
        row = read_run(again)
        if row is not None and row["status"] != "interrupted":
            earlier = read_rows(final, "epochs").to_pylist()
            return replaces(row["status"], len(read_rows(again, "epochs")), earlier)
    return False
