"""Who takes turns with whom, what is timed again, and what one that fails costs the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench import store
from bench.errors import RequestError, ResultsError
from bench.executors.talk import RemoteError
from bench.executors.timed import Unfit
from bench.store.commit import NoSpaceLeft
from bench.timing import block, session
from tests.timing.fakes import PREPARED, FakeExecutor, Heard, requests

LONG = 10**6  # steps of training


@pytest.fixture(autouse=True)
def turns_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_BENCH_TIMING_SECONDS", "1")
    monkeypatch.setattr("bench.cost.available.available_bytes", lambda: 2**40)


def time(out: Path, executor: FakeExecutor, *labels: str, steps: int = LONG, **fields) -> Heard:
    heard = Heard()
    asked = requests(*labels, **fields)
    training = {request.spec.label: steps for request in asked}
    session.Sessions(out, "sweep", asked, labels[0], training, executor, heard).run()
    assert all(talk.closed for talk in executor.talks), "no process is left"
    return heard


def rows(out: Path) -> list[dict]:
    return store.read_timing(out).to_pylist()


def together(out: Path) -> dict[int, list[str]]:
    """The configurations of each session that have rounds, in the order of their turns."""
    found: dict[int, list[str]] = {}
    for row in rows(out):
        if row["round"] == 1:
            found.setdefault(row["session"], []).append(row["label"])
    return found


def test_configurations_take_turns_in_rounds(tmp_path: Path) -> None:
    executor = FakeExecutor()
    heard = time(tmp_path, executor, "a", "b", "c")
    assert [label for label, _ in executor.asked] == ["a", "b", "c"] * 10
    assert {steps for _, steps in executor.asked} == {10}, "a second of steps of 0.1 s"
    assert heard.rounds[-1] == (10, 10)
    by_round = [(row["round"], row["label"]) for row in rows(tmp_path)]
    assert sorted(by_round) == [(n, label) for n in range(1, 11) for label in "abc"]
    (host,) = {row["host"] for row in rows(tmp_path)}
    assert host == "desk"


def test_the_baseline_is_first_wherever_the_grid_has_it(tmp_path: Path) -> None:
    asked = requests("a", "b", "c")
    assert [r.spec.label for r in session.groups(asked, "c")[0]] == ["c", "a", "b"]


def test_what_is_on_other_data_is_compared_with_the_baseline_s_like_there() -> None:
    asked = requests("a", "b", image_size=[28, 32])
    found = [[r.spec.label for r in group] for group in session.groups(asked, "b image_size=28")]
    assert found == [
        ["b image_size=28", "a image_size=28"],
        ["b image_size=32", "a image_size=32"],
    ]


def test_a_large_grid_is_timed_in_sessions_that_each_have_the_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_MOST_TOGETHER", 3)
    time(tmp_path, FakeExecutor(), *"abcdef")
    assert together(tmp_path) == {1: ["a", "b", "c"], 2: ["a", "d", "e"], 3: ["a", "f"]}


def test_short_memory_makes_sessions_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process has half a GiB; there is room for no third of twice that."""
    executor = FakeExecutor()

    def available() -> int:
        return int((2.2 - sum(not talk.closed for talk in executor.talks)) * 2**29)

    monkeypatch.setattr("bench.cost.available.available_bytes", available)
    time(tmp_path, executor, "a", "b", "c")
    assert together(tmp_path) == {1: ["a", "b"], 2: ["a", "c"]}


def test_one_that_does_not_fit_beside_others_is_timed_later(tmp_path: Path) -> None:
    def unfit(label: str, others: int) -> Unfit | None:
        return Unfit("CUDA out of memory", True) if label == "large" and others > 1 else None

    time(tmp_path, FakeExecutor(unfit=unfit), "a", "b", "large", "c")
    assert together(tmp_path) == {1: ["a", "b"], 2: ["a", "large", "c"]}


def test_one_that_fails_costs_only_its_own_timing(tmp_path: Path) -> None:
    def unfit(label: str, others: int) -> Unfit | None:
        return Unfit("ValueError: too wide (mygans.py:3)", False) if label == "b" else None

    def seconds(label: str, turn: int) -> float | Unfit | Exception:
        if label == "c" and turn == 3:
            return Unfit("Diverged: a loss is no longer finite", False)
        if label == "d" and turn == 5:
            return RemoteError("The process died: killed by SIGKILL.")
        return 1.0

    executor = FakeExecutor(unfit=unfit, seconds=seconds)
    heard = time(tmp_path, executor, "a", "b", "c", "d", "e")
    assert together(tmp_path) == {1: ["a", "e"]}
    errors = {row["label"]: row["error"] for row in rows(tmp_path) if row["round"] is None}
    assert errors == {
        "b": "ValueError: too wide (mygans.py:3)",
        "c": "Diverged: a loss is no longer finite",
        "d": "The process died: killed by SIGKILL",
    }
    assert sum(row["label"] == "e" for row in rows(tmp_path)) == 10
    assert "“b” could not be timed (ValueError: too wide (mygans.py:3))." in heard.warnings
    again = FakeExecutor(unfit=unfit, seconds=seconds)
    time(tmp_path, again, "a", "b", "c", "d", "e")
    assert not again.talks, "what has failed is not tried at every resume"


