from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.datasets import DataSpec, open_prepared, prepare
from bench.datasets.idx import read_idx
from bench.datasets.registry import Source
from bench.datasets.sources import folder as folder_source
from bench.datasets.sources import mnist
from bench.errors import DataError, RequestError

MNIST = DataSpec(name="mnist", image_size=28, channels=1)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed as IDX during the test."""
    parsed: list[str] = []

    def watched(path: Path, **options: object) -> np.ndarray:
        parsed.append(path.name)
        return read_idx(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(mnist, "read_idx", watched)
    return parsed


def test_prepared_data_is_not_read_again(
    idx_folder: Callable[..., Path], tmp_path: Path, reads: list[str]
) -> None:
    idx_folder(tmp_path / "data", compressed=True)
    first = prepare(MNIST)
    assert len(reads) == 2
    assert prepare(MNIST) == first
    assert len(reads) == 2


@pytest.mark.parametrize(
    "other",
    [
        DataSpec(name="mnist", image_size=32, channels=1),
        DataSpec(name="mnist", image_size=28, channels=3),
        DataSpec(name="mnist", image_size=28, channels=1, classes=(1,)),
        DataSpec(name="mnist", image_size=28, channels=1, subset=30),
        DataSpec(name="fashion-mnist", image_size=28, channels=1),
    ],
)
def test_different_specs_give_different_data(
    other: DataSpec, idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    one, two = (open_prepared(prepare(spec)) for spec in (MNIST, other))
    assert one.content_hash != two.content_hash


def test_a_changed_file_is_read_again(
    idx_folder: Callable[..., Path], tmp_path: Path, pixels: np.ndarray
) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    old = open_prepared(prepare(MNIST))
    idx_folder(tmp_path / "data", compressed=False, pixels=255 - pixels)  # the same size
    new = open_prepared(prepare(MNIST))
    np.testing.assert_array_equal(old.images[:, 0], pixels)
    np.testing.assert_array_equal(new.images[:, 0], 255 - pixels)
    assert old.content_hash != new.content_hash


def test_a_replaced_file_with_the_same_time_is_read_again(
    idx_folder: Callable[..., Path], tmp_path: Path, pixels: np.ndarray
) -> None:
    file = idx_folder(tmp_path / "data", compressed=False) / "train-images-idx3-ubyte"
    old, stat = prepare(MNIST), file.stat()
    other = idx_folder(tmp_path / "other", compressed=False, pixels=255 - pixels) / file.name
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(file)
    assert prepare(MNIST) != old


def test_added_and_renamed_images_are_noticed(tmp_path: Path) -> None:
    root = tmp_path / "images"
    root.mkdir()
    spec = DataSpec(name=f"folder:{root}", image_size=8, channels=1)
    Image.new("L", (8, 8), 1).save(root / "a.png")
    Image.new("L", (8, 8), 2).save(root / "b.png")

    def values() -> list[int]:
        return [int(value) for value in open_prepared(prepare(spec)).images[:, 0, 0, 0]]

    assert values() == [1, 2]
    Image.new("L", (8, 8), 3).save(root / "aa.png")
    assert values() == [1, 3, 2]
    (root / "a.png").rename(root / "z.png")
    assert values() == [3, 2, 1]


def test_the_hash_covers_labels_and_names_but_not_paths(tmp_path: Path) -> None:
    def made(place: str, *names: str) -> str:
        for value, name in enumerate(names):
            path = tmp_path / place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (8, 8), value).save(path)
        spec = DataSpec(name=f"folder:{tmp_path / place}", image_size=8, channels=1)
        return open_prepared(prepare(spec)).content_hash

    first = made("one", "cats/a.png", "dogs/b.png")
    assert len(bytes.fromhex(first)) == 8
    assert made("two", "cats/a.png", "dogs/b.png") == first
    others = {
        made("three", "cats/a.png", "cats/b.png"),  # another label
        made("four", "cats/a.png", "hens/b.png"),  # another name
        made("five", "a.png", "b.png"),  # none
    }
    assert len(others | {first}) == 4
    two_dogs = made("six", "cats/a.png", "dogs/b.png", "dogs/c.png")
    two_cats = made("seven", "cats/a.png", "cats/b.png", "dogs/c.png")
    assert two_dogs != two_cats


def test_the_same_files_in_a_parent_folder_have_other_classes(tmp_path: Path) -> None:
    file = tmp_path / "images" / "pets" / "cats" / "a.png"
    file.parent.mkdir(parents=True)
    Image.new("L", (8, 8)).save(file)

    def classes(folder: Path) -> tuple[str, ...]:
        spec = DataSpec(name=f"folder:{folder}", image_size=8, channels=1)
        return open_prepared(prepare(spec)).class_names

    assert classes(file.parents[1]) == ("cats",)
    assert classes(file.parents[2]) == ("pets",)


def test_blocks_are_joined(tmp_path: Path) -> None:
    """A block is 1,024 images, so 5,000 images are five blocks."""
    half = DataSpec(name="mnist-5k", image_size=14, channels=1)
    data = open_prepared(prepare(half))
    native = open_prepared(prepare(DataSpec(name="mnist-5k", image_size=28, channels=1)))
    for index in (0, 1023, 1024, 2048, 4999):
        picture = Image.fromarray(np.array(native.images[index, 0]))
        expected = np.asarray(picture.resize((14, 14), Image.Resampling.BICUBIC))
        np.testing.assert_array_equal(data.images[index, 0], expected)


def test_opened_data_is_mapped_fast_and_privately() -> None:
    folder = prepare(DataSpec(name="mnist-5k", image_size=28, channels=1))
    fastest = 1.0
    for _ in range(5):
        start = time.perf_counter()
        data = open_prepared(folder)
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 0.01
    assert isinstance(data.images, np.memmap)
    assert data.images.flags.c_contiguous
    before = data.images[0].copy()
    data.images[0] = 7
    np.testing.assert_array_equal(open_prepared(folder).images[0], before)
    assert json.loads((folder / "meta.json").read_text())["images_per_class"] == [500] * 10


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 1)


def _other_shape(file: Path) -> None:
    np.save(file, np.load(file)[:-1])


def _other_type(file: Path) -> None:
    np.save(file, np.load(file).astype(np.int32))


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("images.npy", _cut),
        ("images.npy", _other_shape),
        ("images.npy", _other_type),
        ("images.npy", _empty),
        ("images.npy", Path.unlink),
        ("labels.npy", _cut),
        ("labels.npy", _other_shape),
        ("labels.npy", _other_type),
        ("labels.npy", Path.unlink),
        ("meta.json", _cut),
        ("meta.json", _empty),
        ("meta.json", lambda file: file.write_text("{}")),
        ("meta.json", lambda file: file.write_text("[]")),
        ("meta.json", Path.unlink),
        ("", shutil.rmtree),
    ],
)
def test_damage_is_reported_with_the_folder_to_delete(
    name: str, damage: Callable[[Path], None], idx_folder: Callable[..., Path], tmp_path: Path
) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    folder = prepare(MNIST)
    damage(folder / name)
    with pytest.raises(DataError, match="delete that folder and run again") as caught:
        open_prepared(folder)
    assert str(folder) in str(caught.value)
    shutil.rmtree(folder, ignore_errors=True)
    assert len(open_prepared(prepare(MNIST)).images) == 30


PREPARE = (
    "import sys; from bench.datasets import DataSpec, prepare;"
    "spec = DataSpec(name='mnist-5k', image_size=20, channels=3);"
    "print('ready', flush=True); sys.stdin.readline(); print(prepare(spec))"
)


def test_processes_may_prepare_the_same_data_at_once(cached: Callable[[], list[str]]) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    folders = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(folders) == 1
    folder = Path(folders.pop())
    assert cached() == [folder.name]
    assert open_prepared(folder).images.shape == (5000, 3, 20, 20)


def test_the_second_to_finish_uses_the_folder_of_the_first(
    idx_folder: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cached: Callable[[], list[str]],
) -> None:
    """While one prepares the data, another finishes; its folder is not touched."""
    idx_folder(tmp_path / "data", compressed=False)
    finished: list[tuple[Path, int]] = []

    def overtaken(path: Path, **options: object) -> np.ndarray:
        monkeypatch.setattr(mnist, "read_idx", read_idx)
        if not finished:
            folder = prepare(MNIST)
            finished.append((folder, folder.stat().st_ino))
        return read_idx(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(mnist, "read_idx", overtaken)
    folder = prepare(MNIST)
    assert finished == [(folder, folder.stat().st_ino)]
    assert cached() == [folder.name]


def test_a_source_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cached: Callable[[], list[str]]
) -> None:
    root = tmp_path / "images"
    root.mkdir()
    Image.new("L", (8, 8), 1).save(root / "a.png")
    read_image = folder_source.read_image

    def while_it_changes(path: Path, **options: int) -> np.ndarray:
        image = read_image(path, **options)
        Image.new("L", (9, 9), 2).save(path)
        return image

    monkeypatch.setattr(folder_source, "read_image", while_it_changes)
    with pytest.raises(DataError, match=r"changed while .* was being read"):
        prepare(DataSpec(name=f"folder:{root}", image_size=8, channels=1))
    assert cached() == []


def test_what_a_killed_process_leaves_is_not_mistaken_for_data(
    idx_folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    program = (
        "import os; from bench.datasets import DataSpec, prepare, prepared;"
        "prepared._publish = lambda *folders: os.kill(os.getpid(), 9);"
        "prepare(DataSpec(name='mnist', image_size=28, channels=1))"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -9
    assert len(open_prepared(prepare(MNIST)).images) == 30


def test_a_full_disk_leaves_nothing(tmp_path: Path, cached: Callable[[], list[str]]) -> None:
    """A limit on file sizes replaces the full disk: images.npy is cut off while it is written."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "from bench.datasets import DataSpec, prepare\n"
        "try: prepare(DataSpec(name='mnist-5k', image_size=28, channels=1))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith(f"RequestError No space left to write {tmp_path / 'cache'}")
    assert "$GAN_BENCH_CACHE" in said
    assert cached() == []


def test_a_given_cache_is_used(idx_folder: Callable[..., Path], tmp_path: Path) -> None:
    idx_folder(tmp_path / "data", compressed=False)
    folder = prepare(MNIST, cache=tmp_path / "given")
    assert folder.parent == tmp_path / "given" / "datasets"
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match=r"Cannot write .* \$GAN_BENCH_CACHE"):
        prepare(MNIST, cache=tmp_path / "file")


def test_a_source_knows_its_location(idx_folder: Callable[..., Path], tmp_path: Path) -> None:
    source = mnist.mnist("", idx_folder(tmp_path / "data" / "mnist", compressed=True).parent)
    assert isinstance(source, Source)
    assert source.location == tmp_path / "data" / "mnist"
