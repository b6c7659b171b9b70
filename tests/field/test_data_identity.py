"""What a data set is called and where it is: its content, and odd paths."""

from __future__ import annotations

import gzip
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import datasets, grid
from bench.cache import cache_root
from bench.datasets import DataSpec, identity, open_prepared, prepare
from bench.datasets.sources import mnist
from bench.errors import DataError, DataWarning, GridError, RequestError
from tests.cli.commands import Bench, refused
from tests.grid.loading import WriteGrid, load

MNIST = DataSpec(name="mnist", image_size=28, channels=1)


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(mnist, "SYSTEM_DATASETS", tmp_path / "system")


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + header + array.tobytes()


def digits(root: Path, value: int = 0, names: Callable[[str], str] = str, count: int = 40) -> Path:
    """A pair of IDX files; ``names`` changes the names that they usually have."""
    for name, array in (
        ("train-images-idx3-ubyte", np.full((count, 28, 28), value, np.uint8)),
        ("train-labels-idx1-ubyte", (np.arange(count) % 10).astype(np.uint8)),
    ):
        file = root / names(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(idx(array)) if file.suffix == ".gz" else idx(array))
    return root


def test_a_file_rewritten_in_place_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "pics" / "a.bmp"
    file.parent.mkdir()
    spec = DataSpec(name=f"folder:{file.parent}", image_size=8, channels=1)
    Image.new("L", (8, 8), 10).save(file)
    stat = file.stat()
    assert open_prepared(prepare(spec)).images.max() == 10
    with file.open("r+b") as same:  # the same file: size, time and inode stay
        content = same.read()
        same.seek(0)
        same.write(content[:-64] + bytes([200]) * 64)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_ino) == (stat.st_size, stat.st_ino)
    assert open_prepared(prepare(spec)).images.max() == 200


@pytest.mark.parametrize(
    "names",
    [
        lambda name: name.replace("-idx", ".idx"),
        lambda name: name.replace("-idx", ".idx") + ".gz",
        lambda name: f"{name.replace('-idx', '.idx')}/{name}",
        lambda name: f"{name}/{name}",
    ],
)
def test_files_are_found_under_the_names_that_others_give_them(
    names: Callable[[str], str], tmp_path: Path
) -> None:
    root = digits(tmp_path / "mnist", value=7, names=names)
    assert (open_prepared(prepare(MNIST, data_root=root)).images == 7).all()


def test_other_files_under_a_known_name_are_another_data_set(tmp_path: Path) -> None:
    one, other, packed = (
        digits(tmp_path / "one"),
        digits(tmp_path / "other", value=1),
        digits(tmp_path / "packed", names=lambda name: f"{name}.gz"),
    )
    with pytest.warns(DataWarning, match="not the published ones: results call what they hold"):
        ids = [identity("mnist", root) for root in (one, other, packed)]
    stacked = identity("stacked:mnist", other)
    assert ids[0] == ids[2] != ids[1]
    assert all(name.startswith("mnist:") and len(name) == 6 + 12 for name in ids)
    assert stacked == f"stacked:{ids[1]}"


def test_published_files_keep_the_name_and_are_told_from_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = digits(tmp_path / "digits")
    assert identity("mnist", tmp_path / "empty") == "mnist"  # it will be fetched
    sums = tuple(
        mnist.content_md5(root / name, remedy="")
        for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    )
    published = {**mnist._PUBLISHED, "mnist": (*sums, "", "")}
    monkeypatch.setattr(mnist, "_PUBLISHED", published)
    assert identity("mnist", root) == "mnist"
    fashion = DataSpec(name="fashion-mnist", image_size=28, channels=1)
    with pytest.raises(
        DataError, match="is a file of mnist, not of fashion-mnist: ask for the data"
    ):
        prepare(fashion, data_root=root)


def test_runs_on_other_files_are_other_runs(write_grid: WriteGrid, tmp_path: Path) -> None:
    path = write_grid("{variants: [dcgan], dataset: mnist}")
    with pytest.warns(DataWarning):
        ids = [
            grid.load(path, {}, digits(tmp_path / str(value), value)).runs[0].run_id
            for value in (0, 1)
        ]
    published = grid.load(path, {}, tmp_path / "none").runs[0].run_id
    assert len({*ids, published}) == 3


def test_a_stored_grid_works_from_elsewhere(
    write_grid: WriteGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("here", "elsewhere"):
        (tmp_path / place).mkdir()
    (tmp_path / "here" / "pics").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "here" / "pics" / "a.png")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "here"))
    for path in ("pics", "~/pics", "../here/pics"):
        monkeypatch.chdir(tmp_path / "here")
        found = load(write_grid, f"{{variants: [dcgan], dataset: 'folder:{path}'}}")
        stored = found.to_yaml()
        monkeypatch.chdir(tmp_path / "elsewhere")
        again = load(write_grid, stored)
        assert again.runs[0].run_id == found.runs[0].run_id


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("~nobody-at-all/x", "The home folder in '~nobody-at-all/x' is not known: give the path"),
        (r"a\0b", r"The path 'a\\x00b' contains a null character: give the path of a folder"),
        ("n" * 300, r"which does not exist|cannot be read \(File name too long\)"),
    ],
)
def test_odd_paths_are_refused_in_a_sentence(write_grid: WriteGrid, path: str, says: str) -> None:
    with pytest.raises(GridError, match=says) as caught:
        load(write_grid, f'variants: [dcgan]\ndataset: "folder:{path}"')
    assert "\n" not in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize("name", ["~nobody-at-all/x", "a\0b"])
def test_odd_names_are_unknown_data_sets(name: str) -> None:
    with pytest.raises(DataError, match="There is no data set"):
        identity(name)


def test_homes_that_nobody_knows_name_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "~nobody-at-all/x"
    with pytest.raises(DataError, match=r"--data-root or \$GAN_BENCH_DATA"):
        prepare(MNIST, data_root=Path(odd))
    with pytest.raises(DataError, match=r"--data-root or \$GAN_BENCH_DATA"):
        datasets.fetch("mnist", data_root=Path(odd))
    for variable, ask in (("DATA", datasets.default_data_root), ("CACHE", cache_root)):
        monkeypatch.setenv(f"GAN_BENCH_{variable}", odd)
        with pytest.raises(RequestError, match=rf"is not known: .* \$GAN_BENCH_{variable}\."):
            ask()


def test_without_a_home_the_command_says_so(bench: Bench) -> None:
    refused(
        bench("run", "-g", "smoke.yaml", "--dataset", "folder:~nobody-at-all/x"),
        "The home folder in '~nobody-at-all/x' is not known",
    )
