"""The tables of mode coverage: what a sweep captured, and that beside the published numbers."""

from __future__ import annotations

from bench.report.measures import Measures
from bench.report.published import (
    STACKED_MNIST,
    STEPS,
    TRIALS,
    Repetition,
    departures_note,
    repetitions,
)
from bench.report.statistics import CONFIDENCE, errors_apart
from bench.report.table import Column, Table
from bench.report.text import span_text


def mode_tables(measures: Measures) -> list[Table]:
    """Mode coverage where modes were counted, and a table for each published one repeated."""
    if not measures.has_modes:
        return []
    return [mode_coverage(measures), *(beside(measures, each) for each in repetitions(measures))]


def mode_coverage(measures: Measures) -> Table:
    """Modes captured, share of high-quality samples and reverse KL of every configuration."""
    labels = measures.labels
    modes = "modes_captured_final"
    columns = [
        Column("configuration", ("Configuration",), "text", tuple(labels)),
        Column("pack", ("Pack",), "count", tuple(measures.pack(label) for label in labels)),
        Column("modes", ("Modes",), "count", tuple(measures.modes(label) for label in labels)),
        _trials(measures, labels, modes, ("Modes", "captured ↑", "(± s.e.)")),
        Column(
            modes,
            ("Modes", "captured", f"({CONFIDENCE:.0%} interval)"),
            "interval",
            tuple(measures.estimate(label, modes) for label in labels),
        ),
        _trials(
            measures,
            labels,
            "high_quality_fraction_final",
            ("High-quality", "samples ↑", "(%, ± s.e.)"),
            scale=0.01,
        ),
        _trials(measures, labels, "reverse_kl_final", ("Reverse", "KL ↓", "(nats, ± s.e.)")),
        _completed(measures, labels),
        _steps(measures, labels),
    ]
    notes = [
        "Of the last evaluation: mean ± standard error over the seeds that completed, and the "
        f"{CONFIDENCE:.0%} Student t interval of the mean, which knows no largest number of modes.",
    ]
    if columns[5].measured:
        notes.append(
            "A sample is of high quality within three standard deviations of its nearest mode; a "
            "mode is captured by one such sample. Of perfect samples 98.9 % are of high quality."
        )
    else:
        notes.append("A mode is captured when one sample is classified as it.")
    counts = measures.known("quality_samples")
    if counts:
        judged = " or ".join(f"{int(count):,}" for count in counts)
        notes.append(f"Judged by {judged} samples from fixed latents.")
    if any(str(name).startswith("stacked:") for name in measures.known("dataset")):
        notes.append(STACKED_MNIST)
    note = departures_note(measures)
    if note is not None:
        notes.append(note)
    baseline = None if measures.baseline is None else labels.index(measures.baseline)
    return Table(
        "mode-coverage",
        "Mode coverage",
        tuple(column for column in columns if column.measured),
        tuple(notes),
        baseline,
    )


def beside(measures: Measures, repetition: Repetition) -> Table:
    """Ours beside the paper's Table 1, a row per configuration in its set-up."""
    labels = [label for label, _ in repetition.rows]
    columns = [
        Column("configuration", ("Configuration",), "text", tuple(labels)),
        Column(
            "published_as",
            ("Published", "as"),
            "text",
            tuple(row.name for _, row in repetition.rows),
        ),
    ]
    for key, short, unit, scale, decimals in (
        ("modes_captured", "Modes ↑", "", 1.0, 1),
        ("high_quality_fraction", "HQ ↑", " (%)", 0.01, 1),
        ("reverse_kl", "Reverse KL ↓", "", 1.0, 2),
    ):
        ours = _trials(measures, labels, f"{key}_final", (short, f"ours{unit}"), scale=scale)
        theirs = tuple(row.values[key] for _, row in repetition.rows)
        apart = tuple(
            None
            if (own := measures.trials(label, f"{key}_final")) is None
            else errors_apart(own, row.values[key])
            for label, row in repetition.rows
        )
        columns += [
            ours,
            Column(
                f"{key}_published",
                (short, f"published{unit}"),
                "trials",
                theirs,
                scale=scale,
                decimals=decimals,
            ),
            Column(f"{key}_standard_errors_apart", (short, "apart (s.e.)"), "signed", apart),
        ]
    columns += [_completed(measures, labels), _steps(measures, labels)]
    notes = [
        "Mean ± standard error over the trials: ours, and those that Lin et al. (2018, arXiv "
        f"1712.04086, Table 1) report of {TRIALS} trials after {STEPS:,} steps.",
        "Apart: ours minus the published mean, in units of the standard error of that difference.",
    ]
    if not repetition.complete:
        notes.append(
            "Some or all of these runs made fewer steps than the paper’s: how far they are apart "
            "shows a shorter training, and neither agreement nor disagreement with the paper."
        )
    return Table(
        f"published-{repetition.dataset}",
        f"Beside the published table, {repetition.dataset}: {repetition.share}",
        tuple(columns),
        tuple(notes),
    )


def _trials(
    measures: Measures,
    labels: list[str],
    key: str,
    header: tuple[str, ...],
    scale: float = 1.0,
) -> Column:
    values = tuple(measures.trials(label, key) for label in labels)
    return Column(key, header, "trials", values, scale=scale)


def _completed(measures: Measures, labels: list[str]) -> Column:
    counts = tuple(measures.seeds(label) for label in labels)
    return Column("trials", ("Trials",), "count", counts)


def _steps(measures: Measures, labels: list[str]) -> Column:
    spans = [measures.steps(label) for label in labels]
    entries = tuple(
        None if span is None else span[0] if span[0] == span[1] else span_text(span)
        for span in spans
    )
    return Column("steps", ("Steps",), "count", entries)
