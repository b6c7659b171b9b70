"""Two things timed in turn, and one table of the ratios at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench.executors.local import TUNING
from tests.benchmarks.table import Line, as_text, save

ROUNDS = 11
_FOLDER = Path(__file__).parent
_lines: list[Line] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--save-performance", help="a Parquet file for the table of ratios")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if _lines:
        terminalreporter.section("ratios, measured in turn")
        terminalreporter.write_line(as_text(_lines))
    path = config.getoption("--save-performance", None)
    if path and _lines:
        save(_lines, Path(path))
        terminalreporter.write_line(f"Written to {path}.")


@pytest.fixture
def record(benchmark) -> Callable[[Line], None]:
    """Puts a line into the table."""

    def note(line: Line) -> None:
        benchmark.extra_info[line.what] = line.median
        _lines.append(line)

    return note


@pytest.fixture
def compare(benchmark, record) -> Callable[..., Line]:
    """Times ``ours`` and ``theirs`` in turn; pytest-benchmark keeps our side's statistics.

    The line is of the time ours takes in units of theirs, or, where the aim is a speed, of how
    many times theirs takes as long.
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
    """A process that trains an epoch when asked."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        environment = {**os.environ, "PYTHONPATH": str(_FOLDER.parents[1])}
        for name in TUNING:
            environment.pop(name, None)
        if asked["side"] not in ("plain", "trials"):
            environment |= TUNING
        self._process = subprocess.Popen(
            [sys.executable, str(_FOLDER / "side.py"), json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def epoch(self) -> dict[str, Any]:
        """Trains one; what there is to know of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def race(benchmark) -> Iterator[Callable[..., dict[str, list[dict[str, Any]]]]]:
    """Trains an epoch on each of several sides in turn, round after round.

    Gives what each said of its epochs; the first of each, which warms up, is left out.
    """
    with ExitStack() as stack:

        def run(sides: Mapping[str, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
            started = {name: Side(asked) for name, asked in sides.items()}
            for side in started.values():
                stack.callback(side.close)
            for side in started.values():
                side.epoch()
            said: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
            measured, *others = started

            def before() -> None:
                for name in others:
                    said[name].append(started[name].epoch())

            benchmark.pedantic(
                lambda: said[measured].append(started[measured].epoch()),
                setup=before,
                rounds=ROUNDS,
            )
            return said

        yield run
