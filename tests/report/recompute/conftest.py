"""The reports whose numbers are recomputed, rendered once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from bench import report
from tests.report.conftest import unpainted_figure
from tests.report.recompute import omissions, page, welch
from tests.report.recompute.sweep import Sweep
from tests.report.recompute.tables import Table, tables
from tests.report.reference import RESULTS, ROOT


@dataclass(frozen=True)
class Case:
    """A results folder and its report."""

    results: Path
    folder: Path

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(self.results)

    @cached_property
    def judged(self) -> dict[str, welch.Verdict]:
        return welch.verdicts(self.sweep)

    @cached_property
    def tables(self) -> dict[str, Table]:
        return tables(self.sweep, self.judged)

    @cached_property
    def page(self) -> page.Page:
        return page.read(self.folder / "index.html")


@pytest.fixture(scope="session", params=["lightweight", "omissions"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The reference sweep, and one with runs that failed, diverged or have no final value."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.report.figures.rendered", unpainted_figure)
        patch.setattr("os.fsync", lambda handle: None)
        patch.chdir(ROOT)  # a report names its results as they were given
        results = RESULTS / "lightweight"
        if request.param == "omissions":
            results = omissions.write(folder / "omissions")
        report.write(results, folder / "report")
    return Case(ROOT / results, folder / "report")
