"""Memory of the run's process on the host: its peak, and what the run adds to it.

A process that is forked from one with torch maps none of the library's pages at first, one that
has imported torch itself maps 300 MiB of them: pages of files depend on how the process was
started. Its *private* memory, anonymous and shared-memory pages, does not: a forked process has
its parent's. What a run adds is therefore counted in private memory, and its data set, whose
arrays are pages of files, is counted by its size.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

_STATUS = Path("/proc/self/status")


class Resident(NamedTuple):
    """Resident memory of this process in bytes."""

    peak: int  # since the last reset, all kinds of pages
    files: int  # now, of mapped files
    private: int  # now, anonymous and shared memory


class HostMemory:
    """Peak resident memory of this process, and what was added since this object was made.

    Reads ``VmHWM`` in /proc instead of ``ru_maxrss``, which a child inherits from its parent.
    """

    def __init__(self) -> None:
        release_free_memory()  # what is kept for reuse would hide as much of what is added
        now = resident()
        self.baseline_bytes = None if now is None else now.private

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is done within, and the memory it keeps, is not the run's training."""
        release_free_memory()
        before = resident()
        try:
            yield
        finally:
            release_free_memory()
            after = resident()
            if self.baseline_bytes is not None and before is not None and after is not None:
                self.baseline_bytes += after.private - before.private

    def reset(self) -> bool:
        """Resets the peak; False if the system does not allow that."""
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return False
        return True

    def peak_bytes(self) -> int | None:
        """The peak since the last reset, or None if it cannot be read."""
        now = resident()
        return None if now is None else now.peak

    def added_bytes(self, mapped: int) -> int | None:
        """The peak of private memory over the baseline, and ``mapped`` bytes of data.

        Pages of files are rarely given back, so those of now are those of the peak.
        """
        now = resident()
        if now is None or self.baseline_bytes is None:
            return None
        return max(0, now.peak - now.files - self.baseline_bytes) + mapped


def resident() -> Resident | None:
    """The resident memory of this process, or None if the system does not tell."""
    try:
        text = _STATUS.read_text()
    except OSError:
        return None
    found = re.findall(r"^(VmHWM|RssAnon|RssFile|RssShmem):\s+(\d+) kB", text, re.MULTILINE)
    kinds = {name: int(size) * 1024 for name, size in found}
    if len(kinds) < 4:
        return None
    return Resident(kinds["VmHWM"], kinds["RssFile"], kinds["RssAnon"] + kinds["RssShmem"])


def mapped_bytes(*arrays: np.ndarray | None) -> int:
    """The size of those arrays whose memory is pages of a file."""
    return sum(array.nbytes for array in arrays if isinstance(array, np.memmap))


def release_free_memory() -> None:
    """Returns the memory that glibc keeps for reuse to the system, so that a new peak starts low.

    Does nothing with other C libraries, which have no such call.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)
