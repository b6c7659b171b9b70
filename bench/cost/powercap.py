"""Energy of the processor's packages, where Linux lets it be read, or a null object.

The counters are RAPL's (Intel SDM volume 3B, section 15.10; AMD has them too), as files of the
powercap interface: ``intel-rapl:N`` with ``name`` ``package-N``, ``energy_uj``, and
``max_energy_range_uj``, at which the count starts again from 0. Many systems let only root read
them, and virtual machines do not have them. Domains below a package are parts of it, and other
domains at the top (``psys``) contain it, so only packages are summed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path

from bench.cost.energy import EnergyCounter

ROOT = Path("/sys/class/powercap")
# The smallest range in use, 65 kJ, lasts over a minute at a kilowatt.
_READ_EVERY_SECONDS = 30.0


class NoProcessorEnergy:
    """A machine whose processor does not tell its energy."""

    def energy_joules(self) -> None:
        return None


class ProcessorEnergy:
    """The energy of all packages since this object was made.

    A thread reads the counters often enough to see each of them start again from 0.

    Args:
        packages: the folders of their domains.
        every: seconds between the thread's readings.

    Raises:
        OSError, ValueError: a counter cannot be read.
    """

    def __init__(self, packages: Sequence[Path], every: float = _READ_EVERY_SECONDS) -> None:
        self._lock = threading.Lock()
        self._ranges = {
            package / "energy_uj": _number(package / "max_energy_range_uj") for package in packages
        }
        self._last = {counter: _number(counter) for counter in self._ranges}
        self._microjoules: int | None = 0
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, args=(every,), daemon=True).start()

    def energy_joules(self) -> float | None:
        """Since this object was made; None once a counter could not be read."""
        with self._lock:
            try:
                for counter, last in self._last.items():
                    now = _number(counter)
                    if self._microjoules is not None:
                        # A counter's largest value is followed by 0, as on a mechanical one.
                        self._microjoules += (now - last) % (self._ranges[counter] + 1)
                    self._last[counter] = now
            except (OSError, ValueError):
                self._microjoules = None
            return None if self._microjoules is None else self._microjoules / 1e6

    def close(self) -> None:
        """Ends the thread."""
        self._stopped.set()

    def _watch(self, every: float) -> None:
        while not self._stopped.wait(every) and self.energy_joules() is not None:
            pass


def open_processor_energy(root: Path = ROOT) -> EnergyCounter:
    """The energy of this machine's processor packages, or the null object."""
    try:
        packages = [
            domain
            for domain in sorted(root.iterdir())
            # intel-rapl-mmio:N counts the same package again.
            if re.fullmatch(r"intel-rapl:\d+", domain.name)
            and (domain / "name").read_text().startswith("package-")
        ]
        return ProcessorEnergy(packages) if packages else NoProcessorEnergy()
    except (OSError, ValueError):  # of some packages the sum would be too small
        return NoProcessorEnergy()


def _number(path: Path) -> int:
    return int(path.read_text())
