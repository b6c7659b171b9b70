"""Energy used for training, from a counter of the GPU's board or of the processor's packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

MINIMUM_SECONDS = 10.0


class EnergyCounter(Protocol):
    """What counts the energy of some hardware, whoever uses it."""

    def energy_joules(self) -> float | None:
        """Since some moment in the past; None where it cannot be read."""


class EnergyMeter:
    """Sums a counter over the timed training spans; evaluation does not count.

    The counter covers all that uses the hardware, so the sum is unknown if the hardware was
    shared during a span. It is also None below ten measured seconds, because a GPU's counter is
    updated too rarely.
    """

    def __init__(self, counter: EnergyCounter, *, exclusive: bool) -> None:
        self._counter = counter
        self._known = exclusive
        self._joules = 0.0
        self._seconds = 0.0
        self._start: float | None = None

    def start(self) -> None:
        """Starts a span."""
        self._start = self._counter.energy_joules()

    def stop(self, seconds: float) -> None:
        """Ends the span, which took ``seconds``."""
        end = self._counter.energy_joules()
        if self._start is None or end is None:
            self._known = False
            return
        self._joules += end - self._start
        self._seconds += seconds

    def shared(self, shared: bool | None) -> None:
        """Whether something else used the hardware during the last span; None: unknown."""
        self._known = self._known and shared is False

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
