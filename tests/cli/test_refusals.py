"""Requests that cannot be met: status 2, one sentence, nothing written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.cli.commands import Bench, refused


def test_mistakes_in_a_grid(bench: Bench, tmp_path: Path) -> None:
    refused(bench("run", "--grid", "nowhere.yaml"), "There is no grid nowhere.yaml")
    (tmp_path / "bad.yaml").write_text("variants: [dcgan]\nepoch: 3")
    refused(bench("run", "--grid", "bad.yaml"), "bad.yaml, line 2", "did you mean 'epochs'")
    refused(bench("run", "-g", "smoke.yaml", "--seeds", "x"), "--seeds x")
    refused(bench("run", "-g", "smoke.yaml", "--set", "latent_dim"), "--set latent_dim")
    assert [p.name for p in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--set", "batch_size=9000"], "larger than the data"),
        (["--set", "subset=6000"], "a number from 1 to 4000"),
        (["--set", "classes=[12]"], "mnist-5k"),
        (["--dataset", "mnist", "--data-root", "."], "bench fetch mnist"),
        (["--dataset", "folder:nowhere"], "nowhere"),
        (["--device", "cuda"], "--device cuda"),
        (["--set", "quality.features=inception"], "bench fetch inception"),
        (["--set", "quality.samples=2"], "samples"),
        (["--set", "generator_width=100000000"], "memory"),
    ],
)
def test_requests_that_cannot_be_met_write_nothing(
    bench: Bench, tmp_path: Path, arguments: list[str], expected: str
) -> None:
    (tmp_path / "one.yaml").write_text("{variants: [dcgan-lite], quality: {samples: 64}}")
    environment = {"TORCH_HOME": str(tmp_path / "torch"), "CUDA_VISIBLE_DEVICES": ""}
    refused(bench("run", "--grid", "one.yaml", *arguments, **environment), expected)
    assert not (tmp_path / "results").exists()


def test_damaged_images(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n123")
    arguments = ["--dataset", "folder:pictures", "--set", "image_size=32"]
    refused(bench("run", "-g", "lightweight.yaml", *arguments), "half.png")
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x03\0\0"))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x01\0\0"))
    arguments = ["--dataset", "fashion-mnist", "--data-root", "."]
    refused(bench("run", "-g", "lightweight.yaml", *arguments), "idx")


def test_results_that_cannot_be_written(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    refused(bench("run", "-g", "smoke.yaml", "--out", "taken"), "taken is a file")
    refused(bench("run", "-g", "smoke.yaml", "--out", "/proc/x"), "/proc", "--out")


def test_results_that_cannot_be_read(bench: Bench, tmp_path: Path) -> None:
    refused(bench("report", "nowhere"), "nowhere")
    (tmp_path / "empty").mkdir()
    refused(bench("report", "empty"), "sweep.json")
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["describe", "dcgn"], "did you mean 'dcgan'"),
        (["describe", "dcgan", "--image-size", "48"], "28, 32 or 64 px"),
        (["describe", "dcgan", "--set", "widht=3"], "widht"),
        (["fetch", "mnst"], "mnist"),
    ],
)
def test_small_commands_refuse_with_a_hint(
    bench: Bench, arguments: list[str], expected: str
) -> None:
    refused(bench(*arguments), expected)


def test_usage_errors_have_status_2(bench: Bench) -> None:
    assert bench("run").returncode == 2
    assert bench("run", "-g", "smoke.yaml", "--jobs", "0").returncode == 2
    assert bench("fly").returncode == 2
