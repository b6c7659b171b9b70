"""Mode coverage: which modes of the data the samples capture."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.notes import decisions_note, final_notes
from bench.report.published import departures_note
from bench.report.statistics import CONFIDENCE
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import (
    baseline_row,
    configurations,
    final_epochs,
    not_finite,
    trials,
)
from bench.report.text import alternatives, span_text
from bench.report.titles import lines
from bench.report.worded import worded
from bench.texts import grouped, say

_MODES = "modes_captured_final"
_HIGH_QUALITY = "high_quality_fraction_final"


@table("mode-coverage", position=2)
def mode_coverage(data: SweepData) -> Table | None:
    """Modes captured, share of high-quality samples and reverse KL of every configuration."""
    if not data.has_modes:
        return None
    labels = data.labels
    packs = tuple(data.pack(label) for label in labels)
    every = tuple(data.modes(label) for label in labels)
    columns = [
        configurations(labels),
        Column("pack", (say("column-pack"),), "count", packs),
        Column("modes", (say("column-modes"),), "count", every),
        trials(data, labels, _MODES, lines(say("column-modes-captured"))),
        Column(
            _MODES,
            lines(say("column-modes-interval", level=f"{100 * CONFIDENCE:.0f}")),
            "interval",
            tuple(data.estimate(label, _MODES) for label in labels),
            not_finite=not_finite(data, labels, _MODES),
        ),
        trials(
            data,
            labels,
            _HIGH_QUALITY,
            lines(say("column-high-quality")),
            scale=0.01,
        ),
        trials(data, labels, "reverse_kl_final", lines(say("column-reverse-kl"))),
        completed_trials(data, labels),
        steps(data, labels),
        *final_epochs(data),
    ]
    return Table(
        say("table-modes-title"),
        tuple(column for column in columns if column.measured),
        tuple(_notes(data)),
        baseline_row(data),
    )


def _notes(data: SweepData) -> list[str]:
    notes = [
        say("table-modes-note", level=f"{100 * CONFIDENCE:.0f}"),
        *final_notes(data),
    ]
    if data.runs.loc[data.runs["completed"], _HIGH_QUALITY].notna().any():
        notes.append(say("table-modes-of-mixtures"))
    else:
        notes.append(say("table-modes-of-digits"))
    counts = data.distinct("quality_samples")
    if counts:
        listed = alternatives([grouped(int(count)) for count in counts])
        notes.append(say("table-modes-samples", counts=listed))
    if any(data.task(label) == "stacked-digits" for label in data.labels):
        notes.append(say("published-stacked-mnist"))
    notes += decisions_note(data)
    note = departures_note(data)
    return notes if note is None else [*notes, note]


def completed_trials(data: SweepData, labels: list[str]) -> Column:
    """Completed runs, called trials as in the published tables."""
    seeds = tuple(data.seeds(label) for label in labels)
    return Column("trials", (say("column-trials"),), "count", seeds)


def steps(data: SweepData, labels: list[str]) -> Column:
    """Training steps of the completed runs."""
    spans = [data.steps(label) for label in labels]
    return worded(
        "steps",
        (say("column-steps"),),
        lambda: [span and (span[0] if span[0] == span[1] else span_text(span)) for span in spans],
        "count",
    )
