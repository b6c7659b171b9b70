"""``bench compare`` of sweeps that were really trained, before and after a change of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.commands import Bench

pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parent / "plugins" / "changing.py"
GRID = """
baseline: plain
epochs: 2
subset: 128
batch_size: 16
quality: {samples: 128}
width_factor: 0.125
variants:
  - {name: dcgan, label: plain}
  - {name: first, label: slowed}
  - {name: second, label: spoiled}
"""
CHANGED = {"SLOWED": "first", "SPOILED": "second"}


def trained(
    bench: Bench, tmp_path: Path, name: str, seeds: str, timing: str = "auto", **environment: str
) -> str:
    """The folder of a sweep of three variants."""
    (tmp_path / "changing.yaml").write_text(f"{GRID}timing: {timing}\n")
    arguments = ("--grid", "changing.yaml", "--plugin", str(PLUGIN), "--out", name, "-q")
    arguments += ("--seeds", seeds)
    quick = {"GAN_BENCH_TIMING_SECONDS": "0.3"}
    done = bench("run", *arguments, **quick, **environment)
    assert done.returncode == 0, done.stderr
    return name


def verdicts(text: str) -> dict[tuple[str, str], str]:
    """By configuration and measure, what the Markdown says."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    return {(label, what.split(" (")[0]): verdict for label, what, verdict in rows}


def test_one_variant_slowed_by_a_sleep_and_one_spoiled(bench: Bench, tmp_path: Path) -> None:
    old = trained(bench, tmp_path, "old", "0-2")
    itself = bench("compare", old, old, "--fail-on", "worse", "--plugin", str(PLUGIN))
    assert itself.returncode == 0, itself.stderr
    found = {verdict.partition(" within")[0] for verdict in verdicts(itself.stdout).values()}
    assert found - {"Verdict", ":--"} <= {"same", "equivalent"}, itself.stdout

    new = trained(bench, tmp_path, "new", "0-2", **CHANGED)
    done = bench("compare", old, new, "--fail-on", "worse", "--plugin", str(PLUGIN))
    assert done.returncode == 1, done.stdout
    said = verdicts(done.stdout)
    assert said["slowed", "Time per 1,000 real images"] == "worse", done.stdout
    assert said["slowed", "FCD"] == "same"
    assert said["spoiled", "FCD"] == "worse"
    assert said["plain", "FCD"] == "same"


def test_one_seed_of_it_is_undecided(bench: Bench, tmp_path: Path) -> None:
    old = trained(bench, tmp_path, "old", "0", "off")
    new = trained(bench, tmp_path, "new", "0", "off", **CHANGED)
    done = bench("compare", old, new, "--fail-on", "worse", "--plugin", str(PLUGIN))
    assert done.returncode == 0, done.stdout
    said = verdicts(done.stdout)
    assert said["spoiled", "FCD"] == "undecided: one seed", done.stdout
    assert said["slowed", "Time per 1,000 real images"] == "undecided: measured once"
