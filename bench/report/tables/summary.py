"""The main table: what each configuration costs and how good its samples are."""

from __future__ import annotations

from dataclasses import replace

from bench.report.data import SweepData
from bench.report.data.columns import PLACED, of_features
from bench.report.notes import (
    LOWEST_NOTE,
    final_notes,
    seeds_notes,
    state,
    timing_notes,
    unbounded_note,
)
from bench.report.statistics import CONFIDENCE
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import (
    baseline_row,
    contended,
    estimates,
    final,
    final_epochs,
    memory_columns,
    names,
    quality_columns,
)
from bench.report.text import byte_unit, si_prefix


@table("summary", position=1)
def summary(data: SweepData) -> Table:
    """A row per configuration in grid order."""
    seeds = tuple(data.seeds(label) for label in data.labels)
    columns = [names(data), Column("seeds", ("Seeds",), "count", seeds, essential=True)]
    if data.completed < data.planned:
        states = tuple(state(data, label) for label in data.labels)
        columns.append(Column("runs", ("Runs",), "text", states, essential=True))
    notes = [
        f"Mean ± half-width of the {CONFIDENCE:.0%} Student t interval over completed seeds.",
        *seeds_notes(data),
    ]
    for more_columns, more_notes in (_architecture(data), _costs(data), _quality(data)):
        columns += more_columns
        notes += more_notes
    return Table(
        "Cost and quality of each configuration",
        tuple(columns),
        (*notes, *unbounded_note(columns)),
        baseline_row(data),
    )


_Part = tuple[list[Column], list[str]]


def _architecture(data: SweepData) -> _Part:
    def column(key: str, *header: str, essential: bool = False) -> Column:
        values = tuple(data.architecture(label, key) for label in data.labels)
        scale, letter = si_prefix(values)
        shown = (*header, f"({letter})") if letter else header
        return Column(key, shown, "number", values, scale=scale, essential=essential)

    columns = [
        column("generator_parameters", "Generator", "parameters", essential=True),
        column("critic_parameters", "Critic", "parameters", essential=True),
        column("generator_macs", "Generator", "MACs"),
        column("critic_macs", "Critic", "MACs"),
        column("train_flops_per_image", "Training", "FLOPs", "per image", essential=True),
    ]
    return columns, []


def _costs(data: SweepData) -> _Part:
    columns = []
    notes = []
    if data.has_own_costs:
        columns.append(_timing(data))
        notes.append("Seconds per epoch exclude warm-up and evaluation.")
        if data.baseline is not None and len(data.labels) > 1:
            columns.append(_speed_up(data))
            notes.append(
                "Speed-up: the baseline’s seconds per epoch divided by the configuration’s, "
                f"paired by seed, with Fieller’s {CONFIDENCE:.0%} interval; above 1 is faster."
            )
    columns += _memory(data)
    if data.runs["energy_joules_per_epoch"].notna().any():
        columns.append(estimates(data, "energy_joules_per_epoch", ("Energy", "per epoch", "(J)")))
        notes.append("Energy: of the whole GPU board, excluding warm-up and evaluation.")
    return columns, notes + timing_notes(data)


def _timing(data: SweepData) -> Column:
    column = estimates(data, "seconds_per_epoch", ("Time", "per epoch", "(s)"), essential=True)
    return replace(column, marked=contended(data))


def _speed_up(data: SweepData) -> Column:
    return Column(
        "speed_up",
        ("Speed-up", "(×)"),
        "ratio",
        tuple(data.ratio(label, "seconds_per_epoch", inverse=True) for label in data.labels),
        marked=contended(data, data.baseline),
        essential=True,
    )


def _memory(data: SweepData) -> list[Column]:
    columns = []
    for key, header in memory_columns(data):
        means = [data.estimate(label, key) for label in data.labels]
        scale, unit = byte_unit(e.mean for e in means if e is not None)
        columns.append(
            estimates(
                data,
                key,
                (*header, f"({unit})"),
                name=key.replace("host_only_peak", "peak_host"),
                scale=scale,
                essential=True,
            )
        )
    return columns


def _quality(data: SweepData) -> _Part:
    """Quality by protocol, and all other final values."""
    columns = final_epochs(data)
    if data.protocol is not None:
        columns += quality_columns(data, data.protocol, 0)
        note = data.protocol.sentence()
    elif data.protocols:
        note = (
            f"Quality was measured with {len(data.protocols)} protocols that cannot be compared; "
            "each has a table of its own."
        )
    else:
        note = "Quality was not measured with network features."
    elsewhere = PLACED | (of_features() if len(data.protocols) > 1 else frozenset())
    others = [final(data, measure) for measure in data.finals if measure.name not in elsewhere]
    columns += [replace(column, essential=True) for column in others if column.measured]
    notes = [note, *final_notes(data)]
    if data.protocol is not None:
        notes.append(LOWEST_NOTE)
    return columns, notes
