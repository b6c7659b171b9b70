"""The parts of a report: what it says of each facet, and across all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bench.report.choices import chosen
from bench.report.cover import cover
from bench.report.data.facets import Facet, Facets
from bench.report.data.outcome import measured_scores
from bench.report.explained import Explained, explained
from bench.report.figures import Figure, drawing_figures
from bench.report.findings import Finding, all_findings
from bench.report.heading import facts_of_part, incomplete
from bench.report.paper.caption import conditions
from bench.report.recommendation import recommend
from bench.report.sheets import MOST_BYTES, Sheets, sheets
from bench.report.table import Table
from bench.report.tables import all_tables
from bench.texts import say

Named = TypeVar("Named", Table, Figure)


@dataclass(frozen=True)
class Part:
    """What a report says of one facet, or across all of them.

    Attributes:
        title: "" where the report has one part only.
        anchor: its place on the page; "" where the report has one part only.
        facts: what holds for this part, such as the size of its images.
        banners: what to know before any of its numbers.
        omissions: sentences about the figures that are left out.
        failures: sentences about the tables and findings of plug-ins that are left out.
        recommendation: which configuration to use, where anything is compared.
        sheets: the samples of all epochs, where there are any.
        changes: what changed from the baseline, and why it is cheaper.
        unexplained: sentences about the configurations of which that cannot be said.
        conditions: how its numbers were measured, for captions.
    """

    title: str = ""
    anchor: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    banners: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    omissions: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    recommendation: str | None = None
    sheets: Sheets | None = None
    changes: tuple[Explained, ...] = ()
    unexplained: tuple[str, ...] = ()
    conditions: str = ""

    @property
    def leading(self) -> list[Table]:
        """The tables that come before the findings."""
        return [table for table in self.tables if table.leads]

    @property
    def every_table(self) -> list[Table]:
        """Those of the changes too."""
        return [*self.tables, *(each.parts for each in self.changes if each.parts)]

    @property
    def following(self) -> list[Table]:
        """All other tables."""
        return [table for table in self.tables if not table.leads]


def parts(facets: Facets, whole: str) -> tuple[Part, ...]:
    """All parts, in the order of the report: across the facets first, where there are several.

    Args:
        whole: how the numbers of all facets were measured, for captions.
    """
    if not facets.several:
        return (_whole(facets.each[0], MOST_BYTES),)
    findings, tables, figures = cover(facets)
    room = MOST_BYTES // len(facets.each)
    across = Part(
        title=say("across-part", count=len(facets.each), facets=facets.kind),
        anchor="across",
        findings=tuple(findings),
        tables=tuple(tables),
        figures=tuple(figures),
        conditions=whole,
    )
    return (across, *(_of_facet(facet, facets.baseline, room) for facet in facets.each))


def _whole(facet: Facet, room: int) -> Part:
    with drawing_figures(facet.data) as drawn:
        findings, without_findings = all_findings(facet.data)
        tables, without_tables = all_tables(facet.data)
        changes, unexplained = explained(facet.data)
        every_sheet = sheets(facet.data, room)
        figures, omissions = drawn.finished()
    return Part(
        findings=tuple(findings),
        tables=tuple(tables),
        figures=tuple(figures),
        omissions=tuple(omissions),
        failures=(*without_findings, *without_tables),
        sheets=every_sheet,
        changes=tuple(changes),
        unexplained=tuple(unexplained),
        conditions=conditions(facet.data),
        recommendation=None if (found := recommend(facet.data)) is None else found.text,
    )


def _of_facet(facet: Facet, baseline: str | None, room: int) -> Part:
    """One of several facets. Its files have names and titles that say which.

    Args:
        room: bytes for its sheets.
    """
    anchor = f"facet-{facet.anchor}"
    if not facet.started:
        return Part(facet.title, anchor, banners=(say("part-not-started"),))
    part = _whole(facet, room)
    return replace(
        part,
        title=facet.title,
        anchor=anchor,
        facts=facts_of_part(facet.data),
        banners=_banners(facet, baseline),
        tables=tuple(_of(facet, table) for table in part.tables),
        figures=tuple(_of(facet, figure) for figure in part.figures),
        changes=tuple(
            replace(each, parts=each.parts and _of(facet, each.parts)) for each in part.changes
        ),
    )


def _of(facet: Facet, each: Named) -> Named:
    # No other name has two dashes in a row, so no two files of a report have the same.
    return replace(each, name=f"{facet.anchor}--{each.name}", title=f"{each.title} ({facet.title})")


def _banners(facet: Facet, baseline: str | None) -> tuple[str, ...]:
    """What to know before any number of one facet."""
    sentences = [incomplete(facet.data)]
    if (metric := chosen().metric) is not None and metric not in measured_scores(facet.data):
        sentences.append(say("part-metric-not-measured", metric=metric))
    if baseline is not None and facet.data.baseline is None:
        sentences.append(say("part-without-baseline", baseline=baseline))
    elif facet.data.baseline is not None and not facet.data.seeds(facet.data.baseline):
        sentences.append(say("part-baseline-not-completed", baseline=str(baseline)))
    return tuple(sentence for sentence in sentences if sentence)
