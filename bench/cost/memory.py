"""Peak memory of the run's own process and of its GPU."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path

import torch

from bench.cost.nvml import Gpu


class HostMemory:
    """Peak resident memory of this process.

    ``VmHWM`` of /proc, not ``ru_maxrss``, which a child inherits from its parent.
    """

    def reset(self) -> bool:
        """Starts a new peak; False where the system does not let a process do so."""
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return False
        return True

    def peak_bytes(self) -> int | None:
        """The peak since the last reset, or None where it cannot be read."""
        try:
            status = Path("/proc/self/status").read_text()
        except OSError:
            return None
        match = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
        return int(match[1]) * 1024 if match else None


def release_free_memory() -> None:
    """Gives what glibc keeps for later back to the system, so that a new peak starts low.

    Other C libraries have no such call; there nothing happens.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


class GpuMemory:
    """Peaks of torch's allocator and, where NVML tells, of the whole process."""

    def __init__(self, device: torch.device, gpu: Gpu) -> None:
        self._device = device
        self._cuda = device.type == "cuda"
        self._gpu = gpu

    def reset(self) -> None:
        """Starts new peaks."""
        if self._cuda:
            torch.cuda.reset_peak_memory_stats(self._device)

    def allocated_bytes(self) -> int | None:
        """Peak bytes in tensors since the reset."""
        return torch.cuda.max_memory_allocated(self._device) if self._cuda else None

    def reserved_bytes(self) -> int | None:
        """Peak bytes held by torch's caching allocator since the reset."""
        return torch.cuda.max_memory_reserved(self._device) if self._cuda else None

    def process_bytes(self) -> int | None:
        """Bytes the driver counts for this process now, context included."""
        return self._gpu.process_bytes(os.getpid()) if self._cuda else None
