"""The report as a whole: files, the page, the Markdown, and hostile names."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench import report
from bench.errors import ResultsError
from bench.report.heading import banners, facts
from bench.store import read_sweep

HOSTILE = ["<script>alert('x')</script>", "a|b", "_under_", '100 % & "more"', r"\back[slash]`"]
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Strict(HTMLParser):
    """Checks that every element is closed, in order, and collects what the page asks for."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.asked: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.asked += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(page: Path) -> Strict:
    parser = Strict()
    parser.feed(page.read_text(encoding="utf-8"))
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def written(trio: Path, tmp_path_factory: pytest.TempPathFactory) -> report.ReportPaths:
    return report.write(trio, tmp_path_factory.mktemp("report") / "out")


def test_every_file_is_written(written: report.ReportPaths) -> None:
    assert written.page == written.folder / "index.html"
    assert written.markdown == written.folder / "report.md"
    for path in (written.page, written.markdown, *written.tables, *written.figures, *written.paper):
        assert path.stat().st_size > 0
    kinds = {path.suffix for path in written.tables}, {path.suffix for path in written.figures}
    assert kinds == ({".md", ".csv"}, {".png", ".svg", ".csv"})
    assert {path.suffix for path in written.paper} == {".tex", ".pdf", ".bib"}
    assert not list(written.folder.rglob(".*"))


def test_the_page_is_self_contained(written: report.ReportPaths) -> None:
    page = parsed(written.page)
    assert all(asked.startswith(("data:image/", "#")) for asked in page.asked)
    assert not {"link", "iframe", "object"} & page.tags
    source = written.page.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="http', source)
    assert not re.search(r"url\((?!#)", source)
    assert "@import" not in source
    ids = re.findall(r'\bid="([^"]*)"', source)
    assert len(ids) == len(set(ids))


def test_the_only_script_is_the_one_that_the_policy_admits(written: report.ReportPaths) -> None:
    source = written.page.read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src"
    assert f"{policy} 'sha256-{digest}'\"" in source
    assert not re.search(r"<[^>]*\son[a-z]+=", source)  # no handlers in attributes
    assert script.count("\n") <= 300


def test_verdicts_come_first(written: report.ReportPaths) -> None:
    for path, first in (
        (written.page, 'id="table-verdicts"'),
        (written.markdown, "Verdicts against"),
    ):
        source = path.read_text()
        assert (
            source.index("Recommendation")
            < source.index(first)
            < source.index("Findings</h2>" if path is written.page else "## Findings")
        )


def test_doubtful_times_are_marked_in_the_verdicts(synthetic, tmp_path: Path) -> None:
    doubtful = replace(synthetic.SMALL_CRITIC, epoch={"contended": True})
    sweep = synthetic.write([synthetic.BASELINE, doubtful])
    page = report.write(sweep, tmp_path / "out").page.read_text()
    table = page[page.index('id="table-verdicts"') :].partition("</table>")[0]
    assert re.search(r'\d\)†</span> <span class="word', table)


def test_the_grid_is_a_file_beside_the_markdown(written: report.ReportPaths) -> None:
    assert (written.folder / "grid.yaml").read_text() == "name: synthetic\n"
    assert "[grid.yaml](grid.yaml)" in written.markdown.read_text()
    assert "name: synthetic" not in written.markdown.read_text()


def test_the_command_has_the_options_of_the_plan(synthetic, tmp_path: Path) -> None:
    path = synthetic.write([synthetic.BASELINE])
    plan = json.loads((path / "sweep.json").read_text())
    plan["options"] = ["--plugin", "/home/me/my gans.py", "--data-root", "/data"]
    (path / "sweep.json").write_text(json.dumps(plan))
    text = report.write(path, tmp_path / "out").markdown.read_text()
    assert "--plugin '/home/me/my gans.py' --data-root /data" in text


