"""Gathering a sweep's finished runs into few files, so that thousands of them stay quick to read.

A kill at any moment leaves every run as it was: a batch is written whole before its runs' own
files are removed, and until then it is those that count. What a killed process leaves behind,
the next one clears away. See ``gathered`` for the files.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import ResultsError
from bench.store.commit import (
    NoSpaceLeft,
    fsync_folder,
    remove_unfinished,
    replacing,
    unwritable,
)
from bench.store.files import COMPACT, Torn
from bench.store.gathered import (
    SCHEMAS,
    Kind,
    batch_file,
    batch_numbers,
    gathered_runs,
    read_gathered,
)
from bench.store.locks import Claims, Owner, holder
from bench.store.plan import read_plan, upgrade_plan
from bench.store.reading import beside, read_rows, read_run
from bench.store.schema import RUN_SCHEMA, parquet_writer, row_table
from bench.store.states import read_states
from bench.store.writer import recover

_CLAIM = ".compact"
_KINDS: tuple[Kind, ...] = ("runs", "epochs", "steps")
_OWN_FILES = ("epochs.parquet", "steps.parquet", "run.parquet")
# A batch is full with so many rows of a kind: a few hundred MB, soon written again.
_FULL: dict[Kind, int] = {"epochs": 500_000, "steps": 10_000_000}
# Whole runs share a row group until it has so many rows; one that has more is split.
_GROUP_ROWS = {"runs": 1000, "epochs": 4096, "steps": 32_768}
_MOST_GROUP_ROWS = 1 << 20


@dataclass(frozen=True)
class Compaction:
    """What was done.

    Attributes:
        gathered: runs whose own files were put into files together.
        left: runs left as they are, since they have not ended or another process has them.
        torn: files whose runs were left as they are.
        files: that hold all that is gathered.
    """

    gathered: int
    left: int
    torn: tuple[Path, ...]
    files: int


def compactor(sweep: Path) -> Owner | None:
    """The living process that is gathering the sweep's runs, if one is."""
    return holder(sweep, _CLAIM)


def compact(sweep: Path) -> Compaction:
    """Gathers the planned runs that have ended and that no living process has claimed.

    Raises:
        ResultsError: the folder is missing, damaged, or not to be written; nothing is lost.
    """
    planned = [run["run_id"] for run in read_plan(sweep)["runs"]]
    claims = Claims(sweep)
    other = claims.claim(_CLAIM)
    if other is not None:
        raise ResultsError(f"{other} is compacting {sweep}: wait until it has ended.")
    try:
        return _Gathering(sweep, planned, claims).carry_out()
    except NoSpaceLeft as error:
        raise NoSpaceLeft(
            f"No space left to gather the runs of {sweep}: free some and compact it again; "
            "nothing is lost."
        ) from error
    finally:
        claims.release_all()


class _Run(NamedTuple):
    """A run to put into a batch."""

    run_id: str
    row: pa.Table
    epochs: pa.Table
    steps: pa.Table


class _Gathering:
    def __init__(self, sweep: Path, planned: Sequence[str], claims: Claims) -> None:
        self._sweep = sweep
        self._planned = planned
        self._claims = claims
        self._gathered = self._left = 0
        self._torn: list[Path] = []

    def carry_out(self) -> Compaction:
        _clear_away(self._sweep)
        own = [run_id for run_id in self._planned if _has_any(self._folder(run_id))]
        ended = self._ended(own)
        self._left = len(own) - len(ended)
        dissolved = self._to_dissolve(ended)
        if ended or dissolved:
            upgrade_plan(self._sweep)
        moved = {
            run_id
            for run_id, number in gathered_runs(self._sweep).items()
            if number in dissolved and run_id not in ended and not _has_all(self._folder(run_id))
        }
        runs = self._read(ended, moved)
        for first in runs:
            for run_id in _write_batch(self._sweep, chain([first], runs)):
                if run_id not in moved:
                    _remove_own(self._folder(run_id))
                    self._claims.release(run_id)
                    self._gathered += 1
        for number in dissolved:
            _remove_batch(self._sweep, number)
        files = len(list((self._sweep / COMPACT).glob("*.parquet")))
        return Compaction(self._gathered, self._left, tuple(self._torn), files)

    def _folder(self, run_id: str) -> Path:
        return self._sweep / "runs" / run_id

    def _ended(self, run_ids: Sequence[str]) -> set[str]:
        """Those of the runs that have ended and are not being done again."""
        return {
            run_id
            for run_id, state in read_states(self._sweep, run_ids).items()
            if state.status != "interrupted" and not beside(self._folder(run_id))[0].exists()
        }

    def _to_dissolve(self, ended: set[str]) -> set[int]:
        """The batches with rows that others replace, and those that can be put together."""
        batches = gathered_runs(self._sweep)
        dissolved, small = set(), set()
        for number in batch_numbers(self._sweep, "runs"):
            current = [run_id for run_id, batch in batches.items() if batch == number]
            if len(current) < _rows(self._sweep, "runs", number) or any(
                run_id in ended or _has_all(self._folder(run_id)) for run_id in current
            ):
                dissolved.add(number)
            elif all(_rows(self._sweep, k, number) < full / 2 for k, full in _FULL.items()):
                small.add(number)
        return dissolved | small if ended or dissolved or len(small) > 1 else set()

    def _read(self, ended: set[str], moved: set[str]) -> Iterator[_Run]:
        """The runs to gather, claimed, and those that are gathered already, by id."""
        for run_id in sorted(ended | moved):
            if run_id in moved:
                yield _Run(run_id, *(read_gathered(self._sweep, k, [run_id]) for k in _KINDS))
            elif (run := self._claimed(run_id)) is not None:
                yield run
            else:
                self._claims.release(run_id)
                self._left += 1

    def _claimed(self, run_id: str) -> _Run | None:
        """A run that was claimed, unless another process has it or it cannot be read."""
        if self._claims.claim(run_id) is not None:
            return None
        recover(self._sweep, run_id)
        if not self._ended([run_id]):  # any more
            return None
        folder = self._folder(run_id)
        try:
            row = row_table(RUN_SCHEMA, [row for row in [read_run(folder)] if row])
            return _Run(run_id, row, read_rows(folder, "epochs"), read_rows(folder, "steps"))
        except Torn as error:
            self._torn.append(error.path)
            return None


