"""How a run's data set determines its task, classes, and shape of samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bench import datasets
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load
from variants.shapes import ImageShape, PointShape


def test_a_folder_of_images_is_read_once(
    write_grid: WriteGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    Image.new("RGB", (8, 8)).save(images / "black.png")
    read: list[str] = []
    identity = datasets.identity

    def counted(name: str, data_root: Path | None = None) -> str:
        read.append(name)
        return identity(name, data_root)

    monkeypatch.setattr(datasets, "identity", counted)
    text = f"{{variants: [dcgan, dcgan-lite], dataset: 'folder:{images}', latent_dim: [8, 16]}}"
    before = load(write_grid, text)
    assert len(before.runs) == 4
    assert len(read) == 1
    Image.new("RGB", (8, 8), "white").save(images / "white.png")
    after = load(write_grid, text)
    assert after.runs[0].data_identity != before.runs[0].data_identity


def test_the_task_follows_from_the_data_set(write_grid: WriteGrid) -> None:
    for dataset, variant, task in (
        ("mnist-5k", "dcgan", "images"),
        ("stacked:mnist-5k", "dcgan", "stacked-digits"),
        ("ring", "mixture-gan", "mixtures"),
    ):
        (run,) = load(write_grid, f"{{dataset: '{dataset}', variants: [{variant}]}}").runs
        assert run.task == task
        assert "task" not in run.identity()


def test_conditional_recipes_get_the_number_of_classes_and_refuse_data_without(
    write_grid: WriteGrid, tmp_path: Path
) -> None:
    (run,) = load(write_grid, "{variants: [conditional-dcgan]}").runs
    assert run.shape == ImageShape(1, 28, 10)
    Image.new("L", (28, 28)).save(tmp_path / "a.png")
    with pytest.raises(GridError, match=r"line 2: .* needs a data set with classes"):
        load(
            write_grid,
            f"dataset: folder:{tmp_path}\nvariants: [{{name: dcgan, conditional: true}}]",
        )


def test_an_image_folder_has_one_class_per_subfolder(write_grid: WriteGrid, tmp_path: Path) -> None:
    for name in ("cats", "dogs", "emus"):
        (tmp_path / "data" / name).mkdir(parents=True)
        Image.new("L", (28, 28)).save(tmp_path / "data" / name / "a.png")
    (run,) = load(
        write_grid,
        f"{{dataset: 'folder:{tmp_path}/data', variants: [conditional-dcgan], image_size: 28}}",
    ).runs
    assert run.classes == 3


def test_points_require_variants_that_generate_points(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{dataset: ring, variants: [mixture-gan]}").runs
    assert run.shape == PointShape()
    again = load(write_grid, load(write_grid, "{dataset: ring, variants: [mixture-gan]}").to_yaml())
    assert again.runs[0].run_id == run.run_id
    with pytest.raises(GridError, match=r"makes images, not points; change dataset"):
        load(write_grid, "{dataset: ring, variants: [dcgan]}")
    with pytest.raises(GridError, match=r"makes points, not images: use ring or grid-2d"):
        load(write_grid, "{variants: [mixture-gan]}")
    with pytest.raises(GridError, match=r"ring holds points, which have no image_size"):
        load(write_grid, "{dataset: ring, variants: [mixture-gan], image_size: 28}")
