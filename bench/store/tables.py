"""Opening the Parquet files of a results folder: checked, upgraded, with today's columns.

A declared column that a file lacks reads as null. A column that nobody has declared in this
process, such as one of a plug-in that is not loaded, is kept after the declared ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import ResultsError
from bench.store.opening import openable
from bench.store.schema import SCHEMA_VERSION, described
from bench.store.upgrade import upgraded, version

COMPACT = "compact"  # the folder of what bench compact has gathered

_THREADS = 4  # with more, threads wait for one another
_SLICE = 100  # items a thread takes at a time

Item = TypeVar("Item")
Result = TypeVar("Result")


class Torn(ResultsError):
    """A file that is not whole, or not Parquet."""

    def __init__(self, path: Path) -> None:
        remedy = "run the grid again to redo what it held; bench run sets the torn file aside"
        if path.parent.name == COMPACT:
            remedy = f"replace it with a copy, or {_redo(path)}"
        elif path.name == "timing.parquet":
            remedy = "delete it; reports then take the times of the runs themselves"
        elif path.name == "steps.parquet":
            # Of a completed run, bench run notices only that an end of it is missing.
            remedy += f", or if it leaves it {_redo(path)}"
        super().__init__(f"{path} is torn or not Parquet: {remedy}.")
        self.path = path


def _redo(path: Path) -> str:
    """How to redo what a file held."""
    if path.parent.name != COMPACT:
        return f"delete the folder {path.parent} and run the grid again"
    batch = path.with_name(f"*-{path.stem.rpartition('-')[2]}.parquet")
    return f"delete {batch} and run the grid again to redo the runs they held"


def read_table(path: Path, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """A file's rows with the columns of ``schema`` and others it has, or only the ones named.

    Raises:
        FileNotFoundError: there is no such file.
        Torn: it is not whole, or its values do not have the columns' types.
        ResultsError: a later version wrote it, or it lacks columns that all files have.
    """
    try:
        # Reading ahead in threads of its own costs small files more than it gains.
        with pq.ParquetFile(openable(path), pre_buffer=False) as file:
            check_version(path, version(file.schema_arrow))
            table = file.read(columns=columns, use_threads=False)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise Torn(path) from error
    if columns is not None:
        schema = part_of(schema, columns)
    return with_values(conformed(path, table, schema), schema)


def part_of(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """Some columns of a schema, in the order given."""
    return pa.schema([schema.field(name) for name in columns], metadata=schema.metadata)


def check_version(path: Path, written: int) -> None:
    """Refuses a file of a later schema version.

    Raises:
        ResultsError: a later version wrote it.
    """
    if written > SCHEMA_VERSION:
        raise ResultsError(
            f"{path} has schema version {written} and this gan-bench reads up to "
            f"{SCHEMA_VERSION}: use the version that wrote it."
        )


def conformed(path: Path, table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A file's rows with the columns of ``schema``, then those that it does not have.

    Raises:
        Torn: its values do not have the columns' types.
        ResultsError: it lacks columns that all files have, or another program wrote it.
    """
    written = version(table.schema)
    if written == SCHEMA_VERSION and table.schema.equals(schema):
        return table.replace_schema_metadata(schema.metadata)
    table = upgraded(table, schema)
    there, declared = set(table.schema.names), set(schema.names)
    strange = {name for name in declared - there if not schema.field(name).nullable}
    if not written:
        strange |= there - declared
    if strange:
        raise ResultsError(
            f"{path} has other columns than schema version {SCHEMA_VERSION} "
            f"({', '.join(sorted(strange)[:3])}): {_redo(path)}."
        )
    for name in sorted(declared - there):
        table = table.append_column(
            schema.field(name), pa.nulls(len(table), schema.field(name).type)
        )
    further = [pa.field(f.name, f.type) for f in table.schema if f.name not in declared]
    if further:
        schema = described([*schema, *further])
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowException, ValueError) as error:
        raise Torn(path) from error


def with_values(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table without the columns that ``schema`` does not have and that have no value.

    Such a column says nothing of these rows; whether a file has it depends on other runs' rows.
    """
    if table.schema.equals(schema):
        return table
    names = [n for n in table.schema.names if n not in schema.names]
    table = table.drop_columns([n for n in names if table[n].null_count == len(table)])
    return table.cast(described(table.schema))


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """The rows of all tables; columns that some lack are null there.

    Raises:
        ResultsError: a column has values of different kinds, such as numbers and text.
    """
    schema = tables[0].schema
    if all(table.schema.equals(schema) for table in tables):
        return pa.concat_tables(tables)
    try:
        table = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        raise ResultsError(
            f"The runs of this sweep have columns that cannot be put together ({error}): "
            "write the results of a plug-in whose column has another type now to another folder."
        ) from error
    return table.cast(described(table.schema))


def in_threads(
    function: Callable[[Sequence[Item]], Result], items: Sequence[Item]
) -> Iterator[Result]:
    """The function's results for one slice of the items after another, computed in threads.

    Most of the time goes into C++ and waiting for the disk.
    """
    slices = [items[first : first + _SLICE] for first in range(0, len(items), _SLICE)]
    with ThreadPoolExecutor(_THREADS) as pool:
        yield from pool.map(function, slices)
