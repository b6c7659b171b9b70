"""What a report calls things, and how it writes numbers of any size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.report.heading import facts
from bench.report.statistics import mean_interval
from bench.report.text import estimate_text, significant
from tests.report.conftest import BASELINE, Synthetic


def test_a_folder_of_images_is_named_by_its_path_and_its_content(tmp_path: Path) -> None:
    def heading(given: str | None, identity: str) -> str:
        config = replace(BASELINE, dataset=identity, plan={"dataset_given": given})
        return facts(Synthetic(tmp_path).data([config], seeds=[0], epochs=1))["Data set"]

    assert heading("folder:pics", "folder:0bb83ed944d2") == "folder:pics (content 0bb83ed944d2)"
    assert heading("mnist-5k", "mnist-5k") == "mnist-5k"
    assert heading(None, "folder:0bb83ed944d2") == "folder:0bb83ed944d2", "results of before"


def test_numbers_of_a_diverging_run_are_short() -> None:
    assert significant(1.23456e24) == "1.23e24"
    assert significant(-1.23456e24) == "−1.23e24"
    assert significant(123456789.0) == "123456789"
    spread = mean_interval([1e24, 2e24, 3e24])
    assert len(estimate_text(spread)) < 20
