"""Processor time that others took during a timed span: other programs, other machines."""

from __future__ import annotations

import time
from typing import NamedTuple

import psutil

# Wall times are unreliable if others take more than this many cores.
CONTENDED_CORES = 0.25
# The kernel counts in hundredths of a second per core, too coarse for shorter spans.
_SHORTEST_SECONDS = 0.5


class Load(NamedTuple):
    """Who used the processor in a span.

    Attributes:
        own_seconds: processor seconds of this process.
        foreign_cores: cores that other processes kept busy; None if the span was too short.
        steal_share: of all processor time, what the hypervisor gave to other machines; None if
            the span was too short, or the system does not count it.
        contended: whether others took so much that wall times are unreliable; None if the span
            was too short.
    """

    own_seconds: float
    foreign_cores: float | None
    steal_share: float | None
    contended: bool | None


class _Counted(NamedTuple):
    """Processor seconds of the whole machine, over all cores, since it started."""

    whole: float
    busy: float
    stolen: float | None


class LoadMeter:
    """Measures the load of a span, which starts when this object is made."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._wall = time.perf_counter()
        self._own = self._own_seconds()
        self._all = _counted()

    def stop(self) -> Load:
        """The load since the start."""
        wall = time.perf_counter() - self._wall
        own = self._own_seconds() - self._own
        if wall < _SHORTEST_SECONDS:
            return Load(own, None, None, None)
        now, before = _counted(), self._all
        foreign = max(0.0, (now.busy - before.busy - own) / wall)
        if now.stolen is None or before.stolen is None:
            return Load(own, foreign, None, foreign > CONTENDED_CORES)
        stolen = max(0.0, now.stolen - before.stolen)
        share = min(1.0, stolen / max(now.whole - before.whole, 1e-9))
        return Load(own, foreign, share, foreign + stolen / wall > CONTENDED_CORES)

    def _own_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def _counted() -> _Counted:
    times = psutil.cpu_times()
    # Linux counts guest time in user time as well.
    guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0)
    stolen = getattr(times, "steal", None)
    whole = float(sum(times) - guest)
    return _Counted(whole, whole - idle - (stolen or 0.0), stolen)
