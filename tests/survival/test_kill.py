"""kill -9 at random moments: only the epoch in progress is lost, and nothing is wrong.

``tox -e survival`` makes fifty kills.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
import uuid
from pathlib import Path

import psutil
import pytest

from tests.survival.conftest import Undisturbed
from tests.survival.sweeps import check_equal, check_readable, command

_TOKEN = "GAN_BENCH_TEST_TOKEN"
KILLS = int(os.environ.get("GAN_BENCH_KILLS", "3"))


@pytest.mark.slow
def test_a_sweep_killed_repeatedly_gives_the_same_results(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    grid, whole, seconds = undisturbed
    dice = random.Random(20261124)
    kills = sweeps = attempts = 0
    while kills < KILLS or sweeps == 0:
        out = tmp_path / f"sweep-{sweeps}"
        finished = False
        while not finished:
            attempts += 1
            assert attempts < 10 * KILLS + 20, "the sweep makes no progress"
            spared = kills >= KILLS
            finished, killed = _attempt(grid, out, dice, None if spared else seconds)
            kills += killed
        check_equal(out, whole)
        sweeps += 1
    assert kills >= KILLS


def _attempt(grid: str, out: Path, dice: random.Random, seconds: float | None) -> tuple[bool, bool]:
    """One ``bench run``, perhaps killed; whether the sweep is complete, and whether it was."""
    token = str(uuid.uuid4())
    process = subprocess.Popen(
        command(grid, out, "--retry", "failed"),
        start_new_session=True,
        env=os.environ | {_TOKEN: token},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        moment = time.monotonic() + (dice.uniform(0, seconds) if seconds else 1e9)
        while process.poll() is None and time.monotonic() < moment:
            check_readable(out)
            time.sleep(0.02)
        killed = process.poll() is None and _kill(process.pid, dice)
        _, errors = process.communicate(timeout=300)
    check_readable(out)
    assert "Traceback" not in errors, errors
    _wait_for_orphans(token)
    # A call before the first run, which looks at data or costs, is no run: it ends the command.
    unprepared = killed and process.returncode == 2 and "prepared the sweep" in errors
    assert unprepared or process.returncode in (0, 1, -signal.SIGKILL), errors
    return process.returncode == 0, killed


def _kill(pid: int, dice: random.Random) -> bool:
    """SIGKILL to the parent, to one of its descendants, or to all at once."""
    try:
        parent = psutil.Process(pid)
        children = parent.children(recursive=True)
        whom = dice.choice(["parent", "child", "group"])
        if whom == "parent":
            parent.kill()
        elif whom == "child" and children:
            dice.choice(children).kill()
        else:
            os.killpg(pid, signal.SIGKILL)
            for child in children:  # those with a session of their own
                child.kill()
    except (psutil.NoSuchProcess, ProcessLookupError):
        return False
    return True


def _wait_for_orphans(token: str) -> None:
    """What the parent started ends by itself within five seconds of its death."""
    deadline = time.monotonic() + 5
    while left := [p for p in psutil.process_iter(["environ", "status"]) if _has(p, token)]:
        assert time.monotonic() < deadline, f"outlived their parent: {left}"
        time.sleep(0.1)


def _has(process: psutil.Process, token: str) -> bool:
    """Whether a living process has inherited the token."""
    environ = process.info["environ"] or {}
    return environ.get(_TOKEN) == token and process.info["status"] != psutil.STATUS_ZOMBIE
