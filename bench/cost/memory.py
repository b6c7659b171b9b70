"""Peak memory of the run's process and of its GPU."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path

import torch

from bench.cost.nvml import Gpu


class HostMemory:
    """Peak resident memory of this process.

    Reads ``VmHWM`` in /proc instead of ``ru_maxrss``, which a child inherits from its parent.
    """

    def reset(self) -> bool:
        """Resets the peak; False if the system does not allow that."""
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return False
        return True

    def peak_bytes(self) -> int | None:
        """The peak since the last reset, or None if it cannot be read."""
        try:
            status = Path("/proc/self/status").read_text()
        except OSError:
            return None
        match = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        return int(match[1]) * 1024 if match else None


def release_free_memory() -> None:
    """Returns the memory that glibc keeps for reuse to the system, so that a new peak starts low.

    Does nothing with other C libraries, which have no such call.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


class GpuMemory:
    """Peaks of torch's allocator and, if NVML reports it, memory of the whole process."""

    def __init__(self, device: torch.device, gpu: Gpu) -> None:
        self._device = device
        self._cuda = device.type == "cuda"
        self._gpu = gpu

    def reset(self) -> None:
        """Resets the peaks."""
        if self._cuda:
            torch.cuda.reset_peak_memory_stats(self._device)

    def allocated_bytes(self) -> int | None:
        """Peak bytes of tensors since the reset."""
        return torch.cuda.max_memory_allocated(self._device) if self._cuda else None

    def reserved_bytes(self) -> int | None:
        """Peak bytes held by torch's caching allocator since the reset."""
        return torch.cuda.max_memory_reserved(self._device) if self._cuda else None

    def process_bytes(self) -> int | None:
        """Bytes that the driver counts for this process now, including its context."""
        return self._gpu.process_bytes(os.getpid()) if self._cuda else None
