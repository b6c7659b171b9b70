"""Everything a report says, computed and in order."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench import __version__
from bench.report.asked import check_columns, check_metric
from bench.report.data import SweepData
from bench.report.data.facets import split
from bench.report.figures import Figure
from bench.report.findings import Finding
from bench.report.heading import banners, facts, plugin_files
from bench.report.paper.caption import conditions, macro_facts
from bench.report.paper.used import references
from bench.report.parts import Part, parts
from bench.report.table import Table
from bench.store import Results
from variants.references import Reference


@dataclass(frozen=True)
class Report:
    """Everything a report says, before it is laid out.

    Attributes:
        parts: one where all runs are on the same data; else one across all facets, and one for
            each facet.
        paper_facts: what a paper says of the whole sweep, by the name of its macro.
        references: the publications of what the sweep used.
    """

    name: str
    question: str | None
    facts: Mapping[str, str]
    banners: tuple[str, ...]
    command: str
    grid: str | None
    parts: tuple[Part, ...]
    paper_facts: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    version: str = __version__

    @property
    def findings(self) -> list[Finding]:
        """Those of all parts."""
        return [finding for part in self.parts for finding in part.findings]

    @property
    def tables(self) -> list[Table]:
        """Those of all parts."""
        return [table for part in self.parts for table in part.tables]

    @property
    def figures(self) -> list[Figure]:
        """Those of all parts."""
        return [figure for part in self.parts for figure in part.figures]


def _options(data: SweepData) -> list[str]:
    """Options without which the grid cannot be run again.

    Those of the plan; an earlier version's has none, but its runs name their plug-ins.
    """
    if data.results.options is not None:
        return list(data.results.options)
    names = dict.fromkeys(name for name, _ in plugin_files(data))
    return [word for name in names for word in ("--plugin", name)]


def compose(results: Results) -> Report:
    """Computes the whole report.

    Raises:
        ChoiceError: no such column or metric was measured.
        ResultsError: steps or sample grids of a run are truncated.
    """
    facets = split(results)
    check_metric(facets)
    data = facets.each[0].data if not facets.several else SweepData(results)
    grid = results.path / "grid.yaml"
    found = parts(facets, conditions(data))
    check_columns(table for part in found for table in part.every_table)
    return Report(
        name=results.name,
        question=results.question,
        facts=facts(data),
        banners=banners(data),
        command=shlex.join(["bench", "run", "--grid", str(grid), *_options(data)]),
        grid=grid.read_text(errors="replace") if grid.is_file() else None,
        parts=found,
        paper_facts=macro_facts(data),
        references=tuple(references(data)),
    )
