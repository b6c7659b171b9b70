"""The committed reports are those that this code makes of the committed results."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report
from tests.report.reference import REPORTS, RESULTS, ROOT, sweeps

COMMAND = "render them anew: python tests/report/reference.py"


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_reference_sweep_has_a_report() -> None:
    assert sweeps()
    assert sorted(path.name for path in (ROOT / REPORTS).iterdir()) == sweeps(), COMMAND


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("sweep", sweeps())
def test_a_committed_report_is_what_is_made_of_its_results_today(
    sweep: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text and tables exactly, its figures by name and caption, since pixels may differ."""
    monkeypatch.chdir(ROOT)
    committed = REPORTS / sweep
    made = report.write(RESULTS / sweep, tmp_path / sweep)
    assert files(committed) == files(made.folder), COMMAND
    latex = [path for path in made.paper if path.suffix == ".tex"]
    for path in (made.markdown, *made.tables, *latex):
        before = committed / path.relative_to(made.folder)
        assert before.read_text("utf-8") == path.read_text("utf-8"), f"{before}: {COMMAND}"
