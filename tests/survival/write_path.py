"""Kills a writer at every step it takes on disk, and checks that no harm is done.

Run by test_write_path.py in a process of its own, since it forks one writer after another. By hand,
from the repository's root, it prints how many steps there were:

    PYTHONPATH=.:tests python tests/survival/write_path.py FOLDER True 2

It cannot import ``tests.store``, since torch-fidelity installs a package ``tests`` too.
"""

from __future__ import annotations

import io
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from store.one_run import NOW, epoch, plan, setup, sweep_plan

from bench import store
from bench.errors import ResultsError
from bench.measures import RunOutcome

EPOCHS = 3
RUN = replace(plan(), epochs_planned=EPOCHS)


class Dying:
    """Kills this process at its n-th step on disk: before it, or in the middle of a write."""

    def __init__(self, step: int) -> None:
        self._left = step
        for owner, name in (
            (os, "fsync"),
            (os, "open"),
            (pathlib.Path, "replace"),
            (pathlib.Path, "rename"),
            (pathlib.Path, "unlink"),
            (pathlib.Path, "mkdir"),
            (tempfile, "mkstemp"),
            (shutil, "rmtree"),
        ):
            setattr(owner, name, self._before(getattr(owner, name)))
        fdopen = os.fdopen

        def opened(*arguments: Any, **options: Any) -> Any:
            file = fdopen(*arguments, **options)
            write = file.write
            holder = _Half(file, lambda content: self._write(write, file, content))
            return holder

        os.fdopen = opened  # type: ignore[assignment]

    def _before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            self._step()
            return function(*arguments, **options)

        return step

    def _write(self, write: Callable[[bytes], int], file: Any, content: bytes) -> None:
        write(content[: len(content) // 2])
        file.flush()
        self._step()
        write(content[len(content) // 2 :])

    def _step(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


class _Half:
    """A file whose write may end half-way."""

    def __init__(self, file: Any, write: Callable[[bytes], None]) -> None:
        self._file = file
        self.write = write

    def __enter__(self) -> _Half:
        self._file.__enter__()
        return self

    def __exit__(self, *reason: Any) -> None:
        self._file.__exit__(*reason)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def live(path: Path, checkpoints: bool, *, dying: int | None = None) -> None:
    """Does what a sweep does with a due run, to its end, or until it dies at that step."""
    if dying is not None:
        Dying(dying)
    run = RUN
    store.check_writable(path, sweep_plan(run).name)
    store.open_sweep(path, sweep_plan(run))
    claims = store.Claims(path)
    assert claims.claim(run.run_id) is None
    writer = store.RunWriter(path, run, started_at=NOW)
    if writer.has_all:
        writer.complete()
    else:
        writer.begin()
        writer.set_up(_setup(writer.resumed_epochs))
        for number in range(writer.resumed_epochs + 1, EPOCHS + 1):
            result = _result(number, checkpoints)
            writer.append(result)
            writer.keep_checkpoint(result)
        writer.finish(RunOutcome(status="completed", started_at=NOW, ended_at=NOW))
    claims.release_all()


def _setup(resumed: int) -> Any:
    return replace(setup(gpu=False), resumed_epochs=resumed)


def _result(number: int, checkpoints: bool) -> Any:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("epoch", str(number))
    return replace(epoch(number), checkpoint=buffer.getvalue() if checkpoints else None)


def in_a_process(work: Callable[[], None]) -> bool:
    """Whether the work succeeded and was not killed."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status == 0


def look(path: Path, before: int) -> int:
    """Checks what a reader sees: whole files, epochs from 1 on, at least the earlier ones."""
    for folder, _, names in os.walk(path):
        for name in names:
            if name.endswith(".parquet") and not name.startswith("."):
                pq.read_table(Path(folder, name), partitioning=None)
    try:
        results = store.read_sweep(path)
    except ResultsError:
        return _none_of(before)
    epochs = results.epochs["epoch"].tolist()
    assert epochs == list(range(1, len(epochs) + 1)), epochs
    assert len(epochs) >= before
    steps = results.steps()
    assert steps["step"].tolist() == list(range(1, 3 * len(epochs) + 1))
    return len(epochs)


def _none_of(before: int) -> int:
    assert before == 0, "what was there can no longer be read"
    return 0


def sweep_kill_points(folder: Path, *, checkpoints: bool, earlier: int) -> int:
    """Kills at each step of an attempt that starts with some epochs of an earlier one."""
    step = 0
    while True:
        path = folder / f"{checkpoints}-{earlier}-{step}"
        if earlier:
            _half_a_life(path, checkpoints, earlier)
        seen = look(path, 0) if path.exists() else 0
        whole = in_a_process(partial(live, path, checkpoints, dying=step))
        if path.exists():
            seen = look(path, seen)
        assert in_a_process(partial(live, path, checkpoints))
        assert look(path, seen) == EPOCHS
        results = store.read_sweep(path)
        assert results.runs["status"].tolist() == ["completed"]
        shutil.rmtree(path)
        if whole:
            return step
        step += 1


def _half_a_life(path: Path, checkpoints: bool, epochs: int) -> None:
    store.open_sweep(path, sweep_plan(RUN))
    writer = store.RunWriter(path, RUN, started_at=NOW)
    writer.begin()
    writer.set_up(_setup(0))
    for number in range(1, epochs + 1):
        result = _result(number, checkpoints)
        writer.append(result)
        writer.keep_checkpoint(result)


if __name__ == "__main__":
    _, folder, checkpoints, earlier = sys.argv
    print(sweep_kill_points(Path(folder), checkpoints=checkpoints == "True", earlier=int(earlier)))
