"""Mode coverage: which modes of the data the samples capture."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.notes import decisions_note, final_notes
from bench.report.published import STACKED_MNIST, departures_note
from bench.report.statistics import CONFIDENCE
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import baseline_row, final_epochs, not_finite, trials
from bench.report.text import span_text

_MODES = "modes_captured_final"
_HIGH_QUALITY = "high_quality_fraction_final"


@table("mode-coverage", position=2)
def mode_coverage(data: SweepData) -> Table | None:
    """Modes captured, share of high-quality samples and reverse KL of every configuration."""
    if not data.has_modes:
        return None
    labels = data.labels
    columns = [
        Column("configuration", ("Configuration",), "text", tuple(labels)),
        Column("pack", ("Pack",), "count", tuple(data.pack(label) for label in labels)),
        Column("modes", ("Modes",), "count", tuple(data.modes(label) for label in labels)),
        trials(data, labels, _MODES, ("Modes", "captured ↑", "(± s.e.)")),
        Column(
            _MODES,
            ("Modes", "captured", f"({CONFIDENCE:.0%} interval)"),
            "interval",
            tuple(data.estimate(label, _MODES) for label in labels),
            not_finite=not_finite(data, labels, _MODES),
        ),
        trials(
            data,
            labels,
            _HIGH_QUALITY,
            ("High-quality", "samples ↑", "(%, ± s.e.)"),
            scale=0.01,
        ),
        trials(data, labels, "reverse_kl_final", ("Reverse", "KL ↓", "(nats, ± s.e.)")),
        completed_trials(data, labels),
        steps(data, labels),
        *final_epochs(data),
    ]
    return Table(
        "Mode coverage",
        tuple(column for column in columns if column.measured),
        tuple(_notes(data)),
        baseline_row(data),
    )


def _notes(data: SweepData) -> list[str]:
    notes = [
        "At the last evaluation: mean ± standard error over completed seeds, and the "
        f"{CONFIDENCE:.0%} interval of the mean (Anderson 1969), which assumes nothing but that "
        "from none to all modes can be captured.",
        *final_notes(data),
    ]
    if data.runs.loc[data.runs["completed"], _HIGH_QUALITY].notna().any():
        notes.append(
            "A sample is of high quality within three standard deviations of its nearest mode; a "
            "mode is captured by at least one such sample. Of samples from the data’s own "
            "distribution, 98.9 % are of high quality."
        )
    else:
        notes.append("A mode is captured when at least one sample is classified as it.")
    counts = data.distinct("quality_samples")
    if counts:
        listed = " or ".join(f"{int(count):,}" for count in counts)
        notes.append(f"Measured on {listed} samples from fixed latents.")
    if any(data.task(label) == "stacked-digits" for label in data.labels):
        notes.append(STACKED_MNIST)
    notes += decisions_note(data)
    note = departures_note(data)
    return notes if note is None else [*notes, note]


def completed_trials(data: SweepData, labels: list[str]) -> Column:
    """Completed runs, called trials as in the published tables."""
    return Column("trials", ("Trials",), "count", tuple(data.seeds(label) for label in labels))


def steps(data: SweepData, labels: list[str]) -> Column:
    """Training steps of the completed runs."""
    spans = [data.steps(label) for label in labels]
    entries = tuple(
        None if span is None else span[0] if span[0] == span[1] else span_text(span)
        for span in spans
    )
    return Column("steps", ("Steps",), "count", entries)
