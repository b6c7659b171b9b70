"""Writing and removing the batches of runs that ``bench compact`` gathers; see ``gathered``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from bench.files import fsync_folder, remove_unfinished
from bench.store.commit import replacing, unwritable
from bench.store.gathered import Kind, batch_file, batch_numbers
from bench.store.opening import openable
from bench.store.schema import parquet_writer
from bench.store.tables import COMPACT, Torn, together

KINDS: tuple[Kind, ...] = ("runs", "epochs", "steps")
# A batch is full with so many rows of a kind: a few hundred MB, quickly rewritten.
FULL: dict[Kind, int] = {"epochs": 500_000, "steps": 10_000_000}
# Whole runs share a row group until it has so many rows; one that has more is split.
GROUP_ROWS = {"runs": 1000, "epochs": 4096, "steps": 32_768}
MOST_GROUP_ROWS = 1 << 20


class Run(NamedTuple):
    """A run to put into a batch."""

    run_id: str
    row: pa.Table
    epochs: pa.Table
    steps: pa.Table


def write_batch(sweep: Path, runs: Iterator[Run], steps_schema: pa.Schema) -> list[str]:
    """Writes the next batch, of as many runs as fill it.

    One run's steps at a time are in memory. The runs file comes last: it makes the batch count.

    Args:
        runs: taken from only until the batch is full.
        steps_schema: has every column of the runs' steps.

    Returns:
        The ids of the runs in the batch.
    """
    number = 1 + max((n for kind in KINDS for n in batch_numbers(sweep, kind)), default=0)
    taken: list[Run] = []
    filled = dict.fromkeys(FULL, 0)

    def steps() -> Iterator[pa.Table]:
        for run in runs:
            taken.append(run._replace(steps=None))
            filled["epochs"] += len(run.epochs)
            filled["steps"] += len(run.steps)
            yield run.steps
            if any(filled[kind] >= full for kind, full in FULL.items()):
                return

    with replacing(batch_file(sweep, "steps", number)) as file:
        _write_groups(file, "steps", steps_schema, steps())
    epochs, rows = [run.epochs for run in taken], [run.row for run in taken]
    with replacing(batch_file(sweep, "epochs", number)) as file:
        _write_groups(file, "epochs", combined(table.schema for table in epochs), epochs)
    with replacing(batch_file(sweep, "runs", number)) as file:
        _write_groups(file, "runs", combined(table.schema for table in rows), rows)
    return [run.run_id for run in taken]


def combined(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """A schema with the columns of all."""
    return together([schema.empty_table() for schema in schemas]).schema


def _write_groups(
    file: BinaryIO, kind: Kind, schema: pa.Schema, tables: Iterable[pa.Table]
) -> None:
    """Writes runs' rows, whole runs to a row group."""
    with parquet_writer(file, schema, few=False) as writer:
        group = [schema.empty_table()]

        def write() -> None:
            writer.write_table(together(group), row_group_size=MOST_GROUP_ROWS)

        for table in tables:
            group.append(table)
            if sum(map(len, group)) >= GROUP_ROWS[kind]:
                write()
                group = group[:1]
        if any(map(len, group)):
            write()


def rows_in(sweep: Path, kind: Kind, number: int) -> int:
    """How many rows of a kind a batch has."""
    path = batch_file(sweep, kind, number)
    try:
        return int(pq.read_metadata(openable(path)).num_rows)
    except FileNotFoundError:
        return 0
    except (pa.ArrowException, OSError) as error:
        raise Torn(path) from error


def remove_batch(sweep: Path, number: int) -> None:
    """Removes a batch, its runs file first, so that it does not count once it is incomplete."""
    with removing(sweep / COMPACT):
        batch_file(sweep, "runs", number).unlink(missing_ok=True)
        fsync_folder(sweep / COMPACT)
        for kind in KINDS:
            batch_file(sweep, kind, number).unlink(missing_ok=True)


def clear_away(sweep: Path) -> None:
    """Removes what a killed process has left: batches without a runs file, half-written files."""
    with removing(sweep / COMPACT):
        remove_unfinished(sweep / COMPACT)
        for kind in KINDS:
            for number in batch_numbers(sweep, kind):
                runs = batch_file(sweep, "runs", number)
                if not runs.exists() and not runs.with_name(f"{runs.name}.torn").exists():
                    batch_file(sweep, kind, number).unlink(missing_ok=True)


@contextmanager
def removing(folder: Path) -> Iterator[None]:
    """Removals within raise the results' own errors."""
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error
