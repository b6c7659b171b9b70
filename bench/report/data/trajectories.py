"""What games report at every step, binned: whatever columns steps.parquet has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from bench.report.data.columns import scalar_columns
from bench.report.statistics import CONFIDENCE
from variants.scalars import LOSSES

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

BINS = 80  # points of a trajectory: enough for its shape, few enough to smooth it
SMOOTHED_BINS = 5  # whose mean is drawn, so that the noise of batches does not hide the course
FEWEST_SEEDS = 3  # of which an interval is drawn
MOST_RUNS = 10  # of a configuration, whose steps are read
_LOSSES = frozenset(scalar.name for scalar in LOSSES)


@dataclass(frozen=True)
class Trajectory:
    """The steps of one configuration, binned.

    Attributes:
        step: (bins,) middle of each bin.
        runs: (seeds, bins) by column, the mean of each bin of each run; NaN where nothing finite
            was reported.
        seeds: of the runs.
        whole: whether all seeds were read, or the first ones only.
        lost: by seed, the first step at which a loss was not finite.
    """

    label: str
    step: np.ndarray
    runs: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    whole: bool
    lost: Mapping[int, int] = field(default_factory=dict)

    def smooth(self, name: str) -> np.ndarray:
        """(seeds, bins): the mean over neighbouring bins of each run."""
        return np.stack([_smoothed(own) for own in self.runs[name]])

    def mean(self, name: str) -> np.ndarray:
        """(bins,): of the smoothed runs, over those that reached a bin."""
        smooth = self.smooth(name)
        return _divided(np.nan_to_num(smooth).sum(axis=0), np.isfinite(smooth).sum(axis=0))

    def interval(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        """The ends (bins,) of the mean's interval over the seeds; NaN where fewer than three are.

        None where that is everywhere: the interval of two seeds is as wide as a figure.
        """
        smooth = self.smooth(name)
        known = np.isfinite(smooth).sum(axis=0)
        enough = known >= FEWEST_SEEDS
        if not enough.any():
            return None
        spread = np.full(smooth.shape[1], math.nan)
        spread[enough] = np.nanstd(smooth[:, enough], axis=0, ddof=1) / np.sqrt(known[enough])
        reach = np.full(smooth.shape[1], math.nan)
        reach[enough] = stats.t.ppf((1 + CONFIDENCE) / 2, known[enough] - 1) * spread[enough]
        mean = self.mean(name)
        return mean - reach, mean + reach

    def has(self, name: str) -> bool:
        """Whether the configuration's game reported ``name``."""
        return name in self.runs and bool(np.isfinite(self.runs[name]).any())


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
        return _united(each.runs for each in self.found)


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
        binned = {}
        for run_id, seed in zip(runs["run_id"], runs["seed"], strict=True):
            steps = data.results.steps([run_id])
            if not steps.empty:
                binned[int(seed)] = _binned(steps, width)
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
    lost: int | None  # the first step at which a loss was not finite


def _binned(steps: pd.DataFrame, width: int) -> _Binned:
    """Mean of the finite values among ``width`` neighbouring steps."""
    names = scalar_columns(steps)
    values = steps[names].to_numpy(dtype=np.float64, na_value=math.nan)
    # A game reports its losses at every step, unlike other numbers.
    losses = [place for place, name in enumerate(names) if name in _LOSSES]
    bad = np.flatnonzero(~np.isfinite(values[:, losses]).all(axis=1))
    lost = int(steps["step"].iloc[bad[0]]) if len(bad) else None
    values = np.where(np.isfinite(values), values, math.nan)
    index = (steps["step"].to_numpy() - 1) // width
    first = np.flatnonzero(np.diff(index, prepend=-1))
    known = np.add.reduceat(np.isfinite(values), first, dtype=np.int64)
    total = np.add.reduceat(np.nan_to_num(values), first)
    return _Binned(tuple(names), index[first], _divided(total, known), lost)


def _pooled(label: str, runs: Mapping[int, _Binned], width: int, *, whole: bool) -> Trajectory:
    """The runs of one configuration; a column that some of them lack is that of the others."""
    names = _united(run.names for run in runs.values())
    index = np.unique(np.concatenate([run.index for run in runs.values()]))
    mean = np.full((len(names), len(runs), len(index)), math.nan)
    for position, run in enumerate(runs.values()):
        place = np.array([names.index(name) for name in run.names], dtype=np.intp)
        mean[place[:, None], position, np.searchsorted(index, run.index)] = run.mean.T
    return Trajectory(
        label,
        index * width + (width + 1) / 2,  # steps count from 1
        dict(zip(names, mean, strict=True)),
        tuple(runs),
        whole,
        {seed: run.lost for seed, run in runs.items() if run.lost is not None},
    )


def _smoothed(values: np.ndarray) -> np.ndarray:
    """The mean of the known values in a window of bins about each; NaN stays NaN."""
    window = np.ones(SMOOTHED_BINS)
    known = np.isfinite(values)
    total = np.convolve(np.where(known, values, 0.0), window, "same")[: len(values)]
    count = np.convolve(known.astype(float), window, "same")[: len(values)]
    return np.where(known, _divided(total, count), math.nan)


def _divided(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """``total / count``, NaN where nothing was counted."""
    mean = np.full_like(total, math.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def _united(names: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for each in names for name in each))
