"""A sweep's mode coverage next to the numbers published for the same experiment."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.notes import final_notes
from bench.report.published import STEPS, TRIALS, Repetition, repetitions
from bench.report.statistics import standardised_difference
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import trials
from bench.report.tables.modes import completed_trials, steps


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
        Column("configuration", ("Configuration",), "text", tuple(labels)),
        Column("published_as", ("Published", "as"), "text", published_as),
    ]
    for key, short, unit, scale, decimals in (
        ("modes_captured", "Modes ↑", "", 1.0, 1),
        ("high_quality_fraction", "HQ ↑", " (%)", 0.01, 1),
        ("reverse_kl", "Reverse KL ↓", "", 1.0, 2),
    ):
        ours = trials(data, labels, f"{key}_final", (short, f"ours{unit}"), scale=scale)
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
                (short, f"published{unit}"),
                "trials",
                theirs,
                scale=scale,
                decimals=decimals,
            ),
            Column(
                f"{key}_standard_errors_apart",
                (short, "difference", "(s.e.)"),
                "signed",
                differences,
            ),
        ]
    columns += [completed_trials(data, labels), steps(data, labels)]
    return Table(
        f"Comparison with the published table, {repetition.dataset}: {repetition.share}",
        tuple(columns),
        (*_notes(repetition), *final_notes(data)),
    )


def _notes(repetition: Repetition) -> list[str]:
    notes = [
        "Mean ± standard error over the trials: ours, and those that Lin et al. (2018, arXiv "
        f"1712.04086, Table 1) report for {TRIALS} trials after {STEPS:,} steps.",
        "Difference: our mean minus the published one, in units of the standard error of that "
        "difference.",
    ]
    if not repetition.complete:
        notes.append(
            "Some or all of these runs made fewer steps than the paper’s: the differences may be "
            "due to shorter training and neither confirm nor contradict the paper."
        )
    return notes
