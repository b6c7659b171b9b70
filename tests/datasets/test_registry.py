from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.datasets import DataSetInfo, describe, identity, listing
from bench.datasets.registry import Source, dataset
from bench.errors import DataError
from variants.registry import DuplicateName


def test_the_listing_is_sorted_by_name() -> None:
    assert [info.name for info in listing()] == [
        "cifar10",
        "edges:NAME",
        "fashion-mnist",
        "folder:PATH",
        "fonts",
        "grid-2d",
        "mnist",
        "mnist-5k",
        "pairs:PATH",
        "ring",
        "segments:NAME",
        "stacked:NAME",
        "unpaired-fonts",
        "unpaired:PATH_A,PATH_B",
    ]
    assert all(info.summary and "\n" not in info.summary for info in listing())


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("mnist-5k", (28, 1, 10, 5000)),
        ("mnist", (28, 1, 10, 60000)),
        ("fashion-mnist", (28, 1, 10, 60000)),
        ("cifar10", (32, 3, 10, 50000)),
        ("folder:/nowhere/at/all", (None, 3, None, None)),
        ("stacked:mnist-5k", (28, 3, 1000, 128000)),
        ("stacked:fashion-mnist", (28, 3, 1000, 128000)),
        ("edges:cifar10", (32, 3, 10, 50000)),
        ("segments:folder:/nowhere/at/all", (None, 3, None, None)),
        ("fonts", (32, 1, 141, 2256)),
    ],
)
def test_a_data_set_is_described_unread(name: str, known: tuple[int | None, ...]) -> None:
    info = describe(name)
    assert info.name == name
    assert (info.image_size, info.channels, info.classes, info.images) == known
    assert info.dimensions is None


@pytest.mark.parametrize(("name", "modes"), [("ring", 8), ("grid-2d", 25)])
def test_points_have_dimensions_instead_of_a_size(name: str, modes: int) -> None:
    info = describe(name)
    assert (info.image_size, info.channels, info.dimensions) == (None, None, 2)
    assert (info.classes, info.images) == (modes, 100000)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("mnist-5k", "images"),
        ("folder:anywhere", "images"),
        ("stacked:mnist-5k", "stacked-digits"),
        ("ring", "mixtures"),
        ("grid-2d", "mixtures"),
        ("fonts", "pairs"),
        ("edges:mnist-5k", "pairs"),
        ("unpaired-fonts", "unpaired"),
    ],
)
def test_a_data_set_names_its_task(name: str, task: str) -> None:
    assert describe(name).task == task


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("minst-5k", "mnist-5k"),
        ("fashion_mnist", "fashion-mnist"),
        ("CIFAR-10", "cifar10"),
        ("folder", "folder:PATH"),
        ("grid2d", "grid-2d"),
        ("stacked", "stacked:NAME"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(DataError, match=rf"no data set '{wrong}'; did you mean '{right}'\?"):
        describe(wrong)


def test_a_name_like_no_other_lists_all_names() -> None:
    with pytest.raises(
        DataError, match=r"known: cifar10, .*mnist-5k, .*ring, .*stacked:NAME, .*PATH_B\."
    ):
        describe("zzzzzz")


def test_a_folder_without_the_prefix_suggests_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"did you mean 'folder:{tmp_path}'"):
        describe(str(tmp_path))


def test_a_colon_is_only_for_names_that_need_one() -> None:
    with pytest.raises(DataError, match="did you mean 'mnist"):
        describe("mnist:3")


def test_the_identity_of_a_named_data_set_is_its_name() -> None:
    for name in ("mnist-5k", "ring", "stacked:mnist-5k"):
        assert identity(name) == name
    with pytest.raises(DataError, match="did you mean"):
        identity("mnist-6k")


def test_a_name_cannot_be_registered_twice() -> None:
    listing()
    register = dataset(DataSetInfo("mnist", "again", 28, 1, 10, 1))
    with pytest.raises(DuplicateName, match="already registered"):
        register(lambda argument, data_root: Source(data_root, (), list))  # type: ignore[arg-type]


def test_import_and_listing_are_light_and_fast() -> None:
    program = (
        "import sys, time, bench.datasets as d; start = time.perf_counter(); d.listing();"
        "took = time.perf_counter() - start;"
        "heavy = {'torch', 'torchvision', 'pandas', 'mlxtend', 'scipy'} & set(sys.modules);"
        "print(took, *heavy)"
    )
    took, *heavy = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert heavy == []
    assert float(took) < 0.2  # 0.015 on an idle machine


def test_a_second_listing_takes_no_time() -> None:
    listing()
    start = time.perf_counter()
    listing()
    assert time.perf_counter() - start < 0.02
