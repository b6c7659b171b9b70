"""Packages with plug-ins that are half gone, undocumented or wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commands import Bench

ROOT = Path(__file__).parents[2]
GONE = "[gan_bench.plugins]\nmine = gone_gans.variants\n"


@pytest.fixture
def installed(tmp_path: Path) -> Callable[..., str]:
    """Installs a package; gives the path to import it by."""

    def install(entry_points: str | bytes, metadata: str | None = None, **modules: str) -> str:
        information = tmp_path / "site" / "gone_gans-1.dist-info"
        information.mkdir(parents=True)
        if metadata is not None:
            (information / "METADATA").write_text(metadata)
        content = entry_points if isinstance(entry_points, bytes) else entry_points.encode()
        (information / "entry_points.txt").write_bytes(content)
        for name, text in modules.items():
            (information.parent / f"{name}.py").write_text(text)
        return os.pathsep.join([str(ROOT), str(information.parent)])

    return install


COMMANDS = (["describe", "dcgan"], ["list"], ["list", "variants", "--json"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entry_points", "metadata"),
    [
        (GONE, "Name: gone-gans\nVersion: 1\n"),
        (GONE, None),
        (GONE, "Version: 1\n"),
        ("[gan_bench.plugins]\nmine = gone gans\n", "Name: gone-gans\nVersion: 1\n"),
        ("[gan_bench.extractors]\nmine = gone_gans.features\n", "Name: gone-gans\nVersion: 1\n"),
    ],
    ids=["module", "no metadata", "no name", "no module's name", "extractor"],
)
def test_what_is_gone_breaks_no_command(
    bench: Bench, installed: Callable[..., str], entry_points: str | bytes, metadata: str | None
) -> None:
    path = installed(entry_points, metadata)
    for command in COMMANDS:
        done = bench(*command, PYTHONPATH=path)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "dcgan" in done.stdout
        assert len(done.stderr.splitlines()) <= 1, done.stderr
        if done.stderr:
            assert done.stderr.startswith("bench: warning: The plug-in")


UNDOCUMENTED = """
from bench.measures import Measure
from bench.quality.scorers.base import Scorer, scorer
from variants.constraints import constraint
from variants.objectives import Objective, objective
from variants.penalties import Penalty, penalty
from variants.registry import register
from variants.zoo.dcgan import Dcgan
from bench.tasks import task
from bench.tasks.images import Images


@register("silent")
class Silent(Dcgan):
    pass


@objective("silent")
class SilentObjective(Objective):
    def critic(self, real, fake): ...
    def generator(self, real, fake): ...


@penalty("silent")
class SilentPenalty(Penalty):
    def __call__(self, critic, real, fake, noise, packs): ...


@constraint("silent")
def silent(network, bound): ...


@scorer("silent")
class SilentScorer(Scorer):
    measures = (Measure(name="silent", doc="", over_epochs="final"),)

    def score(self, scored): ...


@task("silent")
class SilentTask(Images):
    pass
"""
REPORTED = """
from bench.report.figures import figure
from bench.report.findings import finding
from bench.report.tables import table

figure("silent")(lambda data: None)
table("silent")(lambda data: None)
finding("silent")(lambda data: None)
"""


def test_what_has_no_documentation_is_listed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "silent.py").write_text(UNDOCUMENTED)
    done = bench("list", "--plugin", "silent.py")
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout.count("silent") == 9
    )  # among them the averaged generator's measure and its meaning
    (tmp_path / "reported.py").write_text(REPORTED)
    for kind in ("figures", "tables", "findings"):
        done = bench("list", kind, "--plugin", "reported.py")
        assert done.returncode == 0, done.stderr
        assert "silent" in done.stdout
    done = bench("describe", "silent", "--plugin", "silent.py")
    assert done.returncode == 0, done.stderr


DEMANDING = """
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("demanding")
class Demanding(Dcgan):
    depth: int
"""


def test_an_installed_plug_in_is_blamed_like_a_file(
    bench: Bench, installed: Callable[..., str], tmp_path: Path
) -> None:
    text = (
        "from variants.registry import register\nfrom variants.zoo.dcgan import Dcgan\n\n\n"
        "@register('bad')\nclass Bad(Dcgan):\n    def make_critic(self, channels, shape):\n"
        "        return self.head(64)\n"
    )
    path = installed("[gan_bench.plugins]\nmine = gone_gans\n", gone_gans=text)
    (tmp_path / "g.yaml").write_text("{variants: [bad], subset: 64, batch_size: 16}")
    for command in (["describe", "bad"], ["run", "-g", "g.yaml", "-q"]):
        done = bench(*command, PYTHONPATH=path, COLUMNS="500")
        assert done.returncode == 2, done.stderr
        (line,) = done.stderr.splitlines()
        assert "gone_gans.py, line 8: the networks of the variant 'bad' cannot be trained" in line


def test_a_variant_with_a_field_that_has_no_default_is_named(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "demanding.py").write_text(DEMANDING)
    done = bench("list", "--plugin", "demanding.py")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "demanding.py, line 6: " in line
    assert "with a default for every field" in line
