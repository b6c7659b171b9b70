"""The report's tables: what each configuration costs and yields, and against the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from bench.report.measures import Axis, Measures, Protocol
from bench.report.mode_tables import mode_tables
from bench.report.statistics import (
    CONFIDENCE,
    Estimate,
    Ratio,
    mean_interval,
    paired_difference,
    smallest_rank_p,
)
from bench.report.table import Column, Table, Value
from bench.report.text import ABSENT, CONTENDED, byte_unit, si_prefix, significant
from bench.units import counted


def all_tables(measures: Measures) -> list[Table]:
    """Every table of the report, the main one first."""
    tables = [summary(measures), *mode_tables(measures)]
    if len(measures.protocols) > 1:
        tables += [quality(measures, index) for index in range(len(measures.protocols))]
    if measures.baseline is not None and len(measures.labels) > 1:
        tables.append(against_baseline(measures, measures.baseline))
        if measures.protocol is not None:
            tables.append(equal_cost(measures, measures.baseline, measures.protocol))
    if measures.completed < measures.planned:
        tables.append(incomplete(measures))
    return tables


# ----------------------------------------------------------------------- the tables


def summary(measures: Measures) -> Table:
    """The main table: a row per configuration in grid order."""
    columns = [_names(measures), _seeds(measures)]
    if measures.completed < measures.planned:
        states = tuple(measures.state(label) for label in measures.labels)
        columns.append(Column("runs", ("Runs",), "text", states, essential=True))
    columns += [
        _architecture(
            measures, "generator_parameters", ("Generator", "parameters"), essential=True
        ),
        _architecture(measures, "critic_parameters", ("Critic", "parameters"), essential=True),
        _architecture(measures, "generator_macs", ("Generator", "MACs")),
        _architecture(measures, "critic_macs", ("Critic", "MACs")),
        _architecture(
            measures,
            "train_flops_per_image",
            ("Training", "FLOPs", "per image"),
            essential=True,
        ),
    ]
    notes = [
        f"Mean ± half-width of the {CONFIDENCE:.0%} Student t interval over the seeds that "
        "completed.",
        *_seeds_notes(measures),
    ]
    if measures.has_own_costs:
        columns.append(_timing(measures))
        notes.append("Seconds per epoch leave out warm-up and evaluation.")
        if measures.baseline is not None and len(measures.labels) > 1:
            columns.append(_speed_up(measures))
            notes.append(
                "Speed-up: the baseline’s seconds per epoch over the configuration’s, paired by "
                f"seed, with Fieller’s {CONFIDENCE:.0%} interval; above 1 is faster."
            )
    columns += _memory(measures)
    if measures.runs["energy_joules_per_epoch"].notna().any():
        columns.append(
            _estimates(measures, "energy_joules_per_epoch", ("Energy", "per epoch", "(J)"))
        )
        notes.append("Energy: the whole GPU board, warm-up and evaluation left out.")
    notes += timing_notes(measures)
    if measures.protocol is not None:
        columns += _quality_columns(measures, measures.protocol, 0)
        notes.append(measures.protocol.sentence())
    elif measures.protocols:
        notes.append(
            f"Quality was measured by {len(measures.protocols)} protocols that cannot be "
            "compared; each has a table of its own."
        )
    else:
        notes.append("Quality was not measured by network features.")
    columns += _optional(measures)
    return Table(
        "summary",
        "What each configuration costs and yields",
        tuple(columns),
        (*notes, *_unbounded_note(columns)),
        _baseline_row(measures),
    )


def quality(measures: Measures, index: int) -> Table:
    """The quality of the runs that share one protocol, where a sweep holds several."""
    protocol = measures.protocols[index]
    seeds = tuple(len(measures.by_seed(label, "quality_final", index)) for label in measures.labels)
    columns = [
        _names(measures),
        Column("seeds", ("Seeds",), "count", seeds),
        *_quality_columns(measures, protocol, index),
    ]
    return Table(
        f"quality-protocol-{index + 1}",
        f"Quality by protocol {index + 1}: {protocol.metric} over {protocol.features} features",
        tuple(columns),
        (protocol.sentence(),),
        _baseline_row(measures),
    )


def against_baseline(measures: Measures, baseline: str) -> Table:
    """Every cost, and the final quality, as a multiple of the baseline's."""

    def constant(key: str, *header: str) -> Column:
        base = measures.fixed(baseline, key)
        values = tuple(
            None if (own := measures.fixed(label, key)) is None or not base else own / base
            for label in measures.labels
        )
        return Column(f"{key}_ratio", header, "number", values)

    def measured(key: str, *header: str, protocol: int | None = None) -> Column:
        values = tuple(measures.ratio(label, key, protocol=protocol) for label in measures.labels)
        marked = _contended(measures, baseline) if "seconds" in key else ()
        name = key.replace("host_only_peak", "peak_host")
        if protocol is not None:
            name = key.replace("quality", measures.protocols[protocol].metric.lower())
        return Column(f"{name}_ratio", header, "ratio", values, marked=marked)

    columns = [
        _names(measures),
        constant("generator_parameters", "Generator", "parameters", "(×)"),
        constant("critic_parameters", "Critic", "parameters", "(×)"),
        constant("generator_macs", "Generator", "MACs", "(×)"),
        constant("critic_macs", "Critic", "MACs", "(×)"),
        constant("train_flops_per_image", "Training", "FLOPs", "per image", "(×)"),
        *([measured("seconds_per_epoch", "Time", "per epoch", "(×)")] * measures.has_own_costs),
        *(measured(key, *header, "(×)") for key, header in _memory_columns(measures)),
    ]
    notes = [
        "Each value is the configuration’s over the baseline’s; below 1 is cheaper (or, for a "
        "distance, better).",
    ]
    if any(column.kind == "ratio" for column in columns) or measures.protocol is not None:
        notes.append(
            f"In brackets Fieller’s {CONFIDENCE:.0%} interval of the ratio of means, paired by "
            "seed."
        )
    notes += timing_notes(measures)
    if (protocol := measures.protocol) is not None:
        metric = protocol.metric
        columns += [
            measured("quality_final", "Final", metric, "(×)", protocol=0),
            Column(
                f"{metric.lower()}_final_difference",
                ("Final", metric, "(difference)"),
                "difference",
                tuple(
                    None if label == baseline else measures.difference(label, "quality_final", 0)
                    for label in measures.labels
                ),
            ),
        ]
        notes.append(protocol.sentence())
    return Table(
        "against-baseline",
        f"Cost and quality relative to the baseline, {baseline}",
        tuple(columns),
        (*notes, *_unbounded_note(columns)),
        _baseline_row(measures),
    )


