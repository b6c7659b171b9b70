"""Figures, tables and findings of a plug-in: shown last, cleaned up, and never fatal."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure as Canvas

from bench import report
from bench.errors import ResultsError
from bench.report.figures import FIGURES, Drawing, all_figures, figure
from bench.report.findings import FINDINGS, Finding, all_findings, finding
from bench.report.page import compose
from bench.report.tables import TABLES, Column, Table, all_tables, table
from bench.store import read_sweep
from variants.registry import DuplicateName


@pytest.fixture(autouse=True)
def _registries_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry in (FIGURES, TABLES, FINDINGS):
        registry.names()
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
        monkeypatch.setattr(registry, "_places", dict(registry._places))


def drawing(name: str = "") -> Drawing:
    canvas = Canvas(figsize=(2, 1))
    canvas.subplots().plot([0, 1])
    return Drawing(canvas, "A line", "A line from 0 to 1.", name=name)


def one_row(name: str = "") -> Table:
    return Table("Row", (Column("configuration", ("Configuration",), "text", ("a",)),), name=name)


@pytest.fixture
def plugged_in() -> None:
    """One of each kind, as a plug-in's file registers them."""

    @figure("a-line", position=0)
    def line(data):
        return [drawing(), "No second line.", drawing("a-line-ring")]

    @table("a-row")
    def row(data):
        return one_row()

    @finding("a-sentence")
    def sentence(data):
        return Finding(f"There are {len(data.labels)} configurations.", {"n": len(data.labels)})


@pytest.mark.usefixtures("plugged_in")
def test_what_a_plug_in_adds_comes_last_and_has_files(trio: Path, tmp_path: Path) -> None:
    page = compose(read_sweep(trio))
    assert [each.name for each in page.figures][-2:] == ["a-line", "a-line-ring"]
    assert page.tables[-1].name == "a-row"
    assert page.findings[-1].text == "There are 3 configurations."
    assert page.parts[0].omissions == ("No second line.",)
    assert page.parts[0].failures == ()
    paths = report.write(trio, tmp_path / "out")
    assert {path.stem for path in paths.figures} >= {"a-line", "a-line-ring"}
    assert "tab:a-row" in (tmp_path / "out" / "paper" / "tables" / "a-row.tex").read_text()
    assert "There are 3 configurations." in paths.page.read_text()


def test_its_files_go_with_it(synthetic, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    sweep = synthetic.write([synthetic.BASELINE], epochs=1, quality=False)
    names = {each: dict(each._entries) for each in (FIGURES, TABLES, FINDINGS)}
    request.getfixturevalue("plugged_in")
    out = tmp_path / "out"
    report.write(sweep, out)
    (out / "figures" / "a-line-mine.png").write_bytes(b"mine")
    for registry, entries in names.items():
        registry._entries = entries
    paths = report.write(sweep, out)
    kept = {path for path in out.rglob("*") if path.is_file()}
    mine, grid = out / "figures" / "a-line-mine.png", out / "grid.yaml"
    written = {paths.page, paths.markdown, *paths.tables, *paths.figures, *paths.paper}
    assert kept == {*written, grid, mine}


def test_a_page_cannot_name_files_elsewhere(synthetic, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "elsewhere.png").write_bytes(b"kept")
    (out / "notes.md").write_text("kept")
    listed = "figures/../../elsewhere.png ../elsewhere.png notes.md"
    (out / "index.html").write_text(f'<meta name="gan-bench-files" content="{listed}">\n')
    report.write(synthetic.write([synthetic.BASELINE], epochs=1, quality=False), out)
    assert (tmp_path / "elsewhere.png").exists()
    assert (out / "notes.md").exists()


@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: Canvas(), "TypeError: a figure’s function returns Drawing objects"),
        (lambda: [drawing(), drawing()], "ValueError: the file name 'broken' is already in use"),
        (lambda: drawing("../up"), "ValueError: the file name '../up' contains more than"),
        (lambda: drawing("samples"), "ValueError: the file name 'samples' is already in use"),
    ],
)
def test_a_figure_that_fails_is_left_out(trio: Path, returned, reason: str) -> None:
    figure("broken")(lambda data: returned())
    data = report_data(trio)
    with pytest.warns(RuntimeWarning, match="The figure 'broken' of a plug-in") as warned:
        found, sentences = all_figures(data, ["samples", "broken"])
    assert [each.name for each in found] == ["samples"]
    (sentence,) = sentences
    assert reason in sentence
    assert f"{Path(__file__).name}, line" in sentence
    assert sentence.endswith(".")
    assert str(warned[0].message) == sentence


def report_data(path: Path):
    from bench.report.data import SweepData

    return SweepData(read_sweep(path))


def test_a_table_or_finding_that_fails_is_left_out(trio: Path, tmp_path: Path) -> None:
    @table("broken")
    def uneven(data):
        columns = (
            Column("configuration", ("Configuration",), "text", ("a", "b")),
            Column("n", ("n",), "count", (1,)),
        )
        return Table("Uneven", columns)

    @finding("broken")
    def failing(data):
        raise ResultsError("no such column")

    with pytest.warns(RuntimeWarning, match="of a plug-in"):
        paths = report.write(trio, tmp_path / "out")
    for text in (paths.page.read_text(), paths.markdown.read_text().replace("\\", "")):
        assert "left out, since it failed with ResultsError: no such column." in text
        assert "left out, since it failed with IndexError: tuple index out of range." in text
    assert not (tmp_path / "out" / "tables" / "broken.csv").exists()


def test_a_built_in_one_that_fails_is_an_error(trio: Path) -> None:
    def failing(data):
        raise ZeroDivisionError

    failing.__module__ = "bench.report.figures.failing"
    figure("failing")(failing)
    with pytest.raises(ZeroDivisionError):
        all_figures(report_data(trio), ["failing"])


def test_a_name_belongs_to_one_of_a_kind() -> None:
    with pytest.raises(DuplicateName, match="the table 'summary' is already registered"):
        table("summary")(lambda data: None)
    finding("summary")(lambda data: None)


def test_the_order_of_the_report() -> None:
    def ordered(registry):
        return sorted(registry.names(), key=lambda name: registry.get(name).position)

    assert ordered(TABLES) == [
        "verdicts",
        "summary",
        "mode-coverage",
        "published-ring",
        "published-grid-2d",
        "quality",
        "held-out",
        "against-baseline",
        "equal-cost",
        "time-to-target",
        "tuning",
        "incomplete-runs",
    ]
    assert ordered(FINDINGS) == [
        "packing",
        "published",
        "learning",
        "losses",
        "signs-of-failure",
        "fastest",
        "time-to-target",
        "translation-floors",
        "seeds-until-decided",
        "quality-against-baseline",
        "shrinking",
        "pareto-front",
        "best-at-equal-compute",
        "conditional-accuracy",
        "noise-floor",
        "drift",
        "incomplete-runs",
    ]


def test_nothing_where_nothing_applies(trio: Path) -> None:
    data = report_data(trio)
    figure("none")(lambda data: None)
    assert all_figures(data, ["none", "modes-step"]) == ([], [])
    assert all_tables(data, ["mode-coverage", "quality"]) == ([], [])
    assert all_findings(data, ["packing"]) == ([], [])