def test_without_its_baseline_the_others_are_timed(tmp_path: Path) -> None:
    def unfit(label: str, others: int) -> Unfit | None:
        return Unfit("broken", False) if label == "a" else None

    time(tmp_path, FakeExecutor(unfit=unfit), "a", "b", "c")
    assert together(tmp_path) == {1: ["b", "c"]}
    again = FakeExecutor(unfit=unfit)
    time(tmp_path, again, "a", "b", "c")
    assert not again.talks


def test_a_hanging_one_is_given_up_after_its_timeout(tmp_path: Path) -> None:
    def seconds(label: str, turn: int) -> float | Exception:
        return TimeoutError() if label == "b" else 1.0

    time(tmp_path, FakeExecutor(seconds=seconds), "a", "b", timeout="90s")
    (error,) = [row["error"] for row in rows(tmp_path) if row["round"] is None]
    assert error == "took longer than its timeout of 1 min 30 s"


def test_a_sweep_that_grows_times_what_is_new_with_the_baseline(tmp_path: Path) -> None:
    time(tmp_path, FakeExecutor(), "a", "b")
    before = rows(tmp_path)
    grown = FakeExecutor()
    time(tmp_path, grown, "a", "b", "c")
    assert together(tmp_path) == {1: ["a", "b"], 2: ["a", "c"]}
    assert rows(tmp_path)[: len(before)] == before
    resumed = FakeExecutor()
    heard = time(tmp_path, resumed, "a", "b", "c")
    assert not resumed.talks
    assert not heard.notes


def test_nothing_is_stored_of_a_session_that_was_stopped(tmp_path: Path) -> None:
    executor = FakeExecutor()

    def seconds(label: str, turn: int) -> float:
        executor.stopping = turn == 4
        return 1.0

    executor.seconds = seconds
    time(tmp_path, executor, "a", "b")
    assert not rows(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    time(tmp_path, FakeExecutor(), "a", "b")
    before = (tmp_path / "timing.parquet").read_bytes()

    def full(path: Path, content: bytes) -> None:
        raise NoSpaceLeft("No space left")

    monkeypatch.setattr("bench.store.timing.write_atomically", full)
    with pytest.raises(ResultsError):
        time(tmp_path, FakeExecutor(), "a", "b", "c")
    assert (tmp_path / "timing.parquet").read_bytes() == before


def test_training_that_is_over_in_no_time_is_not_timed(tmp_path: Path) -> None:
    """Three configurations take 30 s; they train 3 × 4 steps of 0.1 s."""
    executor = FakeExecutor()
    heard = time(tmp_path, executor, "a", "b", "c", steps=4)
    assert not executor.asked
    assert not rows(tmp_path)
    assert "That would take 30 s and training 1.2 s" in heard.notes[-1]


def test_there_are_more_rounds_where_a_speed_up_is_uncertain(tmp_path: Path) -> None:
    def seconds(label: str, turn: int) -> float:
        """The second's spread makes its interval wider than 3 % until there are some more."""
        return 1.0 + 0.05 * (turn % 2) if label == "b" else 1.0

    executor = FakeExecutor(seconds=seconds)
    time(tmp_path, executor, "a", "b")
    quiet = len(executor.asked) // 2
    executor = FakeExecutor(seconds=lambda label, turn: 1.0 + 0.5 * (turn % 2) * (label == "b"))
    time(tmp_path / "loud", executor, "a", "b")
    assert quiet == 10
    assert len(executor.asked) // 2 == 20


@pytest.mark.parametrize(
    ("per_step", "period", "steps"), [(0.1, 1, 10), (0.1, 4, 8), (0.1, 16, 16), (5.0, 1, 1)]
)
def test_a_turn_has_whole_periods_of_steps_and_takes_about_a_second(
    per_step: float, period: int, steps: int
) -> None:
    prepared = replace(PREPARED, seconds_per_step=per_step, period=period)
    assert block.steps_of(prepared, 1.0) == steps


def test_a_process_that_does_not_start_costs_only_its_timing(tmp_path: Path) -> None:
    executor = FakeExecutor()
    start = executor.talk

    def talk(work, request, limits=None):
        if request.spec.label == "b":
            raise RemoteError("The process did not start: no memory.")
        return start(work, request, limits)

    executor.talk = talk
    time(tmp_path, executor, "a", "b", "c")
    assert together(tmp_path) == {1: ["a", "c"]}
    assert issubclass(RemoteError, RequestError)


def test_rounds_in_which_others_are_busy_are_made_up_for(tmp_path: Path) -> None:
    executor = FakeExecutor()
    cost = executor.cost

    def disturbed(label: str, turn: int):
        return replace(cost(label, turn), contended=turn in (2, 3, 4))

    executor.cost = disturbed
    time(tmp_path, executor, "a", "b")
    assert len(executor.asked) // 2 == 13
