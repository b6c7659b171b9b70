"""The epochs of a run while it is written: each committed on its own, at the end in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.measures import EpochResult, RunPlan
from bench.store import schema
from bench.store.commit import write_atomically
from bench.store.rows import read_rows
from bench.store.schema import SCHEMA_VERSION, described, keys, parquet_bytes, row_table
from bench.store.tables import together
from variants.scalars import LOSSES


class Committed:
    """The committed epochs of a run, with their steps.

    Attributes:
        rows: of ``epochs.parquet``, in order.

    Raises (from every method):
        ResultsError: the folder cannot be read or written.
    """

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan
        self.forget()

    def forget(self) -> None:
        """Starts from no epoch."""
        self.rows: list[dict[str, Any]] = []
        self._epochs = [schema.epochs().empty_table()]
        self._steps = [schema.steps().empty_table()]

    def resume(self, folder: Path, epochs: int) -> None:
        """Continues after the first so many epochs in a folder."""
        tables = read_rows(folder, "epochs"), read_rows(folder, "steps")
        first = [table.filter(pc.less_equal(table["epoch"], epochs)) for table in tables]
        self._epochs, self._steps = [first[0]], [first[1]]
        self.rows = first[0].to_pylist()

    @property
    def last(self) -> int:
        """The number of the last epoch; 0 before the first."""
        return int(self.rows[-1]["epoch"]) if self.rows else 0

    def commit(self, folder: Path, result: EpochResult, attempt: int) -> None:
        """Writes an epoch: its samples, then its steps, then its row, which makes it count."""
        record = result.record
        for kind, png in (("epoch", result.samples_png), ("averaged", result.averaged_png)):
            if png is not None:
                write_atomically(folder / "samples" / f"{kind}-{record.epoch:04d}.png", png)
        steps = self._step_table(result)
        row = {**keys(self._plan), "attempt": attempt, **record.columns()}
        epoch = row_table(schema.epochs(), [row])
        parts = folder / "parts"
        write_atomically(parts / f"steps-{record.epoch:06d}.parquet", parquet_bytes(steps))
        write_atomically(parts / f"epochs-{record.epoch:06d}.parquet", parquet_bytes(epoch))
        self.rows.append(row)
        self._epochs.append(epoch)
        self._steps.append(steps)

    def gather(self, folder: Path) -> None:
        """Writes the epochs and their steps into one file each."""
        write_atomically(folder / "steps.parquet", parquet_bytes(together(self._steps)))
        write_atomically(folder / "epochs.parquet", parquet_bytes(together(self._epochs)))

    def _step_table(self, result: EpochResult) -> pa.Table:
        """An epoch's steps; numbers of a game that nobody declared come last."""
        count = len(result.steps["critic_loss"])
        first = (self.rows[-1]["steps"] if self.rows else 0) + 1
        known = {
            "schema_version": np.full(count, SCHEMA_VERSION),
            "run_id": [self._plan.run_id] * count,
            "label": [self._plan.label] * count,
            "seed": np.full(count, self._plan.seed),
            "epoch": np.full(count, result.record.epoch),
            "step": np.arange(first, first + count),
        }
        declared = schema.steps()
        columns: dict[str, Any] = {
            name: known.get(name, pa.nulls(count, pa.float32())) for name in declared.names
        }
        finite = np.isfinite([result.steps[loss.name] for loss in LOSSES]).all(axis=0)
        for name, values in result.steps.items():
            # Beside finite losses, NaN marks a step that did not report the number.
            columns[name] = pa.array(values, pa.float32(), mask=np.isnan(values) & finite)
        further = [pa.field(name, pa.float32()) for name in columns if name not in declared.names]
        return pa.table(columns, schema=described([*declared, *further]) if further else declared)
