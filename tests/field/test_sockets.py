"""The path of the folder for temporary files may be longer than a socket's address."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench.errors import RequestError
from bench.executors import launch
from tests.field.smallest import GRID


def test_a_sweep_runs_wherever_temporary_files_are(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 200)
    folder.mkdir()
    grid = tmp_path / "g.yaml"
    grid.write_text(GRID)
    command = [sys.executable, "-m", "bench", "run", "-g", str(grid), "--out", "out", "-q"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("out/runs/*/run.parquet"))) == 1


@pytest.mark.parametrize("usual", ["/" + "x" * 200, None])
def test_where_no_folder_serves_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, usual: str | None
) -> None:
    def gettempdir() -> str:
        if usual is None:
            raise FileNotFoundError(2, "No usable temporary directory found")
        return usual

    monkeypatch.setattr(tempfile, "gettempdir", gettempdir)
    monkeypatch.setattr(launch, "_SHORT_FOLDERS", ("/nowhere",))
    with pytest.raises(RequestError, match=r"emporary files.*\$TMPDIR"), launch.helpers():
        pass
