"""Every cost, and the final quality, as a multiple of the baseline's."""

from __future__ import annotations

from bench.measures.unit_costs import ENERGIES
from bench.report.comparisons import compare
from bench.report.data import SweepData, units
from bench.report.data.outcome import Outcome, chosen_outcome
from bench.report.notes import (
    counting_note,
    epochs_note,
    final_notes,
    timing_notes,
    unbounded_note,
    verdict_notes,
)
from bench.report.statistics import CONFIDENCE
from bench.report.table import Column, Table
from bench.report.tables import table
from bench.report.tables.columns import (
    baseline_row,
    memory_columns,
    names,
    not_finite,
    unit_cost,
    verdicts,
)
from bench.report.text import capital
from bench.report.titles import lines
from bench.texts import say


@table("against-baseline", position=5)
def against_baseline(data: SweepData) -> Table | None:
    """A row per configuration; None without a baseline and others to compare with it."""
    baseline, protocol, judged = data.baseline, data.protocol, chosen_outcome(data)
    if baseline is None or len(data.labels) < 2:
        return None
    columns = [names(data), *_architecture(data, baseline), *_costs(data)]
    notes = [
        say("table-against-note"),
    ]
    if any(column.kind == "ratio" for column in columns):
        pairs = "seed" if data.rounds is None else "round"
        notes.append(say("table-against-costs", pairs=pairs, level=f"{100 * CONFIDENCE:.0f}"))
    notes += [counting_note(data), *epochs_note(data), *timing_notes(data)]
    if protocol is not None and judged is not None:
        columns += (shown := _quality(data, baseline, judged))
        if shown[0].key.endswith("_difference"):
            notes.append(say("table-against-difference", metric=capital(judged.metric)))
        notes += [*verdict_notes(data), protocol.sentence(), *final_notes(data, 0)]
    return Table(
        say("table-against-title", baseline=baseline),
        tuple(columns),
        (*notes, *unbounded_note(columns)),
        baseline_row(data),
    )


def _architecture(data: SweepData, baseline: str) -> list[Column]:
    def column(key: str, **about: str) -> Column:
        base = data.architecture(baseline, key)
        values = tuple(
            None if (own := data.architecture(label, key)) is None or not base else own / base
            for label in data.labels
        )
        header = lines(say(f"column-{key.replace('_', '-')}", **about))
        return Column(f"{key}_ratio", (*header, "(×)"), "number", values)

    return [
        column("generator_parameters"),
        column("critic_parameters"),
        column("generator_macs"),
        column("critic_macs"),
        column("train_flops_per_image", sample=units.sample(data)),
    ]


def _costs(data: SweepData) -> list[Column]:
    # Per generator update, costs have the same ratio as per image if it takes as many images.
    per = ["1000_images"] if units.updates_alike(data) else ["1000_images", "generator_update"]
    costs = [f"train_flops_per_{unit}" for unit in per[1:]]
    if data.has_own_costs:
        costs += [f"seconds_per_{unit}" for unit in per]
    for energy in ENERGIES:
        if data.has_cost(f"{energy}_per_1000_images"):
            costs += [f"{energy}_per_{unit}" for unit in per]
    columns = [unit_cost(data, name, against=True) for name in costs]
    for key, header in memory_columns(data):
        values = tuple(data.cost_ratio(label, key) for label in data.labels)
        name = key.removeprefix("only_")
        columns.append(Column(f"{name}_ratio", (*header, "(×)"), "ratio", values))
    return columns


def _quality(data: SweepData, baseline: str, judged: Outcome) -> list[Column]:
    """The effect and the verdict; a difference where values are not compared by their ratio."""
    metric = judged.metric
    found = compare(data, judged.column, 0)
    entries = tuple(found.get(label) for label in data.labels)
    lost = not_finite(data, data.labels, judged.column, 0, against=baseline)
    header, kind, scale = lines(say("column-final", metric=metric, arrow="")), "ratio", 1.0
    if any(each is not None and not each.is_ratio for each in entries):
        kind, scale = "difference", judged.scale
        header += (say("column-difference").lower(), *([f"({judged.unit})"] * bool(judged.unit)))
    else:
        header += ("(×)",)
    verdict = lines(say("column-final-verdict", metric=metric))
    return [
        Column(f"{judged.key}_{kind}", header, "effect", entries, scale=scale, not_finite=lost),
        verdicts(data, judged.column, 0, judged.key, verdict),
    ]
