"""How far a sweep has got that adds seeds until its verdicts are given, from its stored results."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from bench.report.data import SweepData
from bench.report.data.outcome import outcome
from bench.report.looks import Course, Ended, follow
from bench.report.text import listing, quoted
from bench.report.verdict_text import verdict_text
from bench.report.verdicts import against
from bench.texts import say


@lru_cache(maxsize=1)  # every column that is compared asks for it, one sweep after the other
def course(data: SweepData) -> Course | None:
    """The looks at a sweep so far; None where no seeds are added, or nothing can decide."""
    looks, judged = data.results.looks, outcome(data)
    if looks is None or judged is None or data.baseline is None:
        return None
    measured = data.measured_as(judged.column)
    if measured.direction is None:
        return None

    judge = partial(
        against,
        scale=measured.scale,
        direction=measured.direction,
        margin=data.margin,
        bounds=measured.bounds,
    )
    return follow(looks, data.baseline, data.labels, _ended(data, judged.column), judge)


def _ended(data: SweepData, column: str) -> Ended:
    ended: dict[str, dict[int, float | None]] = {}
    for label in data.labels:
        rows = data.started(label)
        seeds = rows.loc[rows["status"] != "interrupted", "seed"]
        values = data.by_seed(label, column)
        ended[label] = {int(seed): values.get(int(seed)) for seed in seeds}
    return ended


def sentences(found: Course, labels: Sequence[str]) -> list[str]:
    """What each look found, and why no seeds are added any more.

    Args:
        labels: in the order of the grid.
    """
    texts = []
    for number, look in enumerate(found.looks, 1):
        verdicts = [
            say("course-verdict", name=quoted(label), verdict=verdict_text(look.found[label]))
            for label in look.decided
        ]
        undecided = [quoted(label) for label in look.found if label not in look.decided]
        parts = [listing(verdicts)] if verdicts else []
        parts += [say("course-undecided", labels=listing(undecided))] if undecided else []
        found_there = "; ".join(parts)
        texts.append(
            say("course-look", number=str(number), count=len(look.seeds), found=found_there)
        )
    last = len(found.looks[-1].seeds) if found.looks else 0
    left = [label for label in labels if label in found.found and not found.found[label].decided]
    names = listing(map(quoted, left)) if left else ""
    if found.state != "due":
        why = "at-most" if found.state == "at most" else "hopeless" if left else "decided"
        texts.append(say("course-over", why=why, most=str(last), labels=names))
    return texts
