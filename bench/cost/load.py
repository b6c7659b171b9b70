"""Processor load of other programs during a timed span."""

from __future__ import annotations

import time

import psutil

# Wall times are unreliable if other programs keep more than this many cores busy.
CONTENDED_CORES = 0.25


class LoadMeter:
    """Processor seconds of this process, and the number of cores that others kept busy."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.start()

    def start(self) -> None:
        """Starts a span."""
        self._wall = time.perf_counter()
        self._own = self._own_seconds()
        self._all = self._busy_seconds()

    def stop(self) -> tuple[float, float | None]:
        """This process' processor seconds in the span, and the load of others in cores.

        The load is None for spans under half a second, because the kernel counts in hundredths
        of a second per core.
        """
        wall = time.perf_counter() - self._wall
        own = self._own_seconds() - self._own
        if wall < 0.5:
            return own, None
        foreign = (self._busy_seconds() - self._all - own) / wall
        return own, max(0.0, foreign)

    def _own_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _busy_seconds(self) -> float:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        # Linux counts guest time in user time as well.
        guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        return float(sum(times) - idle - guest)
