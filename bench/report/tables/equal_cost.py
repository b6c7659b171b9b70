"""Quality against the baseline's at equal cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.report import data as room
from bench.report.data import Axis, SweepData
from bench.report.data.drift import Timing
from bench.report.data.outcome import Outcome, chosen_outcome
from bench.report.notes import time_note, timing_notes
from bench.report.statistics import Estimate, mean_interval, paired_difference
from bench.report.table import Column, Table, Value
from bench.report.tables import table
from bench.report.tables.columns import configurations
from bench.report.text import ABSENT, PARTLY_FINITE, capital, listing, si_prefix
from bench.report.titles import lines
from bench.texts import say


@table("equal-cost", position=6)
def equal_cost(data: SweepData) -> Table | None:
    """Each configuration against the baseline at the largest budget that both reached.

    None without a baseline, others to compare with it, and one protocol of all.
    """
    baseline, protocol, judged = data.baseline, data.protocol, chosen_outcome(data)
    if baseline is None or protocol is None or judged is None or len(data.labels) < 2:
        return None
    others = [label for label in data.labels if label != baseline]
    columns = [configurations(others)]
    matched = {label: found for label in others if (found := data.matched(label)) is not None}
    if matched:
        columns.append(_flops_column(data, baseline, others))
    columns += _columns(data, baseline, others, "training_flops", judged)
    notes = [
        say("table-equal-note"),
        say("table-equal-difference", direction=str(data.measured_as(judged.column).direction)),
        f"{ABSENT}: {say('table-equal-absent')}",
        protocol.sentence(),
    ]
    notes += [_matched_note(label, found) for label, found in matched.items()]
    if data.has_own_costs:
        columns += _columns(data, baseline, others, "training_seconds", judged)
        notes.append(time_note(data, say("table-seconds-of-runs")))
    if any(count for column in columns for count in column.not_finite):
        notes.append(f"{PARTLY_FINITE} {say('table-equal-not-finite')}")
    notes += timing_notes(data)
    return Table(say("table-equal-title", baseline=baseline), tuple(columns), tuple(notes))


def _flops_column(data: SweepData, baseline: str, others: Sequence[str]) -> Column:
    """Training FLOPs per image as a multiple of the baseline's."""
    base = data.architecture(baseline, "train_flops_per_image")
    own = [data.architecture(label, "train_flops_per_image") for label in others]
    return Column(
        "training_flops_per_image_ratio",
        lines(say("column-flops-times-baseline")),
        "number",
        tuple(None if base is None or flops is None else flops / base for flops in own),
    )


def _matched_note(label: str, found: Mapping[str, Any]) -> str:
    ratio = found["flops_per_image"] / found["reference_flops_per_image"]
    return say(
        "table-equal-matched",
        label=label,
        widths=listing(f"{name} {width}" for name, width in found["widths"].items()),
        reference=str(found["reference"]),
        ratio=f"{ratio:.3f}",
    )


def _columns(
    data: SweepData, baseline: str, others: Sequence[str], axis: Axis, judged: Outcome
) -> list[Column]:
    pairs = [
        room.equal_cost(data, (baseline, label), axis, 0, judged.of_epochs) for label in others
    ]
    measured = data.measured_as(judged.column)

    def mean(values: Mapping[int, float]) -> Estimate | None:
        return mean_interval(list(values.values()), scale=measured.scale, bounds=measured.bounds)

    own: list[Value] = []
    base: list[Value] = []
    difference: list[Value] = []
    lost: list[tuple[int, int, int]] = []  # of how many seeds each of these is not finite
    for label, pair in zip(others, pairs, strict=True):
        if pair is None:
            own.append(None)
            base.append(None)
            difference.append(None)
            lost.append((0, 0, 0))
            continue
        lost.append(pair.not_finite(label, baseline))
        own.append(mean(pair.quality[label]))
        base.append(mean(pair.quality[baseline]))
        difference.append(paired_difference(pair.quality[label], pair.quality[baseline]))
    budgets = [None if pair is None else pair.budget for pair in pairs]
    if axis == "training_flops":
        scale, letter = si_prefix(budgets)
        unit = f"({letter}FLOPs)"
    else:
        scale, unit = 1.0, "(s)"
    metric, key = judged.metric, f"{judged.key.removesuffix('_final')}_at_equal_{axis}"
    own_unit = (f"({judged.unit})",) if judged.unit else ()
    place = say("column-at-equal", cost=axis)
    own_lost, base_lost, both_lost = zip(*lost, strict=True)
    marked: tuple[Timing, ...] = ()
    if axis == "training_seconds":
        marked = tuple(data.timing(label).beside(data.timing(baseline)) for label in others)
    return [
        Column(
            f"equal_{axis}",
            (*lines(say("column-budget")), unit),
            "number",
            tuple(budgets),
            scale=scale,
            marked=marked,
        ),
        Column(
            key,
            (capital(metric), place, *own_unit),
            "estimate",
            tuple(own),
            scale=judged.scale,
            not_finite=own_lost,
        ),
        Column(
            f"baseline_{key}",
            (*lines(say("column-of-baseline", metric=metric, place=place)), *own_unit),
            "estimate",
            tuple(base),
            scale=judged.scale,
            not_finite=base_lost,
        ),
        Column(
            f"{key}_difference",
            (*lines(say("column-difference")), place, *own_unit),
            "difference",
            tuple(difference),
            scale=judged.scale,
            not_finite=both_lost,
        ),
    ]
