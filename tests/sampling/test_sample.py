"""``bench sample``: what a finished run's generator makes, from the weights that the run left."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from bench import sampling, store
from bench.errors import RequestError, ResultsError
from bench.sampling.drawing import STEPS, _between
from bench.training.evaluation import _PICTURE_SEED
from tests.cli.commands import refused

GRID = """
epochs: 1
subset: 64
batch_size: 16
quality: off
timing: false
seeds: [0]
variants:
  - {name: dcgan, width_factor: 0.0625}
  - {name: dcgan, label: averaged, width_factor: 0.0625, generator_average: 100}
  - {name: conditional-dcgan, width_factor: 0.0625}
"""
OTHERS = {
    "points": "{steps: 4, steps_per_epoch: 4, dataset: ring, stack_seeds: true, seeds: [0, 1], "
    "quality: off, timing: false, variants: [mixture-gan]}",
    "edges": "{epochs: 1, subset: 48, dataset: 'edges:mnist-5k', image_size: 32, quality: off, "
    "timing: false, seeds: [0], variants: [{name: pix2pix, width_factor: 0.0625}]}",
}


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def swept(path: Path, grids: dict[str, str]) -> Path:
    for name, grid in grids.items():
        (path / f"{name}.yaml").write_text(grid)
        done = bench(path, "run", "--grid", f"{name}.yaml", "-q")
        assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, _session_cache: None) -> Path:
    """Where a sweep has been run."""
    return swept(tmp_path_factory.mktemp("sampling"), {"images": GRID})


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory, _session_cache: None) -> Path:
    """Where a stack of runs on points and a translation have been run."""
    return swept(tmp_path_factory.mktemp("others"), OTHERS)


def run_of(folder: Path, sweep: str, label: str, seed: int = 0) -> Path:
    planned = store.read_plan(folder / "results" / sweep)["runs"]
    (run_id,) = [r["run_id"] for r in planned if (r["label"], r["seed"]) == (label, seed)]
    return folder / "results" / sweep / "runs" / run_id


def pixels(png: bytes | Path) -> np.ndarray:
    source = png if isinstance(png, Path) else io.BytesIO(png)
    return np.asarray(Image.open(source))


@pytest.mark.parametrize(
    ("label", "count", "sheet"),
    [("dcgan", 49, "epoch"), ("averaged", 49, "averaged"), ("conditional-dcgan", 100, "epoch")],
)
def test_the_last_sheet_of_training_again(
    folder: Path, tmp_path: Path, label: str, count: int, sheet: str
) -> None:
    """From the noise of that sheet, every pixel is the same."""
    text = same_sheet(run_of(folder, "images", label), count, tmp_path, sheet)
    assert text.startswith(f"{count} samples of “{label}”, seed 0, after epoch 1, by its ")
    assert ("averaged generator" in text) == (sheet == "averaged")


@pytest.mark.slow
def test_the_last_sheet_of_points_and_translations_again(others: Path, tmp_path: Path) -> None:
    for seed in (0, 1):  # of a stack
        same_sheet(run_of(others, "points", "mixture-gan", seed), 2500, tmp_path)
    translation = run_of(others, "edges", "pix2pix")
    assert same_sheet(translation, 16, tmp_path).startswith("16 translations of “pix2pix”")
    with pytest.raises(RequestError, match="has no latents"):
        drawn(translation, interpolate=True)


def same_sheet(run: Path, count: int, folder: Path, sheet: str = "epoch") -> str:
    """Draws what a run's last sheet shows, compares the pixels, and gives the text."""
    samples = sampling.draw(sampling.find(run), count=count, seed=_PICTURE_SEED)
    sampling.write(samples, folder / "out.png", folder=False)
    own = run / "samples" / f"{sheet}-0001.png"
    assert np.array_equal(pixels(folder / "out.png"), pixels(own))
    return samples.text


def test_the_command(folder: Path, tmp_path: Path) -> None:
    run = run_of(folder, "images", "conditional-dcgan")
    name = f"{run.parent.parent}/{run.name}"  # SWEEP/RUN-ID
    done = bench(tmp_path, "sample", name, "--count", "6", "--class", "3", "--seed", "5")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{run.name}.png\n"
    assert (
        "6 samples of “conditional-dcgan”, seed 0, after epoch 1, by its generator" in done.stderr
    )
    assert pixels(tmp_path / f"{run.name}.png").shape == (2 * 56 + 2, 3 * 56 + 4)
    refused(bench(tmp_path, "sample", str(run), "--class", "12"), "has no class 12")


