"""What games report at every step, binned: whatever columns steps.parquet has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.report.data.columns import scalar_columns

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

BINS = 80  # points of a trajectory: enough for its shape, few enough to smooth it
MOST_RUNS = 10  # of a configuration, whose steps are read


@dataclass(frozen=True)
class Trajectory:
    """The steps of one configuration, binned: mean over seeds, range over raw values.

    Attributes:
        step: (bins,) middle of each bin.
        mean, low, high: (bins,) by column; NaN where nothing finite was reported.
        whole: whether all seeds were read, or the first ones only.
    """

    label: str
    step: np.ndarray
    mean: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    whole: bool

    def has(self, name: str) -> bool:
        """Whether the configuration's game reported ``name``."""
        return name in self.mean and bool(np.isfinite(self.mean[name]).any())


@dataclass(frozen=True)
class Trajectories:
    """The trajectories of a sweep.

    Attributes:
        missing: the configurations of which some run's steps were made but not kept.
    """

    found: tuple[Trajectory, ...]
    missing: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """Every column that the steps of any configuration have, in the files' order."""
        return _united(each.mean for each in self.found)


def read(data: SweepData) -> Trajectories:
    """Reads the steps run by run, so that only one run's steps are in memory at a time."""
    found = []
    missing = []
    for label in data.drawn:
        own = data.started(label)
        recorded = own[own["steps_recorded"] > 0]
        runs = recorded[:MOST_RUNS]
        if runs.empty:
            continue
        width = max(1, math.ceil(int(runs["steps_recorded"].max()) / BINS))
        steps = (data.results.steps([run_id]) for run_id in runs["run_id"])
        binned = [_binned(of_run, width) for of_run in steps if not of_run.empty]
        if len(binned) < len(runs):
            missing.append(label)
        if binned:
            found.append(_pooled(label, binned, width, whole=len(runs) == len(recorded)))
    return Trajectories(tuple(found), tuple(missing))


@dataclass(frozen=True)
class _Binned:
    """The steps of one run, a row per bin and a column per name; NaN where there is no value."""

    names: tuple[str, ...]
    index: np.ndarray  # (bins,) ascending
    mean: np.ndarray  # (bins, names)
    low: np.ndarray
    high: np.ndarray


def _binned(steps: pd.DataFrame, width: int) -> _Binned:
    """Mean and range of the finite values among ``width`` neighbouring steps."""
    names = scalar_columns(steps)
    values = steps[names].to_numpy(dtype=np.float64, na_value=math.nan)
    values = np.where(np.isfinite(values), values, math.nan)
    index = (steps["step"].to_numpy() - 1) // width
    first = np.flatnonzero(np.diff(index, prepend=-1))
    known = np.add.reduceat(np.isfinite(values), first, dtype=np.int64)
    total = np.add.reduceat(np.nan_to_num(values), first)
    return _Binned(
        tuple(names),
        index[first],
        _divided(total, known),
        np.fmin.reduceat(values, first),
        np.fmax.reduceat(values, first),
    )


def _pooled(label: str, runs: Sequence[_Binned], width: int, *, whole: bool) -> Trajectory:
    """The runs of one configuration; a column that some of them lack is that of the others."""
    names = _united(run.names for run in runs)
    index = np.unique(np.concatenate([run.index for run in runs]))
    mean, low, high = (np.full((len(runs), len(index), len(names)), math.nan) for _ in range(3))
    for position, run in enumerate(runs):
        place = np.array([names.index(name) for name in run.names], dtype=np.intp)
        at = np.ix_(np.searchsorted(index, run.index), place)
        mean[position][at], low[position][at], high[position][at] = run.mean, run.low, run.high
    pooled = _divided(np.nan_to_num(mean).sum(axis=0), np.isfinite(mean).sum(axis=0))

    def named(values: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(names, values.T, strict=True))

    return Trajectory(
        label,
        index * width + (width + 1) / 2,  # steps count from 1
        named(pooled),
        named(np.fmin.reduce(low)),
        named(np.fmax.reduce(high)),
        whole,
    )


def _divided(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """``total / count``, NaN where nothing was counted."""
    mean = np.full_like(total, math.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def _united(names: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for each in names for name in each))
