"""The cache folder and the data root: variables, defaults, folders that are not writable."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from bench.cache import cache_root
from bench.datasets import default_data_root
from bench.errors import DataError, RequestError


def test_the_cache_that_the_variable_names_is_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_BENCH_CACHE", str(tmp_path / "a" / "b"))
    assert cache_root() == tmp_path / "a" / "b"
    assert cache_root().is_dir()


@pytest.mark.parametrize("unset", [lambda m, v: m.delenv(v), lambda m, v: m.setenv(v, "")])
def test_without_the_variables_the_users_folders_are_used(
    unset: Callable[[pytest.MonkeyPatch, str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in ("CACHE", "DATA"):
        unset(monkeypatch, f"GAN_BENCH_{kind}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg-cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg-data"))
    assert cache_root() == Path(platformdirs.user_cache_dir("gan-bench", appauthor=False))
    assert default_data_root() == Path(platformdirs.user_data_dir("gan-bench", appauthor=False))
    assert tmp_path in cache_root().parents
    assert tmp_path in default_data_root().parents
    assert not default_data_root().exists()


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GAN_BENCH_CACHE", "~/c")
    monkeypatch.setenv("GAN_BENCH_DATA", "~/d")
    assert cache_root() == tmp_path / "c"
    assert default_data_root() == tmp_path / "d"


def test_a_cache_that_cannot_be_created_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GAN_BENCH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(RequestError, match=r"file/cache .*\$GAN_BENCH_CACHE\.") as caught:
        cache_root()
    assert not isinstance(caught.value, DataError)


def test_a_cache_that_is_read_only_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(RequestError, match=r"Permission denied.*\$GAN_BENCH_CACHE\."):
        cache_root()
