"""Whether the files of runs that have ended are whole, before such runs are left as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from bench.store.rows import committed_parts, located, read_rows
from bench.store.states import RunState
from bench.store.tables import Torn, in_threads

_MAGIC = b"PAR1"  # at both ends of a Parquet file


def damaged_runs(sweep: Path, states: Mapping[str, RunState]) -> set[str]:
    """Those of the runs that have ended and whose epochs or steps are torn or missing.

    Epochs are read, as a report does; of steps, of which there are many more, the ends are.

    Raises:
        ResultsError: a later version or another program wrote them.
    """

    def damaged(run_ids: Sequence[str]) -> list[str]:
        return [i for i in run_ids if _is_damaged(sweep / "runs" / i, states[i].epochs)]

    ended = [run_id for run_id, state in states.items() if state.status != "interrupted"]
    return set(chain.from_iterable(in_threads(damaged, ended)))


def _is_damaged(folder: Path, epochs: int) -> bool:
    if not (located(folder) / "run.parquet").exists():  # gathered by bench compact
        return False
    try:
        if len(read_rows(folder, "epochs")) < epochs:
            return True
    except Torn:
        return True
    own = located(folder)
    steps = [own / "steps.parquet", *committed_parts(own, "steps")]
    return any(_is_torn(path) for path in steps)


def _is_torn(path: Path) -> bool:
    """Whether a Parquet file lacks its beginning or its end."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            size = file.seek(0, 2)
            file.seek(max(0, size - 8))
            end = file.read(8)
    except FileNotFoundError:
        return False
    footer = int.from_bytes(end[:4], "little")
    return start != _MAGIC or end[4:] != _MAGIC or footer + 12 > size
