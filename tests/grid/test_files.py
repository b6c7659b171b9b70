"""Grid files that cannot be found, read, or named."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from bench import grid
from bench.errors import GridError
from tests.grid.loading import WriteGrid


def test_a_missing_grid_names_the_nearest() -> None:
    with pytest.raises(
        GridError, match=r"no grid lightwight.yaml; did you mean 'lightweight.yaml'\?"
    ):
        grid.load("lightwight.yaml")


def test_a_folder_is_not_a_grid(tmp_path: Path) -> None:
    with pytest.raises(GridError, match="is a folder"):
        grid.load(str(tmp_path))


def test_a_grid_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GridError, match="UTF-8"):
        grid.load(str(path))


def test_a_grid_without_read_permission(
    write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_grid("variants: [dcgan]")
    for method in ("read_text", "exists", "is_dir"):
        with monkeypatch.context() as patch:
            # Patched in, because tests may run as root, who may read everything.
            patch.setattr(Path, method, _denied)
            with pytest.raises(
                GridError, match=r"grid.yaml cannot be read \(Permission denied\)\."
            ):
                grid.load(path)


def _denied(*_: object, **__: object) -> bool:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("name", ["x" * 300, "./" + "x" * 300])
def test_a_grid_whose_name_is_too_long(name: str) -> None:
    with pytest.raises(GridError, match=r"cannot be read \(File name too long\)\."):
        grid.load(name)


def test_a_file_name_that_cannot_name_the_results(write_grid: WriteGrid) -> None:
    path = write_grid("variants: [dcgan]", "my grid é.yaml")
    with pytest.raises(
        GridError, match=r"my grid é.yaml: the file's name 'my grid é' .*; add 'name:'"
    ):
        grid.load(path)
    assert grid.load(path, {"name": "mine"}).name == "mine"
    path = write_grid("{name: mine, variants: [dcgan]}", "my grid é.yaml")
    assert grid.load(path).name == "mine"
