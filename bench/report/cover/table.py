"""The table across all facets: a row for each configuration, a column for each facet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.report.cover.comparison import Across, InFacet
from bench.report.data.drift import NOTHING_TIMED, Timing
from bench.report.statistics import Ratio
from bench.report.statistics.strata import Average
from bench.report.table import Column, Table
from bench.report.tables.columns import configurations
from bench.report.text import ABSENT, CONTENDED, DRIFTED, listing, quoted
from bench.report.titles import lines
from bench.report.verdict_text import margin_text
from bench.texts import say


def table(compared: Across) -> Table:
    """Verdicts by facet, and geometric means over all facets."""
    facets = compared.facets
    labels = facets.labels
    columns = [configurations(labels, essential=True)]
    for one in compared.each:
        columns += _of_facet(one, labels)
    quality = _mean("quality_ratio", (str(compared.metric), "(×)"), labels, compared.quality)
    speed = _mean("speed_up", (say("column-speed-up"), "(×)"), labels, compared.speed_up)
    flops = _mean(
        "flops_ratio", (*lines(say("column-flops-per-image")), "(×)"), labels, compared.flops
    )
    marked = tuple(_timing(compared, label) for label in labels)
    means = (quality, replace(speed, marked=marked, essential=True), flops)
    columns += [column for column in means if column.measured]
    return Table(
        say("across-title", count=len(facets.each), facets=facets.kind),
        tuple(columns),
        tuple(_notes(compared)),
        labels.index(facets.baseline) if facets.baseline in labels else None,
        name="across-facets",
        leads=True,
    )


def _of_facet(one: InFacet, labels: list[str]) -> list[Column]:
    """The quality of each configuration relative to the baseline's of a facet, and the verdict."""
    title, found = one.facet.title, one.verdicts
    judged = (title, say("column-verdict"))
    entries = tuple(found.get(label) for label in labels)
    if one.outcome is None or not any(entries):
        return [Column(f"{one.facet.anchor}_verdict", judged, "text", (None,) * len(labels))]
    difference = any(each is not None and not each.is_ratio for each in entries)
    unit = f"({say('column-difference').lower()})" if difference else "(×)"
    return [
        Column(f"{one.facet.anchor}_effect", (title, one.outcome.metric, unit), "effect", entries),
        Column(f"{one.facet.anchor}_verdict", judged, "verdict", entries, essential=True),
    ]


def _mean(
    key: str, header: tuple[str, ...], labels: list[str], found: Mapping[str, Average | None]
) -> Column:
    """Geometric means over the facets."""
    values = tuple(
        None if average is None else Ratio(1, *average) for average in map(found.get, labels)
    )
    return Column(f"mean_{key}", (say("column-geometric-mean"), *header), "ratio", values)


def _timing(compared: Across, label: str) -> Timing:
    """Whether something speaks against the times of a configuration or its baselines."""
    timing = NOTHING_TIMED
    for one in compared.each:
        if one.facet.started and one.facet.data.baseline is not None:
            for each in (label, one.facet.data.baseline):
                timing = timing.beside(one.facet.data.timing(each))
    return timing


def _notes(compared: Across) -> list[str]:
    """What the numbers are, and why cells are empty."""
    facets = compared.facets
    notes = []
    if facets.baseline is not None:
        notes.append(f"(×): {say('across-ratio', baseline=facets.baseline)}")
    margins = {each.margin for one in compared.each for each in one.verdicts.values()}
    if margins:
        notes.append(say("across-verdicts", margins=listing(map(margin_text, margins))))
    if any(compared.quality.values()) or any(compared.speed_up.values()):
        notes.append(say("across-means", facets=facets.kind))
    timings = [_timing(compared, label) for label in compared.others]
    if any(timing.contended for timing in timings):
        notes.append(f"{CONTENDED} {say('across-contended')}")
    if any(timing.drifted for timing in timings):
        notes.append(f"{DRIFTED} {say('across-drifted')}")
    notes += _missing(compared)
    return notes


def _missing(compared: Across) -> list[str]:
    """Which cells are empty, and why."""
    facets = compared.facets
    notes = []
    for one in compared.each:
        facet = one.facet
        absent = [label for label in facets.labels if label not in facet.whole]
        start = f"{ABSENT} {facet.title}:"
        if not facet.started:
            notes.append(f"{start} {say('across-not-started')}")
            continue
        if facets.baseline in absent:
            notes.append(f"{start} {say('across-no-baseline')}")
        elif facets.baseline is not None and not facet.data.seeds(facets.baseline):
            notes.append(f"{start} {say('across-baseline-not-completed')}")
        elif one.outcome is None:
            notes.append(f"{start} {say('across-no-protocol')}")
        if absent and facets.baseline not in absent:
            notes.append(f"{start} {say('across-no-run', labels=_names(absent))}")
    partly = [
        label
        for label, average in compared.quality.items()
        if average is None and any(label in one.verdicts for one in compared.each)
    ]
    if partly and any(compared.quality.values()):
        notes.append(say("across-no-mean", labels=_names(partly), facets=facets.kind))
    if compared.metric is None and len({one.outcome for one in compared.each}) > 1:
        notes.append(say("across-metrics"))
    return notes


def _names(labels: Sequence[str]) -> str:
    return listing(map(quoted, labels))
