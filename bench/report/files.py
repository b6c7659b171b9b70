"""The files of a report: written whole, and removed when a later report lacks them.

The page lists the files of its report in a ``<meta>`` element, so that a later report can
remove them even if the plug-in that wrote them is not loaded any more.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.errors import ResultsError
from bench.files import unwritable, write_atomically
from bench.report import ReportPaths
from bench.report.figures import FIGURES
from bench.report.page import compose, render_markdown, render_page
from bench.report.tables import TABLES
from bench.store import Results

_KINDS = {"tables": ("md", "tex", "csv"), "figures": ("png", "svg")}
_LISTED = re.compile(r"(tables|figures)/[a-z0-9-]+\.(md|tex|csv|png|svg)")
_META = re.compile('<meta name="gan-bench-files" content="([^"]*)">')


def write_report(results: Results, out: Path) -> ReportPaths:
    """Computes the report, then writes it; see ``bench.report.write``."""
    report = compose(results)
    tables: dict[Path, bytes] = {}
    for table in report.tables:
        stem = out / "tables" / table.name
        tables[stem.with_suffix(".md")] = table.markdown().encode()
        tables[stem.with_suffix(".tex")] = table.latex().encode()
        tables[stem.with_suffix(".csv")] = table.csv().encode()
    figures: dict[Path, bytes] = {}
    for figure in report.figures:
        stem = out / "figures" / figure.name
        figures[stem.with_suffix(".png")] = figure.png
        figures[stem.with_suffix(".svg")] = figure.svg
    parts = tables | figures
    for path, content in parts.items():
        _write(path, content)
    paths = ReportPaths(out, out / "index.html", out / "report.md", tuple(tables), tuple(figures))
    _write(paths.markdown, render_markdown(report).encode())
    # The page comes last, since until then the earlier one lists what to remove.
    _remove_stale(out, parts, paths.page)
    names = [path.relative_to(out).as_posix() for path in parts]
    _write(paths.page, render_page(report, names).encode())
    return paths


def _remove_stale(out: Path, files: Mapping[Path, bytes], page: Path) -> None:
    """Removes the files of an earlier report that this one lacks; all others stay."""
    for name in {*_listed(page), *_recognised(out)}:
        path = out / name
        if path not in files and path.is_file():
            path.unlink(missing_ok=True)


def _listed(page: Path) -> list[str]:
    """The files that the page of an earlier report lists; none if there is no such page."""
    try:
        with page.open(encoding="utf-8", errors="replace") as lines:
            for line in _until(lines, "</head>"):
                if found := _META.search(line):
                    names = html.unescape(found[1]).split()
                    return [name for name in names if _LISTED.fullmatch(name)]
    except OSError:
        pass
    return []


def _until(lines: Iterable[str], end: str) -> Iterator[str]:
    for line in lines:
        yield line
        if end in line:
            return


def _recognised(out: Path) -> Iterator[str]:
    """The files with the name of a registered figure or table, or of one of its protocols.

    Reports of earlier versions list no files.
    """
    for folder, registry in (("tables", TABLES), ("figures", FIGURES)):
        names, extensions = "|".join(registry.names()), "|".join(_KINDS[folder])
        own = re.compile(rf"({names})(-protocol-\d+)?\.({extensions})")
        if (out / folder).is_dir():  # a report without figures makes no folder for them
            for path in (out / folder).iterdir():
                if own.fullmatch(path.name):
                    yield f"{folder}/{path.name}"


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        remedy = "choose another report folder with --out, then run the report again"
        raise unwritable(f"the report’s {path}", error, remedy, ResultsError) from error
