"""``bench list`` and ``bench describe``, and how fast small commands start."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.commands import Bench, refused


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["run", "--help"], ["--version"]])
def test_small_commands_import_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['bench', *{arguments!r}]\n"
        "from bench.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: status = end.code\n"
        "heavy = {'torch', 'pandas', 'matplotlib', 'scipy', 'torchvision'} & set(sys.modules)\n"
        "print(sorted(heavy), status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[] 0") or done.stdout.strip().endswith("[] None")


def test_lists_as_json(bench: Bench) -> None:
    listings = json.loads(bench("list", "--json").stdout)
    assert "dcgan" in [row["name"] for row in listings["variants"]]
    assert "mnist-5k" in [row["name"] for row in listings["datasets"]]
    assert "lightweight.yaml" in [row["name"] for row in listings["grids"]]
    assert json.loads(bench("list", "grids", "--json").stdout) == listings["grids"]


def test_describe_explains_the_differences(bench: Bench) -> None:
    done = bench("describe", "dcgan-lite", "--against", "dcgan")
    assert done.returncode == 0, done.stderr
    assert "generator_width 64 → 32" in done.stdout
    assert "dcgan-lite is cheaper: 0.26 × the training FLOPs per real image of" in done.stdout
    assert "2.02 M" in done.stdout
    assert "7.25 M" in done.stdout
    done = bench("describe", "dcgan-deep", "--against", "dcgan")
    assert "more expensive" in done.stdout
    done = bench("describe", "dcgan", "--image-size", "64", "--channels", "3")
    assert "105 M" in done.stdout
    assert "critic_width" in done.stdout


def test_describe_as_markdown_and_latex(bench: Bench) -> None:
    arguments = ("describe", "wgan-gp", "--against", "dcgan", "--format")
    markdown = bench(*arguments, "markdown").stdout
    assert markdown.startswith("## wgan-gp\n")
    assert "| gradient\\_penalty 0 → 10 | +53,036,032 |" in markdown
    latex = bench(*arguments, "latex").stdout
    assert r"gradient\_penalty 0 $\rightarrow$ 10 & +53,036,032 &" in latex
    refused(bench("describe", "mixture-gan", "--against", "dcgan"), "two variants of one task")
