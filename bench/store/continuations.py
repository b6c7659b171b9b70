"""The last states of completed runs, in the cache for a while, so that they can go further.

A results folder holds no checkpoint of a completed run unless asked to. Here its last one stays
until newer ones need the room, and more epochs of the run, soon asked for on the same machine,
are a continuation. Losing it costs training, never results.
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
    """Keeps the state of a run that ended then after that epoch; the oldest make room.

    Nothing happens where the cache cannot be written.
    """
    with contextlib.suppress(RequestError, OSError):
        path = _path(run_id, ended_at, epoch)
        _make_room(path.parent, len(content))
        write_atomically(path, content)


def find(run_id: str, ended_at: datetime | None, epoch: int) -> Found | None:
    """The state of the run that ended then after that epoch, if it is here and whole."""
    if ended_at is None:
        return None
    with contextlib.suppress(RequestError, OSError):
        path = _path(run_id, ended_at, epoch)
        if path.exists() and checkpoints.whole(path):
            os.utime(path)  # what is used stays longest
            return Found(epoch, path)
    return None


def _path(run_id: str, ended_at: datetime, epoch: int) -> Path:
    # The time of its end tells the very run from others of its id, elsewhere or done again.
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
