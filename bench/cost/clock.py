"""Wall time that includes the work a GPU still has queued."""

from __future__ import annotations

import time

import torch


class Clock:
    """Reads the wall clock after the device has finished; use it at the edges of a span only."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def seconds(self) -> float:
        """Seconds of a monotonic clock, all queued work done."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return time.perf_counter()
