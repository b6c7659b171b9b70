"""The main table: what each configuration costs and how good its samples are."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from bench.measures.unit_costs import ENERGIES
from bench.report.data import SweepData, units
from bench.report.data.columns import of_features, shown_apart
from bench.report.data.outcome import chosen_outcome
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
from bench.report.titles import lines
from bench.report.worded import worded
from bench.texts import say


@table("summary", position=1)
def summary(data: SweepData) -> Table:
    """A row per configuration in grid order."""
    seeds = tuple(data.seeds(label) for label in data.labels)
    columns = [names(data), Column("seeds", (say("column-seeds"),), "count", seeds, essential=True)]
    if data.completed < data.planned:
        header = (say("column-runs"),)
        columns.append(
            worded(
                "runs",
                header,
                lambda: [state(data, label) for label in data.labels],
                essential=True,
            )
        )
    notes = [
        say("table-summary-note", level=f"{100 * CONFIDENCE:.0f}"),
        *seeds_notes(data),
    ]
    for more_columns, more_notes in (_architecture(data), _costs(data), _quality(data)):
        columns += more_columns
        notes += more_notes
    shown, floors_note = with_floors(data, columns)
    return Table(
        say("table-summary-title"),
        shown,
        (*notes, *floors_note, *unbounded_note(columns)),
        baseline_row(data),
    )


_Part = tuple[list[Column], list[str]]


def _architecture(data: SweepData) -> _Part:
    def column(key: str, *, essential: bool = False, **about: str) -> Column:
        values = tuple(data.architecture(label, key) for label in data.labels)
        scale, letter = si_prefix(values)
        header = lines(say(f"column-{key.replace('_', '-')}", **about))
        shown = (*header, f"({letter})") if letter else header
        return Column(key, shown, "number", values, scale=scale, essential=essential)

    columns = [
        column("generator_parameters", essential=True),
        column("critic_parameters", essential=True),
        column("generator_macs"),
        column("critic_macs"),
        column("train_flops_per_image", essential=True, sample=units.sample(data)),
        unit_cost(data, "train_flops_per_generator_update"),
    ]
    if not units.updates_alike(data):
        values = (data.estimate(label, "images_per_generator_update") for label in data.labels)
        means = tuple(None if value is None else value.mean for value in values)
        header = lines(say("column-per-update", samples=units.samples(data)))
        columns.append(Column("real_images_per_generator_update", header, "number", means))
    return columns, [counting_note(data), *decisions_note(data)]


def _costs(data: SweepData) -> _Part:
    columns = []
    notes = []
    if data.has_own_costs:
        columns += _times(data)
        notes.append(say("table-summary-times"))
        if data.baseline is not None and len(data.labels) > 1:
            columns += _speed_ups(data)
            notes.append(
                say(
                    "table-summary-speed-up",
                    samples=units.samples(data),
                    pairs="seed" if data.rounds is None else "round",
                    level=f"{100 * CONFIDENCE:.0f}",
                )
            )
    columns += _memory(data)
    for name in ENERGIES:
        if data.has_cost(f"{name}_per_1000_images"):
            columns += [unit_cost(data, f"{name}_per_{unit}") for unit in _UNITS]
            notes.append(say(f"table-summary-{name.replace('_', '-')}"))
    return columns, [*notes, *epochs_note(data), *timing_notes(data)]


_UNITS = ("1000_images", "generator_update")


def _times(data: SweepData) -> list[Column]:
    per_image, per_update = (f"seconds_per_{unit}" for unit in _UNITS)
    columns = [
        unit_cost(data, per_image, essential=True),
        unit_cost(data, per_update, essential=not units.updates_alike(data)),
    ]
    if units.epochs_alike(data):
        column = costs(data, "seconds_per_epoch", (*lines(say("column-time-per-epoch")), "(s)"))
        columns.append(replace(column, marked=contended(data)))
    return columns


def _speed_ups(data: SweepData) -> list[Column]:
    """Per image; also per generator update where that is another ratio."""

    def column(name: str, per: Literal["image", "update"], **about: str) -> Column:
        values = tuple(data.speed_up(label, per) for label in data.labels)
        marked = contended(data, data.baseline)
        header = (*lines(say(f"column-speed-up-{per}", **about)), "(×)")
        return Column(name, header, "ratio", values, marked=marked, essential=True)

    columns = [column("speed_up", "image", samples=units.samples(data))]
    if not units.updates_alike(data):
        columns.append(column("speed_up_per_generator_update", "update"))
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
        judged = chosen_outcome(data)
        if judged is not None and data.baseline is not None and len(data.labels) > 1:
            header = lines(say("column-verdict-on", metric=judged.metric))
            column = verdicts(data, judged.column, 0, judged.key, header, essential=True)
            columns.append(column)
        note = data.protocol.sentence()
    elif data.protocols:
        note = say("table-summary-protocols", count=f"{len(data.protocols)}")
    else:
        note = say("table-summary-no-quality")
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
