"""Claims on runs: respected while their process lives, broken when it is dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import store
from bench.errors import ResultsError

CLAIM = (
    "import pathlib, sys, time\n"
    "from bench import store\n"
    "claims = store.Claims(pathlib.Path(sys.argv[1]))\n"
    "print(claims.claim('run'), flush=True)\n"
    "time.sleep(60)\n"
)


@contextmanager
def another(sweep: Path, *prefix: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has claimed the run, in a container where a prefix makes one."""
    command = [*prefix, sys.executable, "-c", CLAIM, str(sweep)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "None\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_living_process_keeps_its_claim_and_a_killed_one_loses_it(tmp_path: Path) -> None:
    claims = store.Claims(tmp_path)
    with another(tmp_path) as process:
        owner = claims.claim("run")
        assert owner is not None
        assert owner.pid == process.pid
        assert f"process {process.pid} on " in str(owner)
        assert store.holders(tmp_path) == {"run": owner}
        assert claims.others() == {owner}
        process.kill()
        process.wait()
        assert store.holders(tmp_path) == {}
        assert claims.claim("run") is None
    assert claims.others() == set()


def test_a_claim_ends_with_its_release(tmp_path: Path) -> None:
    mine = store.Claims(tmp_path)
    assert mine.claim("run") is None
    assert mine.claim("run") is None, "ours already"
    assert list(store.holders(tmp_path)) == ["run"]
    mine.release("run")
    assert store.holders(tmp_path) == {}
    mine.claim("one")
    mine.claim("two")
    mine.release_all()
    assert store.holders(tmp_path) == {}


@pytest.mark.parametrize(
    ("forged", "respected"),
    [
        ({}, True),
        ({"start": "12345"}, False),  # the process id was given to another process
        ({"boot": "another"}, False),  # from before a reboot
        ({"host": "elsewhere"}, True),  # whose processes cannot be seen from here
        ({"host": "elsewhere", "pid": 2**22 + 1}, True),
        ({"pid": 2**22 + 1}, False),  # no such process
    ],
)
def test_a_claim_names_one_process_of_one_boot_of_one_host(
    tmp_path: Path, forged: dict[str, object], respected: bool
) -> None:
    with another(tmp_path):
        path = tmp_path / "locks" / "run.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | forged))
        assert (store.Claims(tmp_path).claim("run") is not None) is respected


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', "null"])
def test_a_claim_whose_content_makes_no_sense_is_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "run.json").write_text(text)
    assert store.Claims(tmp_path).claim("run") is None


@pytest.mark.slow
def test_one_of_many_that_replace_a_dead_claim_at_once_gets_it(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        process.kill()
        process.wait()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM, str(tmp_path), "3"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    said = [racer.communicate()[0].strip() for racer in racers]
    assert said.count("None") == 1, said
    assert sum("process" in owner for owner in said) == 5


def test_a_place_where_no_claim_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="Cannot write"):
        store.Claims(tmp_path / "file").claim("run")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux only")
def test_a_zombie_is_dead(tmp_path: Path) -> None:
    with another(tmp_path) as process:
        os.kill(process.pid, 9)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but not yet buried
        assert store.Claims(tmp_path).claim("run") is None