def _write_batch(sweep: Path, runs: Iterator[_Run]) -> list[str]:
    """Writes the next batch, of as many runs as fill it, and tells which.

    One run's steps at a time are in memory. The runs file comes last: it makes the batch count.
    """
    number = 1 + max((n for kind in _KINDS for n in batch_numbers(sweep, kind)), default=0)
    taken: list[_Run] = []
    filled = dict.fromkeys(_FULL, 0)

    def steps() -> Iterator[pa.Table]:
        for run in runs:
            taken.append(run._replace(steps=None))
            filled["epochs"] += len(run.epochs)
            filled["steps"] += len(run.steps)
            yield run.steps
            if any(filled[kind] >= full for kind, full in _FULL.items()):
                return

    with replacing(batch_file(sweep, "steps", number)) as file:
        _write_groups(file, "steps", steps())
    with replacing(batch_file(sweep, "epochs", number)) as file:
        _write_groups(file, "epochs", (run.epochs for run in taken))
    with replacing(batch_file(sweep, "runs", number)) as file:
        _write_groups(file, "runs", (run.row for run in taken))
    return [run.run_id for run in taken]


def _write_groups(file: BinaryIO, kind: Kind, tables: Iterable[pa.Table]) -> None:
    """Writes runs' rows, whole runs to a row group."""
    schema = SCHEMAS[kind]
    with parquet_writer(file, schema, few=False) as writer:
        group: list[pa.Table] = []
        for table in tables:
            group.append(table)
            if sum(map(len, group)) >= _GROUP_ROWS[kind]:
                writer.write_table(pa.concat_tables(group), row_group_size=_MOST_GROUP_ROWS)
                group = []
        if group:
            writer.write_table(pa.concat_tables(group), row_group_size=_MOST_GROUP_ROWS)


def _rows(sweep: Path, kind: Kind, number: int) -> int:
    """How many rows a batch has of a kind."""
    path = batch_file(sweep, kind, number)
    try:
        return int(pq.read_metadata(path).num_rows)
    except FileNotFoundError:
        return 0
    except (pa.ArrowException, OSError) as error:
        raise Torn(path) from error


def _has_any(folder: Path) -> bool:
    """Whether a run has a file of its own."""
    return any((folder / name).exists() for name in (*_OWN_FILES, "parts"))


def _has_all(folder: Path) -> bool:
    """Whether a run's own files tell everything of it."""
    return all((folder / name).exists() for name in _OWN_FILES)


# --------------------------------------------------------------------------- removing


def _remove_own(folder: Path) -> None:
    """Removes a run's own files. The parts go last: they belong on top of the others."""
    with _removing(folder):
        for name in _OWN_FILES:
            (folder / name).unlink(missing_ok=True)
        if (folder / "parts").exists():
            shutil.rmtree(folder / "parts")


def _remove_batch(sweep: Path, number: int) -> None:
    with _removing(sweep / COMPACT):
        batch_file(sweep, "runs", number).unlink(missing_ok=True)
        fsync_folder(sweep / COMPACT)
        for kind in _KINDS:
            batch_file(sweep, kind, number).unlink(missing_ok=True)


def _clear_away(sweep: Path) -> None:
    """Removes what a killed process has left: batches without a runs file, half-written files."""
    with _removing(sweep / COMPACT):
        remove_unfinished(sweep / COMPACT)
        for kind in _KINDS:
            for number in batch_numbers(sweep, kind):
                runs = batch_file(sweep, "runs", number)
                if not runs.exists() and not runs.with_name(f"{runs.name}.torn").exists():
                    batch_file(sweep, kind, number).unlink(missing_ok=True)


@contextmanager
def _removing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error
