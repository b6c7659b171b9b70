"""The report's tables: each in one file, registered under the name of its files.

A file named with ``--plugin`` adds one in the same way::

    from bench.report.tables import Column, Table, table

    @table("seeds")
    def seeds(data):
        counts = tuple(data.seeds(label) for label in data.labels)
        return Table(
            "Completed seeds",
            (
                Column("configuration", ("Configuration",), "text", tuple(data.labels)),
                Column("seeds", ("Seeds",), "count", counts),
            ),
        )
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.report.contributions import Contributions, file_name
from bench.report.paper.tabular import latex
from bench.report.table import Column, Table

if TYPE_CHECKING:
    from bench.report.data import SweepData

__all__ = ["TABLES", "Column", "Table", "all_tables", "table"]

table: Contributions[Table] = Contributions("table", "bench.report.tables", Table)
TABLES = table.registry


def all_tables(
    data: SweepData, only: Collection[str] | None = None
) -> tuple[list[Table], list[str]]:
    """Every table of the report, the main one first, and sentences about those left out.

    Args:
        only: the registered names of the tables to make; None makes all.
    """
    taken: set[str] = set()

    def finish(registered: str, returned: Table) -> Table:
        finished = replace(returned, name=file_name(registered, returned.name, taken))
        # What is wrong with a plug-in's table shows here, where it is caught.
        for render in (finished.markdown, finished.csv):
            render()
        latex(finished)
        taken.add(finished.name)
        return finished

    found, sentences = table.collect(data, finish, only)
    return [each.value for each in found], sentences
