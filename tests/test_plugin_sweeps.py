"""Sweeps made with plug-ins: resumed, changed, forgotten, failing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
Bench = Callable[..., subprocess.CompletedProcess[str]]

VARIANT = """
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("mine")
class Mine(Dcgan):
    '''DCGAN with few filters.'''

    generator_width: int = 4
    critic_width: int = 4
"""
SCORER = """
from bench.measures import Measure
from bench.quality.scorers.base import Scorer, scorer


@scorer("brightness")
class Brightness(Scorer):
    '''Mean pixel.'''

    measures = (Measure(name="brightness", doc="mean pixel, 0 to 255", over_epochs="final"),)
    needs = frozenset({"images"})

    def score(self, scored):
        return {"brightness": scored.images.float().mean()}
"""
GRID = """
name: mine
variants: [mine]
subset: 64
batch_size: 16
epochs: 1
keep_checkpoints: true
quality: {samples: 64}
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "mine.py").write_text(VARIANT)
    (tmp_path / "bright.py").write_text(SCORER)
    (tmp_path / "mine.yaml").write_text(GRID)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bench", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        )

    return run


def run_row(folder: Path) -> pd.Series:
    (path,) = folder.glob("results/mine/runs/*/run.parquet")
    return pd.read_parquet(path).iloc[0]


def refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    assert done.returncode == 2, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    for part in said:
        assert part in last


def test_a_run_is_never_trained_by_two_versions_of_a_plug_in(bench: Bench, tmp_path: Path) -> None:
    assert bench("run", "-g", "mine.yaml", "--plugin", "mine.py").returncode == 0
    done = bench("run", "-g", "mine.yaml", "--epochs", "2", "--plugin", "mine.py")
    assert done.returncode == 0, done.stderr
    assert run_row(tmp_path)["resumed_epochs"] == 1
    (tmp_path / "mine.py").write_text(VARIANT + "\n# another version\n")
    done = bench("run", "-g", "mine.yaml", "--epochs", "3", "--plugin", "mine.py")
    assert done.returncode == 0, done.stderr
    assert "mine.py has changed since some runs were trained" in done.stderr
    assert run_row(tmp_path)["resumed_epochs"] == 0
    assert run_row(tmp_path)["epochs"] == 3


def test_a_forgotten_plug_in_is_named_before_anything_is_trained(
    bench: Bench, tmp_path: Path
) -> None:
    both = ("--plugin", "mine.py", "--plugin", "bright.py")
    assert bench("run", "-g", "mine.yaml", *both).returncode == 0
    before = run_row(tmp_path)
    assert [part.partition(":")[0] for part in before["plugins"].split(", ")] == [
        "mine.py",
        "bright.py",
    ]
    done = bench("run", "-g", "mine.yaml", "--epochs", "2", "--plugin", "mine.py")
    refused(done, "trained with the plug-in bright.py", "--plugin", "--out")
    assert run_row(tmp_path).equals(before)
    # The commands that reproduce and resume the sweep name the plug-ins.
    assert bench("report", "results/mine").returncode == 0
    text = (tmp_path / "reports/mine/report.md").read_text()
    files = [re.escape(str(tmp_path / name)) for name in ("mine.py", "bright.py")]
    assert re.search(rf"grid\.yaml --plugin {files[0]} --plugin {files[1]}", text)
    assert "brightness" in text, "a column of a plug-in that is not loaded is shown by its name"


WRONG = """
import torch
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("wrong")
class Wrong(Dcgan):
    def make_critic(self, channels, shape):
        return torch.nn.Conv2d(channels, 8, 3)
"""


def test_networks_that_do_not_fit_are_the_plug_ins_mistake(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "wrong.yaml").write_text(GRID.replace("[mine]", "[wrong]"))
    for arguments in (("run", "-g", "wrong.yaml"), ("describe", "wrong")):
        done = bench(*arguments, "--plugin", "wrong.py")
        refused(done, "wrong.py, line", "'wrong' cannot be trained", "(N, 1)")
    assert not (tmp_path / "results").exists()
    done = bench("list", "variants", "--plugin", "wrong.py")
    assert done.returncode == 0, done.stderr
    assert "wrong" in done.stdout, "a variant without documentation is listed too"


def test_what_is_no_recipe_is_no_variant(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "function.py").write_text(
        "from variants.registry import register\n\n@register('f')\ndef f(): ...\n"
    )
    done = bench("list", "variants", "--plugin", "function.py")
    refused(done, "function.py, line 3", "must be a class derived from variants.recipe.Recipe")


def test_a_failing_scorer_is_named_with_its_line(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "bright.py").write_text(SCORER.replace("scored.images.float().mean()", "1 / 0"))
    plugins = ("--plugin", "mine.py", "--plugin", "bright.py")
    done = bench("run", "-g", "mine.yaml", *plugins)
    assert done.returncode == 1
    row = run_row(tmp_path)
    assert row["status"] == "failed"
    assert row["error"] == "ZeroDivisionError: division by zero (bright.py, line 14)"
