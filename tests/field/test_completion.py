"""What the shell offers after Tab, asked as bash asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli import completion

BENCH = Path(sys.executable).with_name("bench")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("results/lightweight", "results/mine", "elsewhere/run 1"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "sweep.json").write_text("{}")
    (tmp_path / "mine.yaml").write_text("")
    (tmp_path / "notes.txt").write_text("")
    return tmp_path


@pytest.mark.skipif(not BENCH.exists(), reason="the command bench is not installed")
def test_bash_is_offered_variants(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_BENCH_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "bench describe dcgan-")
    monkeypatch.setenv("COMP_CWORD", "2")
    done = subprocess.run([BENCH], capture_output=True, text=True, check=False, timeout=60)
    offered = done.stdout.split()
    assert "dcgan-lite" in offered
    assert all(name.startswith("dcgan-") for name in offered)


def test_grids_are_bundled_ones_and_files(folder: Path) -> None:
    assert {"lightweight.yaml", "mine.yaml", "results/"} <= set(completion.grids(""))
    assert "notes.txt" not in completion.grids("")
    assert completion.grids("mi") == ["mine.yaml"]
    assert completion.grids("nowhere/") == []


def test_results_folders_come_from_results_and_from_what_is_typed(folder: Path) -> None:
    assert {"results/lightweight", "results/mine"} <= set(completion.results(""))
    assert completion.results("results/m") == ["results/mine"]
    assert completion.results("elsewhere/") == ["elsewhere/run 1"]


def test_a_failure_offers_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from variants import registry

    def broken() -> list[str]:
        raise RuntimeError

    monkeypatch.setattr(registry, "names", broken)
    assert completion.variants("") == []
    assert completion.grids("\0") == []
    assert completion.results("\0/") == []
