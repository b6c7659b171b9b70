"""Two things timed in turn in one process, and a table of the ratios at the end."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

ROUNDS = 15


@dataclass(frozen=True)
class Comparison:
    """Medians and quartiles of the ratio of two timings, round by round."""

    what: str
    against: str
    aim: float  # at most
    ratios: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    def line(self) -> str:
        low, _, high = statistics.quantiles(self.ratios, n=4)
        verdict = "reached" if self.median <= self.aim else "FALLS SHORT"
        return (
            f"{self.what}: {self.median:.3f} × {self.against} "
            f"(quartiles {low:.3f}–{high:.3f}, {len(self.ratios)} rounds; aim ≤ {self.aim:.3g} ×): "
            f"{verdict}"
        )


_comparisons: list[Comparison] = []


@pytest.fixture
def compare(benchmark) -> Callable[..., Comparison]:
    """Times ``ours`` and ``theirs`` in turn; pytest-benchmark keeps our side's statistics."""

    def run(
        what: str,
        ours: Callable[[], object],
        against: str,
        theirs: Callable[[], object],
        *,
        aim: float,
        rounds: int = ROUNDS,
    ) -> Comparison:
        ratios: list[float] = []

        def before() -> None:
            start = time.perf_counter()
            theirs()
            reference.append(time.perf_counter() - start)

        def timed() -> None:
            start = time.perf_counter()
            ours()
            ratios.append((time.perf_counter() - start) / reference[-1])

        reference: list[float] = []
        theirs()
        ours()
        benchmark.pedantic(timed, setup=before, rounds=rounds)
        comparison = Comparison(what, against, aim, ratios)
        benchmark.extra_info["ratio"] = comparison.median
        _comparisons.append(comparison)
        assert comparison.median <= aim, comparison.line()
        return comparison

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _comparisons:
        terminalreporter.section("ratios, measured in turn")
        for comparison in _comparisons:
            terminalreporter.write_line(comparison.line())
