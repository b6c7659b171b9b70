"""Reading what an earlier version wrote: each step upgrades a table by one schema version.

A new version adds its step here and leaves the earlier ones unchanged; the tests keep results
of every version. A new nullable column needs no step: files that lack it read as null.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from bench.store.schema import SCHEMA_VERSION, VERSION_KEY


def version(schema: pa.Schema) -> int:
    """The schema version of the program that wrote a file; 0 where the file has none."""
    metadata = schema.metadata or {}
    try:
        return int(metadata[VERSION_KEY])
    except (KeyError, ValueError):
        return 0


def upgraded(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table of an earlier version, upgraded to this one; unchanged if it is of this one."""
    written = version(table.schema)
    for step in _STEPS[written - 1 :] if written else ():
        table = step(table, schema)
    return table


def _to_2(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Version 2 has checkpoints; version 1 spent no time on them and resumed no run."""
    count = len(table)
    known = {
        "checkpoint_seconds": pa.array([0.0] * count, pa.float64()),
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
