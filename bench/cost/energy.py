"""Energy used for training, from the GPU's own counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.cost.nvml import Gpu

MINIMUM_SECONDS = 10.0


class EnergyMeter:
    """Sums a GPU's energy over the timed training spans; evaluation does not count.

    The counter covers the whole board, so the sum is unknown if the GPU was shared during a
    span. It is also None below ten measured seconds, because the counter is updated too rarely.
    """

    def __init__(self, gpu: Gpu, *, exclusive: bool) -> None:
        self._gpu = gpu
        self._known = exclusive
        self._joules = 0.0
        self._seconds = 0.0
        self._start: float | None = None

    def start(self) -> None:
        """Starts a span."""
        self._start = self._gpu.energy_joules()

    def stop(self, seconds: float) -> None:
        """Ends the span, which took ``seconds``."""
        end = self._gpu.energy_joules()
        if self._start is None or end is None or self._gpu.shared():
            self._known = False
            return
        self._joules += end - self._start
        self._seconds += seconds

    def state(self) -> dict[str, Any]:
        """The sum so far, for an attempt that resumes from here."""
        return {"joules": self._joules, "seconds": self._seconds, "known": self._known}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores what :meth:`state` returned; an unknown sum stays unknown."""
        self._joules, self._seconds = state["joules"], state["seconds"]
        self._known = self._known and state["known"]

    def joules(self) -> float | None:
        """The sum so far, or None if it is unknown or its spans are too short."""
        return self._joules if self._known and self._seconds >= MINIMUM_SECONDS else None
