"""Everything of a configuration that both sweeps have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bench.measures import RETRY
from bench.report.change.costs import costs, counted
from bench.report.change.scores import scores
from bench.report.change.sides import Configured, Pair
from bench.report.change.values import Apart, Measured
from bench.report.data.scales import MeasuredAs
from bench.report.text import status_text
from bench.texts import say


def measured(pair: Pair) -> Iterator[Measured | Apart]:
    """Everything of a configuration that both sweeps have, and what is not of equal things."""
    yield from _completed(pair)
    yield from scores(pair)
    yield from costs(pair)
    yield from counted(pair)


def _completed(pair: Pair) -> Iterator[Measured]:
    """The share of runs that completed, where any did not: of those that have ended."""
    old, new = _ends(pair.old), _ends(pair.new)
    if not old or not new or (all(old.values()) and all(new.values())):
        return
    lost = ""
    if any(old.values()) and not any(new.values()):
        lost = say("change-none-completed")
    yield Measured(
        pair.label,
        "completed",
        say("change-completed"),
        "score",
        MeasuredAs("bounded", "higher", (0.0, 1.0)),
        pair.old.data.margin,
        old,
        new,
        _ended_text(pair.old, old),
        _ended_text(pair.new, new),
        lost=lost,
    )


def _ends(side: Configured) -> dict[Any, float]:
    """By seed, 1 for a run that completed and 0 for one that failed; none of those in progress."""
    rows = side.data.started(side.own)
    ended = rows[rows["status"].isin(["completed", *RETRY])]
    return {
        int(seed): float(status == "completed")
        for seed, status in zip(ended["seed"], ended["status"], strict=True)
    }


def _ended_text(side: Configured, ends: Mapping[Any, float]) -> str:
    statuses = side.data.started(side.own)["status"]
    failed = Counter(str(status) for status in statuses if status in RETRY)
    done = str(sum(map(int, ends.values())))
    text = say("change-completed-of", done=done, all=str(len(ends)))
    more = ", ".join(f"{count} {status_text(status, count)}" for status, count in failed.items())
    return f"{text} ({more})" if more else text