def test_the_heading_says_what_where_and_when(written: report.ReportPaths) -> None:
    for text in (" ".join(parsed(written.page).text), written.markdown.read_text()):
        text = re.sub(r"\\(.)", r"\1", text)
        for part in (
            "What does each filter cost",
            "mnist-5k",
            "5,000 for training; 28 × 28 px",
            "0, 1, 2",
            "AMD EPYC 9J14; 2 cores; threads per run: 2; no GPU",
            "torch 2.15.0",
            "commit 0123456789ab",
            "2025-03-01 09:00 – 09:07 UTC",
            "bench run --grid",
            "grid.yaml",
        ):
            assert part in text


def test_uncommitted_changes_are_reported(synthetic) -> None:
    dirty = replace(synthetic.BASELINE, environment={"git_dirty": True})
    lines = facts(synthetic.data([dirty]))
    assert lines["Code"] == "commit 0123456789ab, with uncommitted changes"


def test_page_and_markdown_show_the_same_tables(written: report.ReportPaths) -> None:
    page, markdown = " ".join(parsed(written.page).text), written.markdown.read_text()
    for part in ("10.1 (9.1–11.1)", "2.01 (1.87–2.16)", "20.2 ± 1.9", "FCD: worse (ratio"):
        assert part in page.replace("\u00a0", " ")
        assert part in markdown
    for path in written.figures:
        if path.suffix == ".png":
            assert f"](figures/{path.name})" in markdown


def test_a_complete_sweep_has_no_banner(written: report.ReportPaths) -> None:
    assert "runs completed" not in written.page.read_text()


def test_an_unfinished_sweep_has_a_banner(synthetic, tmp_path: Path) -> None:
    partly = replace(synthetic.BASELINE, statuses=("completed", "interrupted", None))
    paths = report.write(synthetic.write([partly]), tmp_path / "out")
    banner = "1 of 3 runs completed (1 interrupted, 1 not run): this report is preliminary."
    assert banner in paths.page.read_text()
    assert banner in paths.markdown.read_text()


def test_a_sweep_that_ended_with_a_failure_is_not_preliminary(synthetic, tmp_path: Path) -> None:
    broken = replace(
        synthetic.SMALL_CRITIC,
        statuses=("completed", "completed", "diverged"),
        errors=(None, None, "the loss is not finite"),
    )
    page = report.write(synthetic.write([broken], baseline="half critic"), tmp_path / "out").page
    assert "2 of 3 runs completed (1 diverged)." in page.read_text()
    assert "the loss is not finite" in page.read_text()


def test_a_sweep_of_runs_that_only_started(synthetic, tmp_path: Path) -> None:
    started = replace(synthetic.BASELINE, statuses=("interrupted", None, None))
    paths = report.write(synthetic.write([started]), tmp_path / "out")
    assert "0 of 3 runs completed" in paths.page.read_text()
    assert {path.stem for path in paths.figures} >= {"losses"}
    parsed(paths.page)


def test_different_machines_are_noted_at_the_top(synthetic) -> None:
    elsewhere = replace(synthetic.SMALL_CRITIC, environment={"host": "laptop"})
    (banner,) = banners(synthetic.data([synthetic.BASELINE, elsewhere]))
    assert "different machines or settings (host: desk, laptop)" in banner


def test_hostile_names_stay_text(synthetic, tmp_path: Path) -> None:
    configs = [
        replace(
            synthetic.BASELINE,
            label=label,
            samples=label == HOSTILE[0],
            statuses=("completed", "failed", None),
            errors=(None, f"boom {label}", None),
        )
        for label in HOSTILE
    ]
    path = synthetic.write(
        configs,
        baseline=HOSTILE[0],
        name="<img src=x onerror=alert(1)>",
        epochs=2,
        question="Is a < b & c > d | `e`?\n```\n# not a heading",
    )
    (path / "grid.yaml").write_text("note: |\n  ```\n  </pre><script>alert(2)</script>\n")
    paths = report.write(path, tmp_path / "out")
    page = parsed(paths.page)
    assert paths.page.read_text().count("<script>") == 1
    text = "".join(page.text)
    for label in HOSTILE:
        assert label in text
    assert "<img src=x onerror=alert(1)>" in text
    markdown = paths.markdown.read_text()
    assert "<script>" not in markdown
    assert "<img" not in markdown
    assert not re.search(r"^# not a heading", markdown, re.M)