def test_a_folder_of_images(folder: Path, tmp_path: Path) -> None:
    samples = sampling.draw(sampling.find(run_of(folder, "images", "dcgan")), count=3, seed=1)
    many = tmp_path / "many"
    sampling.write(samples, many, folder=True)
    files = sorted(many.iterdir())
    assert [file.name for file in files] == ["0000.png", "0001.png", "0002.png"]
    assert pixels(files[0]).shape == (28, 28)
    with pytest.raises(RequestError, match=r"not an empty folder: .* with --out"):
        sampling.write(samples, many, folder=True)


def drawn(run: Path, **options: Any) -> np.ndarray:
    given = {"count": 20, "seed": 3, **options}
    return sampling.draw(sampling.find(run), **given).values.numpy()


def test_seeds_classes_and_walks(folder: Path) -> None:
    plain = run_of(folder, "images", "dcgan")
    classes = run_of(folder, "images", "conditional-dcgan")
    assert np.array_equal(drawn(plain), drawn(plain))
    assert not np.allclose(drawn(plain), drawn(plain, seed=4))
    threes = drawn(classes, of_class="3")
    in_turn = drawn(classes)
    assert np.allclose(in_turn[3::10], threes[3::10], atol=1e-6)
    assert not np.allclose(in_turn[4::10], threes[4::10], atol=1e-3)
    walk = drawn(plain, interpolate=True, count=2 * STEPS)
    near = np.abs(np.diff(walk, axis=0)).mean()
    assert 0 < near < np.abs(walk[0] - walk[STEPS]).mean()
    ends = drawn(plain, count=3)  # the walk starts at the same latents
    assert np.allclose(walk[[0, STEPS]], ends[:2], atol=1e-5)


def test_between_two_latents() -> None:
    a, b = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 3.0])
    path = _between(a, b, on_sphere=True)
    assert torch.allclose(path.norm(dim=1), torch.full((STEPS,), 3.0), atol=1e-5)
    assert torch.allclose(path[STEPS // 2], torch.tensor([4.5, 4.5]).sqrt(), atol=1e-5)
    assert torch.equal(_between(a, b, on_sphere=False)[STEPS // 2], torch.tensor([1.5, 1.5]))
    assert torch.allclose(_between(a, 2 * a, on_sphere=True)[0], a)


@pytest.mark.parametrize(
    ("label", "asked", "expected"),
    [
        ("dcgan", "3", "trained without classes"),
        ("conditional-dcgan", "12", "has no class 12"),
    ],
)
def test_classes_that_a_run_cannot_give(
    folder: Path, label: str, asked: str, expected: str
) -> None:
    with pytest.raises(RequestError, match=expected):
        drawn(run_of(folder, "images", label), of_class=asked)


def test_runs_that_are_not_there(folder: Path, tmp_path: Path) -> None:
    sweep = folder / "results" / "images"
    old = Path(__file__).parents[2] / "results" / "reference" / "lightweight"
    earlier = store.read_plan(old)["runs"][0]["run_id"]
    for path, expected in {
        sweep: "is a sweep: name one of its runs, such as .*dcgan-s0-",
        sweep / "dcgan-s9": "holds no run dcgan-s9: name one of its runs, such as",
        tmp_path / "nothing": "There is no run",
        old / earlier: f"{earlier} has left no weights",
    }.items():
        with pytest.raises(ResultsError, match=expected):
            sampling.find(path)


def test_gathered_runs_and_damaged_weights(folder: Path, tmp_path: Path) -> None:
    """bench compact leaves the weights where they are; nothing in them is executed."""
    sweep = tmp_path / "copy"
    shutil.copytree(folder / "results" / "images", sweep)
    store.compact(sweep)
    run = sweep / "runs" / run_of(folder, "images", "dcgan").name
    assert not (run / "run.parquet").exists()
    assert np.array_equal(drawn(run), drawn(run_of(folder, "images", "dcgan")))

    class Attack:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "executed"),)

    (run / "weights.pt").write_bytes(pickle.dumps(Attack(), protocol=2))
    with pytest.raises(ResultsError, match=r"weights\.pt is damaged"):
        sampling.find(run)
    torch.save({"generator": Attack()}, run / "weights.pt")
    with pytest.raises(ResultsError, match=r"weights\.pt is damaged"):
        sampling.find(run)
    assert not (tmp_path / "executed").exists()


def test_another_revision_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from variants import registry

    run = run_of(folder, "images", "dcgan")
    monkeypatch.setattr(registry.get("dcgan"), "revision", 9)
    with pytest.raises(ResultsError, match="is of revision 1 of dcgan"):
        drawn(run)
