"""Drawing a report again and again while a sweep runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.status import read_status
from bench.store import read_plan, timer

# A pause of so many times what a drawing took leaves the processor to the runs.
_PAUSE = 9
_LEAST_SECONDS = 2.0

Seen = frozenset[tuple[str, int]]


def watch(
    paths: Sequence[Path],
    draw: Callable[[bool], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Calls ``draw`` whenever there are new results, until every planned run has ended.

    It is told whether they have, and this is the last time.

    Nothing is drawn before a run has begun, nor while configurations are timed, which it would
    disturb. A run that is due and not running is waited for: bench run may take it up.

    Raises:
        ResultsError: a folder is missing, damaged, or of a later version.
    """
    drawn: Seen | None = None
    pause = _LEAST_SECONDS
    while True:
        now = frozenset().union(*map(seen, paths))
        ready = all(map(_begun, paths)) and not any(map(timer, paths))
        if ready and now != drawn:
            started = time.monotonic()
            over = all(map(_over, paths))  # before drawing, so that the last drawing has all
            draw(over)
            drawn = now
            pause = max(_LEAST_SECONDS, _PAUSE * (time.monotonic() - started))
            if over:
                return
        sleep(pause)


def seen(path: Path) -> Seen:
    """The files of a results folder that change when an epoch is committed or a run ends.

    Raises:
        ResultsError: there is no such folder.
    """
    read_plan(path)
    found = [path / "sweep.json", path / "timing.parquet"]
    for folder in _folders(path / "runs"):
        found += [folder / "run.parquet", folder / "parts", folder / "epochs.parquet"]
    return frozenset((str(file), time_of) for file in found if (time_of := _changed(file)))


def _begun(path: Path) -> bool:
    return any((folder / "run.parquet").exists() for folder in _folders(path / "runs")) or any(
        (path / "compact").glob("runs-*.parquet")
    )


def _over(path: Path) -> bool:
    """Whether no run is due or running."""
    status = read_status(path)
    return not status.due and not status.counts["running"]


def _folders(runs: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(runs)]
    except FileNotFoundError:
        return []


def _changed(file: Path) -> int:
    """When a file or folder last changed; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
