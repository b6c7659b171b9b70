"""Memory of the run on its GPU: peaks of the timed steps, without what evaluation holds.

Torch's allocator keeps freed blocks, so after an evaluation its cache is emptied. Tensors that
stay on the device, such as an extractor's weights and the reference's features, are measured and
subtracted rather than moved to the host: that works for the extractor of any plug-in, and an
evaluation need not bring them back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

import torch

from bench.cost.nvml import Gpu


class GpuPeaks(NamedTuple):
    """Peaks since the last reset, in bytes; None where they cannot be read."""

    allocated: int | None
    reserved: int | None
    process: int | None


class Allocator(Protocol):
    """Torch's caching allocator of one GPU; all in bytes."""

    def allocated(self) -> int: ...
    def reserved(self) -> int: ...
    def peak_allocated(self) -> int: ...
    def peak_reserved(self) -> int: ...
    def reset_peaks(self) -> None: ...
    def empty_cache(self) -> None: ...


class GpuMemory(Protocol):
    """Memory on one GPU, or none."""

    @property
    def kept_bytes(self) -> int | None:
        """Bytes of the tensors that were made ``apart`` and are still there."""

    def apart(self) -> AbstractContextManager[None]:
        """What is done within, and the tensors it keeps, is not the run's training."""

    def take_refill(self) -> bool:
        """Whether the cache was emptied since this was last asked."""

    def reset(self) -> None:
        """Resets the peaks."""

    def peaks(self) -> GpuPeaks:
        """The peaks since the last reset, without ``kept_bytes``."""


class NoGpuMemory:
    """A run without a GPU."""

    kept_bytes = None

    @contextmanager
    def apart(self) -> Iterator[None]:
        yield

    def take_refill(self) -> bool:
        return False

    def reset(self) -> None:
        pass

    def peaks(self) -> GpuPeaks:
        return GpuPeaks(None, None, None)


class CudaMemory:
    """Torch's allocator, and what the driver counts for the process."""

    def __init__(self, allocator: Allocator, gpu: Gpu) -> None:
        self._allocator = allocator
        self._gpu = gpu
        self._emptied = False
        self.kept_bytes = 0

    @contextmanager
    def apart(self) -> Iterator[None]:
        before = self._allocator.allocated()
        try:
            yield
        finally:
            self.kept_bytes += self._allocator.allocated() - before
            self._allocator.empty_cache()
            self._emptied = True

    def take_refill(self) -> bool:
        emptied, self._emptied = self._emptied, False
        return emptied

    def reset(self) -> None:
        self._allocator.reset_peaks()

    def peaks(self) -> GpuPeaks:
        reserved = self._allocator.peak_reserved()
        process = self._gpu.process_bytes(os.getpid())
        if process is not None:
            # What torch has given back since its peak; the rest, such as the context, only grows.
            process += reserved - self._allocator.reserved() - self.kept_bytes
        return GpuPeaks(
            self._allocator.peak_allocated() - self.kept_bytes, reserved - self.kept_bytes, process
        )


class TorchAllocator:
    """The allocator of a CUDA device."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def allocated(self) -> int:
        return torch.cuda.memory_allocated(self._device)

    def reserved(self) -> int:
        return torch.cuda.memory_reserved(self._device)

    def peak_allocated(self) -> int:
        return torch.cuda.max_memory_allocated(self._device)

    def peak_reserved(self) -> int:
        return torch.cuda.max_memory_reserved(self._device)

    def reset_peaks(self) -> None:
        torch.cuda.reset_peak_memory_stats(self._device)

    def empty_cache(self) -> None:
        with torch.cuda.device(self._device):
            torch.cuda.empty_cache()


def open_gpu_memory(device: torch.device, gpu: Gpu) -> GpuMemory:
    """The memory of the GPU that a run trains on, or the null object."""
    return CudaMemory(TorchAllocator(device), gpu) if device.type == "cuda" else NoGpuMemory()
