"""``bench run --until-decided``: seeds are added where a verdict is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import Bench, refused

GRID = """
epochs: 1
subset: 200
batch_size: 50
quality: {features: classifier, samples: 100}
seeds: [0, 1]
margin: 0.001
variants:
  - gan
  - {name: gan, label: close, generator_lr: 2.1e-4}
"""


def seeds(out: Path) -> list[tuple[str, int]]:
    return [(run["label"], run["seed"]) for run in json.loads(out.read_text())["runs"]]


def test_seeds_are_added_up_to_the_most(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GRID)
    done = bench("run", "-g", "g.yaml", "--until-decided", "--at-most", "3")
    assert done.returncode == 0, done.stderr
    assert "Look 1, at 2 seeds: without a verdict: “close”" in done.stderr
    assert "No seeds are added: " in done.stderr
    plan = tmp_path / "results" / "g" / "sweep.json"
    assert seeds(plan) == [(label, seed) for seed in (0, 1, 2) for label in ("gan", "close")]


@pytest.mark.slow
def test_a_budget_stops_between_looks_and_the_same_command_goes_on(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "g.yaml").write_text(GRID)
    asked = ("run", "-g", "g.yaml", "--until-decided", "--at-most", "3")
    planned = bench(*asked, "--dry-run")
    assert "4 runs" in planned.stdout
    assert "up to 3 of each configuration" in planned.stdout
    first = bench(*asked, "--budget", "1s")
    assert first.returncode == 0, first.stderr
    assert "The time of 1 s is used up: 2 runs would be next" in first.stderr
    plan = tmp_path / "results" / "g" / "sweep.json"
    assert len(seeds(plan)) == 4
    again = bench(*asked)
    assert again.returncode == 0, again.stderr
    assert len(seeds(plan)) == 6
    refused(bench(*asked[:-1], "5"), "have 3 at most", "--out")
    # The grid that is stored asks for the same sweep.
    stored = bench("run", "-g", "results/g/grid.yaml", "--out", "results/g")
    assert stored.returncode == 0, stored.stderr
    assert len(seeds(plan)) == 6


def test_refusals(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GRID)
    refused(bench("run", "-g", "g.yaml", "--at-most", "4"), "--until-decided")
    refused(bench("run", "-g", "g.yaml", "--budget", "2h"), "--until-decided")
    refused(bench("run", "-g", "g.yaml", "--until-decided", "--budget", "soon"), "90m")
    refused(bench("run", "-g", "g.yaml", "--until-decided", "--seeds", "4"), "--seeds 0-2")
