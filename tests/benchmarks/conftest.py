"""Fixtures that time two things in turn, and one table of all ratios at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench.executors.local import TUNING
from tests.benchmarks.table import Line, as_text, save

ROUNDS = 5
_FOLDER = Path(__file__).parent
_lines: list[Line] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--save-performance", help="save the table of ratios in this Parquet file")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if _lines:
        terminalreporter.section("ratios")
        terminalreporter.write_line(as_text(_lines))
    path = config.getoption("--save-performance", None)
    if path and _lines:
        save(_lines, Path(path))
        terminalreporter.write_line(f"Saved in {path}.")


@pytest.fixture
def record(benchmark) -> Callable[[Line], None]:
    """Adds a line to the table."""

    def note(line: Line) -> None:
        benchmark.extra_info[line.what] = line.median
        _lines.append(line)

    return note


@pytest.fixture
def compare(benchmark, record) -> Callable[..., Line]:
    """Times ``ours`` and ``theirs`` in turn; pytest-benchmark keeps the statistics of ``ours``.

    The ratio is our time over theirs. With ``at_least`` it is a speed-up, their time over ours.
    """

    def run(
        what: str,
        ours: Callable[[], object],
        against: str,
        theirs: Callable[[], object],
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        rounds: int = ROUNDS,
    ) -> Line:
        ratios: list[float] = []

        def before() -> None:
            start = time.perf_counter()
            theirs()
            reference.append(time.perf_counter() - start)

        def timed() -> None:
            start = time.perf_counter()
            ours()
            taken = time.perf_counter() - start
            ratios.append(taken / reference[-1] if at_least is None else reference[-1] / taken)

        reference: list[float] = []
        theirs()
        ours()
        benchmark.pedantic(timed, setup=before, rounds=rounds)
        line = Line(what, against, ratios, at_most=at_most, at_least=at_least)
        record(line)
        return line

    return run


class Side:
    """A process that trains one epoch per request."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        environment = {**os.environ, "PYTHONPATH": str(_FOLDER.parents[1])}
        for name in TUNING:
            environment.pop(name, None)
        if request["side"] not in ("plain", "trials"):
            environment |= TUNING
        self._process = subprocess.Popen(
            [sys.executable, str(_FOLDER / "side.py"), json.dumps(request)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def start(self) -> None:
        """Asks for one epoch."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def finish(self) -> dict[str, Any]:
        """Waits for the epoch; returns its measurements."""
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Together:
    """Processes that train an epoch each at the same time; one of them, or a packed sweep's."""

    def __init__(self, requests: Sequence[Mapping[str, Any]]) -> None:
        self.sides = [Side(request) for request in requests]

    def epoch(self) -> dict[str, Any]:
        """Trains one epoch in each; returns the first one's measurements, and the seconds of all.

        Peak memory is the sum over the processes.
        """
        start = time.perf_counter()
        for side in self.sides:
            side.start()
        answers = [side.finish() for side in self.sides]
        together = time.perf_counter() - start
        peak = sum(answer["peak_bytes"] for answer in answers)
        return {**answers[0], "together_seconds": together, "peak_bytes": peak}

    def close(self) -> None:
        for side in self.sides:
            side.close()


@pytest.fixture
def race(benchmark) -> Iterator[Callable[..., dict[str, list[dict[str, Any]]]]]:
    """Trains an epoch on each of several sides in turn, in several rounds.

    A side is what one process is asked for, or what several are that train at the same time.
    Returns each side's measurements by epoch, without its first epoch, which warms up.
    """
    with ExitStack() as stack:

        def run(
            sides: Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]],
        ) -> dict[str, list[dict[str, Any]]]:
            started = {
                name: Together([asked] if isinstance(asked, Mapping) else asked)
                for name, asked in sides.items()
            }
            for side in started.values():
                stack.callback(side.close)
            for side in started.values():
                side.epoch()
            measurements: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
            first, *others = started

            def before() -> None:
                for name in others:
                    measurements[name].append(started[name].epoch())

            benchmark.pedantic(
                lambda: measurements[first].append(started[first].epoch()),
                setup=before,
                rounds=ROUNDS,
            )
            return measurements

        yield run
