"""Gathering a sweep's finished runs into few files, so that thousands of them stay quick to read.

A kill at any moment leaves every run as it was: a batch is written whole before its runs' own
files are removed, and until then those files count. What a killed process leaves behind, the
next one removes. See ``gathered`` for the files.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import ResultsError
from bench.store import batches
from bench.store.batches import KINDS, Run, combined, removing
from bench.store.commit import NoSpaceLeft
from bench.store.earlier import recover
from bench.store.gathered import batch_file, batch_numbers, declared, gathered_runs, read_gathered
from bench.store.locks import Claims, holder
from bench.store.opening import openable
from bench.store.owners import Owner
from bench.store.plan import read_plan, upgrade_plan
from bench.store.rows import beside, committed_parts, read_own_run, read_rows
from bench.store.states import read_states
from bench.store.tables import COMPACT, Torn, conformed

_CLAIM = ".compact"
_OWN_FILES = ("epochs.parquet", "steps.parquet", "run.parquet")


@dataclass(frozen=True)
class Compaction:
    """What was done.

    Attributes:
        gathered: runs whose own files were put into files together.
        left: runs left as they are, because they have not ended or another process has them.
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
        ResultsError: the folder is missing, damaged, or cannot be written; nothing is lost.
    """
    planned = [run["run_id"] for run in read_plan(sweep)["runs"]]
    claims = Claims(sweep)
    other = claims.claim(_CLAIM)
    if other is not None:
        raise ResultsError(f"{other} is compacting {sweep}: wait until it has ended.")
    try:
        return _Gathering(sweep, planned, claims).gather()
    except NoSpaceLeft as error:
        raise NoSpaceLeft(
            f"No space left to gather the runs of {sweep}: free some space and compact it again; "
            "nothing is lost."
        ) from error
    finally:
        claims.release_all()


class _Gathering:
    def __init__(self, sweep: Path, planned: Sequence[str], claims: Claims) -> None:
        self._sweep = sweep
        self._planned = planned
        self._claims = claims
        self._gathered = self._left = 0
        self._torn: list[Path] = []

    def gather(self) -> Compaction:
        batches.clear_away(self._sweep)
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
        self._steps_schema = self._all_step_columns(ended, dissolved)
        runs = self._read(ended, moved)
        for first in runs:
            batch = batches.write_batch(self._sweep, chain([first], runs), self._steps_schema)
            for run_id in batch:
                if run_id not in moved:
                    _remove_own(self._folder(run_id))
                    self._claims.release(run_id)
                    self._gathered += 1
        for number in dissolved:
            batches.remove_batch(self._sweep, number)
        files = len(list((self._sweep / COMPACT).glob("*.parquet")))
        return Compaction(self._gathered, self._left, tuple(self._torn), files)

    def _folder(self, run_id: str) -> Path:
        return self._sweep / "runs" / run_id

    def _ended(self, run_ids: Sequence[str]) -> set[str]:
        """Those of the runs that have ended and are not being repeated."""
        return {
            run_id
            for run_id, state in read_states(self._sweep, run_ids).items()
            if state.status != "interrupted" and not beside(self._folder(run_id))[0].exists()
        }

    def _to_dissolve(self, ended: set[str]) -> set[int]:
        """The batches with rows that others replace, and those that can be put together."""
        gathered = gathered_runs(self._sweep)
        dissolved, small = set(), set()
        for number in batch_numbers(self._sweep, "runs"):
            current = [run_id for run_id, batch in gathered.items() if batch == number]
            if len(current) < batches.rows_in(self._sweep, "runs", number) or any(
                run_id in ended or _has_all(self._folder(run_id)) for run_id in current
            ):
                dissolved.add(number)
            elif all(
                batches.rows_in(self._sweep, kind, number) < full / 2
                for kind, full in batches.FULL.items()
            ):
                small.add(number)
        return dissolved | small if ended or dissolved or len(small) > 1 else set()

    def _all_step_columns(self, ended: Iterable[str], dissolved: Iterable[int]) -> pa.Schema:
        """The columns of all steps to gather, which are written before all of them are read."""
        paths = [batch_file(self._sweep, "steps", number) for number in dissolved]
        for folder in map(self._folder, ended):
            paths += [folder / "steps.parquet", *committed_parts(folder, "steps")]
        return combined([declared("steps"), *_schemas(paths)])

    def _read(self, ended: set[str], moved: set[str]) -> Iterator[Run]:
        """The runs to gather, claimed, and those that are gathered already, by id."""
        for run_id in sorted(ended | moved):
            if run_id in moved:
                yield Run(run_id, *(read_gathered(self._sweep, k, [run_id]) for k in KINDS))
            elif (run := self._claimed(run_id)) is not None:
                yield run
            else:
                self._claims.release(run_id)
                self._left += 1

    def _claimed(self, run_id: str) -> Run | None:
        """A run that was claimed, unless another process has it or it cannot be read."""
        if self._claims.claim(run_id) is not None:
            return None
        recover(self._sweep, run_id)
        if not self._ended([run_id]):  # another process has started it since
            return None
        folder = self._folder(run_id)
        try:
            row = read_own_run(folder)
            if row is None:
                row = read_gathered(self._sweep, "runs", [run_id])
            run = Run(run_id, row, read_rows(folder, "epochs"), read_rows(folder, "steps"))
        except Torn as error:
            self._torn.append(error.path)
            return None
        # Steps with a new column, of a process that has run it since, are for the next time.
        return run if set(run.steps.schema.names) <= set(self._steps_schema.names) else None


def _schemas(paths: Iterable[Path]) -> Iterator[pa.Schema]:
    """The columns of the files that can be read, each set of columns once."""
    found: set[tuple[str, ...]] = set()
    for path in paths:
        try:
            with pq.ParquetFile(openable(path), pre_buffer=False) as file:
                schema = file.schema_arrow
            if tuple(schema.names) not in found:
                found.add(tuple(schema.names))
                yield conformed(path, schema.empty_table(), declared("steps")).schema
        except (pa.ArrowException, OSError, ResultsError):  # reported when its rows are read
            continue


def _has_any(folder: Path) -> bool:
    """Whether a run has a file of its own."""
    return any((folder / name).exists() for name in (*_OWN_FILES, "parts"))


def _has_all(folder: Path) -> bool:
    """Whether a run's own files hold all its rows."""
    return all((folder / name).exists() for name in _OWN_FILES)


def _remove_own(folder: Path) -> None:
    """Removes a run's own files. The parts go last, because they replace rows of the others."""
    with removing(folder):
        for name in _OWN_FILES:
            (folder / name).unlink(missing_ok=True)
        if (folder / "parts").exists():
            shutil.rmtree(folder / "parts")
