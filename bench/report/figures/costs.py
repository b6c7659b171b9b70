"""The two costs of training that quality is drawn against, and the axis of quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.report.data import Axis, SweepData
from bench.report.data.outcome import Outcome
from bench.report.notes import time_note, timing_notes
from bench.report.text import CONTENDED, DRIFTED, capital, si_prefix
from bench.texts import say


@dataclass(frozen=True)
class CostAxis:
    """A cost of training as an axis of a figure."""

    axis: Axis
    unit: str

    @property
    def name(self) -> str:
        """The cost as part of a text's key."""
        return self.axis.replace("_", "-")

    def notes(self, data: SweepData) -> str:
        """What a caption must say about this cost."""
        if self.axis == "training_flops":
            return ""
        notes = [
            time_note(data, say("table-time-of-runs")),
            *timing_notes(data),
        ]
        return " " + " ".join(note.lstrip(f"{CONTENDED}{DRIFTED} ") for note in notes)

    def scale(self, values: Sequence[float]) -> tuple[float, str]:
        """What to divide by, and the axis label with the unit."""
        scale, letter = si_prefix(values) if self.unit == "FLOPs" else (1.0, "")
        return scale, f"{say(f'axis-{self.name}')} ({letter}{self.unit})"


TIME = CostAxis("training_seconds", "s")
COMPUTE = CostAxis("training_flops", "FLOPs")


def protocol_suffix(data: SweepData, index: int) -> str:
    """Ends the name of a figure of one protocol, where a sweep has several."""
    return f"-protocol-{index + 1}" if len(data.protocols) > 1 else ""


def quality_axis(data: SweepData, judged: Outcome, *, final: bool = False) -> str:
    """The label of the axis of quality, with its unit and which values are better."""
    about = {
        "unit": "percent" if judged.unit else "none",
        "direction": str(data.measured_as(judged.column).direction),
    }
    place = "final" if final else "quality"
    return capital(say(f"axis-{place}", metric=judged.metric, **about))
