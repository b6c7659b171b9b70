"""Reading what an earlier version wrote: each step takes a table one schema version further.

A new version adds its step here and leaves the earlier ones alone; results of version 1 are
kept in the tests for ever.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from bench.store.schema import SCHEMA_VERSION, VERSION_KEY


def version(schema: pa.Schema) -> int:
    """The schema version of the program that wrote a file; 0 where none is named."""
    metadata = schema.metadata or {}
    try:
        return int(metadata[VERSION_KEY])
    except (KeyError, ValueError):
        return 0


def upgraded(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table of an earlier version with the columns of ``schema``, or as it is if it has them."""
    written = version(table.schema)
    for step in _STEPS[written - 1 :] if written else ():
        table = step(table, schema)
    return table


def _to_2(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Version 2 knows attempts, checkpoints and elapsed time; version 1 made no checkpoints."""
    count = len(table)
    known = {
        "attempt": pa.nulls(count, pa.int64()),
        "checkpoint_seconds": pa.array([0.0] * count, pa.float64()),
        "elapsed_seconds": pa.nulls(count, pa.float64()),
        "resumed_epochs": pa.array([0] * count, pa.int64()),
    }
    for name in schema.names:
        if name not in table.schema.names and name in known:
            table = table.append_column(schema.field(name), known[name])
    index = table.schema.get_field_index("schema_version")
    if index >= 0:
        two = pc.add(table["schema_version"], 1)
        table = table.set_column(index, schema.field("schema_version"), two)
    return table


_STEPS: tuple[Callable[[pa.Table, pa.Schema], pa.Table], ...] = (_to_2,)
assert len(_STEPS) == SCHEMA_VERSION - 1
