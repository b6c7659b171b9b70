"""Of a data set only what runs and their classifier need is decoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bench import judging, preparation
from bench.datasets import DataSpec, open_prepared, prepare
from bench.datasets.sources import folder as folder_source
from bench.errors import DataError
from bench.executors import Found
from bench.spec import RunSpec
from tests.grid.loading import WriteGrid, load

FOUND = Found("cpu", 1, ())


class Here:
    """An executor that calls in this process."""

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The files decoded, in order."""
    monkeypatch.setenv("GAN_BENCH_CACHE", str(tmp_path / "cache"))
    names: list[str] = []
    read_image = folder_source.read_image

    def watched(path: Path, **options: int) -> object:
        names.append(f"{path.parent.name}/{path.name}")
        return read_image(path, **options)

    monkeypatch.setattr(folder_source, "read_image", watched)
    return names


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Cats that are whole, and dogs of which one is damaged."""
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(20):
            Image.new("L", (28, 28), number).save(tmp_path / "pets" / name / f"{number}.png")
    (tmp_path / "pets" / "dogs" / "bad.png").write_bytes(b"not an image")
    return tmp_path / "pets"


def of_cats(write_grid: WriteGrid, pets: Path, features: str, more: str = "") -> RunSpec:
    text = f"dataset: 'folder:{pets}', image_size: 28, channels: 1, classes: [cats], batch_size: 4"
    text += f", quality: {{features: '{features}'}}{more}"
    return load(write_grid, f"{{variants: [dcgan], {text}}}").runs[0]


def judged(run: RunSpec, wanted: list[DataSpec]) -> tuple[str | None, str, Path]:
    """How a run is judged; notes the data sets that had to be prepared as a whole."""

    def whole(data: DataSpec) -> Path:
        wanted.append(data)
        return preparation._whole(preparation.Machine(), data)

    return judging.features_of(Here(), run, prepare(run.data), whole, FOUND)  # type: ignore[arg-type]


def test_without_a_classifier_other_classes_are_not_decoded(
    write_grid: WriteGrid, pets: Path, decoded: list[str]
) -> None:
    wanted: list[DataSpec] = []
    features, _, labelled = judged(of_cats(write_grid, pets, "off"), wanted)
    assert (features, wanted) == (None, [])
    assert len(open_prepared(labelled).images) == 16
    assert len(decoded) == 20
    assert all(name.startswith("cats/") for name in decoded)


def test_a_damaged_image_of_another_class_switches_quality_off(
    write_grid: WriteGrid, pets: Path
) -> None:
    features, reason, _ = judged(of_cats(write_grid, pets, "auto"), [])
    assert features is None
    assert reason.startswith("Quality is not measured, as its classifier needs all images: ")
    assert "bad.png is not an image or is damaged" in reason


def test_a_classifier_that_is_asked_for_needs_every_image(
    write_grid: WriteGrid, pets: Path
) -> None:
    with pytest.raises(DataError, match=r"bad\.png is not an image or is damaged"):
        judged(of_cats(write_grid, pets, "classifier"), [])


def test_where_all_images_can_be_read_the_classifier_learns_from_them(
    write_grid: WriteGrid, pets: Path
) -> None:
    (pets / "dogs" / "bad.png").unlink()
    features, _, labelled = judged(of_cats(write_grid, pets, "auto"), [])
    assert features == "classifier"
    assert len(open_prepared(labelled).images) == 32


def test_a_smoke_run_decodes_what_it_takes(
    write_grid: WriteGrid, pets: Path, decoded: list[str]
) -> None:
    run = of_cats(write_grid, pets, "off", ", subset: 9")
    assert preparation._fit(run, preparation.Machine()).data.subset == 8  # no batch of one
    assert len(decoded) == 9 + 4  # those held out belong to it
    larger = of_cats(write_grid, pets, "off", ", subset: 100")
    assert preparation._fit(larger, preparation.Machine()).data.subset == 16
    assert len(decoded) == 13
