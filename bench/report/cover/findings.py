"""What can be said across all facets."""

from __future__ import annotations

from collections.abc import Mapping

from bench.report.cover.comparison import Across
from bench.report.findings import Finding
from bench.report.statistics import Ratio
from bench.report.statistics.strata import Average
from bench.report.text import listing, quoted, ratio_text

_DECIDED = ("better", "worse", "equivalent")


def findings(compared: Across) -> list[Finding]:
    """Who is best on average, whether the facets agree, and who is fastest."""
    found = (_quality(compared), _agreement(compared), _fastest(compared))
    return [each for each in found if each is not None]


def _quality(compared: Across) -> Finding | None:
    """The lowest geometric mean of a distance, and its verdicts."""
    means = _known(compared.quality)
    if not means or compared.metric is None:
        return None
    label = min(means, key=lambda each: means[each].value)
    facets = compared.facets
    text = (
        f"Across the {len(facets.each)} {facets.called}, {quoted(label)} has the lowest "
        f"{compared.metric} relative to the baseline {quoted(str(facets.baseline))}: "
        f"{_text(means[label])} times, in the geometric mean"
    )
    if means[label].value >= 1:
        text = (
            f"Across the {len(facets.each)} {facets.called}, no configuration has a lower "
            f"{compared.metric} than the baseline {quoted(str(facets.baseline))} in the geometric "
            f"mean; the nearest is {quoted(label)} at {_text(means[label])} times"
        )
    verdicts = _by_verdict(compared, label)
    text += f": {', '.join(verdicts)}." if verdicts else "."
    return Finding(text, {"label": label, "ratio": means[label]})


def _by_verdict(compared: Across, label: str) -> list[str]:
    """``better (mnist-5k and fashion-mnist)``."""
    groups: dict[str, list[str]] = {}
    for one in compared.each:
        if label in one.verdicts:
            groups.setdefault(one.verdicts[label].kind, []).append(one.facet.title)
    return [f"{kind} ({listing(titles)})" for kind, titles in groups.items()]


def _agreement(compared: Across) -> Finding | None:
    """Which configurations are better in one facet and worse in another."""
    kinds = {
        label: {one.verdicts[label].kind for one in compared.each if label in one.verdicts}
        for label in compared.others
    }
    called = compared.facets.called
    opposite = [label for label, found in kinds.items() if {"better", "worse"} <= found]
    if opposite:
        parts = [
            f"{quoted(label)} is {listing(_by_verdict(compared, label))}" for label in opposite
        ]
        return Finding(f"The {called} disagree: {'; '.join(parts)}.", {"opposite": opposite})
    same = {
        kind: [
            label
            for label, found in kinds.items()
            if found == {kind} and all(label in one.verdicts for one in compared.each)
        ]
        for kind in _DECIDED
    }
    parts = [f"{listing(map(quoted, labels))} {kind}" for kind, labels in same.items() if labels]
    if not parts:
        return None
    return Finding(f"The same on all {len(compared.each)} {called}: {'; '.join(parts)}.", same)


def _fastest(compared: Across) -> Finding | None:
    means = _known(compared.speed_up)
    if not means:
        return None
    label = max(means, key=lambda each: means[each].value)
    facets = compared.facets
    if means[label].value <= 1:
        return None
    ups = [
        (one.facet.title, ratio)
        for one in compared.each
        if one.facet.started and (ratio := one.facet.data.speed_up(label)) is not None
    ]
    each = listing(f"{title}: {ratio_text(ratio)}" for title, ratio in ups)
    low = means[label].low
    doubt = ", with an interval that includes no gain" if low is not None and low <= 1 else ""
    return Finding(
        f"{quoted(label)} trains fastest per real image across the {facets.called}: "
        f"{_text(means[label])} times the speed of the baseline in the geometric mean ({each})"
        f"{doubt}.",
        {"label": label, "speed_up": means[label]},
    )


def _known(found: Mapping[str, Average | None]) -> dict[str, Average]:
    return {label: average for label, average in found.items() if average is not None}


def _text(average: Average) -> str:
    return ratio_text(Ratio(1, *average))
