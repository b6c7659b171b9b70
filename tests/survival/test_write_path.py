"""A kill at each step of the commit leaves the old state or the new one, never a broken one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("checkpoints", "earlier"),
    [(True, 0), (True, 2), (False, 2)],
    ids=["from the start", "resumed", "trained again beside its epochs"],
)
def test_a_kill_at_any_step_on_disk_leaves_a_state_to_resume_from(
    tmp_path: Path, checkpoints: bool, earlier: int
) -> None:
    script = ROOT / "tests/survival/write_path.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(checkpoints), str(earlier)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
            "GAN_BENCH_CACHE": str(tmp_path / "cache"),
        },
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100, "so many steps were swept"
