"""Whatever happens to a run, nothing of it is left, and the others continue. Real faults."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench import datasets, grid
from bench.cache import cache_root
from bench.executors import Ended, Limits, RunRequest, RunSetup, keeper, local
from bench.executors.local import LocalExecutor
from bench.measures import Counts, EpochResult, RunOutcome

pytestmark = pytest.mark.usefixtures("faulty")

COUNTS = Counts(**dict.fromkeys(Counts.__dataclass_fields__, 1))


@pytest.fixture
def executor():
    found = LocalExecutor()
    yield found
    found.close()


def request(tmp_path: Path, fault: str = "none", **fields: object) -> RunRequest:
    """Two epochs of 20 updates; the fault strikes in the second."""
    limits = Limits(**{key: fields.pop(key) for key in ("seconds", "host_bytes") if key in fields})
    document = grid.Document(
        "test.yaml",
        {
            "name": "test",
            "dataset": "ring",
            "steps": 40,
            "steps_per_epoch": 20,
            "quality": {"features": "off"},
            "variants": [{"name": "faulty", "fault": fault}],
        }
        | fields,
    )
    spec, *companions = grid.expand(document).runs
    folder = datasets.prepare(spec.data, cache=cache_root())
    return RunRequest(
        spec=spec,
        companions=tuple(companions),
        data=folder,
        labelled=folder,
        features=None,
        counts=COUNTS,
        device="cpu",
        threads=1,
        exclusive=True,
        log=tmp_path / f"{fault}.txt",
        limits=limits,
    )


def stack(tmp_path: Path, **fields: object) -> RunRequest:
    """Three seeds trained together."""
    small = {"name": "mixture-gan", "generator_width": 8, "critic_width": 8}
    return request(tmp_path, "stack", variants=[small], seeds=[0, 1, 2], **fields)


def run_all(executor: LocalExecutor, *asked: RunRequest) -> dict[str, list[Any]]:
    """The messages of each run, by its fault."""
    heard: dict[str, list[Any]] = {each.log.stem: [] for each in asked}
    for member, message in executor.execute(asked):
        heard[member.log.stem].append(message)
    return heard


def outcome(messages: list[Any]) -> RunOutcome:
    """The outcome of a run that ended once, with its last message."""
    assert [type(message) for message in messages].count(Ended) == 1
    return messages[-1].outcome


def family(executor: LocalExecutor) -> tuple[psutil.Process, psutil.Process]:
    """The keeper of the first running run, and the run's own process."""
    held = executor._children[0].kept._keeper
    assert held is not None
    (run,) = held.children()
    return held, run


