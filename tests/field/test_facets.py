"""Two data sets in one grid, with a target, through the real commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

GRID = """
name: two
question: Do packs help on both mixtures?
baseline: mixture-gan dataset=ring
dataset: [ring, grid-2d]
steps: 8
steps_per_epoch: 4
batch_size: 16
quality: {samples: 100}
timing: off
target: baseline
variants:
  - {name: mixture-gan, generator_width: 16, critic_width: 16}
  - {name: mixture-gan, label: packed, pack: 2, generator_width: 16, critic_width: 16}
"""


@pytest.mark.slow
def test_two_data_sets(bench, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(GRID)
    done = bench("run", "--grid", "two.yaml", "--seeds", "0", "--out", "R")
    assert done.returncode == 0, done.stderr
    for heading in ("ring", "grid-2d", "All configurations across the 2 data sets"):
        assert heading in done.stdout
    assert done.stdout.count("Times exclude warm-up and evaluation.") == 1
    plan = json.loads((tmp_path / "R" / "sweep.json").read_text())
    assert plan["facets"]["packed dataset=grid-2d"]["dataset"] == "grid-2d"
    fixed = plan["fixed_targets"]
    assert len(fixed) == 2
    assert {each["measure"] for each in fixed} == {"modes_captured"}

    written = bench("report", "R")
    assert written.returncode == 0, written.stderr
    page = (tmp_path / "R" / "report" / "index.html").read_text()
    assert '<a href="#facet-grid-2d">grid-2d</a>' in page
    tables = {path.stem for path in (tmp_path / "R" / "report" / "tables").glob("*.csv")}
    assert {"across-facets", "ring--summary", "grid-2d--time-to-target"} <= tables


def test_a_wrong_target_is_refused(bench, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(GRID.replace("target: baseline", "target: {modes: 3}"))
    refused = bench("run", "--grid", "two.yaml", "--dry-run")
    assert refused.returncode == 2
    assert "two.yaml, line 11: the target 'modes' is no final measure" in refused.stderr
    assert "Traceback" not in refused.stderr
