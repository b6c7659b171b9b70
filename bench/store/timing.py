"""The file of what configurations cost when they were timed apart from training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.measures import Turn
from bench.store import schema
from bench.store.commit import write_atomically
from bench.store.locks import holder
from bench.store.owners import Owner
from bench.store.tables import read_table, together

FILE = "timing.parquet"
TIMING = ".timing"  # what the process that times a sweep claims; no run has such a name


def timer(sweep: Path) -> Owner | None:
    """The living process that is timing the configurations of a sweep, if one is."""
    return holder(sweep, TIMING)


def read_timing(sweep: Path) -> pa.Table:
    """The turns of all sessions of a sweep, in order; no rows where none was timed.

    Raises:
        Torn: the file is torn.
        ResultsError: a later version wrote it.
    """
    try:
        return read_table(sweep / FILE, schema.timings())
    except FileNotFoundError:
        return schema.timings().empty_table()


def add_timing(sweep: Path, name: str, turns: Sequence[Turn]) -> None:
    """Adds turns to those of a sweep; the file holds all of them afterwards, or is as it was.

    Only the process that has claimed the sweep's timing may call it.

    Args:
        name: of the sweep.

    Raises:
        ResultsError: it cannot be written.
    """
    rows = [_row(name, turn) for turn in turns]
    table = together([read_timing(sweep), schema.row_table(schema.timings(), rows)])
    write_atomically(sweep / FILE, schema.parquet_bytes(table))


def _row(name: str, turn: Turn) -> dict[str, Any]:
    row = asdict(turn)
    environment = row.pop("environment") or {}
    return {"schema_version": schema.SCHEMA_VERSION, "sweep": name, **row, **environment}
