"""A sweep's results, reduced to what the report says.

Each of the classes that this one extends is one idea: the frames that are computed, what is known
of a configuration, what was measured of it, and what it costs.
"""

from __future__ import annotations

from functools import cached_property

from bench.report.data import trajectories
from bench.report.data.costs import Costs
from bench.report.data.protocol import Protocol

MOST_CONFIGURATIONS = 30  # of a large sweep: with a panel, a curve or a picture on the page


class SweepData(Costs):
    """A sweep's results, reduced to what the report says."""

    @property
    def planned(self) -> int:
        """Number of runs in the grid."""
        return len(self.results.planned)

    @property
    def completed(self) -> int:
        """Number of completed runs."""
        return int(self.runs["completed"].sum())

    @property
    def has_quality(self) -> bool:
        """Whether any run was evaluated."""
        return not self.evaluated.empty

    @property
    def has_averages(self) -> bool:
        """Whether averaged generators were evaluated in any run."""
        columns = [m.name for m in self.finals if m.averaged]
        return bool(self.epochs[columns].notna().any(axis=None))

    @property
    def has_modes(self) -> bool:
        """Whether captured modes were counted in any run."""
        return bool(self.runs["modes_captured_final"].notna().any())

    @property
    def protocol(self) -> Protocol | None:
        """The one protocol of the sweep, or None where there is none or several."""
        return self.protocols[0] if len(self.protocols) == 1 else None

    @cached_property
    def drawn(self) -> list[str]:
        """The configurations that figures show: the first of the grid, and the baseline."""
        first = set(self.labels[:MOST_CONFIGURATIONS])
        if self.baseline is not None and self.baseline not in first:
            first = {self.baseline, *self.labels[: MOST_CONFIGURATIONS - 1]}
        return [label for label in self.labels if label in first]

    @cached_property
    def trajectories(self) -> trajectories.Trajectories:
        """What the games of the drawn configurations reported per step."""
        return trajectories.read(self)
