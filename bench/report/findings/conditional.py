"""Whether conditional generators generate the requested class."""

from __future__ import annotations

from typing import NamedTuple

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.notes import left_out
from bench.report.text import estimate_text, listing, quoted, significant
from bench.texts import say


class _Range(NamedTuple):
    """What samples that are all of the largest class score, and what real images score."""

    floor: float | None
    ceiling: float | None


@finding("conditional-accuracy", position=8)
def conditional_accuracy(data: SweepData) -> Finding | None:
    """How often a classifier assigns samples to the requested class, and what that is worth."""
    shares = {
        label: estimate
        for label in data.labels
        if (estimate := data.estimate(label, "conditional_accuracy_final")) is not None
    }
    if not shares:
        return None
    ranges = {label: _range(data, label) for label in shares}
    alike = len(set(ranges.values())) == 1
    parts = [
        f"{quoted(label)} {estimate_text(share, 0.01)} %"
        + ("" if alike else f" ({_words(ranges[label])})")
        for label, share in shares.items()
    ]
    common = next(iter(ranges.values()))
    known = _words(common) if alike and common != _Range(None, None) else "none"
    text = say("finding-conditional", shares=listing(parts), range=known)
    low = [
        quoted(label)
        for label, share in shares.items()
        if (floor := ranges[label].floor) is not None
        and (share.mean if share.low is None else share.low) <= floor
    ]
    if low:
        text += f" {say('finding-conditional-low', labels=listing(low))}"
    return Finding(
        f"{text}{left_out(data, data.labels, 'conditional_accuracy_final')}",
        {"conditional_accuracy": shares, "ranges": ranges},
    )


def _range(data: SweepData, label: str) -> _Range:
    floor = data.estimate(label, "conditional_accuracy_floor_final")
    ceiling = data.estimate(label, "quality_classifier_accuracy")
    return _Range(floor.mean if floor else None, ceiling.mean if ceiling else None)


def _words(found: _Range) -> str:
    ends = {"ceiling": found.ceiling, "floor": found.floor}
    known = [name for name, share in ends.items() if share is not None]
    return say(
        "finding-conditional-range",
        known="both" if len(known) == 2 else known[0] if known else "none",
        **{name: "" if end is None else significant(100 * end) for name, end in ends.items()},
    )
