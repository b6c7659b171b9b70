"""The files of a report: written whole, and removed when a later report lacks them.

A report overwrites and removes what an earlier report wrote, and nothing else. The page is the
mark: it lists the report's other files in a ``<meta>`` element. It is written first, listing also
those that a report killed meanwhile may leave, and once more at the end where there are such.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.errors import ResultsError
from bench.files import unwritable, write_atomically
from bench.report import ReportPaths
from bench.report.page import compose, render_markdown, render_page
from bench.report.paper import Section
from bench.report.paper import files as paper_files
from bench.store import Results

_PAGE, _MARKDOWN, _GRID = "index.html", "report.md", "grid.yaml"
_LISTED = re.compile(
    rf"(tables|figures)/[a-z0-9-]+\.(md|tex|csv|png|svg)|{_GRID}"
    r"|paper/(tables/[a-z0-9-]+\.tex|figures/[a-z0-9-]+\.pdf|macros\.tex|example\.tex|references\.bib)"
)
_META = re.compile('<meta name="gan-bench-files" content="([^"]*)">')
_REMEDY = "choose another report folder with --out"


def folder_of(results: Path, name: str) -> Path:
    """Where the report of a results folder is by default.

    ``reports/NAME`` is that of ``results/NAME``. One elsewhere, of which there may be several of
    one name, has its report inside it.

    Args:
        name: of the sweep.
    """
    if results.resolve() == Path("results", name).resolve():
        return Path("reports", name)
    return results / "report"


def write_report(results: Results, out: Path) -> ReportPaths:
    """Computes the report, then writes it; see ``bench.report.write``."""
    own = _own(out)
    _check_own(out, (_PAGE, _MARKDOWN), own)  # before the work of computing the report
    report = compose(results)
    parts: dict[str, bytes] = {}
    if report.grid is not None:
        parts[_GRID] = report.grid.encode(errors="backslashreplace")
    for table in report.tables:
        parts[f"tables/{table.name}.md"] = table.markdown().encode()
        parts[f"tables/{table.name}.csv"] = table.csv().encode()
    for figure in report.figures:
        parts[f"figures/{figure.name}.png"] = figure.png
        parts[f"figures/{figure.name}.svg"] = figure.svg
        if figure.data:
            parts[f"figures/{figure.name}.csv"] = figure.data
    sections = [
        Section(part.anchor.removeprefix("facet-"), part.conditions, part.tables, part.figures)
        for part in report.parts
    ]
    parts |= paper_files(report.name, report.paper_facts, sections, report.references)
    _check_own(out, parts, own)

    stale = own - parts.keys() - {_PAGE, _MARKDOWN}
    page, markdown = out / _PAGE, out / _MARKDOWN
    _write(page, render_page(report, [*parts, *sorted(stale)]).encode(errors="backslashreplace"))
    for name, content in parts.items():
        _write(out / name, content)
    _write(markdown, render_markdown(report).encode(errors="backslashreplace"))
    for name in stale:
        (out / name).unlink(missing_ok=True)
    if stale:
        _write(page, render_page(report, list(parts)).encode(errors="backslashreplace"))
    of_kind = {
        kind: tuple(out / name for name in parts if name.startswith(f"{kind}/"))
        for kind in ("tables", "figures", "paper")
    }
    return ReportPaths(out, page, markdown, **of_kind)


def _own(out: Path) -> frozenset[str]:
    """The files that an earlier report in this folder has made; none if there is no such report."""
    try:
        with (out / _PAGE).open(encoding="utf-8", errors="replace") as lines:
            for line in _until(lines, "</head>"):
                if found := _META.search(line):
                    names = html.unescape(found[1]).split()
                    return frozenset({_PAGE, _MARKDOWN, *filter(_LISTED.fullmatch, names)})
    except OSError:
        pass
    return frozenset()


def _until(lines: Iterable[str], end: str) -> Iterator[str]:
    for line in lines:
        yield line
        if end in line:
            return


def _check_own(out: Path, names: Iterable[str], own: frozenset[str]) -> None:
    """Refuses to write over what no report has made.

    Raises:
        ResultsError: such a file is there.
    """
    for name in names:
        if name not in own and os.path.lexists(out / name):
            raise ResultsError(
                f"{out / name} was not written by bench report, which leaves it as it is: "
                f"{_REMEDY}, or move the file away."
            )


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        remedy = f"{_REMEDY}, then run the report again"
        raise unwritable(f"the report’s {path}", error, remedy, ResultsError) from error
