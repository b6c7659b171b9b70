"""What ``bench status`` says of an incomplete sweep: a command that works, a log that says why."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd
import pytest

from bench.status import read_status
from tests.cli.commands import Bench
from tests.field.smallest import GRID

VARIANT = """
import os

from variants.registry import register
from variants.zoo.mixtures import MixtureGan


@register("moody")
class Moody(MixtureGan):
    '''Fails until it is told not to.'''

    def build(self, shape, device):
        if "GOOD_MOOD" not in os.environ:
            raise RuntimeError("not today")
        return super().build(shape, device)
"""
DIVERGES = GRID.replace("critic_width: 8}", "critic_width: 8, generator_lr: 1.0e+30}")


@pytest.mark.slow
def test_the_command_that_status_prints_names_every_file_that_it_needs(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "files" / "moody.py").write_text(VARIANT)
    (tmp_path / "g.yaml").write_text(GRID.replace("variants: [", "variants: [moody, "))
    done = bench("run", "-g", "g.yaml", "--plugin", "files/moody.py", "--data-root", "files")
    assert done.returncode == 1, done.stderr
    assert "not today" in done.stderr
    words = shlex.split(read_status(tmp_path / "results/g").command("failed"))
    assert words[words.index("--data-root") + 1] == str(tmp_path / "files")
    assert words[0] == "bench"
    done = bench(*words[1:], GOOD_MOOD="yes")
    assert done.returncode == 0, done.stderr
    assert read_status(tmp_path / "results/g").counts["completed"] == 2


def test_an_empty_log_is_not_pointed_to(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(DIVERGES)
    done = bench("run", "-g", "g.yaml")
    assert done.returncode == 1, done.stderr
    assert "diverged" in done.stderr
    (log,) = tmp_path.glob("results/g/runs/*/log.txt")
    assert not log.read_text()
    assert "log.txt" not in done.stderr
    shown = bench("status", "results/g").stdout
    assert "diverged" in shown
    assert "log.txt" not in shown


def test_steps_can_be_grouped_by_configuration_without_a_join(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GRID.replace("critic_width: 8}", "critic_width: 8, label: a}"))
    assert bench("run", "-g", "g.yaml").returncode == 0
    (steps,) = tmp_path.glob("results/g/runs/*/steps.parquet")
    frame = pd.read_parquet(steps)
    assert frame.groupby("label")["critic_loss"].size().to_dict() == {"a": 2}
