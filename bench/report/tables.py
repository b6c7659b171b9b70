"""The report's tables as data, and as Markdown, LaTeX, CSV and terminal rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from bench.report.measures import Axis, Measures, Protocol
from bench.report.statistics import (
    CONFIDENCE,
    Estimate,
    Ratio,
    mean_interval,
    paired_difference,
    smallest_rank_p,
)
from bench.report.text import (
    ABSENT,
    CONTENDED,
    byte_unit,
    escape_latex,
    escape_markdown,
    estimate_text,
    ratio_text,
    si_prefix,
    signed_text,
    significant,
)
from bench.units import counted

Kind = Literal["text", "count", "number", "estimate", "difference", "ratio"]
Value = str | int | float | Estimate | Ratio | None

_LATEX_WIDTH = 115  # characters of a small size that a page is wide
_LEVEL = f"{CONFIDENCE:.0%}".rstrip("%")


@dataclass(frozen=True)
class Column:
    """One column: what it holds, and how it is shown.

    Attributes:
        key: name in the CSV file, with the unit of the unscaled entries.
        header: the heading's lines, the unit in the last.
        kind: what ``entries`` are; decides the text of a cell and the columns of the CSV.
        scale: what the shown values are divided by (the CSV keeps them unscaled).
        marked: which rows carry the dagger of contended timings.
        essential: whether the column belongs in the narrow table of the terminal.
    """

    key: str
    header: tuple[str, ...]
    kind: Kind
    entries: tuple[Value, ...]
    scale: float = 1.0
    marked: tuple[bool, ...] = ()
    essential: bool = False

    @property
    def title(self) -> str:
        """The heading in one line."""
        return " ".join(self.header)

    @property
    def measured(self) -> bool:
        """Whether any cell has a value."""
        return any(value is not None for value in self.entries)

    def cell(self, row: int) -> str:
        """The text of one cell, not escaped."""
        value = self.entries[row]
        text = _cell_text(value, self.scale, difference=self.kind == "difference")
        return text + CONTENDED if self.marked and self.marked[row] and text != ABSENT else text

    def fields(self) -> dict[str, list[str]]:
        """The columns of the CSV file: full precision, empty where not measured."""
        if self.kind == "ratio":
            names = {
                "value": self.key,
                "low": f"{self.key}_low_{_LEVEL}",
                "high": f"{self.key}_high_{_LEVEL}",
            }
        elif self.kind in ("estimate", "difference"):
            names = {
                "mean": f"{self.key}_mean",
                "half_width": f"{self.key}_half_width_{_LEVEL}",
            }
        else:
            names = {}
        fields = {
            name: [_plain(getattr(value, part, None)) for value in self.entries]
            for part, name in names.items()
        } or {self.key: [_plain(value) for value in self.entries]}
        if any(self.marked):
            fields[f"{self.key}_contended"] = [str(marked).lower() for marked in self.marked]
        return fields


def _cell_text(value: Value, scale: float, *, difference: bool) -> str:
    if value is None or value == "":
        return ABSENT
    if isinstance(value, str):
        return value
    if isinstance(value, Ratio):
        return ratio_text(value)
    if isinstance(value, Estimate):
        return signed_text(value, scale) if difference else estimate_text(value, scale)
    return str(value) if isinstance(value, int) else significant(value / scale)


def _plain(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(value)


@dataclass(frozen=True)
class Table:
    """A table with what must stand under it."""

    name: str  # of its files
    title: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    emphasised: int | None = None  # the baseline's row

    @property
    def rows(self) -> list[list[str]]:
        """The cells' texts, not escaped."""
        return self._cells(self.columns)

    @property
    def aligned_left(self) -> list[bool]:
        """Per column, whether it is text."""
        return [column.kind == "text" for column in self.columns]

    def markdown(self) -> str:
        """A GitHub-flavoured table and its notes."""
        header = [escape_markdown(column.title) for column in self.columns]
        rule = [":--" if left else "--:" for left in self.aligned_left]
        rows = [[escape_markdown(cell) for cell in row] for row in self.rows]
        if self.emphasised is not None:
            rows[self.emphasised][0] = f"**{rows[self.emphasised][0]}**"
        lines = [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
        notes = [escape_markdown(note) for note in self.notes]
        return "\n".join([*lines, "", *(f"{note}  " for note in notes)]).rstrip() + "\n"

    def latex(self) -> str:
        """A table float for a document that loads booktabs and graphicx.

        A table too wide for a page is set as blocks of columns, one under the other, each
        beginning with the first column.
        """
        return "\n".join(
            [
                r"% Needs \usepackage{booktabs,graphicx}; names in other scripts need LuaLaTeX.",
                r"\begin{table*}",
                r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
                rf"\caption{{{escape_latex(self.title)}}}",
                rf"\label{{tab:{self.name}}}",
                "\n\\par\\medskip\n".join(self._tabular(block) for block in self._blocks()),
                *self._latex_notes(),
                r"\end{table*}",
                "",
            ]
        )

    def _blocks(self) -> list[list[int]]:
        """The columns that fit beside the first one in a page's width, block by block."""
        widths = [
            max(map(len, (*column.header, *cells))) + 2
            for column, cells in zip(self.columns, zip(*self.rows, strict=True), strict=True)
        ]
        blocks: list[list[int]] = [[0]]
        room = _LATEX_WIDTH - widths[0]
        for index, width in enumerate(widths[1:], start=1):
            if width > room and len(blocks[-1]) > 1:
                blocks.append([0])
                room = _LATEX_WIDTH - widths[0]
            blocks[-1].append(index)
            room -= width
        return blocks

    def _tabular(self, block: Sequence[int]) -> str:
        left = [self.aligned_left[index] for index in block]
        headers = []
        for index in block:
            lines = [escape_latex(line) for line in self.columns[index].header]
            side = "l" if self.aligned_left[index] else "r"
            stack = rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}" + r" \\ ".join(lines)
            headers.append(lines[0] if len(lines) == 1 else stack + r"\end{tabular}")
        rows = [[escape_latex(row[index]) for index in block] for row in self.rows]
        if self.emphasised is not None:
            rows[self.emphasised][0] = rf"\textbf{{{rows[self.emphasised][0]}}}"
        return "\n".join(
            [
                r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
                rf"\begin{{tabular}}{{{''.join('l' if each else 'r' for each in left)}}}",
                r"\toprule",
                " & ".join(headers) + r" \\",
                r"\midrule",
                *(" & ".join(row) + r" \\" for row in rows),
                r"\bottomrule",
                r"\end{tabular}}",
            ]
        )

    def _latex_notes(self) -> list[str]:
        if not self.notes:
            return []
        return [
            r"\par\medskip",
            r"\begin{minipage}{\linewidth}\raggedright",
            *(escape_latex(note) + r"\par" for note in self.notes),
            r"\end{minipage}",
        ]

    def csv(self) -> str:
        """Plain numbers in base units, one column per value and per interval bound."""
        fields: dict[str, list[str]] = {}
        for column in self.columns:
            fields |= column.fields()
        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows(zip(*fields.values(), strict=True))
        return sink.getvalue()

    def terminal(self) -> list[dict[str, str]]:
        """The essential columns as rows of heading → text."""
        chosen = [column for column in self.columns if column.essential]
        titles = [column.title for column in chosen]
        return [dict(zip(titles, row, strict=True)) for row in self._cells(chosen)]

    def _cells(self, columns: Sequence[Column]) -> list[list[str]]:
        count = len(columns[0].entries)
        rows = [[column.cell(row) for column in columns] for row in range(count)]
        if self.emphasised is not None:
            rows[self.emphasised][0] += " (baseline)"
        return rows


