"""By what the configurations of a sweep are judged: one mechanism for verdicts, looks, targets.

``outcome`` is the sweep's own: which seeds it adds and what its targets are follow from it.
``chosen_outcome`` is the report's: the same, unless another metric was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.measures import Measure, averaged_name
from bench.quality.extractors.registry import TARGETS
from bench.report.choices import chosen
from bench.report.data.columns import of_features
from bench.report.text import capital, significant
from bench.report.titles import title
from bench.texts import say

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

_MODES = "modes_captured"
_DISTANCE = "quality"  # the column of the epochs, by whatever features


@dataclass(frozen=True)
class Outcome:
    """What is compared.

    Attributes:
        column: of the runs, such as ``quality_final``.
        measure: the column of the epochs that it comes from, such as ``fid``.
        protocol: of a distance; None for what is measured without features.
        metric: what it is called in sentences.
        key: what tables call the final value in CSV files, without its parts.
        unit: "%" of a share, which figures and tables show in per cent.
    """

    column: str
    measure: str
    protocol: int | None
    metric: str
    key: str
    unit: str = ""

    @property
    def of_epochs(self) -> str:
        """The column of the report's epochs that has it."""
        return self.column.removesuffix("_final")

    @property
    def has_floor(self) -> bool:
        """Whether it is the distance of a protocol, averaged or not, which has a noise floor."""
        return self.of_epochs in (_DISTANCE, averaged_name(_DISTANCE))

    @property
    def scale(self) -> float:
        """What shown values are divided by."""
        return 0.01 if self.unit == "%" else 1.0

    def score(self, value: float) -> str:
        """A single value as text: ``FCD 6.9``, ``Precision 92 %``."""
        return f"{capital(self.metric)} {significant(value / self.scale)}{f' {self.unit}'.rstrip()}"


def outcome(data: SweepData) -> Outcome | None:
    """The distance of the sweep's one protocol; without features the modes, else the first measure.

    None where quality was measured by several protocols, which cannot be compared, or where there
    is nothing of which some values are better. Before anything is measured, the measure follows
    from the task and what is declared.
    """
    if data.protocol is not None:
        return _distance(data, 0)
    if data.protocols:
        return None
    if data.has_modes or any(data.modes(label) is not None for label in data.labels):
        column = f"{_MODES}_final"
        return Outcome(column, _MODES, None, say("outcome-modes"), column)
    known = [
        measure
        for measure in data.finals
        if measure.direction and not measure.control and not measure.averaged
    ]
    measured = [m for m in known if data.runs[f"{m.name}_final"].notna().any()]
    found = next(iter([*measured, *known]), None)
    if found is None:
        return None
    return _other(found, None)


def chosen_outcome(data: SweepData) -> Outcome | None:
    """What the verdicts of the report are on: the chosen metric, or else the sweep's outcome.

    None where the chosen one was not measured, or by several protocols.
    """
    metric = chosen().metric
    if metric is None:
        return outcome(data)
    if len(data.protocols) > 1:
        return None if metric in of_features() else _measured(data, metric, None)
    return _measured(data, metric, 0 if data.protocols else None)


def outcome_by(data: SweepData, index: int) -> Outcome | None:
    """What figures show of the runs of one protocol; None where that was not measured."""
    metric = chosen().metric
    return _distance(data, index) if metric is None else _measured(data, metric, index)


def averaged_outcome(data: SweepData, index: int) -> Outcome | None:
    """The same of the averaged generators; None where that was not measured, or is itself shown."""
    own = outcome_by(data, index)
    if own is None or own.measure.endswith(averaged_name("")):
        return None
    if own.has_floor:
        distance = _distance(data, index)
        return replace(distance, column=f"{averaged_name(_DISTANCE)}_final")
    found = _measured(data, averaged_name(own.measure), index)
    return None if found is None else replace(found, metric=own.metric)


def measured_scores(data: SweepData) -> list[str]:
    """The metrics that can be chosen: scores of which some values are better, measured in any run.

    They have the names of their columns of the epochs.
    """
    return [
        measure.name
        for measure in data.finals
        if measure.direction
        and not measure.control
        and measure.floor is None
        and data.runs[f"{measure.name}_final"].notna().any()
    ]


def _measured(data: SweepData, metric: str, protocol: int | None) -> Outcome | None:
    if metric not in measured_scores(data):
        return None
    if protocol is not None:
        distance = _distance(data, protocol)
        if metric == distance.measure != "ssim":
            return distance
    found = _other(next(m for m in data.finals if m.name == metric), protocol)
    named = found.metric
    # "KID" and "C_T" stay, "Precision" becomes a word of a sentence.
    return replace(
        found, metric=f"{named[:1].lower()}{named[1:]}" if named[1:2].islower() else named
    )


def _distance(data: SweepData, index: int) -> Outcome:
    protocol = data.protocols[index]
    measure = {"inception": "fid", TARGETS: "ssim"}.get(protocol.features, "fcd")
    column = f"{_DISTANCE}_final"
    return Outcome(column, measure, index, protocol.metric, f"{protocol.column}_final")


def _other(measure: Measure, protocol: int | None) -> Outcome:
    column = f"{measure.name}_final"
    key = column.replace("kid_mean", "kid", 1)  # as tables call it
    unit = "%" if measure.unit == "%" else ""
    return Outcome(column, measure.name, protocol, " ".join(title(measure)), key, unit)
