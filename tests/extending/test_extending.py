"""Each kind of extension is one file outside the packages, used through the real commands.

The files are in ``plugins``. Every test lists what its file adds, trains with ``bench run
--smoke``, and looks for it in the Parquet files and in the report.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.cli.listing import KINDS
from tests.report.bibtex import entries
from tests.survival.sweeps import check_equal

ROOT = Path(__file__).parents[2]
PLUGINS = Path(__file__).parent / "plugins"
Bench = Callable[..., str]

# A few steps on images, without quality, and a few on points.
IMAGES = "{subset: 64, batch_size: 16, quality: {features: off}, variants: [VARIANT]}"
POINTS = """
dataset: ring
steps: 12
steps_per_epoch: 6
quality: {samples: 100}
variants:
  - {name: mixture-gan, generator_width: 8, critic_width: 8}
  - {name: mixture-gan, label: wide, generator_width: 16, critic_width: 8}
"""


def commands(folder: Path) -> Bench:
    """Runs ``bench`` in a folder; its output, after asserting that it succeeds silently."""

    def run(*arguments: str | Path) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "bench", *map(str, arguments)],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        )
        assert done.returncode == 0, done.stderr
        assert "warning" not in done.stderr
        return done.stdout

    return run


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return commands(tmp_path)


def check_listed(bench: Bench, plugin: Path, *added: tuple[str, str]) -> None:
    """``bench list`` shows each (kind, name) with the plug-in, and not without it."""
    for kind, name in added:
        listed = json.loads(bench("list", kind, "--json", "--plugin", plugin))
        (row,) = (row for row in listed if row["name"] == name)
        assert row.get("what_it_is") or row.get("summary"), f"{kind} {name} is not described"
        assert name not in [row["name"] for row in KINDS[kind]()]


def trained(bench: Bench, folder: Path, plugin: Path, grid: str) -> tuple[dict, str]:
    """Trains a grid with a plug-in; its tables by name, and the report's text."""
    (folder / "small.yaml").write_text(grid, encoding="utf-8")
    bench("run", "--grid", "small.yaml", "--smoke", "--plugin", plugin, "-q")
    bench("report", "results/small-smoke", "--plugin", plugin)
    tables = {
        name: pd.concat(
            map(pd.read_parquet, sorted(folder.glob(f"results/small-smoke/runs/*/{name}.parquet")))
        )
        for name in ("run", "epochs", "steps")
    }
    assert (tables["run"]["status"] == "completed").all()
    assert tables["run"]["plugins"].str.fullmatch(rf"{plugin.name}:[0-9a-f]{{16}}").all()
    return tables, (folder / "reports/small-smoke/report.md").read_text(encoding="utf-8")


def resolved(folder: Path) -> str:
    """The grid beside the report."""
    return (folder / "reports/small-smoke/grid.yaml").read_text(encoding="utf-8")


def summary(folder: Path) -> pd.DataFrame:
    """The report's table of all configurations."""
    return pd.read_csv(folder / "reports/small-smoke/tables/summary.csv")


# ------------------------------------------------------------------- what is trained


