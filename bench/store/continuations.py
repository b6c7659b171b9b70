"""The last states of completed runs, in the cache for a while, so that runs can be extended.

A results folder holds no checkpoint of a completed run unless ``keep_checkpoints`` is set. Its
last one stays here until newer ones need the space: more epochs of the run, requested on the same
machine, then continue it. Losing it costs training time, never results.
"""

from __future__ import annotations

import contextlib
import os
import re
from datetime import datetime
from pathlib import Path

from bench.cache import cache_root
from bench.errors import RequestError
from bench.files import write_atomically
from bench.store import checkpoints
from bench.store.checkpoints import Found

MOST_BYTES = 2 * 10**9  # of all of them together


def put(run_id: str, ended_at: datetime, epoch: int, content: bytes) -> None:
    """Keeps the last state of a run and removes the oldest states if they need the space.

    Does nothing if the cache cannot be written.

    Args:
        ended_at: when the run ended; when it started if that is not known.
        epoch: its last.
    """
    with contextlib.suppress(RequestError, OSError):
        path = _path(run_id, ended_at, epoch)
        _make_room(path.parent, len(content))
        write_atomically(path, content)


def find(run_id: str, ended_at: datetime | None, epoch: int) -> Found | None:
    """The state of the run that ended at that time after that epoch, if the cache has it whole."""
    if ended_at is None:
        return None
    with contextlib.suppress(RequestError, OSError):
        path = _path(run_id, ended_at, epoch)
        if path.exists() and checkpoints.whole(path):
            os.utime(path)  # what was used last is removed last
            return Found(epoch, path)
    return None


def _path(run_id: str, ended_at: datetime, epoch: int) -> Path:
    # The time of its end tells the run from others of its id, in other folders or repeated.
    moment = re.sub(r"\D", "", f"{ended_at.timestamp():.6f}")
    return cache_root() / "continuations" / f"{run_id}-{moment}-{epoch}.pt"


def _make_room(folder: Path, size: int) -> None:
    if not folder.is_dir():
        return
    files = [(entry.stat(), entry.path) for entry in os.scandir(folder)]
    total = sum(stat.st_size for stat, _ in files)
    for stat, path in sorted(files, key=lambda file: file[0].st_mtime_ns):
        if total + size <= MOST_BYTES:
            return
        Path(path).unlink()
        total -= stat.st_size