def equal_cost(measures: Measures, baseline: str, protocol: Protocol) -> Table:
    """Each configuration against the baseline at the largest budget both reached."""
    others = [label for label in measures.labels if label != baseline]
    columns = [Column("configuration", ("Configuration",), "text", tuple(others))]
    columns += _equal_cost_columns(measures, baseline, others, "training_flops", protocol.metric)
    notes = [
        "Both runs of a comparison are read at the largest cumulative training cost that all "
        "their completed runs reached, linearly between evaluations.",
        "Difference: configuration minus baseline, paired by seed; below 0 is better.",
        f"{ABSENT}: not measured, or one was first evaluated after the other had ended.",
        protocol.sentence(),
    ]
    if measures.has_own_costs:
        columns += _equal_cost_columns(
            measures, baseline, others, "training_seconds", protocol.metric
        )
        notes.append("Seconds include warm-up and leave out evaluation.")
    if measures.shared_note is not None:
        notes.append(measures.shared_note)
    return Table(
        "equal-cost",
        f"Quality at equal cost against the baseline, {baseline}",
        tuple(columns),
        tuple(notes),
    )


def incomplete(measures: Measures) -> Table:
    """The planned runs that did not complete, and why."""
    started = measures.runs.set_index("run_id")[["status", "error"]].to_dict("index")
    rows = []
    for planned in measures.results.planned.to_dict("records"):
        run = started.get(planned["run_id"], {"status": "not run", "error": None})
        if run["status"] != "completed":
            error = None if pd.isna(run["error"]) else str(run["error"])
            status = str(run["status"]).replace("_", " ")
            rows.append((str(planned["label"]), int(planned["seed"]), status, error))
    labels, seeds, statuses, errors = zip(*rows, strict=True)
    return Table(
        "incomplete-runs",
        "Runs that did not complete",
        (
            Column("configuration", ("Configuration",), "text", labels),
            Column("seed", ("Seed",), "number", seeds),
            Column("status", ("Status",), "text", statuses),
            Column("error", ("Error",), "text", errors),
        ),
        (),
    )


