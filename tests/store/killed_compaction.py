"""Kills a compaction at every step it takes on disk, and checks that no run is damaged.

Run by test_compact.py in a process of its own, since it forks one compaction after another:

    python killed_compaction.py FOLDER        prints how many steps there were
"""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from sweeps import everything, gathered_ids, open_sweep, own_files, run_plan, same, write_run

from bench import store
from bench.store import batches

RUNS = [run_plan(seed) for seed in range(6)]


class Dying:
    """Kills this process at its n-th step on disk."""

    def __init__(self, step: int) -> None:
        self._left = step
        for owner, name in (
            (os, "fsync"),
            (pathlib.Path, "replace"),
            (pathlib.Path, "unlink"),
            (shutil, "rmtree"),
            (pq.ParquetWriter, "write_table"),
        ):
            setattr(owner, name, self._before(getattr(owner, name)))

    def _before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self._left -= 1
            return function(*arguments, **options)

        return step


def compact_in_a_process(path: Path, step: int) -> bool:
    """Whether it ended well, and was not killed at that step."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            Dying(step)
            store.compact(path)
            code = 0
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status == 0


def partly_gathered(path: Path) -> None:
    """A sweep of batches, one run of which was repeated since, and one run with parts."""
    open_sweep(path, RUNS)
    for run in RUNS[:5]:
        write_run(path, run, "failed" if run.seed == 1 else "completed", 4)
    store.compact(path)
    write_run(path, RUNS[1], "completed", 4)
    write_run(path, RUNS[5], "completed", 4)
    folder = path / "runs" / RUNS[5].run_id
    (folder / "parts").mkdir()  # as where there was no space to put them into one file
    for kind, rows in (("epochs", 3), ("steps", 9)):
        table = pq.read_table(folder / f"{kind}.parquet")
        pq.write_table(table.slice(rows), folder / "parts" / f"{kind}-000004.parquet")
        pq.write_table(table.slice(0, rows), folder / f"{kind}.parquet")


def sweep_kill_points(folder: Path) -> int:
    """Kills at each step, and compacts once more each time."""
    origin = folder / "origin"
    partly_gathered(origin)
    before = everything(origin)
    step = 0
    while True:
        path = folder / str(step)
        shutil.copytree(origin, path)
        whole = compact_in_a_process(path, step)
        assert same(everything(path), before), step
        store.compact(path)
        assert same(everything(path), before), step
        assert own_files(path) == [], step
        for kind in ("runs", "epochs", "steps"):
            assert gathered_ids(path, kind) == [run.run_id for run in RUNS], step
        assert not list((path / "compact").glob(".*")), step
        shutil.rmtree(path)
        if whole:
            return step
        step += 1


if __name__ == "__main__":
    os.fsync = lambda handle: None
    batches.FULL.update(epochs=100, steps=25)
    print(sweep_kill_points(Path(sys.argv[1])))