def all_tables(measures: Measures) -> list[Table]:
    """Every table of the report, the main one first."""
    tables = [summary(measures)]
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
        _timing(measures),
    ]
    if measures.baseline is not None and len(measures.labels) > 1:
        columns.append(_speed_up(measures))
    notes = [
        f"Mean ± half-width of the {CONFIDENCE:.0%} Student t interval over the seeds that "
        "completed.",
        *_seeds_notes(measures),
        "Seconds per epoch leave out warm-up and evaluation.",
    ]
    if measures.baseline is not None and len(measures.labels) > 1:
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
        measured("seconds_per_epoch", "Time", "per epoch", "(×)"),
        *(measured(key, *header, "(×)") for key, header in _memory_columns(measures)),
    ]
    notes = [
        "Each value is the configuration’s over the baseline’s; below 1 is cheaper (or, for a "
        "distance, better).",
        f"In brackets Fieller’s {CONFIDENCE:.0%} interval of the ratio of means, paired by seed.",
        *timing_notes(measures),
    ]
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
    columns += _equal_cost_columns(measures, baseline, others, "training_seconds", protocol.metric)
    notes = [
        "Both runs of a comparison are read at the largest cumulative training cost that all "
        "their completed runs reached, linearly between evaluations; seconds include warm-up "
        "and leave out evaluation.",
        "Difference: configuration minus baseline, paired by seed; below 0 is better.",
        f"{ABSENT}: not measured, or one was first evaluated after the other had ended.",
        protocol.sentence(),
    ]
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
            Column("seed", ("Seed",), "count", seeds),
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
    return [column for column in columns if column.measured]


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
    notes = []
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
