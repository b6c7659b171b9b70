"""Claims on runs between containers: what cannot be seen from here is not dead."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench import store
from bench.store import owners
from bench.store.owners import Owner
from tests.store.test_claims import CLAIM, another

# A PID namespace of its own, and its /proc: what a container has.
CONTAINER = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")

GRID = """
name: g
dataset: ring
steps: 1000
steps_per_epoch: 100
seeds: [0, 1]
quality: {features: "off"}
batch_size: 16
variants: [{name: mixture-gan, generator_width: 8, critic_width: 8}]
"""


@pytest.fixture
def container() -> tuple[str, ...]:
    if (
        shutil.which("unshare") is None
        or subprocess.run([*CONTAINER, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no PID namespace can be made here")
    return CONTAINER


def rewrite(sweep: Path, **changed: object) -> Owner:
    """Has the claim and the lock come from a process that differs so."""
    path = sweep / "locks" / "run.json"
    before = json.loads(path.read_text())
    after = before | changed
    path.write_text(json.dumps(after))
    owner = Owner(**after)
    (sweep / "locks" / f".{Owner(**before).key}.lock").rename(
        sweep / "locks" / f".{owner.key}.lock"
    )
    return owner


def test_a_living_claim_of_another_container_is_respected_and_a_dead_one_replaced(
    container: tuple[str, ...], tmp_path: Path
) -> None:
    claims = store.Claims(tmp_path)
    with another(tmp_path, *container) as process:
        owner = claims.claim("run")
        assert owner is not None
        assert "in another container on " in str(owner)
        assert store.holders(tmp_path) == {"run": owner}
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while claims.claim("run") is not None:  # the kernel kills what was in the container
            assert time.monotonic() < deadline
            time.sleep(0.05)
    claims.release_all()


def test_in_a_container_a_claim_from_outside_is_respected(
    container: tuple[str, ...], tmp_path: Path
) -> None:
    command = [*container, sys.executable, "-c", CLAIM, str(tmp_path)]
    with (
        another(tmp_path) as outside,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as inside,
    ):
        assert inside.stdout is not None
        assert inside.stdout.readline().startswith(f"process {outside.pid} in another container")
        inside.kill()


@pytest.mark.parametrize("changed", [{"namespace": "pid:[1]"}, {"host": "elsewhere"}])
def test_the_lock_of_the_same_kernel_tells_the_dead_from_the_living(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    """Whatever the process is called where it runs."""
    with another(tmp_path) as process:
        owner = rewrite(tmp_path, **changed)
        assert store.Claims(tmp_path).claim("run") == owner
        process.kill()
        process.wait()
        assert store.Claims(tmp_path).claim("run") is None


@pytest.mark.parametrize("lost", ["file", "device"])
def test_without_a_lock_that_says_so_nobody_in_another_container_is_dead(
    tmp_path: Path, lost: str
) -> None:
    with another(tmp_path) as process:
        process.kill()
        process.wait()
    owner = rewrite(tmp_path, namespace="pid:[1]")
    lock = tmp_path / "locks" / f".{owner.key}.lock"
    if lost == "file":
        lock.unlink()
    else:  # a copy, as a network's file system shows it: locks of other machines are not seen
        lock.write_text("0")
    assert store.Claims(tmp_path).claim("run") == owner
    said = store.in_words(tmp_path, {owner})
    assert "in another container" in said
    assert f"has died, delete its files in {tmp_path / 'locks'}" in said


def test_a_process_that_is_hidden_from_other_users_is_not_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = replace(owners.this_process(), pid=2**22 + 1)
    assert absent.alive() is False

    def kill(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    assert absent.alive() is True


def test_nothing_is_left_of_dead_processes_when_a_sweep_ends(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        process.kill()
        process.wait()
    assert len(list((tmp_path / "locks").iterdir())) == 2
    claims = store.Claims(tmp_path)
    with another(tmp_path) as living:
        claims.claim("other")
        claims.release_all()
        assert list(store.holders(tmp_path)) == ["run"]
        assert store.holders(tmp_path)["run"].pid == living.pid
    claims.release_all()
    assert list((tmp_path / "locks").iterdir()) == []


@pytest.mark.parametrize("content", ['{"host": 1, "boot": "", "pid": "x", "start": []}', "[1]"])
def test_a_claim_of_other_kinds_of_values_is_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "run.json").write_text(content)
    assert store.Claims(tmp_path).claim("run") is None


@pytest.mark.slow
def test_two_sweeps_in_two_containers_share_a_folder(
    container: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "g.yaml").write_text(GRID)
    command = [*container, sys.executable, "-m", "bench", "run", "-g", "g.yaml", "--out", "out"]
    together = [
        subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in together:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    results = store.read_sweep(tmp_path / "out")
    assert results.runs["attempts"].tolist() == [1, 1]
    assert results.epochs["attempt"].tolist() == [1] * 20
    assert not list((tmp_path / "out" / "locks").iterdir())
