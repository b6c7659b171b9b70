"""What ``bench run`` prints when it is done: the main table, and where everything is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli import display

if TYPE_CHECKING:
    from bench.preparation import Ready
    from bench.report import Summary

# The report has every column; a narrow terminal keeps those that answer the question.
_LEAST = ("Peak", "Host", "Critic", "Generator", "Seeds", "Time per generator")


def show(folder: Path, ready: Ready, statuses: Mapping[str, int], *, quiet: bool) -> None:
    """The tables of what this call asked for; others may have asked for other runs meanwhile."""
    from bench import planning, report, store
    from bench.progress import counts_line

    if quiet:
        print(folder)
        return
    results = store.read_sweep(folder, planning.plan(ready))
    question = results.question or results.name
    console = display.console()
    summaries = report.summaries(results)
    if len(summaries) > 1:
        console.print(question, highlight=False, markup=False, soft_wrap=True)
    for summary in summaries:
        droppable = [h for start in _LEAST for h in summary.rows[0] if h.startswith(start)]
        title = summary.title or question
        console.print(display.table(title, list(summary.rows), console, droppable=droppable))
    for note in _notes(summaries):
        console.print(note, highlight=False, markup=False, style="dim")
    for summary in summaries:
        if summary.recommendation is not None:
            place = f"{summary.title}: " if summary.title else ""
            text = f"{place}{summary.recommendation}"
            console.print(text, highlight=False, markup=False, soft_wrap=True)
    console.print(f"{counts_line(statuses)}.", highlight=False)
    console.print(f"Results: {folder}", highlight=False, markup=False, soft_wrap=True)
    report_it = shlex.join(["bench", "report", str(folder)])
    console.print(f"Report:  {report_it}", highlight=False, markup=False, soft_wrap=True)


def _notes(summaries: Sequence[Summary]) -> list[str]:
    """The notes of all tables, each once: one of some facets only says of which."""
    facets, across = (summaries[:-1], summaries[-1:]) if len(summaries) > 1 else (summaries, [])
    titles: dict[str, list[str]] = {}
    for summary in facets:
        for note in summary.notes:
            titles.setdefault(note, []).append(summary.title)
    notes = [
        note if len(of) == len(facets) else f"{', '.join(of)}: {note}"
        for note, of in titles.items()
    ]
    return [*notes, *(note for summary in across for note in summary.notes)]
