"""What can be said across all facets.

The best on average is tested against the second best, or else against the baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bench.report.cover.comparison import Across, quality_gain, speed_gain
from bench.report.findings import Finding
from bench.report.findings.words import ahead_kind, gain_kind
from bench.report.statistics import Ratio
from bench.report.statistics.strata import Average
from bench.report.text import listing, quoted, ratio_text
from bench.texts import say

Over = Callable[[Across, str, str], Average | None]

_DECIDED = ("better", "worse", "equivalent")


def findings(compared: Across) -> list[Finding]:
    """Who is best on average, whether the facets agree, and who is fastest."""
    found = (_quality(compared), _agreement(compared), _fastest(compared))
    return [each for each in found if each is not None]


def _quality(compared: Across) -> Finding | None:
    """The lowest geometric mean of a distance, whether it is that surely, and its verdicts."""
    means = _known(compared.quality)
    if not means or compared.metric is None:
        return None
    gains = {each: mean if compared.higher else _inverse(mean) for each, mean in means.items()}
    label = max(gains, key=lambda each: gains[each].value)
    facets = compared.facets
    ahead, evidence = _over_second(compared, label, gains, quality_gain)
    text = say(
        "cover-quality",
        best="other" if gains[label].value > 1 else "baseline",
        direction="higher" if compared.higher else "lower",
        facets=facets.kind,
        count=len(facets.each),
        label=quoted(label),
        metric=compared.metric,
        baseline=quoted(str(facets.baseline)),
        times=_text(means[label]),
        verdicts=", ".join(_by_verdict(compared, label)) or "none",
        gain=gain_kind(gains[label].low) if gains[label].value > 1 else "none",
        **ahead,
    )
    return Finding(text, {"label": label, "ratio": means[label], **evidence})


def _by_verdict(compared: Across, label: str) -> list[str]:
    """``better (mnist-5k and fashion-mnist)``."""
    groups: dict[str, list[str]] = {}
    for one in compared.each:
        if label in one.verdicts:
            groups.setdefault(one.verdicts[label].kind, []).append(one.facet.title)
    return [
        f"{say('verdict-kind', kind=kind)} ({listing(titles)})" for kind, titles in groups.items()
    ]


def _agreement(compared: Across) -> Finding | None:
    """Which configurations are better in one facet and worse in another."""
    kinds = {
        label: {one.verdicts[label].kind for one in compared.each if label in one.verdicts}
        for label in compared.others
    }
    called = compared.facets.kind
    count = len(compared.each)
    opposite = [label for label, found in kinds.items() if {"better", "worse"} <= found]
    if opposite:
        parts = [
            say(
                "cover-opposite",
                label=quoted(label),
                verdicts=listing(_by_verdict(compared, label)),
            )
            for label in opposite
        ]
        text = say("cover-disagree", facets=called, parts="; ".join(parts))
        return Finding(text, {"opposite": opposite})
    same = {
        kind: [
            label
            for label, found in kinds.items()
            if found == {kind} and all(label in one.verdicts for one in compared.each)
        ]
        for kind in _DECIDED
    }
    parts = [
        say("cover-verdict", labels=listing(map(quoted, labels)), verdict=kind)
        for kind, labels in same.items()
        if labels
    ]
    if not parts:
        return None
    text = say("cover-agree", facets=called, count=count, parts="; ".join(parts))
    return Finding(text, same)


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
    ahead, evidence = _over_second(compared, label, means, speed_gain)
    text = say(
        "cover-fastest",
        label=quoted(label),
        facets=facets.kind,
        times=_text(means[label]),
        each=each,
        gain=gain_kind(means[label].low),
        **ahead,
    )
    return Finding(text, {"label": label, "speed_up": means[label], **evidence})


def _over_second(
    compared: Across, best: str, gains: Mapping[str, Average], over: Over
) -> tuple[dict[str, str], dict[str, Any]]:
    """How surely the best is ahead of the second best, as values of a text, and the evidence.

    Nothing where the baseline is the second, which the gain is already over.

    Args:
        gains: by label, how many times as good as the baseline it is.
        over: how many times as good as another one is, by a test of these two.
    """
    rivals = {label: gain.value for label, gain in gains.items() if label != best}
    second = max(rivals, key=lambda each: rivals[each], default=None)
    if second is None or rivals[second] <= 1:
        return {"ahead": "alone", "second": "", "over": ""}, {}
    found = over(compared, best, second)
    ratio = None if found is None else Ratio(1, *found)
    said = {"ahead": ahead_kind(ratio), "second": quoted(second), "over": ratio_text(ratio)}
    return said, {"second": second, "over_second": found}


def _known(found: Mapping[str, Average | None]) -> dict[str, Average]:
    return {label: average for label, average in found.items() if average is not None}


def _inverse(ratio: Average) -> Average:
    if ratio.low is None or ratio.high is None:
        return Average(1 / ratio.value, None, None)
    return Average(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)


def _text(average: Average) -> str:
    return ratio_text(Ratio(1, *average))
