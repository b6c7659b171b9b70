"""From a results folder to a report: a page, tables, figures, findings.

Figures, tables and findings are registered functions, one idea per file; see the packages of
these names. Data flows one way: ``data`` → tables, figures, findings → ``page`` → ``files``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.report.choices import Choices, choosing
from bench.texts import ENGLISH, speaking

if TYPE_CHECKING:
    from bench.store import Results

__all__ = [
    "FinalValues",
    "Progress",
    "ReportPaths",
    "Summary",
    "final_values",
    "progress",
    "summaries",
    "write",
]


@dataclass(frozen=True)
class ReportPaths:
    """Where a report's files are."""

    folder: Path
    page: Path
    markdown: Path
    tables: tuple[Path, ...]
    figures: tuple[Path, ...]
    paper: tuple[Path, ...]


@dataclass(frozen=True)
class Summary:
    """A table's essential columns for the terminal.

    Attributes:
        title: the facet; "" where there is one only.
        rows: heading → text; labels are the user's words and are not escaped.
        notes: under the table: intervals, protocol, contended timings.
        recommendation: which configuration to use, where anything is compared.
    """

    title: str
    rows: tuple[dict[str, str], ...]
    notes: tuple[str, ...]
    recommendation: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far a comparison has got in a sweep that adds seeds until its verdicts are given.

    Attributes:
        due: the runs that the next look waits for, by label and seed.
        sentences: what the looks found so far, and why no seeds are added any more.
    """

    due: tuple[tuple[str, int], ...]
    sentences: tuple[str, ...]


def write(
    results_path: Path,
    out: Path | None = None,
    *,
    others: Sequence[Path] = (),
    language: str = ENGLISH,
    choices: Choices | None = None,
) -> ReportPaths:
    """Writes the report of a results folder, finished or still growing, into ``out``.

    Each file is replaced whole. Tables and figures of an earlier report that this one lacks
    are removed; all other files are left alone.

    Args:
        out: None for ``reports/NAME`` if the results are in ``results/NAME``, else for a folder
            ``report`` inside the results folder; of several folders, for one under ``reports``
            that names them all.
        others: further results folders, merged into the same report.
        language: that of the texts, by the name of its catalogue in ``bench.texts``.
        choices: which columns, which metric, how many digits; None for the defaults.

    Raises:
        RequestError: there is no catalogue of that language, or no column or metric of those
            that are chosen; nothing is written then.
        ResultsError: the results cannot be read, or the report cannot be written, or would
            overwrite what no report has written.
    """
    from bench.report.data.merged import merge
    from bench.report.files import folder_of, write_report
    from bench.store import read_sweep

    with speaking(language), choosing(choices or Choices()):
        sweeps = [read_sweep(path) for path in (results_path, *others)]
        results = merge(sweeps)
        own = Path("reports", results.name) if others else folder_of(results_path, results.name)
        return write_report(results, out or own)


def summaries(results: Results) -> list[Summary]:
    """The main table of each facet that has been started, and at the end that across them."""
    from bench.report.cover import across, table
    from bench.report.data.facets import split
    from bench.report.recommendation import recommend
    from bench.report.tables.summary import summary

    facets = split(results)
    found = []
    for facet in facets.each:
        if facet.started:
            own, advice = summary(facet.data), recommend(facet.data)
            text = None if advice is None else advice.text
            found.append(Summary(facet.title, tuple(own.terminal()), own.notes, text))
    if facets.several:
        cover = table(across(facets))
        found.append(Summary(cover.title, tuple(cover.terminal()), cover.notes))
    return found


@dataclass(frozen=True)
class FinalValues:
    """What decides between the configurations of a sweep.

    Attributes:
        values: by label, the mean over the completed runs; a label without one is left out.
        metric: what is measured; "" where nothing is.
    """

    values: Mapping[str, float]
    metric: str
    higher_is_better: bool


def final_values(results: Results) -> FinalValues:
    """The final values of all facets; only those of one facet can be compared."""
    from bench.report.data.facets import split
    from bench.report.data.outcome import outcome

    values: dict[str, float] = {}
    metric, higher = "", False
    for facet in split(results).each:
        judged = outcome(facet.data) if facet.started else None
        if judged is None:
            continue
        metric = judged.metric
        higher = facet.data.measured_as(judged.column).direction == "higher"
        for label in facet.data.labels:
            own = facet.data.by_seed(label, judged.column)
            if own:
                values[facet.whole[label]] = sum(own.values()) / len(own)
    return FinalValues(values, metric, higher)


def progress(results: Results) -> list[Progress]:
    """How far the comparison of each facet has got; empty where a sweep adds no seeds."""
    from bench.report.course import course, sentences
    from bench.report.data.facets import split

    found = []
    for facet in split(results).each:
        followed = course(facet.data) if facet.started else None
        if followed is not None:
            due = tuple((facet.whole[label], seed) for label, seed in followed.due)
            title = f"{facet.title} – " if facet.title else ""
            texts = sentences(followed, facet.data.labels)
            found.append(Progress(due, tuple(f"{title}{text}" for text in texts)))
    return found
