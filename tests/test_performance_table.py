"""The table of ratios: its format, and that the documents show what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import table
from tests.benchmarks.table import Line


def test_the_documentation_shows_every_line() -> None:
    speed = table.ALL.read_text(encoding="utf-8")
    assert table.current(speed) == table.section(table.SAVED)


def test_the_readme_shows_five_of_them_and_says_where_the_others_are() -> None:
    readme = table.README.read_text(encoding="utf-8")
    shown = table.current(readme)
    assert shown == table.section(table.SAVED, table.SELECTED)
    assert len([line for line in shown.splitlines() if line.startswith("| ")]) == 2 + 5
    for document in ("docs/speed.md", "results/reference/performance.parquet"):
        assert f"({document})" in readme


def test_the_targets_are_those_of_the_project() -> None:
    """No target was relaxed."""
    targets = {
        line.what: line.at_least or line.at_most
        for line in table.load(table.SAVED)
        if line.device == "cpu"
    }
    wanted = {
        "images/s, dcgan-tutorial 28 px, batch 256, fp32": 1.8,
        "images/s, dcgan-tutorial 28 px, batch 256, bf16": 2.5,
        "images/s, dcgan-tutorial at a quarter of the width, batch 64, fp32": 2.5,
        "images/s, dcgan 64 px RGB, batch 64, fp32": 1.5,
        "images/s, dcgan 64 px RGB, batch 64, bf16": 2.5,
        "images/s, wgan-gp 28 px, batch 64, fp32": 1.6,
        "images/s, wgan-gp 28 px, batch 64, bf16": 2.2,
        "quality of an epoch, 5,000 samples, classifier features": 0.15,
        "starting a run after the first": 0.05,
        "an epoch of dcgan 28 px as the harness trains it": 1.01,
    }
    assert {what: targets[what] for what in wanted} == wanted


@pytest.mark.parametrize(
    ("line", "reached"),
    [
        (Line("a", "b", [1.0, 2.0, 3.0], at_least=1.8), True),
        (Line("a", "b", [1.0, 1.7, 3.0], at_least=1.8), False),
        (Line("a", "b", [0.1, 0.15, 9.0], at_most=0.15), True),
        (Line("a", "b", [0.1, 0.16, 9.0], at_most=0.15), False),
        (Line("a", "b", [1.0]), None),
    ],
)
def test_the_median_is_compared_with_the_target(line: Line, reached: bool | None) -> None:
    assert line.reached is reached


def test_lines_survive_being_saved(tmp_path: Path) -> None:
    lines = [
        Line("images/s", "a loop", [1.2, 1.3, 1.25], at_least=1.5),
        Line("memory", "a loop", [1.1], at_most=1.3, device="cuda"),
        Line("FLOP/s", "a convolution's", [0.4, 0.5]),
    ]
    path = tmp_path / "performance.parquet"
    table.save(lines, path)
    assert table.load(path) == lines
    assert table.as_markdown(table.load(path)).splitlines()[2] == (
        "| images/s | a loop | cpu | 1.25 × | 1.20–1.30 | 3 | ≥ 1.5 × | falls short |"
    )
    assert table.machine(path).startswith("Measured on ")