# ---------------------------------------------------------------------- the columns


def _names(measures: Measures) -> Column:
    return Column(
        "configuration", ("Configuration",), "text", tuple(measures.labels), essential=True
    )


def _seeds(measures: Measures) -> Column:
    seeds = tuple(measures.seeds(label) for label in measures.labels)
    return Column("seeds", ("Seeds",), "count", seeds, essential=True)


def _baseline_row(measures: Measures) -> int | None:
    return None if measures.baseline is None else measures.labels.index(measures.baseline)


def _architecture(
    measures: Measures,
    key: str,
    header: tuple[str, ...],
    *,
    essential: bool = False,
) -> Column:
    values = tuple(measures.fixed(label, key) for label in measures.labels)
    scale, letter = si_prefix(values)
    return Column(
        key,
        (*header, f"({letter})") if letter else header,
        "number",
        values,
        scale=scale,
        essential=essential,
    )


def _estimates(
    measures: Measures,
    key: str,
    header: tuple[str, ...],
    *,
    name: str | None = None,
    scale: float = 1.0,
    protocol: int | None = None,
    essential: bool = False,
) -> Column:
    values = tuple(measures.estimate(label, key, protocol) for label in measures.labels)
    return Column(name or key, header, "estimate", values, scale=scale, essential=essential)


def _contended(measures: Measures, against: str | None = None) -> tuple[bool, ...]:
    """Which rows' timings shared the machine; with ``against`` also through that label."""
    through = against is not None and measures.contended(against)
    return tuple(through or measures.contended(label) for label in measures.labels)


def _timing(measures: Measures) -> Column:
    return Column(
        "seconds_per_epoch",
        ("Time", "per epoch", "(s)"),
        "estimate",
        tuple(measures.estimate(label, "seconds_per_epoch") for label in measures.labels),
        marked=_contended(measures),
        essential=True,
    )


def _speed_up(measures: Measures) -> Column:
    return Column(
        "speed_up",
        ("Speed-up", "(×)"),
        "ratio",
        tuple(
            measures.ratio(label, "seconds_per_epoch", inverse=True) for label in measures.labels
        ),
        marked=_contended(measures, measures.baseline),
        essential=True,
    )


def _memory_columns(measures: Measures) -> list[tuple[str, tuple[str, ...]]]:
    """GPU memory where there is a GPU, else the host's; each under its own name."""
    columns: list[tuple[str, tuple[str, ...]]] = []
    if measures.has_gpu:
        columns.append(("peak_gpu_allocated_bytes", ("Peak GPU", "memory allocated")))
    if measures.has_host_only:
        columns.append(("host_only_peak_bytes", ("Peak host", "memory")))
    return columns


def _memory(measures: Measures) -> list[Column]:
    columns = []
    for key, header in _memory_columns(measures):
        estimates = [measures.estimate(label, key) for label in measures.labels]
        scale, unit = byte_unit(e.mean for e in estimates if e is not None)
        columns.append(
            _estimates(
                measures,
                key,
                (*header, f"({unit})"),
                name=key.replace("host_only_peak", "peak_host"),
                scale=scale,
                essential=True,
            )
        )
    return columns


def _quality_columns(measures: Measures, protocol: Protocol, index: int) -> list[Column]:
    metric = protocol.metric
    columns = [
        _estimates(
            measures,
            "quality_final",
            ("Final", f"{metric} ↓"),
            name=f"{metric.lower()}_final",
            protocol=index,
            essential=True,
        ),
        _estimates(
            measures,
            "quality_best",
            ("Best", f"{metric} ↓"),
            name=f"{metric.lower()}_best",
            protocol=index,
            essential=True,
        ),
    ]
    kid = _kid(measures, index)
    shares = (
        _share(measures, f"{name}_final", ("Final", f"{name} ↑"), protocol=index)
        for name in ("precision", "recall")
    )
    return [*columns, *(column for column in (kid, *shares) if column.measured)]


