"""Finished runs that ``bench compact`` has gathered into few files.

    compact/runs-0001.parquet      a row per run
            epochs-0001.parquet    a row per epoch
            steps-0001.parquet     a row per step
            runs-0002.parquet  …

The files of one number are a batch of runs. It counts once its runs file is there, which is
written last, and is never changed: a later batch replaces an earlier one's runs, and the files
in a run's own folder replace both. In every file the runs are ordered by id and share no row
group with another unless they are short, so that reading one run reads its groups only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.store import schema
from bench.store.commit import write_atomically
from bench.store.opening import openable
from bench.store.schema import parquet_bytes
from bench.store.tables import (
    COMPACT,
    Torn,
    check_version,
    conformed,
    part_of,
    read_table,
    together,
    with_values,
)
from bench.store.upgrade import version

Kind = Literal["runs", "epochs", "steps"]


def declared(kind: Kind, columns: Sequence[str] | None = None) -> pa.Schema:
    """The declared columns of a kind of rows, or of those the ones named."""
    found = {"runs": schema.runs, "epochs": schema.epochs, "steps": schema.steps}[kind]()
    return found if columns is None else part_of(found, columns)


def batch_file(sweep: Path, kind: Kind, number: int) -> Path:
    """Where a batch's rows of a kind are."""
    return sweep / COMPACT / f"{kind}-{number:04d}.parquet"


def batch_numbers(sweep: Path, kind: Kind) -> list[int]:
    """The batches that have a file of a kind, the earliest first."""
    return sorted(_number(path) for path in (sweep / COMPACT).glob(f"{kind}-*.parquet"))


def restore(sweep: Path, run_id: str) -> None:
    """Writes a gathered run's rows back to its own folder, where it has no file of its own.

    Only the process that has claimed the run may call it.

    Raises:
        Torn: a gathered file is torn.
        ResultsError: the folder cannot be written.
    """
    if run_id not in gathered_runs(sweep):
        return
    files: dict[Kind, str] = {"steps": "steps", "epochs": "epochs", "runs": "run"}
    for kind, name in files.items():
        path = sweep / "runs" / run_id / f"{name}.parquet"
        if not path.exists():
            write_atomically(path, parquet_bytes(read_gathered(sweep, kind, [run_id])))


def _number(path: Path) -> int:
    try:
        return int(path.stem.rpartition("-")[2])
    except ValueError:
        raise Torn(path) from None


def gathered_runs(sweep: Path) -> dict[str, int]:
    """The runs that are gathered, and the batch of each.

    Raises:
        Torn: a runs file is torn.
    """
    return _open(sweep).batches


def read_gathered(
    sweep: Path, kind: Kind, run_ids: Collection[str], columns: Sequence[str] | None = None
) -> pa.Table:
    """The rows of those of the runs that are gathered, batch by batch and by id.

    Raises:
        Torn: a file is torn.
        ResultsError: a later version wrote it, or it lacks columns that all files have.
    """
    while True:
        index = _open(sweep)
        wanted: dict[int, list[str]] = {}
        for run_id in run_ids:
            if run_id in index.batches:
                wanted.setdefault(index.batches[run_id], []).append(run_id)
        tables = [declared(kind, columns).empty_table()]
        for number in sorted(wanted):
            try:
                path = batch_file(sweep, kind, number)
                tables.append(_of(index, path, kind, wanted[number], columns))
            except FileNotFoundError:  # the user deleted it, or bench compact is running
                if _open(sweep) is not index:
                    break
        else:
            return together(tables)


class _File(NamedTuple):
    """A batch's file: its footer, and the first and last run of each row group."""

    footer: pq.FileMetaData
    ranges: list[tuple[str, str]]


class _Index:
    """What is gathered of a sweep, as long as no file is added or removed."""

    def __init__(self, sweep: Path) -> None:
        self.batches: dict[str, int] = {}
        self._files: dict[Path, _File] = {}
        for number in batch_numbers(sweep, "runs"):
            ids = read_table(batch_file(sweep, "runs", number), schema.runs(), ["run_id"])
            self.batches |= dict.fromkeys(ids["run_id"].to_pylist(), number)

    def file(self, path: Path) -> _File:
        if path not in self._files:
            footer = pq.read_metadata(openable(path))
            check_version(path, version(footer.schema.to_arrow_schema()))
            column = footer.schema.names.index("run_id")
            groups = (footer.row_group(i).column(column) for i in range(footer.num_row_groups))
            ranges = [_range(group.statistics) for group in groups]
            self._files[path] = _File(footer, ranges)
        return self._files[path]


def _open(sweep: Path) -> _Index:
    while True:
        try:
            stats = [(p.name, p.stat()) for p in (sweep / COMPACT).glob("runs-*.parquet")]
            return _index(sweep, frozenset((name, s.st_ino, s.st_mtime_ns) for name, s in stats))
        except FileNotFoundError:  # bench compact has just replaced it
            continue


@lru_cache(maxsize=4)
def _index(sweep: Path, _: frozenset[tuple[str, int, int]]) -> _Index:
    return _Index(sweep)


def _of(
    index: _Index, path: Path, kind: Kind, run_ids: Iterable[str], columns: Sequence[str] | None
) -> pa.Table:
    """The rows of some runs of one file, without columns that only other runs have."""
    names = None if columns is None else list(dict.fromkeys(["run_id", *columns]))
    ids = sorted(run_ids)
    try:
        footer, ranges = index.file(path)
        groups = [i for i, (low, high) in enumerate(ranges) if _within(ids, low, high)]
        with pq.ParquetFile(openable(path), metadata=footer) as file:
            table = file.read_row_groups(groups, columns=names, use_threads=False)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, AttributeError) as error:
        raise Torn(path) from error
    of_them = pc.is_in(table["run_id"], value_set=pa.array(ids, pa.string()))
    if not pc.all(of_them).as_py():
        table = table.filter(of_them)
    if columns is not None:
        table = table.select([name for name in columns if name in table.schema.names])
    known = declared(kind, columns)
    return with_values(conformed(path, table, known), known)


def _range(statistics: pq.Statistics | None) -> tuple[str, str]:
    """The first and last run of a row group; earlier code wrote groups without rows."""
    return ("", "") if statistics is None else (statistics.min, statistics.max)


def _within(ids: Sequence[str], low: str, high: str) -> bool:
    """Whether one of the ids, which ascend, lies between two."""
    position = bisect_left(ids, low)
    return position < len(ids) and ids[position] <= high
