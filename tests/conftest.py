"""What every test shares: one cache for the whole session, so that a classifier is trained once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _session_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["GAN_BENCH_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ.pop("GAN_BENCH_DATA", None)


@pytest.fixture
def write_grid(tmp_path: Path):
    """Writes a grid's text to a file and gives its path."""

    def write(text: str, name: str = "grid.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
