"""Which configurations no other dominates in a cost and in final quality, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.report.statistics import front_probabilities, pareto_front

if TYPE_CHECKING:
    from bench.report.data.outcome import Outcome
    from bench.report.data.sweep import SweepData


@dataclass(frozen=True)
class Front:
    """A Pareto front by the means.

    Attributes:
        on: the configurations on it, cheapest first.
        off: the dominated ones.
        points: cost and quality by label.
        chance: of each to be on the front when the seeds are drawn anew; None where some
            configuration has one seed.
    """

    on: list[str]
    off: list[str]
    points: dict[str, tuple[float, float]]
    chance: dict[str, float] | None


def front(data: SweepData, cost: str, judged: Outcome) -> Front | None:
    """The front of final quality against a cost; None with fewer than two configurations.

    Args:
        judged: what quality is, by one protocol.
    """
    points, costs, losses = {}, {}, {}
    protocol, sign = judged.protocol, data.measured_as(judged.column).sign
    for label in data.labels:
        price = data.estimate(label, cost, protocol)
        quality = data.estimate(label, judged.column, protocol)
        if price is None or quality is None:
            continue
        points[label] = (price.mean, quality.mean)
        costs[label] = list(data.by_seed(label, cost, protocol).values())
        values = data.by_seed(label, judged.column, protocol).values()
        losses[label] = [sign * value for value in values]
    if len(points) < 2:
        return None
    prices, qualities = zip(*points.values(), strict=True)
    mask = pareto_front(prices, [sign * quality for quality in qualities])
    on = [label for label, kept in zip(points, mask, strict=True) if kept]
    off = [label for label, kept in zip(points, mask, strict=True) if not kept]
    on.sort(key=lambda label: points[label][0])
    return Front(on, off, points, front_probabilities(costs, losses))
