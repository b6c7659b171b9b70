"""The page and the Markdown: what the report says, in order, through the templates."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from bench import __version__
from bench.markup import escape_markdown
from bench.report.data import SweepData
from bench.report.data.facets import split
from bench.report.figures import Figure
from bench.report.findings import Finding
from bench.report.heading import banners, facts, plugin_files
from bench.report.parts import Part, parts
from bench.report.table import Table
from bench.store import Results


@dataclass(frozen=True)
class Report:
    """Everything a report says, before it is laid out.

    Attributes:
        parts: one where all runs are on the same data; else one across all facets, and one for
            each facet.
    """

    name: str
    question: str | None
    facts: Mapping[str, str]
    banners: tuple[str, ...]
    command: str
    grid: str | None
    parts: tuple[Part, ...]
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


def _plugin_options(data: SweepData) -> list[str]:
    """Options that load the plug-ins of the sweep from the working directory."""
    names = dict.fromkeys(name for name, _ in plugin_files(data))
    return [word for name in names for word in ("--plugin", name)]


def compose(results: Results) -> Report:
    """Computes the whole report.

    Raises:
        ResultsError: steps or sample grids of a run are truncated.
    """
    facets = split(results)
    data = facets.each[0].data if not facets.several else SweepData(results)
    grid = results.path / "grid.yaml"
    return Report(
        name=results.name,
        question=results.question,
        facts=facts(data),
        banners=banners(data),
        command=shlex.join(["bench", "run", "--grid", str(grid), *_plugin_options(data)]),
        grid=grid.read_text(errors="replace") if grid.is_file() else None,
        parts=parts(facets),
    )


def render_page(report: Report, files: Sequence[str] = ()) -> str:
    """The report as one self-contained HTML page.

    Args:
        files: the report's other files, relative to its folder.
    """
    environment = _environment(autoescape=True)
    environment.filters |= {
        "base64": lambda content: base64.b64encode(content).decode(),
        "unbroken": lambda text: text.replace(" ± ", "\u00a0±\u00a0"),
    }
    return environment.get_template("page.html").render(report=report, files=files)


def render_markdown(report: Report) -> str:
    """The report as Markdown that shows the files in figures/."""
    environment = _environment(autoescape=False)  # every name passes through the filter below
    environment.filters |= {"md": escape_markdown, "fenced": _fenced}
    return environment.get_template("report.md").render(report=report)


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("bench.report"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _fenced(text: str) -> str:
    """Text as a Markdown code block that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"
