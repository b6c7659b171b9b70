"""A sweep's mode coverage next to the numbers published for the same experiment."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.notes import final_notes
from bench.report.published import STEPS, TRIALS, Repetition, repetitions
from bench.report.statistics import standardised_difference
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import configurations, trials
from bench.report.tables.modes import completed_trials, steps
from bench.report.titles import lines
from bench.texts import grouped, say


@table("published-ring", position=3.1)
def ring(data: SweepData) -> list[Table]:
    """The paper's experiment on a ring of 8 Gaussians, if the sweep repeats it."""
    return _tables(data, "ring")


@table("published-grid-2d", position=3.2)
def grid(data: SweepData) -> list[Table]:
    """The paper's experiment on a grid of 25 Gaussians, if the sweep repeats it."""
    return _tables(data, "grid-2d")


def _tables(data: SweepData, dataset: str) -> list[Table]:
    if not data.has_modes:
        return []
    return [comparison(data, each) for each in repetitions(data) if each.dataset == dataset]


def comparison(data: SweepData, repetition: Repetition) -> Table:
    """Our results and the paper's Table 1, a row per configuration in its set-up."""
    labels = [label for label, _ in repetition.rows]
    published_as = tuple(row.name for _, row in repetition.rows)
    columns = [
        configurations(labels),
        Column("published_as", lines(say("column-published-as")), "text", published_as),
    ]
    for key, unit, scale, decimals in (
        ("modes_captured", "", 1.0, 1),
        ("high_quality_fraction", " (%)", 0.01, 1),
        ("reverse_kl", "", 1.0, 2),
    ):
        short = say(f"column-short-{key.replace('_', '-')}")
        header = (short, f"{say('column-ours')}{unit}")
        ours = trials(data, labels, f"{key}_final", header, scale=scale)
        theirs = tuple(row.values[key] for _, row in repetition.rows)
        differences = tuple(
            None
            if (own := data.trials(label, f"{key}_final")) is None
            else standardised_difference(own, row.values[key])
            for label, row in repetition.rows
        )
        columns += [
            ours,
            Column(
                f"{key}_published",
                (short, f"{say('column-published')}{unit}"),
                "trials",
                theirs,
                scale=scale,
                decimals=decimals,
            ),
            Column(
                f"{key}_standard_errors_apart",
                (short, *lines(say("column-standard-errors-apart"))),
                "signed",
                differences,
            ),
        ]
    columns += [completed_trials(data, labels), steps(data, labels)]
    return Table(
        say("published-title", dataset=repetition.dataset, share=repetition.share),
        tuple(columns),
        (*_notes(repetition), *final_notes(data)),
    )


def _notes(repetition: Repetition) -> list[str]:
    notes = [
        say("published-note", trials=f"{TRIALS}", steps=grouped(STEPS)),
        say("published-difference"),
    ]
    if not repetition.complete:
        notes.append(say("published-shorter"))
    return notes