def grandchildren(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until(true: Callable[[], bool], what: str, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# ------------------------------------------------------------------- how runs end


def test_each_fault_is_a_status_with_a_sentence_and_the_next_run_completes(
    executor, tmp_path: Path
) -> None:
    expected = {
        "segfault": ("failed", "ended without a result: killed by SIGSEGV"),
        "exit": ("failed", "ended without a result: exit status 0, as if by os._exit"),
        "kill": ("failed", "ended without a result: killed by SIGKILL, perhaps because"),
        "raise": ("failed", "RuntimeError: the critic is on strike"),
        "cuda-oom": ("out_of_memory", "OutOfMemoryError: CUDA out of memory"),
        "nan": ("diverged", "loss"),
        "none": ("completed", ""),
    }
    heard = run_all(executor, *(request(tmp_path, fault) for fault in expected))
    for fault, (status, said) in expected.items():
        found = outcome(heard[fault])
        assert found.status == status, fault
        assert said in (found.error or ""), fault
        assert "\n" not in (found.error or "")
        epochs = [m.record.epoch for m in heard[fault] if isinstance(m, EpochResult)]
        assert epochs[:1] == [1], "what came before the fault"


@pytest.mark.parametrize("fault", ["hang", "hold-interpreter"])
def test_a_run_that_takes_too_long_is_stopped(executor, tmp_path: Path, fault: str) -> None:
    asked = request(tmp_path, fault, seconds=4)
    heard = run_all(executor, asked, request(tmp_path))
    found = outcome(heard[fault])
    assert (found.status, found.error) == ("timed_out", "took longer than its timeout of 4 s")
    assert found.ended_at is not None
    assert timedelta(seconds=4) <= found.ended_at - found.started_at < timedelta(seconds=9)
    assert any(isinstance(message, EpochResult) for message in heard[fault])
    assert outcome(heard["none"]).status == "completed"


def test_a_clock_set_back_ends_no_run_before_its_start(
    executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(local.datetime):
        year_now = 2030

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            cls.year_now -= 1
            return super().now(tz).replace(year=cls.year_now)

    monkeypatch.setattr(local, "datetime", Clock)
    found = outcome(run_all(executor, request(tmp_path, "hang", seconds=3))["hang"])
    assert found.ended_at is not None
    assert timedelta(seconds=3) <= found.ended_at - found.started_at < timedelta(seconds=8)


@pytest.mark.parametrize("fault", ["hungry", "hungry-grandchild"])
def test_a_run_that_takes_too_much_memory_is_stopped(executor, tmp_path: Path, fault: str) -> None:
    heard = run_all(executor, request(tmp_path, fault, host_bytes=10**9), request(tmp_path))
    found = outcome(heard[fault])
    assert found.status == "out_of_memory"
    said = r"used 1(\.\d+)? GB of host memory, more than max_host_memory of 1 GB"
    assert re.fullmatch(said, found.error or ""), found.error
    assert outcome(heard["none"]).status == "completed"


def test_every_run_of_a_stack_ends_once(executor, tmp_path: Path) -> None:
    ended = []
    for member, message in executor.execute([stack(tmp_path, steps=10**6, seconds=4)]):
        if isinstance(message, Ended):
            ended.append((member.spec.seed, message.outcome.status))
    assert ended == [(0, "timed_out"), (1, "timed_out"), (2, "timed_out")]


def test_a_killed_stack_fails_every_run_of_it_once(executor, tmp_path: Path) -> None:
    ended = []
    for member, message in executor.execute([stack(tmp_path, steps=10**6)]):
        if isinstance(message, RunSetup) and member.spec.seed == 2:
            family(executor)[1].kill()
        if isinstance(message, Ended):
            ended.append((member.spec.seed, message.outcome.status))
    assert ended == [(0, "failed"), (1, "failed"), (2, "failed")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGRTMIN + 3])
def test_the_signal_that_killed_a_run_is_named(executor, tmp_path: Path, number: int) -> None:
    asked = request(tmp_path, "hang")
    for _, message in executor.execute([asked]):
        if isinstance(message, EpochResult):
            family(executor)[1].send_signal(number)
        if isinstance(message, Ended):
            found = message.outcome
    name = "SIGTERM" if number == signal.SIGTERM else f"signal {number}"
    assert found.status == "failed"
    assert found.error == f"the run's process ended without a result: killed by {name}"


def test_a_run_that_closed_its_connection_is_stopped(
    executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_SILENCE_SECONDS", 0.5)
    heard = run_all(executor, request(tmp_path, "deaf"), request(tmp_path))
    assert outcome(heard["deaf"]).status == "failed"
    assert outcome(heard["none"]).status == "completed"


def test_a_run_whose_log_cannot_be_written_continues(executor, tmp_path: Path) -> None:
    asked = replace(request(tmp_path), log=tmp_path / "nowhere" / "none.txt")
    assert outcome(run_all(executor, asked)["none"]).status == "completed"


# -------------------------------------------------------------- what runs leave behind


@pytest.mark.parametrize("fault", ["none", "segfault", "exit", "hang"])
def test_nothing_is_left_of_a_run(executor, tmp_path: Path, fault: str) -> None:
    mark = f"mark-{tmp_path}"
    asked = request(
        tmp_path,
        fault,
        variants=[{"name": "faulty", "fault": fault, "grandchildren": mark}],
        seconds=6,
    )
    last = outcome(run_all(executor, asked)[fault])
    assert last.status == {"none": "completed", "hang": "timed_out"}.get(fault, "failed")
    assert not grandchildren(mark)


def test_nothing_is_left_of_a_call(executor, tmp_path: Path) -> None:
    from gan_bench_faults import start_grandchildren

    mark = f"mark-{tmp_path}"
    executor.call(start_grandchildren, mark)
    assert not grandchildren(mark)


@pytest.mark.parametrize("how", ["abort", "close"])
def test_nothing_is_left_of_a_run_that_is_stopped(executor, tmp_path: Path, how: str) -> None:
    mark = f"mark-{tmp_path}"
    fields = {"name": "faulty", "fault": "hold-interpreter", "grandchildren": mark}
    first, second = request(tmp_path, "hang", variants=[fields]), request(tmp_path)
    after = []
    running = executor.execute([first, second])
    for member, message in running:
        if member.log == first.log and isinstance(message, EpochResult):
            wait_until(lambda: len(grandchildren(mark)) == 2, "no grandchildren")
            executor.abort(member) if how == "abort" else running.close()
            assert not grandchildren(mark)
            after = []
            continue
        after.append((member.log.stem, type(message)))
    assert {stem for stem, _ in after} == ({"none"} if how == "abort" else set())
    assert [kind for _, kind in after].count(Ended) == (how == "abort")


def test_a_stack_is_aborted_as_a_whole(executor, tmp_path: Path) -> None:
    seen = []
    for member, message in executor.execute([stack(tmp_path, steps=10**6), request(tmp_path)]):
        seen.append((member.log.stem, type(message)))
        if isinstance(message, RunSetup) and member.spec.seed == 1:
            executor.abort(member)
            seen = []
    assert {stem for stem, _ in seen} == {"none"}
    assert seen[-1] == ("none", Ended)


def test_a_request_to_stop_is_known(executor) -> None:
    assert not executor.stopping
    executor.finish_epochs()
    assert executor.stopping


# --------------------------------------------------- faults of keeper and fork server


def fork_server() -> psutil.Process:
    return psutil.Process(forkserver._forkserver._forkserver_pid)


def test_a_killed_fork_server_harms_no_run(executor, tmp_path: Path) -> None:
    """Neither the running one, whose end is still reported, nor the next."""
    asked = request(tmp_path, "segfault"), request(tmp_path)
    heard: dict[str, list[Any]] = {"segfault": [], "none": []}
    for member, message in executor.execute(asked):
        heard[member.log.stem].append(message)
        if isinstance(message, RunSetup):
            fork_server().kill()
    assert "SIGSEGV" in (outcome(heard["segfault"]).error or "")
    assert outcome(heard["none"]).status == "completed"
    fork_server().kill()
    assert outcome(run_all(executor, request(tmp_path))["none"]).status == "completed"
    fork_server().kill()
    assert executor.call(os.getpid) != os.getpid()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_killed_keeper_ends_its_run(
    executor, tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_ANSWER_SECONDS", 1)
    for member, message in executor.execute([request(tmp_path, "hang"), request(tmp_path)]):
        if isinstance(message, EpochResult) and member.log.stem == "hang":
            held, run = family(executor)
            held.send_signal(number)
            if number == signal.SIGSTOP:
                executor.abort(member)
        if isinstance(message, Ended) and member.log.stem == "hang":
            assert message.outcome.status == "failed"
            assert number.name in (message.outcome.error or "")
        last = message
    assert gone(held)
    wait_until(lambda: gone(run), "the run outlived its keeper")
    assert last.outcome.status == "completed"


def test_with_keeper_and_fork_server_killed_the_reason_is_unknown(executor, tmp_path: Path) -> None:
    for _, message in executor.execute([request(tmp_path, "hang")]):
        if isinstance(message, EpochResult):
            held, _run = family(executor)
            fork_server().kill()
            held.kill()
    assert message.outcome.error == (
        "the run's process ended without a result: the reason is unknown"
    )


def test_half_a_message_does_not_block_for_ever() -> None:
    from gan_bench_faults import send_half_a_message

    kept = keeper.start(send_half_a_message, limits=Limits(seconds=1))
    with kept, pytest.raises(OSError, match="end of file"):
        kept.connection.recv()
    assert kept.control.closed


@pytest.mark.parametrize("whole_group", [False, True])
def test_nothing_outlives_a_killed_parent(tmp_path: Path, whole_group: bool) -> None:
    """Not even a run that holds the interpreter lock in a native call."""
    code = """
        import sys, pathlib, pickle, time
        from bench.executors.local import LocalExecutor
        asked = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
        for _, message in LocalExecutor().execute([asked]):
            print(type(message).__name__, flush=True)
        """
    mark = f"mark-{tmp_path}"
    fields = {"name": "faulty", "fault": "hold-interpreter", "grandchildren": mark}
    asked = tmp_path / "request.pickle"
    asked.write_bytes(pickle.dumps(request(tmp_path, "hang", variants=[fields])))
    command = [sys.executable, "-c", textwrap.dedent(code), str(asked)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        for line in parent.stdout:
            if "EpochResult" in line:
                break
        wait_until(lambda: len(grandchildren(mark)) == 2, "no grandchildren", 20)
        below = psutil.Process(parent.pid).children(recursive=True)
        assert len(below) >= 5, "fork server, keeper, run, and two it started"
        if whole_group:
            os.killpg(parent.pid, signal.SIGKILL)
        else:
            parent.kill()
    wait_until(lambda: all(map(gone, below)), "a process outlived its parent")
    assert not grandchildren(mark)


# ------------------------------------------------------------------------- devices


def test_the_device_with_the_fewest_runs_is_next(tmp_path: Path) -> None:
    """A processor's two names stand for two GPUs."""
    executor = LocalExecutor(jobs=3)
    faults = ("raise", "segfault", "none")
    asked = [replace(request(tmp_path, f), devices=("cpu", "cpu:0")) for f in faults]
    seen: list[list[str]] = []
    for member, _ in executor.execute(asked):
        assert member.device == "cpu", "as requested"
        seen.append([child.device for child in executor._children])
    assert max(seen, key=len) == ["cpu", "cpu:0", "cpu"]
