"""The table of ratios: its format, and that the documents show what was measured."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch

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
        "report of 24 configurations × 10 seeds × 100 epochs": 1,
        "lightweight.yaml, one seed, packed": 2,
        "the same without quality": 1.8,
        "images/s of 2 packed runs, dcgan-tutorial at a quarter of the width, batch 64": 2.5,
        "images/s of 2 packed runs, dcgan-separable, batch 32": 2.5,
        "images/s of 2 packed runs, dcgan-lite, batch 32": 2.5,
        "images/s of 2 packed runs, wgan-gp, batch 64": 2,
        "peak memory of 2 packed runs, dcgan-lite, batch 32": 1.1,
        "ten mixture trials, 2 stacks packed": 2,
        "FLOP/s, dcgan-lite 28 px, batch 32, one thread": 0.7,
        "lightweight.yaml, two epochs, beside one busy process": 1.6,
        "16 runs on 16 simulated cores, start included": 10,
        "from the command to the first step, lightweight.yaml": 1,
    }
    assert {what: targets[what] for what in wanted} == wanted


def test_the_documentation_shows_where_the_time_of_steps_goes() -> None:
    speed = table.ALL.read_text(encoding="utf-8")
    assert table.current(speed, "profiles") == table.profile_section(table.PROFILES)


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, whose neighbours it imports by their names."""
    monkeypatch.syspath_prepend(Path(table.__file__).parent)
    return importlib.import_module("profiles")


def test_the_products_have_their_time_and_the_rest_is_divided_as_with_the_profiler(
    profiles: ModuleType,
) -> None:
    """A step of 10 s takes 14 with the profiler, which makes all but the products slower."""
    parts = {profiles.PRODUCTS: 6.0, "optimisers": 4.0, "normalisation": 2.0, profiles.REST: 1.0}
    found = profiles.shares(parts, whole=10.0, watched=14.0)
    expected = {profiles.PRODUCTS: 0.6, "optimisers": 0.2, "normalisation": 0.1, profiles.REST: 0.1}
    assert {part: share for part, share in found.items() if share} == pytest.approx(expected)


def test_a_profile_has_all_parts_of_a_step(profiles: ModuleType) -> None:
    left, right = torch.ones(300, 100), torch.ones(100, 200)

    def steps() -> Iterator[None]:
        while True:
            torch.relu(left @ right)
            yield

    row = profiles.row("a step", steps(), speed=1e9)
    parts = [row[part] for part in (*profiles.PARTS, profiles.REST)]
    assert sum(parts) == pytest.approx(1, abs=0.01)
    assert row["FLOP/s of the products"] > 0
    assert row["normalisation"] == 0


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("aten::convolution_backward", "convolutions and matrix products"),
        ("aten::_convolution", "convolutions and matrix products"),
        ("aten::mm", "convolutions and matrix products"),
        ("aten::mul", "all else"),
        ("aten::native_batch_norm_backward", "normalisation"),
        ("aten::leaky_relu_backward", "activations and dropout"),
        ("aten::col2im", "copies and folds"),
        ("aten::_fused_adam_", "optimisers"),
        ("Optimizer.step#Adam.step", "optimisers"),
    ],
)
def test_an_operation_belongs_to_a_part(operation: str, part: str, profiles: ModuleType) -> None:
    assert profiles.part_of(operation) == part


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


def test_lines_that_are_measured_anew_replace_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "performance.parquet"
    one, two, three = (Line(what, "a loop", [1.0]) for what in ("one", "two", "three"))
    table.save([one, two], path)
    again = Line("one", "a loop", [2.0, 3.0])
    table.save([three, again], path)
    assert table.load(path) == [again, two, three]
    monkeypatch.setattr("torch.get_num_threads", lambda: 99)
    table.save([two], path)  # on another machine
    assert table.load(path) == [two]
