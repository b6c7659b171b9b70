"""Files that happen to lie in the working directory are never executed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import bench
from tests.field.smallest import GRID

ROOT = Path(bench.__file__).parents[1]

# Modules of the harness, of what it needs, and of Python itself.
NAMES = ("bench", "torch", "numpy", "psutil", "multiprocessing", "pickle", "random", "selectors")
PACKAGES = ("variants",)

# What pip installs as ``bench``; its folder is the first that Python searches.
SCRIPT = """
import sys
from bench.cli import main
if __name__ == "__main__":
    sys.exit(main())
"""


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A working directory with such files, which say so when they are executed."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "g.yaml").write_text(GRID)
    for name in NAMES:
        _trap(folder / f"{name}.py")
    for name in PACKAGES:
        (folder / name).mkdir()
        _trap(folder / name / "__init__.py")
    return folder


def _trap(path: Path) -> None:
    path.write_text("import os\nos.close(os.open(__file__ + '.ran', os.O_CREAT))\n")


def _run(folder: Path, *python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *python, "run", "--grid", "g.yaml", "--out", "out", "-q"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _executed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.ran"))


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "bin" / "bench"
    path.parent.mkdir()
    path.write_text(SCRIPT)
    return str(path)


def test_bench_run_executes_nothing_that_lies_in_the_working_directory(
    trapped: Path, script: str
) -> None:
    done = _run(trapped, script)
    assert (done.returncode, _executed(trapped)) == (0, []), done.stderr


def test_python_m_bench_executes_nothing_either(trapped: Path) -> None:
    (trapped / "bench.py").unlink()  # which Python itself takes for the program
    done = _run(trapped, "-m", "bench")
    assert (done.returncode, _executed(trapped)) == (0, []), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", [False, True])
def test_in_a_checkout_of_another_version_one_version_plans_and_trains(
    tmp_path: Path, script: str, module: bool
) -> None:
    """The installed one, or with ``python -m`` the checkout's."""
    checkout = tmp_path / "checkout"
    for name in ("bench", "variants"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    (checkout / "g.yaml").write_text(GRID)
    init = checkout / "bench" / "__init__.py"
    init.write_text(init.read_text().replace(bench.__version__, "9.9.9"))
    done = _run(checkout, *(("-m", "bench") if module else (script,)))
    assert done.returncode == 0, done.stderr
    (row,) = (checkout / "out").glob("runs/*/run.parquet")
    versions = pq.read_table(row, columns=["bench_version"], partitioning=None)
    assert versions["bench_version"].to_pylist() == ["9.9.9" if module else bench.__version__]
