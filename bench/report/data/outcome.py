"""By what the configurations of a sweep are judged: one mechanism for verdicts, looks, targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.quality.extractors.registry import TARGETS
from bench.report.titles import title
from bench.texts import say

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

_MODES = "modes_captured"


@dataclass(frozen=True)
class Outcome:
    """What is compared.

    Attributes:
        column: of the runs, such as ``quality_final``.
        measure: the column of the epochs that it comes from, such as ``fid``.
        protocol: of a distance; None for what is measured without features.
        metric: what it is called in sentences.
    """

    column: str
    measure: str
    protocol: int | None
    metric: str


def outcome(data: SweepData) -> Outcome | None:
    """The distance of the sweep's one protocol; without features the modes, else the first measure.

    None where quality was measured by several protocols, which cannot be compared, or where there
    is nothing of which some values are better. Before anything is measured, the measure follows
    from the task and what is declared.
    """
    if data.protocol is not None:
        distance = {"inception": "fid", TARGETS: "ssim"}.get(data.protocol.features, "fcd")
        return Outcome("quality_final", distance, 0, data.protocol.metric)
    if data.protocols:
        return None
    if data.has_modes or any(data.modes(label) is not None for label in data.labels):
        return Outcome(f"{_MODES}_final", _MODES, None, say("outcome-modes"))
    known = [
        measure
        for measure in data.finals
        if measure.direction and not measure.control and not measure.averaged
    ]
    measured = [m for m in known if data.runs[f"{m.name}_final"].notna().any()]
    found = next(iter([*measured, *known]), None)
    if found is None:
        return None
    return Outcome(f"{found.name}_final", found.name, None, " ".join(title(found)))
