"""Columns that several tables have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.measures import EPOCH_MEASURES, RUN_MEASURES, Measure
from bench.report.comparisons import compare
from bench.report.data import Protocol, SweepData, units
from bench.report.data.drift import Timing
from bench.report.statistics import Estimate
from bench.report.table import Column, Value
from bench.report.text import si_prefix, span_text, time_unit
from bench.report.titles import lines, title
from bench.report.worded import worded
from bench.texts import say

_ARROWS = {"lower": " ↓", "higher": " ↑", None: ""}


def names(data: SweepData) -> Column:
    """The configurations' labels."""
    return configurations(data.labels, essential=True)


def configurations(labels: Iterable[str], *, essential: bool = False) -> Column:
    """Some labels."""
    header = (say("column-configuration"),)
    return Column("configuration", header, "text", tuple(labels), essential=essential)


def baseline_row(data: SweepData) -> int | None:
    """The row of the baseline, to be emphasised."""
    return None if data.baseline is None else data.labels.index(data.baseline)


def estimates(
    data: SweepData,
    key: str,
    header: tuple[str, ...],
    *,
    name: str | None = None,
    scale: float = 1.0,
    protocol: int | None = None,
    essential: bool = False,
) -> Column:
    """Mean and interval of each configuration.

    Args:
        key: the column of the runs.
        name: of the column in the CSV file, if not ``key``.
    """
    values = tuple(data.estimate(label, key, protocol) for label in data.labels)
    return Column(
        name or key,
        header,
        "estimate",
        values,
        scale=scale,
        essential=essential,
        not_finite=not_finite(data, data.labels, key, protocol),
    )


def verdicts(
    data: SweepData,
    key: str,
    protocol: int | None,
    name: str,
    header: tuple[str, ...],
    *,
    essential: bool = False,
) -> Column:
    """What a measure says of each configuration against the baseline.

    Args:
        key: the column of the runs.
        name: of the measure in the CSV file.
    """
    found = compare(data, key, protocol)
    tested = {label: each for label, each in found.items() if each.reason != "no value"}
    entries = tuple(tested.get(label) for label in data.labels)
    return Column(f"{name}_verdict", header, "verdict", entries, essential=essential)


def not_finite(
    data: SweepData,
    labels: Sequence[str],
    key: str,
    protocol: int | None = None,
    against: str | None = None,
) -> tuple[int, ...]:
    """Of how many runs of each configuration a final value is not finite; () for other columns.

    Args:
        against: a label with which the others are paired: of how many pairs it is not finite.
    """
    if not key.endswith("_final"):
        return ()
    other = set() if against is None else set(data.not_finite(against, key, protocol))
    return tuple(len(other.union(data.not_finite(label, key, protocol))) for label in labels)


def final_epochs(data: SweepData, protocol: int | None = None) -> list[Column]:
    """The epochs of which final values are, where they are not those of one epoch."""
    spans = data.final_epochs(protocol)
    if len({epoch for span in spans.values() for epoch in span}) < 2:
        return []

    def words() -> list[str | None]:
        return [span_text(spans[label]) if label in spans else None for label in data.labels]

    return [worded("final_epoch", lines(say("column-final-epoch")), words)]


def final(data: SweepData, measure: Measure, protocol: int | None = None) -> Column:
    """The final values of a measure, with heading, arrow and unit as it declares them."""
    *lines, last = title(measure)
    header = (*lines, f"{last}{_ARROWS[measure.direction]}")
    if measure.unit:
        header += (f"({measure.unit})",)
    scale = 0.01 if measure.unit == "%" else 1.0
    return estimates(data, f"{measure.name}_final", header, scale=scale, protocol=protocol)


def unit_cost(
    data: SweepData, name: str, *, against: bool = False, essential: bool = False
) -> Column:
    """A cost per 1,000 real images or per generator update, as ``measures.UNIT_COSTS`` has it.

    Args:
        against: as a multiple of the baseline's.
    """
    measure = RUN_MEASURES.get(name)
    header = title(measure, units.samples(data))
    marked: tuple[Timing, ...] = ()
    if measure.unit == "s":
        marked = contended(data, data.baseline if against else None)
    flops = measure.unit == "FLOPs"  # counted, not timed
    if against:
        of = data.ratio if flops else data.cost_ratio
        ratios = tuple(of(label, name) for label in data.labels)
        return Column(f"{name}_ratio", (*header, "(×)"), "ratio", ratios, marked=marked)
    found = [(data.estimate if flops else data.cost)(label, name) for label in data.labels]
    means = tuple(None if each is None else each.mean for each in found)
    if measure.unit == "s":
        scale, unit = time_unit(means)
    else:
        scale, letter = si_prefix(means)
        unit = letter if flops else f"{letter}{measure.unit}"
    shown = (*header, f"({unit})") if unit else header
    if flops:  # the same for all seeds
        return Column(name, shown, "number", means, scale=scale, essential=essential)
    return Column(
        name, shown, "estimate", tuple(found), scale=scale, essential=essential, marked=marked
    )


def accuracy_columns(data: SweepData, protocol: int | None = None) -> list[Column]:
    """Accuracy, conditional or of content, between what it can be at least and at most."""
    return [
        column
        for name, least in _ACCURACIES.items()
        for column in _accuracy_columns(data, name, least, protocol)
    ]


