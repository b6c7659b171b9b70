"""The verdict on each configuration: quality, speed, FLOPs and memory against the baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.report.comparisons import compare
from bench.report.data import SweepData, units
from bench.report.data.outcome import Outcome, chosen_outcome
from bench.report.judged import Judged, Subject, of_cost, of_count, of_quality
from bench.report.notes import counting_note, timing_notes, verdict_notes
from bench.report.statistics import CONFIDENCE, Estimate
from bench.report.table import Column, Table, Value
from bench.report.tables import table
from bench.report.tables.columns import (
    baseline_row,
    contended,
    final,
    memory_columns,
    names,
    quality_columns,
)
from bench.report.text import byte_unit, estimate_text, si_prefix, significant
from bench.report.titles import lines
from bench.texts import say


@table("verdicts", position=0.5)
def verdicts(data: SweepData) -> Table | None:
    """A row per configuration; None without a baseline and others to compare with it."""
    if data.baseline is None or len(data.labels) < 2:
        return None
    columns = [names(data)]
    columns += [column for column in (_quality(data), *_costs(data)) if column is not None]
    if len(columns) == 1:
        return None
    judged = chosen_outcome(data)
    differs = judged is not None and data.measured_as(judged.column).scale != "log"
    of = judged.metric if judged is not None and differs and data.protocols else "counts"
    level = f"{100 * CONFIDENCE:.0f}"
    notes = [say("table-verdicts-note", level=level, of=of), counting_note(data)]
    if data.protocol is not None:
        notes += [data.protocol.sentence(), *verdict_notes(data)]
    return Table(
        say("table-verdicts-title", baseline=data.baseline),
        tuple(columns),
        (*notes, *timing_notes(data)),
        baseline_row(data),
        leads=True,
    )


def _entries(
    data: SweepData, own: str | None, judge: Callable[[str], Judged | None]
) -> tuple[Value, ...]:
    return tuple(own if label == data.baseline else judge(label) for label in data.labels)


def _quality(data: SweepData) -> Column | None:
    """Final quality, or what is measured without features."""
    judged = chosen_outcome(data)
    if judged is None:
        return None
    key = judged.column
    found = compare(data, key)
    shown = _shown(data, judged)
    own = data.estimate(str(data.baseline), key, judged.protocol)
    text = None if own is None else estimate_text(own, shown.scale)
    cells = {label: of_quality(each, shown.scale) for label, each in found.items()}
    if not any(cells.values()):
        return None
    header = (say("column-quality", metric=shown.header[0]), *shown.header[1:])
    entries = _entries(data, text, cells.get)
    name = f"{judged.key}_against_baseline"
    return Column(name, header, "judged", entries, scale=shown.scale)


def _shown(data: SweepData, judged: Outcome) -> Column:
    """The final values that verdicts are on, as tables of quality show them."""
    if judged.protocol is not None:
        columns = quality_columns(data, data.protocols[judged.protocol], judged.protocol)
        if own := [column for column in columns if column.key == judged.key]:
            return own[0]
    measure = next(m for m in data.finals if m.name == judged.measure)
    return final(data, measure, judged.protocol)


def _costs(data: SweepData) -> list[Column | None]:
    sample = units.sample(data)
    found: list[Column | None] = []
    if data.has_own_costs:
        found.append(_speed(data))
    found.append(_flops(data, sample))
    found += [_memory(data, key, header) for key, header in memory_columns(data)[:1]]
    return found


def _measured(
    data: SweepData, key: str, subject: Subject, header: tuple[str, ...], own: str | None
) -> Column | None:
    def judge(label: str) -> Judged | None:
        ratio = data.cost_ratio(label, key, inverse=subject == "speed")
        return None if ratio is None else of_cost(ratio, subject, data.margin)

    entries = _entries(data, own, judge)
    name = f"{subject}_against_baseline"
    column = Column(name, header, "judged", entries)
    return column if any(isinstance(entry, Judged) for entry in entries) else None


def _speed(data: SweepData) -> Column | None:
    """Real samples per second."""
    key = "seconds_per_1000_images"
    cost = data.cost(str(data.baseline), key)
    text = None if cost is None else estimate_text(_per_second(cost))
    header = lines(say("column-speed", samples=units.samples(data)))
    column = _measured(data, key, "speed", header, text)
    return column and replace(column, marked=contended(data, data.baseline))


def _per_second(seconds_per_1000: Estimate) -> Estimate:
    """The rate; its mean is the geometric one, like that of the seconds."""
    mean, low, high = 1000 / seconds_per_1000.mean, seconds_per_1000.low, seconds_per_1000.high
    if low is None or high is None:
        return Estimate(seconds_per_1000.n, mean, None)
    ends = 1000 / high, 1000 / low
    return Estimate(seconds_per_1000.n, mean, (ends[1] - ends[0]) / 2, ends)


def _flops(data: SweepData, sample: str) -> Column | None:
    key = "train_flops_per_image"
    base = data.architecture(str(data.baseline), key)
    if not base:
        return None

    def judge(label: str) -> Judged | None:
        own = data.architecture(label, key)
        return None if own is None else of_count(own / base, "FLOPs")

    scale, letter = si_prefix([base])
    entries = _entries(data, f"{significant(base / scale)} {letter}FLOPs", judge)
    header = lines(say("column-training-flops", sample=sample))
    return Column("flops_against_baseline", header, "judged", entries)


def _memory(data: SweepData, key: str, lines: tuple[str, ...]) -> Column | None:
    cost = data.cost(str(data.baseline), key)
    scale, unit = byte_unit([None if cost is None else cost.mean])
    own = None if cost is None else f"{estimate_text(cost, scale)} {unit}"
    header = (say("column-memory", of=lines[0]), *lines[1:-1], f"{lines[-1]} ↓")
    return _measured(data, key, "memory", header, own)
