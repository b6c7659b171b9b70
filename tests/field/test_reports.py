"""A report overwrites and removes what reports have made, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report
from bench.errors import ResultsError
from tests.cli.commands import refused
from tests.store.sweeps import open_sweep, run_plan, write_run


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that a relative path names, as people give it."""
    monkeypatch.chdir(tmp_path)
    return small(Path("a"))


def small(path: Path) -> Path:
    open_sweep(path, [run_plan(0)])
    write_run(path, run_plan(0), "completed", 2)
    return path


@pytest.mark.parametrize("name", ["index.html", "report.md", "figures/losses.png", "tables"])
def test_what_no_report_wrote_is_refused_and_left_alone(
    sweep: Path, tmp_path: Path, name: str
) -> None:
    mine = tmp_path / "site" / (name if name != "tables" else "tables/summary.csv")
    mine.parent.mkdir(parents=True)
    mine.write_text("<html>my home page</html>")
    with pytest.raises(ResultsError, match=rf"{mine.name} was not written by bench report.*--out"):
        report.write(sweep, tmp_path / "site")
    assert mine.read_text() == "<html>my home page</html>"
    assert [path for path in (tmp_path / "site").rglob("*") if path.is_file()] == [mine]


def test_the_command_refuses_in_one_sentence(bench, sweep: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    refused(bench("report", "a", "--out", "site"), "site/index.html", "choose another", "--out")
    assert (tmp_path / "site" / "index.html").read_text() == "mine"


def test_a_report_is_replaced_by_a_later_one_even_if_it_was_killed(
    sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench.report import files

    written = []

    def dying(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) == 5:
            raise KeyboardInterrupt
        real(path, content)

    real = files._write
    monkeypatch.setattr(files, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        report.write(sweep, tmp_path / "out")
    monkeypatch.setattr(files, "_write", real)
    paths = report.write(sweep, tmp_path / "out")
    there = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    grid = paths.folder / "grid.yaml"
    files = {paths.page, paths.markdown, grid, *paths.tables, *paths.figures, *paths.paper}
    assert there == files


def test_sweeps_of_one_name_have_reports_of_their_own(sweep: Path) -> None:
    """All three are called "sweep"."""
    pages = [
        report.write(folder).page
        for folder in (sweep, small(Path("b")), small(Path("results", "sweep")))
    ]
    assert pages[2] == Path("reports", "sweep", "index.html")
    assert pages[0].parent.parent == Path("a")
    assert pages[1].parent.parent == Path("b")
