"""Sentences under tables and figures about what their numbers are based on."""

from __future__ import annotations

from collections.abc import Sequence

from bench.report.data import SweepData
from bench.report.statistics import (
    RANK_LEVEL,
    Ratio,
    fewest_for_rank_test,
    smallest_rank_p,
)
from bench.report.table import Column
from bench.report.text import CONTENDED, significant
from bench.units import counted


def seeds_notes(data: SweepData) -> list[str]:
    """What the number of seeds allows one to say."""
    counts = {n for label in data.labels if (n := data.seeds(label)) > 0}
    notes = []
    if 1 in counts:
        notes.append("One seed: no interval.")
    needed = fewest_for_rank_test()
    few = [n for n in counts if 2 <= n < needed]
    if few:
        most = max(few)
        smallest = significant(smallest_rank_p(most), 2)
        notes.append(
            f"{counted(most, 'seed')} per configuration are too few for a rank test at "
            f"p < {RANK_LEVEL}: with {most} against {most}, its two-sided p cannot be below "
            f"{smallest}; {needed} are needed."
        )
    return notes


def unbounded_note(columns: Sequence[Column]) -> list[str]:
    """What ``unbounded`` means, where a ratio is."""
    ratios = [value for column in columns for value in column.entries if isinstance(value, Ratio)]
    if all(ratio.n == 1 or ratio.low is not None for ratio in ratios):
        return []
    return ["Unbounded: the seeds differ so much that the denominator’s interval includes zero."]


def timing_notes(data: SweepData) -> list[str]:
    """What weakens a comparison of the sweep's timings."""
    note = shared_note(data)
    notes = [] if note is None else [note]
    if any(data.contended(label) for label in data.labels):
        notes.append(
            f"{CONTENDED} Other processes used the machine during some epochs: these times are "
            "upper bounds."
        )
    if data.machines:
        notes.append(
            f"Timings come from different machines or settings ({'; '.join(data.machines)}): "
            "compare them with care."
        )
    if len(data.distinct("data_hash")) > 1:
        notes.append("The configurations were trained on different data.")
    return notes


def shared_note(data: SweepData) -> str | None:
    """What is left out because runs were trained as stacks; None where none was."""
    stacked = data.runs[data.runs["shared"]]
    if stacked.empty:
        return None
    sizes = sorted({int(size) for size in stacked["stacked_runs"]})
    if sizes == [len(stacked)]:
        stacks = "as one stack"
    elif len(sizes) == 1:
        stacks = f"in stacks of {sizes[0]}"
    else:
        stacks = f"in stacks of {sizes[0]} to {sizes[-1]}"
    were = "was" if len(stacked) == 1 else "were"
    return (
        f"{counted(len(stacked), 'run')} {were} trained together {stacks}: their times, "
        "memory and energy are shared and therefore left out."
    )


def state(data: SweepData, label: str) -> str:
    """How a configuration's runs ended: ``2 of 3 completed, 1 diverged``."""
    planned = int((data.results.planned["label"] == label).sum())
    statuses = data.started(label)["status"].value_counts()
    others = [
        f"{count} {str(status).replace('_', ' ')}"
        for status, count in sorted(statuses.items())
        if status != "completed"
    ]
    if unstarted := planned - int(statuses.sum()):
        others.append(f"{unstarted} not run")
    return ", ".join([f"{data.seeds(label)} of {planned} completed", *others])
