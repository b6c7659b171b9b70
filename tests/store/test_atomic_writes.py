"""Killed or failed writes leave the old file or the new one."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import store
from bench.errors import ResultsError
from tests.store.one_run import sweep_plan


@pytest.mark.parametrize(
    ("step", "expected"),
    [("write", b"old"), ("fsync", b"old"), ("rename", b"old"), ("fsync of the folder", b"new")],
)
def test_a_process_killed_while_writing_leaves_the_old_file_or_the_new(
    tmp_path: Path, step: str, expected: bytes
) -> None:
    """A real process exits at that step of the write, as under kill -9."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    code = f"""
import os, pathlib, sys
from bench import store
end = lambda *a, **k: os._exit(9)
if {step!r} == "write":
    real = os.fdopen
    def fdopen(*a, **k):
        file = real(*a, **k)
        file.write(b"ne"); file.flush(); os._exit(9)
    os.fdopen = fdopen
elif {step!r} == "fsync":
    os.fsync = end
elif {step!r} == "rename":
    pathlib.Path.replace = end
else:
    real, done = os.fsync, []
    os.fsync = lambda handle: end() if done else (real(handle), done.append(handle))
store.write_atomically(pathlib.Path(sys.argv[1]), b"new")
"""
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == expected
    store.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match=r"No space left to write .*--out"):
        store.write_atomically(tmp_path / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_file_size_limit_is_reported_as_no_space(tmp_path: Path) -> None:
    code = """
import pathlib, resource, signal, sys
from bench import store
from bench.errors import ResultsError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    store.write_atomically(pathlib.Path(sys.argv[1]), b"x" * 10_000)
except ResultsError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("No space left to write")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fatal", range(1, 9))
def test_a_sweep_killed_while_it_writes_its_plan_can_be_started_again(
    tmp_path: Path, fatal: int
) -> None:
    """A real process exits, as under kill -9, after its n-th disk operation."""
    code = f"""
import itertools, os, pathlib, sys, tempfile
from bench import store
calls = itertools.count(1)
def dying(real):
    def call(*a, **k):
        result = real(*a, **k)
        return os._exit(9) if next(calls) == {fatal} else result
    return call
os.fsync, tempfile.mkstemp = dying(os.fsync), dying(tempfile.mkstemp)
pathlib.Path.replace = dying(pathlib.Path.replace)
plan = store.SweepPlan("sweep", None, None, "variants: [dcgan]", ())
store.open_sweep(pathlib.Path(sys.argv[1]), plan)
"""
    path = tmp_path / "sweep"
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == 9
    store.check_writable(path, "sweep")
    store.open_sweep(path, sweep_plan())
    assert store.read_plan(path)["name"] == "sweep"
    assert (path / "grid.yaml").exists()