def test_a_variant(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "variant.py"
    check_listed(bench, plugin, ("variants", "dcgan-narrow"))
    tables, report = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", "dcgan-narrow"))
    assert tables["run"]["variant"].tolist() == ["dcgan-narrow"]
    assert "| **dcgan-narrow (baseline)** |" in report


def test_an_objective(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "objective.py"
    check_listed(bench, plugin, ("objectives", "exponential"))
    variant = "{name: dcgan-lite, objective: exponential, width_factor: 0.1}"
    tables, _ = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", variant))
    recipe = json.loads(tables["run"]["spec"].item())["recipe"]
    assert recipe["objective"] == "exponential"
    steps = tables["steps"]
    # By Jensen's inequality, at least the loss of the mean scores.
    least = np.exp(-steps["critic_score_real"]) + np.exp(steps["critic_score_fake"])
    assert (steps["critic_loss"] >= least * (1 - 1e-5)).all()
    assert tables["epochs"]["critic_accuracy_real"].between(0, 1).all()
    assert "objective: exponential" in resolved(tmp_path)
    cited = entries((tmp_path / "reports/small-smoke/paper/references.bib").read_text())
    assert cited["freund1997decision"]["pages"] == "119--139"
    assert "goodfellow2014generative" not in cited


def test_a_penalty(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "penalty.py"
    check_listed(bench, plugin, ("penalties", "drift"))
    variant = "{name: dcgan-lite, penalties: {drift: 0.5}, width_factor: 0.1}"
    tables, report = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", variant))
    steps = tables["steps"]
    assert (steps["penalty"] >= 0.5 * steps["critic_score_real"] ** 2 * (1 - 1e-5)).all()
    assert tables["epochs"]["penalty"].item() == pytest.approx(steps["penalty"].mean(), rel=1e-5)
    assert "drift: 0.5" in resolved(tmp_path)
    assert "Losses of critic and generator, with penalty," in report


def test_a_step_scalar(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "scalar.py"
    check_listed(bench, plugin, ("variants", "dcgan-gap"), ("scalars", "score_gap"))
    variant = "{name: dcgan-gap, width_factor: 0.1}"
    tables, report = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", variant))
    steps = tables["steps"]
    gap = steps["critic_score_real"] - steps["critic_score_fake"]
    assert steps["score_gap"].to_list() == pytest.approx(gap.to_list(), abs=1e-6)
    assert tables["epochs"]["score_gap"].item() == pytest.approx(gap.mean(), abs=1e-6)
    assert "Real minus generated per training step" in report
    assert (tmp_path / "reports/small-smoke/figures/gap.svg").exists()


# ------------------------------------------------------------------------------- data


def test_a_data_set(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "dataset.py"
    check_listed(bench, plugin, ("datasets", "stripes"))
    variant = "{name: conditional-dcgan, dataset: stripes, width_factor: 0.1}"
    tables, report = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", variant))
    assert tables["run"]["dataset"].tolist() == ["stripes"]
    assert "- Data set: stripes" in report


def test_a_paired_data_set(bench: Bench, tmp_path: Path) -> None:
    """Variants from noise train on its targets; see :func:`test_a_task` for pairs."""
    plugin = PLUGINS / "paired_dataset.py"
    check_listed(bench, plugin, ("datasets", "inverted"))
    variant = "{name: dcgan-lite, dataset: inverted, width_factor: 0.1}"
    tables, report = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", variant))
    assert tables["run"]["dataset"].tolist() == ["inverted"]
    assert "- Data set: inverted" in report
    prepared = list(Path(os.environ["GAN_BENCH_CACHE"]).glob("datasets/inverted-*"))
    assert prepared
    for folder in prepared:
        targets, sources = np.load(folder / "images.npy"), np.load(folder / "sources.npy")
        np.testing.assert_array_equal(sources, 255 - targets)


# ---------------------------------------------------------------- what is measured


def test_a_scorer_with_a_column(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "scorer.py"
    check_listed(bench, plugin, ("scorers", "diversity"), ("measures", "diversity"))
    variant = "{name: dcgan-lite, quality: {features: classifier, samples: 64}, width_factor: 0.1}"
    tables, report = trained(bench, tmp_path, plugin, IMAGES.replace("VARIANT", variant))
    found = tables["epochs"]["diversity"].item()
    assert found > 0
    assert float(summary(tmp_path)["diversity_final_mean"].item()) == pytest.approx(found, rel=0.01)
    assert "Diversity" in report


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results of two configurations, trained without a plug-in."""
    folder = tmp_path_factory.mktemp("points")
    (folder / "small.yaml").write_text(POINTS, encoding="utf-8")
    commands(folder)("run", "--grid", "small.yaml", "--smoke", "-q")
    return folder


def reported(points: Path, plugin: Path, kind: str, name: str) -> tuple[Path, str]:
    """The report of the two configurations with a plug-in: its folder and its text."""
    bench = commands(points)
    check_listed(bench, plugin, (kind, name))
    bench("report", "results/small-smoke", "--plugin", plugin)
    report = points / "reports/small-smoke"
    return report, (report / "report.md").read_text(encoding="utf-8")


def test_a_figure(points: Path) -> None:
    report, text = reported(points, PLUGINS / "figure.py", "figures", "parameters")
    assert "![Parameters](figures/parameters.png)" in text
    assert (report / "figures/parameters.png").stat().st_size > 1000
    assert (report / "figures/parameters.svg").exists()
    # Without the plug-in the next report does not keep it.
    commands(points)("report", "results/small-smoke")
    assert not list((report / "figures").glob("parameters.*"))


def test_a_table(points: Path) -> None:
    report, text = reported(points, PLUGINS / "table.py", "tables", "training-time")
    assert "### Training time of a run" in text
    table = pd.read_csv(report / "tables/training-time.csv")
    assert table["configuration"].tolist() == ["mixture-gan", "wide"]
    assert (report / "paper/tables/training-time.tex").exists()


def test_a_finding(points: Path) -> None:
    _, text = reported(points, PLUGINS / "finding.py", "findings", "smallest-generator")
    assert "“mixture-gan” has the smallest generator" in text


# --------------------------------------------------------------------------- a task

PAIRS = (
    "{dataset: negatives, subset: 64, batch_size: 16, quality: {samples: 32}, variants: [VARIANT]}"
)
INVERTER = "{name: inverter, width: 4, generator_lr: 0.01}"


def test_a_task(bench: Bench, tmp_path: Path) -> None:
    """Translation of pairs: without latents, with a data set, a game and a measure of its own."""
    plugin = PLUGINS / "task.py"
    added = {"tasks": "invert", "datasets": "negatives", "variants": "inverter"}
    added |= {"scorers": "pixel-error", "measures": "pixel_error"}
    check_listed(bench, plugin, *added.items())
    tables, report = trained(bench, tmp_path, plugin, PAIRS.replace("VARIANT", INVERTER))
    run, epoch = tables["run"].iloc[0], tables["epochs"].iloc[0]
    assert (run["task"], run["dataset"]) == ("invert", "negatives")
    assert run["generator_macs"] == 2 * 4 * 9 * 28**2
    assert epoch["train_flops"] == 64 * run["train_flops_per_image"]
    assert tables["steps"]["distance"].between(0, 2).all()
    assert epoch["distance"] == pytest.approx(tables["steps"]["distance"].mean(), rel=1e-5)
    assert epoch["pixel_error"] < 127.5, "better than at random"
    rows = summary(tmp_path).set_index("configuration")
    assert rows.index.tolist() == ["inverter", "identity mapping", "mean target"]
    shown = rows.loc["inverter", ["pixel_error_final_mean", "l1_final_mean"]].tolist()
    assert shown == pytest.approx([epoch["pixel_error"]] * 2, rel=0.01)
    assert rows.loc["identity mapping", "l1_final_mean"] > epoch["l1"], "a negative is far away"
    assert "Pixel error" in report


def test_a_task_is_counted_and_described(bench: Bench, tmp_path: Path) -> None:
    plugin = PLUGINS / "task.py"
    (tmp_path / "small.yaml").write_text(PAIRS.replace("VARIANT", INVERTER), encoding="utf-8")
    plan = bench("run", "--grid", "small.yaml", "--dry-run", "--plugin", plugin)
    (row,) = (line for line in plan.splitlines() if line.strip().startswith("inverter-s0-"))
    generator, critic = 4 * 9 + 4 + 4 * 9 + 1, 4 * 2 * 16 + 4 + 4 * 16 + 1
    assert row.split()[3:5] == [str(generator), str(critic)]
    assert "MFLOPs of training" in plan
    assert not (tmp_path / "results").exists()
    described = bench("describe", "inverter", "--plugin", plugin)
    assert "conv 3×3, 1 → 8, stride 1" in described
    assert "conv 4×4, 2 → 8, stride 2" in described
    assert "training per real image" in described


def test_a_task_is_resumed_bit_identically(bench: Bench, tmp_path: Path) -> None:
    """More epochs of a finished run continue from its checkpoint, as if never interrupted."""
    (tmp_path / "small.yaml").write_text(PAIRS.replace("VARIANT", INVERTER), encoding="utf-8")
    options = ("--grid", "small.yaml", "--plugin", PLUGINS / "task.py", "-q", "--epochs")
    kept = ("--set", "keep_checkpoints=true")
    bench("run", *options, "1", "--out", "resumed", *kept)
    bench("run", *options, "3", "--out", "resumed")
    bench("run", *options, "3", "--out", "whole")
    (epochs,) = (tmp_path / "resumed/runs").glob("*/epochs.parquet")
    assert pd.read_parquet(epochs)["attempt"].tolist() == [1, 2, 2]
    check_equal(tmp_path / "resumed", tmp_path / "whole")


UNPAIRED = (
    "{dataset: unpaired-fonts, image_size: 32, subset: 16, quality: {features: off}, "
    "variants: [VARIANT]}"
)


def test_a_translation_game(bench: Bench, tmp_path: Path) -> None:
    """On a bundled task, with the bundled networks: one file, and nothing of the packages."""
    plugin = PLUGINS / "translation.py"
    check_listed(bench, plugin, ("variants", "gcgan"), ("scalars", "consistency_term"))
    grid = UNPAIRED.replace("VARIANT", "{name: gcgan, width_factor: 0.1}")
    tables, report = trained(bench, tmp_path, plugin, grid)
    assert tables["run"]["variant"].tolist() == ["gcgan"]
    assert tables["run"]["task"].tolist() == ["unpaired"]
    assert (tables["steps"]["consistency_term"] > 0).all()
    assert tables["epochs"]["critic_accuracy_real"].between(0, 1).all()
    assert "consistency term" in report.lower()
