"""What evaluations measured, as a curve for each configuration: the mean over its seeds.

The mean and its interval are those of the tables: on the scale of what is measured, over the
completed runs. Where a run was evaluated often, each run is first averaged over neighbouring
evaluations, so that their noise does not hide the course; the first and the last one stay as they
are, so that a curve ends at the table's value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.report.data.frames import numbers
from bench.report.data.trajectories import FEWEST_SEEDS
from bench.report.statistics import mean_interval

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

_PER_REACH = 32  # evaluations for each one on either side that is averaged with another


@dataclass(frozen=True)
class SeedCurve:
    """One configuration.

    Attributes:
        runs: a row per evaluation of every run: run_id, epoch, completed, x and value, finite.
        seeds: completed runs with a value.
        x, mean, low, high: (evaluations,) of the completed runs, by x; the ends are NaN where
            fewer than three seeds have a value.
        neighbours: how many evaluations are averaged; 1 where none are.
        lost: (evaluations that were not finite,) of all runs: their x.
    """

    label: str
    runs: pd.DataFrame
    seeds: int
    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    neighbours: int
    lost: np.ndarray

    @property
    def banded(self) -> bool:
        """Whether there is an interval anywhere."""
        return bool(np.isfinite(self.low).any())


def over_seeds(
    data: SweepData, column: str, x: str, protocol: int | None = None
) -> list[SeedCurve]:
    """The curves of those drawn configurations that have a value.

    Args:
        column: of ``data.epochs``.
        x: another one, or a cost of it; where it is null, nothing is drawn.
        protocol: None for the runs of all.
    """
    rows = data.epochs[["label", "run_id", "epoch", "completed"]].assign(
        x=numbers(data.epochs[x]), value=numbers(data.epochs[column])
    )
    if protocol is not None:
        of_protocol = data.runs.loc[data.runs["protocol"] == protocol, "run_id"]
        rows = rows[rows["run_id"].isin(of_protocol)]
    rows = rows[np.isfinite(rows["x"])]
    lost = rows[rows.index.isin(data.lost_evaluations(column, protocol).index)]
    known = dict(list(rows[np.isfinite(rows["value"])].groupby("label", sort=False)))
    nowhere = dict(list(lost.groupby("label", sort=False)["x"]))
    measured = data.measured_as(column)

    def interval(values: np.ndarray) -> tuple[float, float, float]:
        found = mean_interval(values, scale=measured.scale, bounds=measured.bounds)
        if found is None:
            return math.nan, math.nan, math.nan
        if found.n < FEWEST_SEEDS or found.low is None or found.high is None:
            return found.mean, math.nan, math.nan
        return found.mean, found.low, found.high

    none = pd.Series(dtype="float64")
    return [
        _curve(label, known[label], nowhere.get(label, none).to_numpy(), interval)
        for label in data.drawn
        if label in known
    ]


def _curve(
    label: str,
    runs: pd.DataFrame,
    lost: np.ndarray,
    interval: Callable[[np.ndarray], tuple[float, float, float]],
) -> SeedCurve:
    completed = runs[runs["completed"]]
    table = completed.pivot_table("value", index="epoch", columns="run_id")
    reach = len(table) // _PER_REACH
    values = smoothed(table.to_numpy(), reach)
    # Seeds share their epochs but not their seconds: the mean is drawn at the mean time.
    x = completed.groupby("epoch")["x"].mean().to_numpy()
    order = np.argsort(x, kind="stable")
    found = np.array([interval(row) for row in values]).reshape(-1, 3)[order]
    mean, low, high = found.T
    seeds = int(completed["run_id"].nunique())
    return SeedCurve(label, runs, seeds, x[order], mean, low, high, 2 * reach + 1, lost)


def smoothed(values: np.ndarray, reach: int) -> np.ndarray:
    """The mean of the known values of up to ``reach`` evaluations before and as many after.

    Args:
        values: (evaluations, runs), NaN where there is none.

    Returns:
        The same shape; NaN stays NaN. Near the ends fewer are averaged on both sides, none at
        the ends themselves.
    """
    if reach == 0:
        return values
    known = np.isfinite(values)
    total = np.concatenate([np.zeros((1, values.shape[1])), np.where(known, values, 0).cumsum(0)])
    count = np.concatenate([np.zeros((1, values.shape[1])), known.cumsum(0)])
    place = np.arange(len(values))
    own = np.minimum(reach, np.minimum(place, len(values) - 1 - place))
    first, last = place - own, place + own + 1
    with np.errstate(invalid="ignore"):
        mean: np.ndarray = (total[last] - total[first]) / (count[last] - count[first])
    return np.where(known, mean, np.nan)