# Each with what it is at least, or by chance.
_ACCURACIES = {
    "conditional_accuracy": "conditional_accuracy_floor",
    "content_accuracy": "content_accuracy_chance",
}


def _accuracy_columns(data: SweepData, name: str, least: str, protocol: int | None) -> list[Column]:
    known = {measure.name for measure in data.finals}
    if name not in known:
        return []
    accuracy = final(data, EPOCH_MEASURES.get(name), protocol)
    columns = [
        accuracy,
        estimates(
            data,
            "quality_classifier_accuracy",
            (*lines(say("column-ceiling")), "(%)"),
            name="classifier_accuracy" if name == "conditional_accuracy" else f"{name}_ceiling",
            scale=0.01,
            protocol=protocol,
        ),
    ]
    if least in known:
        columns.append(final(data, EPOCH_MEASURES.get(least), protocol))
    if not accuracy.measured:
        return []
    conditional = [entry is not None for entry in accuracy.entries]
    return [replace(column, entries=_only(column.entries, conditional)) for column in columns]


def _only(entries: tuple[Value, ...], kept: list[bool]) -> tuple[Value, ...]:
    return tuple(e if keep else None for e, keep in zip(entries, kept, strict=True))


def contended(data: SweepData, against: str | None = None) -> tuple[Timing, ...]:
    """What speaks against each row's times, or with ``against`` also against that label's."""
    timings = [data.timing(label) for label in data.labels]
    if against is None:
        return tuple(timings)
    return tuple(timing.beside(data.timing(against)) for timing in timings)


def costs(
    data: SweepData,
    key: str,
    header: tuple[str, ...],
    *,
    name: str | None = None,
    scale: float = 1.0,
    essential: bool = False,
) -> Column:
    """A cost of each configuration with its interval, see ``SweepData.cost``.

    Args:
        name: of the column in the CSV file, if not ``key``.
    """
    values = tuple(data.cost(label, key) for label in data.labels)
    return Column(name or key, header, "estimate", values, scale=scale, essential=essential)


def memory_columns(data: SweepData) -> list[tuple[str, tuple[str, ...]]]:
    """GPU memory where there is a GPU, else the host's: column of the runs and heading.

    Of the host's, what the run adds to its process, where that was measured: most of the whole
    is torch's, which every run has.
    """
    added = ("only_peak_host_added_bytes", lines(say("column-host-memory-added")))
    whole = ("only_peak_host_bytes", lines(say("column-host-memory")))
    columns = [
        ("peak_gpu_allocated_bytes", lines(say("column-gpu-memory"))),
        added if data.has_cost(added[0]) else whole,
    ]
    return [(key, header) for key, header in columns if data.has_cost(key)]


def quality_columns(data: SweepData, protocol: Protocol, index: int) -> list[Column]:
    """Quality measured by one protocol."""
    metric = protocol.metric
    columns = [
        estimates(
            data,
            "quality_final",
            lines(say("column-final", metric=metric, arrow=" ↓")),
            name=f"{protocol.column}_final",
            protocol=index,
            essential=True,
        ),
        estimates(
            data,
            "quality_lowest",
            lines(say("column-lowest", metric=metric, arrow=" ↓")),
            name=f"{protocol.column}_lowest_over_epochs",
            protocol=index,
        ),
    ]
    averaged = estimates(
        data,
        "quality_averaged_final",
        lines(say("column-averaged", metric=metric, arrow=" ↓")),
        name=f"{protocol.column}_averaged_final",
        protocol=index,
        essential=True,
    )
    others = [
        *_others(data, index),
        averaged,
        *_others(data, index, averaged=True),
    ]
    return [*columns, *(column for column in others if column.measured)]


def _others(data: SweepData, index: int, *, averaged: bool = False) -> list[Column]:
    """What is measured beside the distance, of the generator or of the averaged one."""
    suffix = "_averaged" if averaged else ""

    def header(metric: str, arrow: str) -> tuple[str, ...]:
        said = say("column-averaged" if averaged else "column-final", metric=metric, arrow=arrow)
        return lines(said)

    return [
        _kid(data, index, header("KID", " ↓"), suffix),
        *(
            estimates(
                data,
                f"{name}{suffix}_final",
                (*header(say(f"column-{name}"), " ↑"), "(%)"),
                scale=0.01,
                protocol=index,
            )
            for name in ("precision", "recall")
        ),
    ]


def _kid(data: SweepData, index: int, header: tuple[str, ...], suffix: str) -> Column:
    """KID in thousandths, as is usual, unless the features make it large."""
    key, name = f"kid_mean{suffix}_final", f"kid{suffix}_final"
    column = estimates(data, key, header, name=name, protocol=index)
    if any(isinstance(e, Estimate) and abs(e.mean) >= 1 for e in column.entries):
        return column
    return replace(column, header=(*header, "(×10⁻³)"), scale=1e-3)


def trials(
    data: SweepData,
    labels: list[str],
    key: str,
    header: tuple[str, ...],
    scale: float = 1.0,
) -> Column:
    """Mean and standard error of each of ``labels``."""
    values = tuple(data.trials(label, key) for label in labels)
    return Column(
        key, header, "trials", values, scale=scale, not_finite=not_finite(data, labels, key)
    )
