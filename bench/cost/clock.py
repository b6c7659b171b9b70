"""Wall time that includes work still queued on a GPU."""

from __future__ import annotations

import time

import torch


class Clock:
    """A wall clock that waits for the device; read it only at the ends of a timed span."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def seconds(self) -> float:
        """Seconds of a monotonic clock, after all queued work is done."""
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return time.perf_counter()


class Elapsed:
    """Seconds since a run started, summed over its attempts, without the time between them.

    Args:
        clock: the device's clock.
        started: its reading when this attempt started.
    """

    def __init__(self, clock: Clock, started: float) -> None:
        self._clock = clock
        self._started = started
        self.before = 0.0  # of earlier attempts, up to the checkpoint that this one resumes from

    def seconds(self) -> float:
        """All time so far: set-up, training, evaluation, checkpoints."""
        return self.before + self._clock.seconds() - self._started
