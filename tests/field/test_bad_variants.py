"""A configuration whose code fails before it trains costs its own runs only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.cli.commands import Bench, refused
from tests.field.smallest import GRID as SMALLEST

# Each line that fails is marked; the sentence names its number.
HEAD = """from torch import nn
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("bad")
class Bad(Dcgan):
    '''DCGAN with a mistake.'''

"""
MISTAKES = {
    "raises": """    def make_critic(self, channels, shape):
        raise RuntimeError("no such layer")  # here
""",
    "leaves the interpreter": """    def make_critic(self, channels, shape):
        raise SystemExit(3)  # here
""",
    "calls head with a number": """    def make_critic(self, channels, shape):
        return self.head(64)  # here
""",
    "calls head with a layer": """    def make_critic(self, channels, shape):
        return self.head(nn.Linear(64, 1))  # here
""",
    "calls head without flatten's name": """    def make_critic(self, channels, shape):
        return self.head(lambda outputs: nn.Conv2d(channels, outputs, shape.size), True)  # here
""",
}
GRID = """
variants: [bad, {name: dcgan, width_factor: 0.125}]
subset: 64
batch_size: 16
epochs: 1
quality: {features: off}
"""


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.endswith("# here"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "g.yaml").write_text(GRID)
    return tmp_path


@pytest.mark.slow
def test_the_others_are_trained(bench: Bench, folder: Path) -> None:
    text = HEAD + MISTAKES["raises"]
    (folder / "bad.py").write_text(text)
    arguments = ("run", "-g", "g.yaml", "--plugin", "bad.py")
    done = bench(*arguments)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    said = f"bad.py, line {line_of(text)}: the networks of the variant 'bad' cannot be trained"
    assert said in done.stderr
    assert "1 failed" in done.stdout
    assert "1 completed" in done.stdout
    runs = {
        row["label"]: row
        for path in folder.glob("results/g/runs/*/run.parquet")
        for row in pd.read_parquet(path).to_dict("records")
    }
    assert runs["dcgan"]["status"] == "completed"
    assert runs["bad"]["status"] == "failed"
    assert runs["bad"]["error"].startswith(said)
    assert "no such layer" in runs["bad"]["error"]
    assert "\n" not in runs["bad"]["error"]
    assert pd.isna(runs["bad"]["critic_parameters"]), "what was not counted is null"
    (log,) = folder.glob("results/g/runs/bad-*/log.txt")
    assert "RuntimeError: no such layer" in log.read_text(encoding="utf-8")
    for command in (("status", "results/g"), ("report", "results/g")):
        done = bench(*command)
        assert done.returncode == 0, done.stderr

    done = bench(*arguments, "--dry-run")
    assert done.returncode == 1, done.stderr
    assert said in done.stderr.replace("\n", "")
    assert "1 run, " in done.stdout
    done = bench(*arguments)
    assert done.returncode == 1, "a failed run is retried on request only"
    (folder / "bad.py").write_text(HEAD + "    pass\n")
    done = bench(*arguments, "--retry", "failed")
    assert done.returncode == 0, done.stderr
    assert "2 completed" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_one_sentence_with_its_line(
    bench: Bench, folder: Path, mistake: str
) -> None:
    text = HEAD + MISTAKES[mistake]
    (folder / "bad.py").write_text(text)
    place = f"bad.py, line {line_of(text)}: the networks of the variant 'bad'"
    refused(bench("describe", "bad", "--plugin", "bad.py"), place, "fix the plug-in")
    (folder / "g.yaml").write_text(GRID.replace(", {name: dcgan, width_factor: 0.125}", ""))
    refused(bench("run", "-g", "g.yaml", "--plugin", "bad.py"), place, "fix the plug-in")
    assert not (folder / "results").exists()


DATA_SET = """
from bench.datasets.registry import DataSetInfo, dataset


@dataset(DataSetInfo("unlucky", "images that cannot be read", 28, 1, 10, 100))
def unlucky(argument, data_root):
    raise ZeroDivisionError("no images")
"""


@pytest.mark.slow
def test_a_data_set_of_a_plug_in_that_fails(bench: Bench, folder: Path) -> None:
    (folder / "bad.py").write_text(DATA_SET)
    two = "[{name: dcgan, width_factor: 0.125}, {name: dcgan, dataset: unlucky, label: bad}]"
    (folder / "g.yaml").write_text(GRID.replace("[bad, {name: dcgan, width_factor: 0.125}]", two))
    arguments = ("run", "-g", "g.yaml", "--smoke", "--plugin", "bad.py")
    done = bench(*arguments)
    assert done.returncode == 1, done.stderr
    assert "bad.py, line 7: the plug-in could not read unlucky (ZeroDivisionError" in done.stderr
    assert "1 completed" in done.stdout
    refused(bench(*arguments, "--dataset", "unlucky"), "bad.py, line 7", "fix the plug-in")


PROPERTY = """
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("bad")
class Bad(Dcgan):
    '''DCGAN that cannot say what it needs.'''

    @property
    def least_batch(self):
        return {}["batch"]
"""


def test_code_of_a_plug_in_that_fails_anywhere_is_one_sentence(bench: Bench, folder: Path) -> None:
    (folder / "bad.py").write_text(PROPERTY)
    done = bench("run", "-g", "g.yaml", "--plugin", "bad.py")
    refused(done, "bad.py, line 12: the plug-in could not be used (KeyError: 'batch')")


WORSE = {
    "os._exit(0)": "line 7: the variant 'bad' ended the process",
    "os.kill(os.getpid(), 11)": "line 7: the variant 'bad' ended the process",
    "raise RuntimeError('no idea')": "line 12: the networks of the variant 'bad' cannot be trained",
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", WORSE)
def test_a_variant_that_fails_outside_its_networks_or_ends_its_process_is_named(
    bench: Bench, folder: Path, mistake: str
) -> None:
    method = "refusal(self, shape)" if "raise" in mistake else "make_critic(self, channels, shape)"
    (folder / "bad.py").write_text(f"import os\n{HEAD}    def {method}:\n        {mistake}\n")
    done = bench("run", "-g", "g.yaml", "--plugin", "bad.py")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert f"bad.py, {WORSE[mistake]}" in done.stderr
    assert "fix the plug-in" in done.stderr
    assert "1 completed" in done.stdout


MADE = """
from variants.registry import register
from variants.zoo.mixtures import MixtureGan


def narrow(width):
    @register(f"mixture-gan-{width}")
    class Narrow(MixtureGan):
        '''The mixture GAN with other widths.'''

        generator_width: int = width
        critic_width: int = width


for width in (4, 8):
    narrow(width)
"""


def test_variants_that_a_function_makes_are_trained(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(MADE)
    text = SMALLEST.replace("variants: [", "variants: [mixture-gan-4, mixture-gan-8, ")
    (tmp_path / "g.yaml").write_text(text)
    done = bench("run", "-g", "g.yaml", "--plugin", "made.py")
    assert done.returncode == 0, done.stderr
    assert "3 completed" in done.stdout
