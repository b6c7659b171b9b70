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


class Elapsed:
    """Seconds since a run began, over its attempts; what was lost between them is left out.

    Args:
        clock: of the device.
        started: its reading when this attempt began.
    """

    def __init__(self, clock: Clock, started: float) -> None:
        self._clock = clock
        self._started = started
        self.before = 0.0  # of earlier attempts, up to the checkpoint this one goes on from

    def seconds(self) -> float:
        """Everything so far: set-up, training, evaluation, checkpoints."""
        return self.before + self._clock.seconds() - self._started
