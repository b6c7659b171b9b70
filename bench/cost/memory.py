"""Memory of a run, on the host and on its GPU, without what evaluation needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from bench.cost.gpu_memory import GpuMemory, open_gpu_memory
from bench.cost.host_memory import HostMemory
from bench.cost.nvml import open_gpu


class Memory:
    """Both memories of one process; make it after the imports and before anything else.

    Attributes:
        host: of the process; its baseline is read now.
        gpu: of the GPU, or the null object.
    """

    def __init__(self, gpu: GpuMemory) -> None:
        self.host = HostMemory()
        self.gpu = gpu

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is done within, and what it keeps, is not the run's training."""
        with self.host.apart(), self.gpu.apart():
            yield


def open_memory(device: torch.device) -> Memory:
    """The memory of this process, which trains on ``device``."""
    return Memory(open_gpu_memory(device, open_gpu(device)))