def test_stale_files_of_an_earlier_report_go_and_others_stay(synthetic, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = report.write(synthetic.write([synthetic.BASELINE, synthetic.SMALL_CRITIC]), out)
    (out / "figures" / "mine.png").write_bytes(b"mine")
    other = type(synthetic)(tmp_path / "other")
    paths = report.write(other.write([synthetic.BASELINE], quality=False), out)
    assert out / "figures" / "pareto-flops.svg" in first.figures
    kept = {path for path in out.rglob("*") if path.is_file()}
    assert kept == {
        paths.page,
        paths.markdown,
        out / "grid.yaml",
        *paths.tables,
        *paths.figures,
        *paths.paper,
        out / "figures" / "mine.png",
    }


def test_only_what_a_report_writes_is_ever_removed(synthetic, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep = synthetic.write(quality=True)
    first = report.write(sweep, out)
    mine = [
        *("figures/samples.pdf", "figures/pareto-flops.svg.bak", "figures/quality-mine.png"),
        *("figures/samples.v2.png", "figures/summary.md", "tables/samples.png"),
        *("tables/summary.docx", "tables/summary.tex", "tables/quality-protocol-final.md"),
        *("paper/mine.tex", "paper/example.pdf", "paper/figures/mine.pdf"),
        "tables/quality-protocol-2.md",  # as a report calls its own, of other results
    ]
    for name in mine:
        (out / name).write_text("mine")
    # The same sweep without quality and baseline has fewer tables and figures.
    other = tmp_path / "other"
    other.mkdir()
    bare = type(synthetic)(other).write(quality=False, baseline=None)
    second = report.write(bare, out)
    now = {*second.tables, *second.figures, *second.paper, second.page, second.markdown}
    now.add(out / "grid.yaml")
    gone = {*first.tables, *first.figures, *first.paper} - now
    assert {path.stem for path in gone} >= {"against-baseline", "quality-epoch", "pareto-seconds"}
    kept = {path for path in out.rglob("*") if path.is_file()}
    assert kept == now | {out / name for name in mine}


def test_a_folder_that_cannot_be_written_is_named(synthetic, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ResultsError, match=r"Cannot write the report’s .*out.* --out") as caught:
        report.write(synthetic.write([synthetic.BASELINE]), tmp_path / "out")
    assert "epoch" not in str(caught.value)


def test_a_full_disk_is_reported(synthetic, tmp_path: Path) -> None:
    sweep = synthetic.write([synthetic.BASELINE])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ResultsError, match="No space left to write the report’s") as caught:
            report.write(sweep, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert "epoch" not in str(caught.value)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_missing_results_are_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="There is no results folder"):
        report.write(tmp_path / "absent", tmp_path / "out")


def test_rows_for_the_terminal(trio: Path) -> None:
    results = read_sweep(trio)
    (summary,) = report.summaries(results)
    rows = summary.rows
    assert [row["Configuration"] for row in rows] == [
        "dcgan (baseline)",
        "half generator",
        "half critic",
    ]
    assert rows[2]["Speed-up per 1,000 real images (×)"] == "2.01 (1.87–2.16)"
    assert any(note.startswith("Verdict") for note in summary.notes)


def test_imports_stay_light() -> None:
    check = (
        "import sys, bench.report\n"
        "assert not {'pandas', 'matplotlib', 'jinja2', 'numpy'} & set(sys.modules)\n"
        "import bench.report.figures, bench.report.findings\n"
        "assert not {'pandas', 'matplotlib', 'jinja2', 'numpy'} & set(sys.modules)\n"
        "import bench.report.tables\n"
        "assert not {'pandas', 'matplotlib', 'seaborn', 'scipy', 'torch'} & set(sys.modules)\n"
        "bench.report.tables.TABLES.names()\n"
        "assert not {'matplotlib', 'seaborn', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
