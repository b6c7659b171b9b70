"""Pareto fronts, how surely a configuration is on one, and quality between evaluations.

References:
    Efron (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1-26.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.report.statistics.scales import forward, is_constant, usable

_RESAMPLES = 2000
_SEED = 19_790_101  # so that a report is the same every time


def pareto_front(cost: ArrayLike, loss: ArrayLike) -> NDArray[np.bool_]:
    """Which points no other point dominates: (…, n) mask; lower is better on both axes.

    A point dominates another if it is no worse on both and better on one. Points that
    were not measured on both axes are never on the front.

    Args:
        cost: (…, n).
        loss: (…, n).
    """
    points = np.stack(
        [np.asarray(cost, dtype=np.float64), np.asarray(loss, dtype=np.float64)], axis=-1
    )
    measured = np.all(np.isfinite(points), axis=-1)
    points[~measured] = np.nan  # compares as neither better nor worse
    one, other = points[..., :, None, :], points[..., None, :, :]
    no_worse = np.all(one <= other, axis=-1)
    better = np.any(one < other, axis=-1)
    dominated = np.any(no_worse & better, axis=-2)
    return np.asarray(measured & ~dominated)


def front_probabilities(
    cost: Mapping[str, Sequence[float]], loss: Mapping[str, Sequence[float]]
) -> dict[str, float] | None:
    """How often each configuration is on the front when its seeds are drawn anew.

    A parametric bootstrap (Efron 1979): in each of 2,000 draws, always the same, every mean is
    Student's about that of the seeds, with their standard error and degrees of freedom. (To draw
    among three values themselves gives ten different means.) Positive values are drawn on the log
    scale.

    Args:
        cost: the seeds' values by label, finite.
        loss: the same, with the same labels.

    Returns:
        None where some configuration has one seed: its spread is unknown.
    """
    if any(len(values) < 2 for axis in (cost, loss) for values in axis.values()):
        return None
    random = np.random.default_rng(_SEED)
    costs = np.stack([_means(values, random) for values in cost.values()], axis=-1)
    losses = np.stack([_means(loss[label], random) for label in cost], axis=-1)
    share = pareto_front(costs, losses).mean(axis=0)
    return dict(zip(cost, map(float, share), strict=True))


def _means(values: Sequence[float], random: np.random.Generator) -> NDArray[np.float64]:
    """What the mean of the seeds could have been: (2,000,)."""
    scale = usable("log", values)
    sample = forward(values, scale)
    n = len(sample)
    error = 0.0 if is_constant(sample) else float(sample.std(ddof=1)) / np.sqrt(n)
    drawn = sample.mean() + error * random.standard_t(n - 1, _RESAMPLES)
    return np.asarray(np.exp(drawn) if scale == "log" else drawn)


def interpolate(cost: Sequence[float], quality: Sequence[float], at: float) -> float | None:
    """Quality at a given cumulative cost, linear between evaluations.

    ``cost`` ascends. Nothing is extrapolated: None before the first evaluation and
    after the last. NaN between evaluations of which one is NaN.
    """
    if not cost or not cost[0] <= at <= cost[-1]:
        return None
    return float(np.interp(at, cost, quality))
