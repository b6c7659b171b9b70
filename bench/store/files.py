"""Opening the Parquet files of a results folder: checked, upgraded, with today's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import ResultsError
from bench.store.schema import SCHEMA_VERSION
from bench.store.upgrade import upgraded, version

COMPACT = "compact"  # the folder of what bench compact has gathered

_THREADS = 4  # more of them wait for one another
_SLICE = 100  # items a thread takes at a time

Item = TypeVar("Item")
Result = TypeVar("Result")


class Torn(ResultsError):
    """A file that is not whole, or not Parquet."""

    def __init__(self, path: Path) -> None:
        remedy = "run the grid again to redo what it held; bench run sets the torn file aside"
        if path.parent.name == COMPACT:
            remedy = f"put a copy of it in its place, or {_redo(path)}"
        elif path.name in ("epochs.parquet", "steps.parquet"):
            # Of a completed run, bench run looks at neither.
            remedy += f", or if the run has completed {_redo(path)}"
        super().__init__(f"{path} is torn or not Parquet: {remedy}.")
        self.path = path


def _redo(path: Path) -> str:
    """How to do without a file."""
    if path.parent.name != COMPACT:
        return f"delete the folder {path.parent} and run the grid again"
    batch = path.with_name(f"*-{path.stem.rpartition('-')[2]}.parquet")
    return f"delete {batch} and run the grid again to redo the runs they held"


def read_table(path: Path, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """A file's rows with the columns of ``schema``, or of those the ones named.

    Raises:
        FileNotFoundError: there is none.
        Torn: it is not whole, or its values are not of the columns' types.
        ResultsError: a later version wrote it, or it has other columns.
    """
    try:
        # Reading ahead in threads of its own costs small files more than it gains.
        with pq.ParquetFile(path, pre_buffer=False) as file:
            check_version(path, version(file.schema_arrow))
            table = file.read(columns=columns, use_threads=False)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise Torn(path) from error
    return conformed(path, table, schema if columns is None else part_of(schema, columns))


def part_of(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """Some columns of a schema, in the order given."""
    return pa.schema([schema.field(name) for name in columns], metadata=schema.metadata)


def check_version(path: Path, written: int) -> None:
    """Refuses a file of a later schema version.

    Raises:
        ResultsError: it is of one.
    """
    if written > SCHEMA_VERSION:
        raise ResultsError(
            f"{path} has schema version {written} and this gan-bench reads up to "
            f"{SCHEMA_VERSION}: use the version that wrote it."
        )


def conformed(path: Path, table: pa.Table, schema: pa.Schema) -> pa.Table:
    """What was read of a file, brought to ``schema``.

    Raises:
        Torn: its values are not of the columns' types.
        ResultsError: it has other columns.
    """
    if version(table.schema) == SCHEMA_VERSION and table.schema.equals(schema):
        return table.replace_schema_metadata(schema.metadata)
    table = upgraded(table, schema)
    if set(table.schema.names) != set(schema.names):
        strange = sorted(set(table.schema.names) ^ set(schema.names))
        raise ResultsError(
            f"{path} has other columns than schema version {SCHEMA_VERSION} "
            f"({', '.join(strange[:3])}): {_redo(path)}."
        )
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowException, ValueError) as error:
        raise Torn(path) from error


def in_threads(
    function: Callable[[Sequence[Item]], Result], items: Sequence[Item]
) -> Iterator[Result]:
    """The function's results for one slice of the items after another, computed in threads.

    Most of the time goes into C++ and waiting for the disk.
    """
    slices = [items[first : first + _SLICE] for first in range(0, len(items), _SLICE)]
    with ThreadPoolExecutor(_THREADS) as pool:
        yield from pool.map(function, slices)
