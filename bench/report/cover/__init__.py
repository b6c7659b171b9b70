"""What a report says across the facets of a sweep: one table, its findings, one figure."""

from __future__ import annotations

from bench.report.cover.comparison import across
from bench.report.cover.findings import findings
from bench.report.cover.profiles import profiles
from bench.report.cover.table import table
from bench.report.data.facets import Facets
from bench.report.figures import Figure
from bench.report.findings import Finding
from bench.report.table import Table

__all__ = ["across", "cover", "table"]


def cover(facets: Facets) -> tuple[list[Finding], list[Table], list[Figure]]:
    """All of it, of several facets."""
    compared = across(facets)
    figure = profiles(facets)
    return findings(compared), [table(compared)], [] if figure is None else [figure]
