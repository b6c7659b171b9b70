"""The page and the Markdown: what the report says, in order, through the templates."""

from __future__ import annotations

import base64
import errno
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from bench import __version__
from bench.errors import ResultsError
from bench.report import ReportPaths
from bench.report.figures import Figure, all_figures
from bench.report.findings import Finding, all_findings
from bench.report.measures import Measures
from bench.report.table import Table
from bench.report.tables import all_tables
from bench.report.text import escape_markdown
from bench.store import Results, write_atomically
from bench.units import counted


@dataclass(frozen=True)
class Report:
    """Everything a report says, before it is laid out."""

    name: str
    question: str | None
    facts: Mapping[str, str]
    banners: tuple[str, ...]
    command: str
    grid: str | None
    findings: tuple[Finding, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    omissions: tuple[str, ...]
    version: str = __version__


def compose(results: Results) -> Report:
    """Computes the whole report.

    Raises:
        ResultsError: steps or sample grids of a run are torn.
    """
    measures = Measures(results)
    figures, omissions = all_figures(measures)
    grid = results.path / "grid.yaml"
    return Report(
        name=results.name,
        question=results.question,
        facts=_facts(measures),
        banners=_banners(measures),
        command=f"bench run --grid {shlex.quote(str(grid))}",
        grid=grid.read_text(errors="replace") if grid.is_file() else None,
        findings=tuple(all_findings(measures)),
        tables=tuple(all_tables(measures)),
        figures=tuple(figures),
        omissions=tuple(omissions),
    )


def write_report(results: Results, out: Path) -> ReportPaths:
    """Computes the report, then writes it; see ``bench.report.write``."""
    report = compose(results)
    files: dict[Path, bytes] = {}
    for table in report.tables:
        stem = out / "tables" / table.name
        files[stem.with_suffix(".md")] = table.markdown().encode()
        files[stem.with_suffix(".tex")] = table.latex().encode()
        files[stem.with_suffix(".csv")] = table.csv().encode()
    tables = tuple(files)
    for figure in report.figures:
        stem = out / "figures" / figure.name
        files[stem.with_suffix(".png")] = figure.png
        files[stem.with_suffix(".svg")] = figure.svg
    figures = tuple(path for path in files if path not in tables)
    files[out / "report.md"] = render_markdown(report).encode()
    files[out / "index.html"] = render_page(report).encode()
    for path, content in files.items():
        _write(path, content)
    _remove_stale(out, files)
    return ReportPaths(out, out / "index.html", out / "report.md", tables, figures)


def render_page(report: Report) -> str:
    """The report as one HTML page that needs nothing else."""
    environment = Environment(
        loader=PackageLoader("bench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "base64": lambda content: base64.b64encode(content).decode(),
        "unbroken": lambda text: text.replace(" ± ", "\u00a0±\u00a0"),
    }
    return environment.get_template("page.html").render(report=report)


def render_markdown(report: Report) -> str:
    """The report as Markdown that shows the files in figures/."""
    environment = Environment(
        loader=PackageLoader("bench.report"),
        autoescape=False,  # every name passes through the filter below
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"md": escape_markdown, "fenced": _fenced}
    return environment.get_template("report.md").render(report=report)


def _fenced(text: str) -> str:
    """Text as a Markdown code block that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def _facts(measures: Measures) -> dict[str, str]:
    """What, where and when: the lines of the heading."""
    facts = {
        "Data set": _joined(measures, "dataset"),
        "Images" if measures.known("image_size") else "Points": _images(measures),
        "Seeds": ", ".join(str(s) for s in sorted(measures.results.planned["seed"].unique())),
        "Epochs": _joined(measures, "epochs_planned"),
        "Steps": _joined(measures, "steps_planned", "{:,} per run"),
        "Batch size": _joined(measures, "batch_size"),
        "Machine": _machine(measures),
        "Software": _software(measures),
        "Code": _code(measures),
        "Measured": _dates(measures),
    }
    return {name: text for name, text in facts.items() if text}


def _joined(measures: Measures, column: str, template: str = "{}") -> str:
    return ", ".join(template.format(value) for value in measures.known(column))


def _images(measures: Measures) -> str:
    parts = [
        _joined(measures, "train_images", "{:,} for training"),
        _joined(measures, "image_size", "{0} × {0} px"),
        _joined(measures, "channels", "channels: {}"),
    ]
    return "; ".join(part for part in parts if part)


def _machine(measures: Measures) -> str:
    gpu = _joined(measures, "gpu_name")
    parts = [
        _joined(measures, "cpu_model"),
        _joined(measures, "cpu_cores", "{} cores"),
        _joined(measures, "threads", "{} threads per run"),
        gpu or ("no GPU" if "cpu" in measures.known("device") else ""),
    ]
    return "; ".join(part for part in parts if part)


def _software(measures: Measures) -> str:
    parts = [
        _joined(measures, "torch_version", "torch {}"),
        _joined(measures, "cuda_version", "CUDA {}"),
        _joined(measures, "python_version", "Python {}"),
        _joined(measures, "bench_version", "gan-bench {}"),
        _joined(measures, "os"),
        _joined(measures, "precision"),
        _joined(measures, "execution"),
    ]
    return "; ".join(part for part in parts if part)


def _code(measures: Measures) -> str:
    commits = _joined(measures, "git_commit", "{:.12}")
    if commits and any(measures.known("git_dirty")):
        return f"commit {commits}, with uncommitted changes"
    return f"commit {commits}" if commits else ""


def _dates(measures: Measures) -> str:
    runs = measures.runs
    first, last = runs["started_at"].min(), runs["ended_at"].fillna(runs["started_at"]).max()
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} – {until} UTC"


def _banners(measures: Measures) -> tuple[str, ...]:
    """What a reader must know before any number: missing runs, different machines."""
    banners = []
    if measures.completed < measures.planned:
        statuses = measures.runs.loc[~measures.runs["completed"], "status"].value_counts()
        parts = [f"{count} {str(status).replace('_', ' ')}" for status, count in statuses.items()]
        unstarted = measures.planned - len(measures.runs)
        if unstarted:
            parts.append(f"{unstarted} not run")
        more_to_come = unstarted or "interrupted" in statuses.index
        banners.append(
            f"{measures.completed} of {counted(measures.planned, 'run')} completed "
            f"({', '.join(parts)})" + (": this report is preliminary." if more_to_come else ".")
        )
    if measures.machines:
        banners.append(
            f"The runs were measured on different machines or settings "
            f"({'; '.join(measures.machines)}): compare their timings with care."
        )
    return tuple(banners)


# What a report writes, so that an earlier report's leftovers can be told from other files.
_OWN = {
    "tables": re.compile(
        r"(summary|mode-coverage|published-(ring|grid-2d|stacked)|quality-protocol-\d+"
        r"|against-baseline|equal-cost|incomplete-runs)"
        r"\.(md|tex|csv)"
    ),
    "figures": re.compile(
        r"(losses|critic-accuracy|samples|samples-through-time|modes-step|conditional-accuracy"
        r"|(quality-(epoch|seconds|flops)|pareto-(seconds|flops))(-protocol-\d+)?)"
        r"\.(png|svg)"
    ),
}


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except ResultsError as error:
        # The store speaks of a sweep's epochs, which a report cannot touch.
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise
        raise _unwritable(path, cause) from cause


def _unwritable(path: Path, error: OSError) -> ResultsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return ResultsError(
            f"No space left to write the report’s {path}: free some space or choose another "
            "folder with --out, then run the report again."
        )
    return ResultsError(
        f"Cannot write the report’s {path} ({error.strerror}): choose a folder you can write to "
        "with --out."
    )


def _remove_stale(out: Path, files: Mapping[Path, bytes]) -> None:
    for folder, own in _OWN.items():
        if not (out / folder).is_dir():  # a report without figures makes no folder for them
            continue
        for path in (out / folder).iterdir():
            if own.fullmatch(path.name) and path.is_file() and path not in files:
                path.unlink(missing_ok=True)
