"""The main table: what each configuration costs and how good its samples are."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from bench.report.data import SweepData, units
from bench.report.data.columns import of_features, shown_apart
from bench.report.notes import (
    averaged_note,
    counting_note,
    decisions_note,
    epochs_note,
    final_notes,
    lowest_note,
    seeds_notes,
    state,
    timing_notes,
    unbounded_note,
    verdict_notes,
)
from bench.report.statistics import CONFIDENCE
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import (
    accuracy_columns,
    baseline_row,
    contended,
    costs,
    final,
    final_epochs,
    memory_columns,
    names,
    quality_columns,
    unit_cost,
    verdicts,
)
from bench.report.tables.floors import with_floors
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
        f"Mean and {CONFIDENCE:.0%} interval over completed seeds, as ± or in brackets; costs and "
        "distances on the log scale (geometric means), shares on that of the arc sine of the root.",
        *seeds_notes(data),
    ]
    for more_columns, more_notes in (_architecture(data), _costs(data), _quality(data)):
        columns += more_columns
        notes += more_notes
    shown, floors_note = with_floors(data, columns)
    return Table(
        "Cost and quality of each configuration",
        shown,
        (*notes, *floors_note, *unbounded_note(columns)),
        baseline_row(data),
    )


_Part = tuple[list[Column], list[str]]


def _architecture(data: SweepData) -> _Part:
    def column(key: str, *header: str, essential: bool = False) -> Column:
        values = tuple(data.architecture(label, key) for label in data.labels)
        scale, letter = si_prefix(values)
        shown = (*header, f"({letter})") if letter else header
        return Column(key, shown, "number", values, scale=scale, essential=essential)

    sample = units.sample(data)
    columns = [
        column("generator_parameters", "Generator", "parameters", essential=True),
        column("critic_parameters", "Critic", "parameters", essential=True),
        column("generator_macs", "Generator", "MACs"),
        column("critic_macs", "Critic", "MACs"),
        column("train_flops_per_image", "Training", "FLOPs", f"per real {sample}", essential=True),
        unit_cost(data, "train_flops_per_generator_update"),
    ]
    if not units.updates_alike(data):
        values = (data.estimate(label, "images_per_generator_update") for label in data.labels)
        means = tuple(None if value is None else value.mean for value in values)
        header = (f"Real {units.samples(data)}", "per generator", "update")
        columns.append(Column("real_images_per_generator_update", header, "number", means))
    return columns, [counting_note(data), *decisions_note(data)]


def _costs(data: SweepData) -> _Part:
    columns = []
    notes = []
    if data.has_own_costs:
        columns += _times(data)
        notes.append("Times exclude warm-up and evaluation.")
        if data.baseline is not None and len(data.labels) > 1:
            columns += _speed_ups(data)
            by = "seed" if data.rounds is None else "round"
            how = (
                f"paired by {by}, with t intervals of its logarithm that hold for all "
                f"configurations together at {CONFIDENCE:.0%}"
            )
            notes.append(
                "Speed-up: the baseline’s seconds for the same number of real "
                f"{units.samples(data)}, or of generator updates, divided by the configuration’s; "
                f"{how}; above 1 is faster."
            )
    columns += _memory(data)
    for name, sentence in _ENERGIES.items():
        if data.has_cost(f"{name}_per_1000_images"):
            columns += [unit_cost(data, f"{name}_per_{unit}") for unit in _UNITS]
            notes.append(sentence)
    return columns, [*notes, *epochs_note(data), *timing_notes(data)]


_UNITS = ("1000_images", "generator_update")
_ENERGIES = {
    "energy_joules": "Energy: of the whole GPU board, excluding warm-up and evaluation.",
    "cpu_energy_joules": "CPU energy: of all the machine’s processors, excluding warm-up and "
    "evaluation.",
}


def _times(data: SweepData) -> list[Column]:
    per_image, per_update = (f"seconds_per_{unit}" for unit in _UNITS)
    columns = [
        unit_cost(data, per_image, essential=True),
        unit_cost(data, per_update, essential=not units.updates_alike(data)),
    ]
    if units.epochs_alike(data):
        column = costs(data, "seconds_per_epoch", ("Time", "per epoch", "(s)"))
        columns.append(replace(column, marked=contended(data)))
    return columns


def _speed_ups(data: SweepData) -> list[Column]:
    """Per image; also per generator update where that is another ratio."""

    def column(name: str, per: Literal["image", "update"], *lines: str) -> Column:
        values = tuple(data.speed_up(label, per) for label in data.labels)
        marked = contended(data, data.baseline)
        header = ("Speed-up", *lines, "(×)")
        return Column(name, header, "ratio", values, marked=marked, essential=True)

    columns = [column("speed_up", "image", "per 1,000", f"real {units.samples(data)}")]
    if not units.updates_alike(data):
        columns.append(column("speed_up_per_generator_update", "update", "per generator", "update"))
    return columns


def _memory(data: SweepData) -> list[Column]:
    columns = []
    for key, header in memory_columns(data):
        means = [data.cost(label, key) for label in data.labels]
        scale, unit = byte_unit(e.mean for e in means if e is not None)
        columns.append(
            costs(
                data,
                key,
                (*header, f"({unit})"),
                name=key.removeprefix("only_"),
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
        if data.baseline is not None and len(data.labels) > 1:
            name = f"{data.protocol.column}_final"
            header = ("Verdict", f"on final {data.protocol.metric}")
            column = verdicts(data, "quality_final", 0, name, header, essential=True)
            columns.append(column)
        note = data.protocol.sentence()
    elif data.protocols:
        note = (
            f"Quality was measured with {len(data.protocols)} protocols that cannot be compared; "
            "each has a table of its own."
        )
    else:
        note = "Quality was not measured with network features."
    elsewhere = of_features() if len(data.protocols) > 1 else frozenset()
    others = [final(data, measure) for measure in shown_apart(data.finals, elsewhere)]
    if len(data.protocols) <= 1:
        others = [*accuracy_columns(data), *others]
    columns += [replace(column, essential=True) for column in others if column.measured]
    notes = [note, *final_notes(data)]
    if data.protocol is not None:
        notes += [*verdict_notes(data), lowest_note()]
    if data.has_averages:
        notes.append(averaged_note())
    return columns, notes
