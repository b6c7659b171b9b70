"""``bench report --watch``: the report again and again while a sweep runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import ResultsError
from bench.store import TIMING, Claims
from bench.watching import watch
from tests.cli.commands import Bench
from tests.store.sweeps import open_sweep, run_plan, write_run


def test_it_draws_what_is_new_and_ends_with_the_sweep(tmp_path: Path) -> None:
    path = tmp_path / "sweep"
    plans = [run_plan(0, epochs=2), run_plan(1, epochs=2)]
    open_sweep(path, plans)
    happened: list[str] = []

    def began() -> None:
        write_run(path, plans[0], None, epochs=1)

    def nothing() -> None:
        pass

    def timing() -> None:
        """Another process times configurations, while a run ends."""
        claims = Claims(path)
        assert claims.claim(TIMING) is None
        held.append(claims)
        write_run(path, plans[0], "completed", epochs=2)

    def timed() -> None:
        held.pop().release_all()

    def ended() -> None:
        write_run(path, plans[1], "completed", epochs=2)

    held: list[Claims] = []
    events = [began, nothing, timing, timed, ended]

    def sleep(seconds: float) -> None:
        assert seconds >= 2
        event = events.pop(0)
        event()
        happened.append(event.__name__)

    watch([path], lambda over: happened.append("last" if over else "drawn"), sleep=sleep)
    assert happened == [
        "began",
        "drawn",
        "nothing",
        "timing",
        "timed",
        "drawn",
        "ended",
        "last",
    ]


def test_it_pauses_longer_than_it_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sweep"
    plans = [run_plan(0, epochs=1), run_plan(1, epochs=1)]
    open_sweep(path, plans)
    write_run(path, plans[0], "completed", epochs=1)
    clock = iter([0.0, 3.0, 100.0, 103.0])
    monkeypatch.setattr("bench.watching.time.monotonic", lambda: next(clock))

    def sleep(seconds: float) -> None:
        assert seconds == 27
        write_run(path, plans[1], "failed", epochs=1)

    watch([path], lambda over: None, sleep=sleep)


def test_a_finished_sweep_is_drawn_once(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "sweep"
    plan = replace(run_plan(0, epochs=1), label="dcgan 0")
    open_sweep(path, [plan])
    write_run(path, plan, "completed", epochs=1)
    done = bench("report", "sweep", "--watch")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sweep/report/index.html ")
    assert len(done.stdout.splitlines()) == 1
    with pytest.raises(ResultsError, match="There is no results folder"):
        watch([tmp_path / "nowhere"], lambda over: None)