def _kid(measures: Measures, index: int) -> Column:
    """KID in thousandths, as is usual, but where the features make it large."""
    column = _estimates(
        measures, "kid_mean_final", ("Final", "KID ↓"), name="kid_final", protocol=index
    )
    if any(isinstance(e, Estimate) and abs(e.mean) >= 1 for e in column.entries):
        return column
    return replace(column, header=(*column.header, "(×10⁻³)"), scale=1e-3)


def _share(
    measures: Measures, key: str, header: tuple[str, ...], protocol: int | None = None
) -> Column:
    """A fraction, shown in per cent."""
    return _estimates(measures, key, (*header, "(%)"), scale=0.01, protocol=protocol)


def _optional(measures: Measures) -> list[Column]:
    """Columns only some sweeps have: mixtures of modes, conditional variants."""
    columns = [
        _share(measures, "conditional_accuracy_final", ("Conditional", "accuracy ↑")),
        _estimates(measures, "modes_captured_final", ("Modes", "captured ↑")),
        _share(measures, "high_quality_fraction_final", ("High-quality", "samples ↑")),
        _estimates(measures, "reverse_kl_final", ("Reverse", "KL ↓", "(nats)")),
    ]
    return [replace(column, essential=True) for column in columns if column.measured]


def _equal_cost_columns(
    measures: Measures, baseline: str, others: Sequence[str], axis: Axis, metric: str
) -> list[Column]:
    pairs = [measures.equal_cost((baseline, label), axis, 0) for label in others]
    own: list[Value] = []
    base: list[Value] = []
    difference: list[Value] = []
    for label, pair in zip(others, pairs, strict=True):
        if pair is None:
            own.append(None)
            base.append(None)
            difference.append(None)
            continue
        own.append(mean_interval(list(pair.quality[label].values())))
        base.append(mean_interval(list(pair.quality[baseline].values())))
        difference.append(paired_difference(pair.quality[label], pair.quality[baseline]))
    budgets = [None if pair is None else pair.budget for pair in pairs]
    if axis == "training_flops":
        scale, letter = si_prefix(budgets)
        place, unit = "at equal FLOPs", f"({letter}FLOPs)"
    else:
        scale, place, unit = 1.0, "at equal time", "(s)"
    key = f"{metric.lower()}_at_equal_{axis}"
    return [
        Column(f"equal_{axis}", ("Budget", unit), "number", tuple(budgets), scale=scale),
        Column(key, (metric, place), "estimate", tuple(own)),
        Column(f"baseline_{key}", ("Baseline’s", metric, place), "estimate", tuple(base)),
        Column(f"{key}_difference", ("Difference", place), "difference", tuple(difference)),
    ]


# ------------------------------------------------------------------------ the notes


def _seeds_notes(measures: Measures) -> list[str]:
    """What the number of seeds allows one to say."""
    counts = {n for label in measures.labels if (n := measures.seeds(label)) > 0}
    notes = []
    if 1 in counts:
        notes.append("One seed: no interval.")
    few = [n for n in counts if 2 <= n <= 5]
    if few:
        most = max(few)
        smallest = significant(smallest_rank_p(most), 2)
        notes.append(
            f"{counted(most, 'seed')} per configuration are too few for a verdict by rank test: "
            f"{most} against {most} cannot reach a two-sided p below {smallest}."
        )
    return notes


def _unbounded_note(columns: Sequence[Column]) -> list[str]:
    ratios = [value for column in columns for value in column.entries if isinstance(value, Ratio)]
    if all(ratio.n == 1 or ratio.low is not None for ratio in ratios):
        return []
    return ["Unbounded: the seeds differ so much that the denominator may as well be zero."]


def timing_notes(measures: Measures) -> list[str]:
    """What weakens a comparison of the sweep's timings."""
    notes = [] if measures.shared_note is None else [measures.shared_note]
    if any(_contended(measures)):
        notes.append(
            f"{CONTENDED} Some epochs shared the machine with other work: these times are "
            "upper bounds."
        )
    if measures.machines:
        notes.append(
            f"Timings come from different machines or settings ({'; '.join(measures.machines)}): "
            "compare them with care."
        )
    if len(measures.known("data_hash")) > 1:
        notes.append("The configurations were trained on different data.")
    return notes
