"""Refuses what a report is asked to show and the results do not have."""

from __future__ import annotations

from collections.abc import Iterable

from bench.report.choices import ChoiceError, chosen, closest_first
from bench.report.data.facets import Facets
from bench.report.data.outcome import measured_scores
from bench.report.table import Table


def check_metric(facets: Facets) -> None:
    """Checks that the chosen metric was measured, in one facet at least.

    Raises:
        ChoiceError: it was not.
    """
    metric = chosen().metric
    measured = [n for each in facets.each if each.started for n in measured_scores(each.data)]
    if metric is None or metric in measured:
        return
    if not measured:
        raise ChoiceError(f"--metric {metric}: no score has been measured; leave the option out.")
    raise ChoiceError(
        f"--metric {metric}: no such score was measured in any run; "
        f"choose one of {closest_first(metric, measured)}."
    )


def check_columns(tables: Iterable[Table]) -> None:
    """Checks that some table has each of the chosen columns.

    Raises:
        ChoiceError: none has one of them.
    """
    if not chosen().columns:
        return
    columns = [column for table in tables for column in table.columns]
    names = {name for column in columns for name in column.names}
    for name in chosen().columns:
        if name not in names:
            known = closest_first(name, (column.key for column in columns))
            raise ChoiceError(
                f"--columns {name}: no table of this report has that column; choose from {known}."
            )
