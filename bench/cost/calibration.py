"""The speed of the device itself, by a convolution of known size before and after timed steps.

A machine can slow down in ways that no counter of a guest shows: another guest on the same
processor, heat, a lower clock. Steps of the same size then take longer, and so does this
convolution, which is the same for every run.
"""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.cost.clock import Clock
from bench.cost.memory import Memory
from bench.quality.float32 import full_float32

# A pair of calibrations takes about a quarter of a second, so this is 2.5 % of training.
SECONDS_BETWEEN = 10.0
_REPEATS = 7
# After an evaluation the idle threads of other libraries still spin for a while.
_WARMUP_SECONDS = 0.08


class Calibrated(NamedTuple):
    """FLOP/s of the convolution before and after a timed span, and the seconds that took."""

    before: float | None = None
    after: float | None = None
    seconds: float | None = None


class Calibration(Protocol):
    """The calibration around one timed span."""

    def finish(self) -> Calibrated:
        """Calibrates again, after the span."""


class NoCalibration:
    """Around a span for which none was due."""

    def finish(self) -> Calibrated:
        return Calibrated()


class Calibrator:
    """Calibrates around timed spans, at most once in :data:`SECONDS_BETWEEN` of training.

    Draws no random number; what it allocates counts neither as the run's nor as its peak.
    """

    def __init__(self, device: torch.device, clock: Clock, memory: Memory) -> None:
        self._convolution = Convolution(device, clock)
        self._memory = memory
        self._trained = 0.0  # seconds since the last calibrated span

    def start(self, expected: float) -> Calibration:
        """Calibrates before a span if that is due.

        Args:
            expected: seconds that the span will take.
        """
        if self._trained + expected < SECONDS_BETWEEN:
            return NoCalibration()
        return _Around(self)

    def trained(self, seconds: float, found: Calibrated) -> None:
        """A span took ``seconds``, and its calibration found this."""
        self._trained = seconds + (self._trained if found.seconds is None else 0.0)

    def measure(self) -> tuple[float | None, float]:
        """The convolution's FLOP/s, None where memory is short, and the seconds this took."""
        start = time.perf_counter()
        try:
            with self._memory.apart():
                speed: float | None = self._convolution.flops_per_second()
        except (torch.OutOfMemoryError, MemoryError):
            speed = None
        return speed, time.perf_counter() - start


class _Around:
    def __init__(self, calibrator: Calibrator) -> None:
        self._calibrator = calibrator
        self._before, self._seconds = calibrator.measure()

    def finish(self) -> Calibrated:
        after, seconds = self._calibrator.measure()
        return Calibrated(self._before, after, self._seconds + seconds)


class Convolution:
    """A 3 × 3 convolution and its gradients, some milliseconds of work.

    Attributes:
        flops: of one timed repeat; a multiply and an add count as two.
    """

    def __init__(self, device: torch.device, clock: Clock) -> None:
        self._device, self._clock = device, clock
        gpu = device.type == "cuda"
        self._count, self._channels = (32, 128) if gpu else (8, 64)
        self._size = 28
        self._passes = 8 if gpu else 1  # a single one is over before a GPU's queue is full
        macs = self._count * (self._channels * self._size * 3) ** 2
        self.flops = 2 * 3 * macs * self._passes  # output, gradients of input and weights

    def flops_per_second(self) -> float:
        """The median of a few repeats, after some that do not count.

        Raises:
            torch.OutOfMemoryError: there is no room for it.
        """
        image = self._tensor(self._count, self._channels, self._size, self._size)
        weight = self._tensor(self._channels, self._channels, 3, 3)
        with torch.enable_grad(), full_float32(self._device):
            warm = 0.0
            while warm < _WARMUP_SECONDS:
                warm += self._seconds(image, weight)
            seconds = [self._seconds(image, weight) for _ in range(_REPEATS)]
        return self.flops / statistics.median(seconds)

    def _tensor(self, *shape: int) -> Tensor:
        """Values in [−1, 1] that need no random numbers."""
        count = torch.Size(shape).numel()
        values = torch.linspace(-1, 1, count, device=self._device)
        return values.view(shape).requires_grad_()

    def _seconds(self, image: Tensor, weight: Tensor) -> float:
        start = self._clock.seconds()
        for _ in range(self._passes):
            output = F.conv2d(image, weight, padding=1)
            torch.autograd.grad(output, (image, weight), torch.ones_like(output))
        return self._clock.seconds() - start
