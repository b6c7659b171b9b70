"""A run's checkpoints on disk: the newest one, and never a torn one.

``checkpoint-0012.pt`` is the state after epoch 12: a file of ``torch.save`` that
``torch.load(…, weights_only=True)`` reads. This module needs no torch: such a file is a zip
archive, whose checksums show whether it is whole. ``weights.pt`` is another such file, with the
generator that a run ended with.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from bench.store.commit import write_atomically

WEIGHTS = "weights.pt"
_NAME = re.compile(r"checkpoint-(\d+)\.pt")


class Found(NamedTuple):
    """A whole checkpoint and the epoch after which it was made."""

    epoch: int
    path: Path


def save(folder: Path, epoch: int, content: bytes) -> Found:
    """Commits a checkpoint, then removes older ones.

    Raises:
        ResultsError: it cannot be written; the older ones are still there.
    """
    path = folder / f"checkpoint-{epoch:04d}.pt"
    write_atomically(path, content)
    for other in _all(folder):
        if other.path != path:
            other.path.unlink(missing_ok=True)
    return Found(epoch, path)


def newest(folder: Path, epochs: int) -> tuple[Found | None, list[Path]]:
    """The newest whole checkpoint of the first ``epochs`` epochs.

    Returns:
        The checkpoint, or None; and the damaged ones that were skipped.
    """
    damaged: list[Path] = []
    for found in sorted(_all(folder), reverse=True):
        if found.epoch <= epochs:
            if whole(found.path):
                return found, damaged
            damaged.append(found.path)
    return None, damaged


def remove(folder: Path) -> None:
    """Removes every checkpoint of a run."""
    for found in _all(folder):
        found.path.unlink(missing_ok=True)


def _all(folder: Path) -> list[Found]:
    found = []
    for path in folder.glob("checkpoint-*.pt"):
        match = _NAME.fullmatch(path.name)
        if match is not None:
            found.append(Found(int(match[1]), path))
    return found


def whole(path: Path) -> bool:
    """Whether a checkpoint's checksums are correct."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        return False
