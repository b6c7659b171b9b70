"""The columns on disk, derived from the records: explicit types, alike on every machine."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from bench.records import Environment, EpochRecord, RunOutcome, RunPlan, RunSetup, RunTotals

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


def _arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type of a record's field; ``X | None`` is the type of X."""
    if isinstance(annotation, types.UnionType):
        (annotation,) = (a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is Literal:
        annotation = str
    return _ARROW[annotation]


def _fields(record: type, *, optional: bool = False) -> list[pa.Field]:
    """One Arrow field per dataclass field; with ``optional`` all of them nullable."""
    hints = typing.get_type_hints(record)
    return [
        pa.field(
            f.name,
            _arrow_type(hints[f.name]),
            nullable=optional or isinstance(hints[f.name], types.UnionType),
        )
        for f in dataclasses.fields(record)
        if f.name != "environment"
    ]


def _schema(fields: Iterable[pa.Field]) -> pa.Schema:
    """A schema whose pandas metadata keeps integer and boolean columns nullable.

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


_KEYS = [
    pa.field("schema_version", pa.int64(), nullable=False),
    pa.field("sweep", pa.string(), nullable=False),
    pa.field("run_id", pa.string(), nullable=False),
    pa.field("label", pa.string(), nullable=False),
    pa.field("variant", pa.string(), nullable=False),
    pa.field("seed", pa.int64(), nullable=False),
]
_KEY_NAMES = {f.name for f in _KEYS}

RUN_SCHEMA = _schema(
    [
        *_KEYS,
        *(f for f in _fields(RunPlan) if f.name not in _KEY_NAMES),
        *_fields(RunOutcome),
        *_fields(RunTotals),
        *_fields(RunSetup, optional=True),
        *_fields(Environment, optional=True),
    ]
)
# Which attempt made an epoch; null where the schema did not say yet.
EPOCH_SCHEMA = _schema([*_KEYS, pa.field("attempt", pa.int64()), *_fields(EpochRecord)])
STEP_COLUMNS = (
    "critic_loss",
    "generator_loss",
    "critic_score_real",
    "critic_score_fake",
    "critic_accuracy_real",
    "critic_accuracy_fake",
    "penalty",
)
STEP_SCHEMA = _schema(
    [
        *(f for f in _KEYS if f.name in ("schema_version", "run_id", "seed")),
        pa.field("epoch", pa.int64(), nullable=False),
        pa.field("step", pa.int64(), nullable=False),  # from 1, over the whole run
        *(pa.field(name, pa.float32()) for name in STEP_COLUMNS),
    ]
)


def keys(plan: RunPlan) -> dict[str, Any]:
    """The columns that every row of a run begins with."""
    return {
        "schema_version": SCHEMA_VERSION,
        "sweep": plan.sweep,
        "run_id": plan.run_id,
        "label": plan.label,
        "variant": plan.variant,
        "seed": plan.seed,
    }


def row_table(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table; columns a row lacks are null."""
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
    # Reports and status open thousands of files of few rows, and the time that takes is that of
    # their columns' descriptions and decompression: of those each file has as little as will do.
    writer = pq.ParquetWriter(
        sink,
        schema,
        compression="none" if few else "zstd",
        use_dictionary=[
            f.name for f in schema if not pa.types.is_floating(f.type) and f.name != "step"
        ],
        write_statistics=not few,
        store_schema=False,  # Parquet's own types say the same, but for the metadata
    )
    writer.add_key_value_metadata(schema.metadata)
    return writer


def flat(record: Any) -> dict[str, Any]:
    """A record's fields, those that hold records themselves included as they are."""
    return {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
