"""Paths that are no text, and files read as UTF-8 whatever the locale is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.field.test_output import ONE, POSIX

ROOT = Path(__file__).parents[2]
NAME = b"caf\xe9 \xff"


def bench(folder: Path, *arguments: bytes | str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.mark.slow
@pytest.mark.parametrize("surroundings", [{}, POSIX], ids=["UTF-8", "LC_ALL=C"])
def test_a_results_folder_whose_name_is_not_utf_8(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    out, report = b"results of " + NAME, b"report of " + NAME
    commands: list[tuple[bytes | str, ...]] = [
        ("run", "-g", "one.yaml", "--out", out),
        ("run", "-g", "one.yaml", "--out", out, "--epochs", "2"),
        ("status", out),
        ("status", out, "--json"),
        ("compact", out),
        ("run", "-g", "one.yaml", "--out", out, "--epochs", "2"),
        ("status", out),
        ("report", out, "--out", report),
    ]
    for command in commands:
        done = bench(tmp_path, *command, **surroundings)
        assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))
        assert b"Traceback" not in done.stderr
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + report))
    assert "naïve Ω" in (folder / "report.md").read_text(encoding="utf-8")
    assert report in done.stdout, "the path is printed as it is"


def test_a_refusal_names_a_path_that_is_not_utf_8(tmp_path: Path) -> None:
    for command in (("report", NAME), ("run", "-g", NAME), ("list", "--plugin", NAME)):
        done = bench(tmp_path, *command)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr
        assert b"caf\xe9" in done.stderr


@pytest.mark.parametrize("option", ["--grid", "--plugin"])
def test_a_pipe_or_a_device_is_refused_and_not_waited_for(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "/dev/zero"):
        arguments = {"--grid": "smoke.yaml", option: name}
        words = [word for pair in arguments.items() for word in pair]
        done = bench(tmp_path, "run", *words, "--dry-run")
        assert done.returncode == 2
        assert f"{name} is a pipe or a device, not a".encode() in done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("out", "said"), [("", b"--out is empty"), ("~nobody-at-all/x", b"The home folder in")]
)
def test_an_output_folder_of_nobody_is_refused(out: str, said: bytes, tmp_path: Path) -> None:
    for command in (("run", "-g", "smoke.yaml"), ("report", "results")):
        done = bench(tmp_path, *command, "--out", out)
        assert done.returncode == 2
        assert said in done.stderr
        assert not list(tmp_path.iterdir())
