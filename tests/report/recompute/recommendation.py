"""The recommendation in words, by the rules of docs/measuring.md, with recomputed numbers."""

from __future__ import annotations

from collections.abc import Mapping

from tests.report.recompute import digits
from tests.report.recompute.digits import listing, significant
from tests.report.recompute.findings import detail
from tests.report.recompute.intervals import Interval
from tests.report.recompute.model import words
from tests.report.recompute.sweep import Sweep
from tests.report.recompute.tables import cost_ratio, speed_up
from tests.report.recompute.welch import Verdict

Judged = Mapping[str, Verdict]


def recommendation(sweep: Sweep, judged: Judged) -> str:
    """The paragraph; a configuration of the sweep is better than the baseline."""
    better = {k: found for k, found in judged.items() if found.kind == "better"}
    best = min(better, key=lambda label: better[label].ratio)
    text = f"Where quality matters most, use “{best}”: {_why(sweep, judged, best)}."
    others = [f"“{label}”" for label in better if label != best]
    text += f" Also better than the baseline: {listing(others)}." if others else ""
    by_label: dict[str, list[str]] = {}
    for cost, ratios in _costs(sweep).items():
        good = {k: ratio for k, ratio in ratios.items() if _as_good(judged[k])}
        by_label.setdefault(_cheapest(good) or sweep.baseline, []).append(cost)
    for label, costs in by_label.items():
        where = " or ".join(filter(None, [", ".join(costs[:-1]), costs[-1]]))
        matter = "matter" if costs[-1] == "FLOPs" else "matters"
        if label == sweep.baseline:
            lacking = "; ".join(_lacking(sweep, judged, cost) for cost in costs)
            said = f"keep the baseline: {lacking}"
        else:
            why = "" if label == best else f": {_why(sweep, judged, label)}"
            said = f"use “{label}”{why}"
        text += f" Where {where} {matter} most, {said}."
    return f"{text} {_certainty(sweep)}"


def _certainty(sweep: Sweep) -> str:
    seeds = [len(sweep.final(label, "fcd")) for label in sweep.labels]
    doubtful = any(map(sweep.marked, sweep.labels))
    doubt = ", and times are doubtful (see the marks in the table)" if doubtful else ""
    return (
        f"Verdicts on quality hold together at 95 %, from {digits.span(seeds)} seeds each; "
        f"costs, per real image, are from timing apart from training{doubt}."
    )


def _as_good(found: Verdict) -> bool:
    return found.kind in ("better", "equivalent") or (found.kind == "worse" and found.small)


def _cheapest(ratios: Mapping[str, Interval]) -> str | None:
    """Of those shown to be cheaper; None where none is."""
    cheaper = {label: ratio.value for label, ratio in ratios.items() if ratio.high < 1}
    return min(cheaper, key=lambda label: cheaper[label], default=None)


def _costs(sweep: Sweep) -> dict[str, dict[str, Interval]]:
    """By what matters, each configuration's cost over the baseline's; FLOPs are counted."""

    def counted(label: str) -> Interval:
        own, base = (sweep.count(each, "train_flops_per_image") for each in (label, sweep.baseline))
        return Interval(own / base, own / base, own / base, 1)

    return {
        "time": {label: cost_ratio(sweep, sweep.per_image, label) for label in sweep.others},
        "memory": {label: cost_ratio(sweep, sweep.memory, label) for label in sweep.others},
        "FLOPs": {label: counted(label) for label in sweep.others},
    }


def _saving(sweep: Sweep, cost: str, label: str) -> str:
    found = _costs(sweep)[cost][label]
    if cost == "FLOPs":
        half = abs(found.value - 0.5) < 0.01
        return "half the FLOPs" if half else f"{significant(100 * found.value, 2)} % of the FLOPs"
    if cost == "time":
        speed, _, ends = digits.ratio(*speed_up(sweep, label)[:3]).partition(" ")
        return f"{speed} × as fast {ends}"
    share, _, ends = digits.ratio(*(100 * each for each in found[:3])).partition(" ")
    return f"{share} % of the memory {ends}"


def _why(sweep: Sweep, judged: Judged, label: str) -> str:
    """A verdict, and what is saved or spent."""
    found = judged[label]
    said = f"better than the baseline ({detail(found)})" if found.kind == "better" else words(found)
    return ", ".join([said, *(_saving(sweep, cost, label) for cost in _costs(sweep))])


def _lacking(sweep: Sweep, judged: Judged, cost: str) -> str:
    """What the cheapest lacks, where none of the cheaper ones is as good."""
    label = _cheapest(_costs(sweep)[cost])
    if label is None:
        kind = {"time": "faster", "memory": "smaller", "FLOPs": "cheaper"}[cost]
        return f"none is shown to be {kind}"
    found = judged[label]
    return f"“{label}” ({_saving(sweep, cost, label)}) is {words(found)} ({detail(found)})"
