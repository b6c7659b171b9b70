"""Every configuration against the baseline in each facet, and on average over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.report import statistics
from bench.report.comparisons import compare
from bench.report.data import SweepData
from bench.report.data.facets import Facet, Facets
from bench.report.data.outcome import Outcome, chosen_outcome
from bench.report.statistics.strata import Average, Contrast, average, contrast, paired_contrast
from bench.report.verdicts import LEVEL, Comparison


@dataclass(frozen=True)
class InFacet:
    """The comparisons of one facet.

    Attributes:
        outcome: None where nothing is measured, or nothing has started.
        verdicts: by label, of all but the baseline.
    """

    facet: Facet
    outcome: Outcome | None
    verdicts: Mapping[str, Comparison]


@dataclass(frozen=True)
class Across:
    """The comparisons of all facets.

    Attributes:
        quality: by label, the geometric mean over the facets of the ratio of qualities; None where
            a facet has none, or they are of different metrics or no ratios.
        speed_up: the same of the training speed per real image.
        flops: the same of the FLOPs per real image, which have no uncertainty.
        metric: the one of all facets; None where they have none or several.
    """

    facets: Facets
    each: tuple[InFacet, ...]
    quality: Mapping[str, Average | None]
    speed_up: Mapping[str, Average | None]
    flops: Mapping[str, Average | None]

    @property
    def others(self) -> list[str]:
        """The labels of all but the baseline."""
        return [label for label in self.facets.labels if label != self.facets.baseline]

    @property
    def higher(self) -> bool:
        """Whether higher quality is better, where it is of one metric."""
        return any(
            one.facet.data.measured_as(one.outcome.column).direction == "higher"
            for one in self.each
            if one.outcome is not None
        )

    @property
    def metric(self) -> str | None:
        """What quality is in all facets; None where that differs."""
        names = {each.outcome.metric if each.outcome else None for each in self.each}
        return names.pop() if len(names) == 1 else None


def across(facets: Facets) -> Across:
    """Compares the configurations of all facets with their baselines."""
    each = tuple(_in_facet(facet) for facet in facets.each)
    others = [label for label in facets.labels if label != facets.baseline]
    level = statistics.each_level(LEVEL, len(others))  # the averages hold together

    def averages(of: Callable[[InFacet, str], Contrast | None]) -> dict[str, Average | None]:
        found = {}
        for label in others:
            logs = average([of(one, label) for one in each], level)
            found[label] = None if logs is None else _exp(logs)
        return found

    one_metric = len({one.outcome.metric if one.outcome else None for one in each}) == 1
    return Across(
        facets,
        each,
        quality=averages(_quality if one_metric else lambda one, label: None),
        speed_up=averages(_speed_up),
        flops=averages(_flops),
    )


def _exp(logs: Average) -> Average:
    """The geometric mean of which this is the mean of the logarithms."""
    if logs.low is None or logs.high is None:
        return Average(math.exp(logs.value), None, None)
    return Average(math.exp(logs.value), math.exp(logs.low), math.exp(logs.high))


def _in_facet(facet: Facet) -> InFacet:
    judged = chosen_outcome(facet.data) if facet.started else None
    if judged is None:
        return InFacet(facet, None, {})
    return InFacet(facet, judged, compare(facet.data, judged.column, judged.protocol))


def quality_gain(compared: Across, label: str, other: str) -> Average | None:
    """How many times as good as another's a configuration's quality is: the mean of all facets.

    The interval is that of these two alone, not of all comparisons together.
    """

    def gain(one: InFacet) -> Contrast | None:
        found = _quality(one, label, other)
        return found if compared.higher else _negative(found)

    return _over(compared, gain)


def speed_gain(compared: Across, label: str, other: str) -> Average | None:
    """How many times as fast as another a configuration trains, as ``quality_gain``."""
    return _over(compared, lambda one: _speed_up(one, label, other))


def _over(compared: Across, of: Callable[[InFacet], Contrast | None]) -> Average | None:
    logs = average([of(one) for one in compared.each], LEVEL)
    return None if logs is None else _exp(logs)


def _quality(one: InFacet, label: str, other: str | None = None) -> Contrast | None:
    """The logarithm of a ratio of qualities, to the baseline's if not to another's."""
    verdict, judged = one.verdicts.get(label), one.outcome
    if verdict is None or judged is None or verdict.effect is None or not verdict.is_ratio:
        return None
    return _logs(one.facet.data, label, other, judged.column, judged.protocol)


def _logs(
    data: SweepData, label: str, other: str | None, column: str, protocol: int | None = None
) -> Contrast | None:
    """The logarithm of the ratio of a column's values to the other's, over the seeds."""
    if (base := other or data.baseline) is None:
        return None
    sides = (
        [math.log(v) for v in data.by_seed(each, column, protocol).values() if v > 0]
        for each in (label, base)
    )
    return contrast(*sides)


def _speed_up(one: InFacet, label: str, other: str | None = None) -> Contrast | None:
    """The logarithm of a speed-up: paired within rounds where there are, else over the seeds."""
    column = "seconds_per_1000_images"
    if not one.facet.started or (base := other or one.facet.data.baseline) is None:
        return None
    data = one.facet.data
    if data.rounds is None:
        return _negative(_logs(data, label, base, column))
    own, its = data.rounds.values(label, column), data.rounds.values(base, column)
    return paired_contrast([math.log(its[key] / own[key]) for key in own.keys() & its.keys()])


def _negative(found: Contrast | None) -> Contrast | None:
    return None if found is None else found._replace(value=-found.value)


def _flops(one: InFacet, label: str) -> Contrast | None:
    if not one.facet.started or one.facet.data.baseline is None:
        return None
    own, base = (
        one.facet.data.architecture(each, "train_flops_per_image")
        for each in (label, one.facet.data.baseline)
    )
    return contrast([math.log(own)], [math.log(base)]) if own and base else None
