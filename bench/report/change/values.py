"""What was measured of a configuration in both sweeps, and what is not compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bench.report.data.scales import MeasuredAs

# "score": of independent seeds. "cost": of rounds or seeds of one session each, between which the
# machine itself may have changed. "counted": exact, from the architecture.
Kind = Literal["score", "cost", "counted"]


@dataclass(frozen=True)
class Measured:
    """One measure of one configuration in both sweeps.

    Attributes:
        label: of the configuration.
        name: of the measure; those of one name are compared together.
        what: the measure, with the unit in which this configuration's values are shown.
        old, new: values by seed, or by round.
        old_text, new_text: their means with intervals.
        scale: what a difference is divided by to be shown.
        lost: why the newer sweep has no value though its runs have ended; "" if it has.
        contended: others used the machine while one of them was timed.
    """

    label: str
    name: str
    what: str
    kind: Kind
    measured_as: MeasuredAs
    margin: float
    old: Mapping[Any, float]
    new: Mapping[Any, float]
    old_text: str
    new_text: str
    scale: float = 1.0
    lost: str = ""
    contended: bool = False


@dataclass(frozen=True)
class Apart:
    """Something of a configuration that is not compared, and why."""

    label: str
    what: str
    reason: str
