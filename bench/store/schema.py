"""The columns on disk, derived from the declared measures: explicit types on every machine.

A schema is built when it is used, since plug-ins may declare measures at any time. Adding a
nullable column needs no new version: files that lack it read as null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench import measures
from bench.measures import EPOCH_MEASURES, RUN_MEASURES, Measure, RunPlan

SCHEMA_VERSION = 2
VERSION_KEY = b"gan_bench_schema_version"

_ARROW = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    str: pa.string(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_NULLABLE_PANDAS = {pa.int64(): "Int64", pa.bool_(): "boolean"}


def described(fields: Iterable[pa.Field]) -> pa.Schema:
    """A schema of these fields whose pandas metadata keeps integers and booleans nullable.

    Without it an all-null integer column would be read as float64 on a machine
    without a GPU and as int64 on one with it.
    """
    fields = list(fields)
    columns = [
        {
            "name": f.name,
            "field_name": f.name,
            "pandas_type": str(f.type),
            "numpy_type": _NULLABLE_PANDAS[f.type],
            "metadata": None,
        }
        for f in fields
        if f.nullable and f.type in _NULLABLE_PANDAS
    ]
    pandas = {"index_columns": [], "column_indexes": [], "columns": columns, "pandas_version": "3"}
    metadata = {
        b"pandas": json.dumps(pandas).encode(),
        VERSION_KEY: str(SCHEMA_VERSION).encode(),
    }
    return pa.schema(fields, metadata=metadata)


def _cached(build: Callable[[], pa.Schema]) -> Callable[[], pa.Schema]:
    """Builds a schema when it is first used and whenever measures were declared since."""
    built: tuple[list[Measure], pa.Schema] | None = None

    def schema() -> pa.Schema:
        nonlocal built
        declared = [*EPOCH_MEASURES.values(), *RUN_MEASURES.values()]
        current = built
        if current is None or current[0] != declared:
            built = current = (declared, build())
        return current[1]

    schema.__doc__ = build.__doc__
    return schema


@_cached
def runs() -> pa.Schema:
    """The declared columns of ``run.parquet``."""
    return described(map(_field, measures.runs()))


@_cached
def epochs() -> pa.Schema:
    """The declared columns of ``epochs.parquet``."""
    return described(map(_field, measures.epochs()))


@_cached
def steps() -> pa.Schema:
    """The declared columns of ``steps.parquet``; numbers of a game are float32."""
    scalars = {m.name for m in measures.scalars()}
    return described(
        pa.field(m.name, pa.float32()) if m.name in scalars else _field(m) for m in measures.steps()
    )


@_cached
def timings() -> pa.Schema:
    """The columns of ``timing.parquet``."""
    return described(map(_field, measures.timings()))


def _field(measure: Measure) -> pa.Field:
    return pa.field(measure.name, _ARROW[measure.type], nullable=measure.nullable)


def keys(plan: RunPlan) -> dict[str, Any]:
    """The columns that every row of a run starts with."""
    return {
        "schema_version": SCHEMA_VERSION,
        "sweep": plan.sweep,
        "run_id": plan.run_id,
        "label": plan.label,
        "variant": plan.variant,
        "seed": plan.seed,
    }


def row_table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table.

    Columns that a row lacks are null. Those that the schema lacks, because nobody declared them
    in this process, are appended, of the type of their values.
    """
    further: dict[str, pa.Field] = {}
    for row in rows:
        for name in row.keys() - further.keys() - set(schema.names):
            if row[name] is not None:
                further[name] = pa.field(name, pa.scalar(row[name]).type)
    if further:
        places = {name: place for row in rows for place, name in enumerate(row)}
        added = sorted(further.values(), key=lambda field: places[field.name])
        schema = described([*schema, *added])
    return pa.Table.from_pylist(list(rows), schema=schema)


_FEW_ROWS = 1000


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as the content of a file."""
    sink = pa.BufferOutputStream()
    with parquet_writer(sink, table.schema, few=len(table) <= _FEW_ROWS) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def parquet_writer(sink: Any, schema: pa.Schema, *, few: bool) -> pq.ParquetWriter:
    """Writes a file of ``schema``, laid out for few rows or for many."""
    # Reports and status open thousands of files of few rows, and most of that time goes into the
    # columns' descriptions and decompression: such files have as little of them as possible.
    writer = pq.ParquetWriter(
        sink,
        schema,
        compression="none" if few else "zstd",
        use_dictionary=[
            f.name for f in schema if not pa.types.is_floating(f.type) and f.name != "step"
        ],
        write_statistics=not few,
        store_schema=False,  # Parquet's own types say the same, except for the metadata
    )
    writer.add_key_value_metadata(schema.metadata)
    return writer
