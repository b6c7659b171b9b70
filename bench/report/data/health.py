"""Whether a configuration learns, what its losses do, and signs that its training has failed.

Each is decided run by run, by thresholds that are stated here, and said of a configuration where it
holds for at least half of its seeds. They describe; they are no tests, and no verdict uses them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from bench.report import statistics
from bench.report.data.frames import numbers
from bench.report.data.outcome import Outcome, chosen_outcome
from bench.report.data.trajectories import Trajectory
from variants.scalars import (
    ACCURACY_FAKE,
    ACCURACY_REAL,
    CRITIC_LOSS,
    GENERATOR_LOSS,
    MIDPOINT_FAKE,
    MIDPOINT_REAL,
)

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData

NEAR_ONE = 0.98  # of real and of generated samples: the critic wins
RUNAWAY = 2.0  # times the loss of the second quarter
COLLAPSE = 0.5  # of what recall, coverage or the modes had been
UNSETTLED = 0.25  # of a loss's size: a spread above it oscillates, a trend above it grows
_FEWEST_BINS = 12  # of the second half of training, to say what a loss does

Kind = Literal["critic wins", "generator loss runs away", "collapse", "not finite", "lost score"]
Behaviour = Literal["stable", "oscillating", "growing", "falling"]
Progress = Literal["learned", "not yet", "collapsed"]
_found: WeakKeyDictionary[SweepData, list[Sign]] = WeakKeyDictionary()
_DIVERSITY = {"recall": 0.1, "coverage": 0.1, "modes_captured": 2.0}  # what it must have been


@dataclass(frozen=True)
class Sign:
    """A sign that training has failed, in at least half of a configuration's seeds.

    Of what is not finite one seed is enough.

    Attributes:
        measure: of a collapse, what collapsed.
        seeds: in which it is seen.
        of: how many seeds there are.
        since: the step since when, the median over these seeds; None where that is not known.
    """

    label: str
    kind: Kind
    seeds: tuple[int, ...]
    of: int
    since: float | None = None
    measure: str = ""


@dataclass(frozen=True)
class Learning:
    """Whether a configuration learns, by its first and last evaluation.

    Attributes:
        first, last: the means over the seeds that have both.
        seeds: their number.
    """

    label: str
    progress: Progress
    first: float
    last: float
    seeds: int


def signs(data: SweepData) -> list[Sign]:
    """Every sign of failure, in the order of the grid."""
    # Findings and several figures ask for them.
    if (known := _found.get(data)) is not None:
        return known
    found: list[Sign] = []
    by_label = {each.label: each for each in data.trajectories.found}
    measures = [name for name in _DIVERSITY if name in data.epochs]
    evaluated = data.epochs.loc[
        data.epochs["was_evaluated"], ["label", "seed", "steps", "quality", *measures]
    ]
    evaluations = dict(list(evaluated.groupby("label", sort=False)))
    for label in data.labels:
        trajectory = by_label.get(label)
        own = evaluations.get(label, evaluated[:0])
        found += [] if trajectory is None else _of_steps(trajectory)
        found += _collapses(label, own)
        found += _not_finite(data, label, own, trajectory)
    _found[data] = found
    return found


def _of_steps(trajectory: Trajectory) -> list[Sign]:
    wins, runaway = {}, {}
    for place, seed in enumerate(trajectory.seeds):
        own = {name: values[place] for name, values in trajectory.runs.items()}
        if (accuracy := _weaker(own)) is not None and (at := _stuck(accuracy)) is not None:
            wins[seed] = float(trajectory.step[at])
        # Without a threshold a loss is a difference of scores, whose size means nothing.
        bounded = trajectory.has(ACCURACY_REAL.name) and GENERATOR_LOSS.name in own
        if bounded and (at := _runs_away(own[GENERATOR_LOSS.name])) is not None:
            runaway[seed] = float(trajectory.step[at])
    signs = (
        _sign(trajectory.label, "critic wins", wins, len(trajectory.seeds)),
        _sign(trajectory.label, "generator loss runs away", runaway, len(trajectory.seeds)),
    )
    return [sign for sign in signs if sign is not None]


def _sign(
    label: str, kind: Kind, since: Mapping[int, float], of: int, measure: str = ""
) -> Sign | None:
    if not since or 2 * len(since) < of:
        return None
    return Sign(label, kind, tuple(since), of, _median(since.values()), measure)


def _weaker(own: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """(bins,): the lower of the two accuracies, by the threshold or else by the midpoint."""
    for real, fake in ((ACCURACY_REAL, ACCURACY_FAKE), (MIDPOINT_REAL, MIDPOINT_FAKE)):
        if real.name in own and np.isfinite(own[real.name]).any():
            weaker: np.ndarray = np.minimum(own[real.name], own.get(fake.name, own[real.name]))
            return weaker
    return None


def _stuck(accuracy: np.ndarray) -> int | None:
    """Since which bin the accuracy is near one, where it is over the last quarter."""
    known = np.flatnonzero(np.isfinite(accuracy))
    if len(known) < 4:
        return None
    last = accuracy[known[-max(1, len(known) // 4) :]]
    if last.mean() < NEAR_ONE:
        return None
    below = known[accuracy[known] < NEAR_ONE - 0.03]
    return int(known[0] if not len(below) else known[np.searchsorted(known, below[-1]) + 1])


def _runs_away(loss: np.ndarray) -> int | None:
    """Since which bin the loss is far above that of the second quarter, where it ends there."""
    known = np.flatnonzero(np.isfinite(loss))
    quarter = len(known) // 4
    if quarter < 4:
        return None
    early, late = loss[known[quarter : 2 * quarter]], loss[known[-quarter:]]
    level, spread = float(np.median(early)), float(np.std(early))
    limit = max(RUNAWAY * level, level + 4 * spread)
    if level <= 0 or float(np.median(late)) <= limit:
        return None
    above = known[(loss[known] > limit) & (known >= known[2 * quarter])]
    return int(above[0])


def _collapses(label: str, epochs: pd.DataFrame) -> list[Sign]:
    """Of recall, coverage or modes: the last evaluation is below half of the best one.

    Args:
        epochs: the evaluated ones of the configuration.
    """
    found = []
    for measure, least in _DIVERSITY.items():
        if measure not in epochs or not epochs[measure].notna().any():
            continue
        since = {}
        seeds = [int(seed) for seed in epochs["seed"].unique()]
        for seed in seeds:
            rows = epochs[epochs["seed"] == seed]
            values = numbers(rows[measure])
            if not np.isfinite(values).any():
                continue
            best = np.nanmax(values)
            if best >= least and values[-1] < COLLAPSE * best:
                low = np.flatnonzero(values >= COLLAPSE * best)[-1] + 1
                since[seed] = float(rows["steps"].iloc[min(low, len(rows) - 1)])
        sign = _sign(label, "collapse", since, len(seeds), measure)
        found += [] if sign is None else [sign]
    return found


def _not_finite(
    data: SweepData, label: str, epochs: pd.DataFrame, trajectory: Trajectory | None
) -> list[Sign]:
    """Losses that were not finite, which end a run, and last evaluations; one seed is enough."""
    runs = data.started(label)
    diverged = [int(seed) for seed in runs.loc[runs["status"] == "diverged", "seed"]]
    lost = {} if trajectory is None else trajectory.lost
    losses = {seed: float(lost.get(seed, math.nan)) for seed in sorted({*diverged, *lost})}
    unscored = data.not_finite(label, "quality_final")
    scores = {seed: _lost_since(epochs[epochs["seed"] == seed]) for seed in unscored}
    kinds: tuple[tuple[Kind, dict[int, float]], ...] = (
        ("not finite", losses),
        ("lost score", scores),
    )
    return [
        Sign(label, kind, tuple(since), len(runs), _median(since.values()))
        for kind, since in kinds
        if since
    ]


def _lost_since(rows: pd.DataFrame) -> float:
    """The step of the first of a run's last evaluations that were not finite."""
    known = np.flatnonzero(np.isfinite(numbers(rows["quality"])))
    return float(rows["steps"].iloc[known[-1] + 1 if len(known) else 0])


def _median(steps: Iterable[float]) -> float | None:
    """Of the known ones; None where none is."""
    known = [step for step in steps if not math.isnan(step)]
    return float(np.median(known)) if known else None


def learning(data: SweepData) -> list[Learning]:
    """Of each configuration with two evaluations, whether the last is better than the first."""
    judged = chosen_outcome(data)
    if judged is None:
        return []
    failed = {(sign.label, sign.kind) for sign in signs(data)}
    found = []
    for label in data.labels:
        pairs, best = _first_and_last(data, label, judged)
        if not pairs:
            continue
        higher = data.measured_as(judged.column).direction == "higher"
        first, last = (np.array(values) for values in zip(*pairs, strict=True))
        measured = data.measured_as(judged.column)
        most = None if measured.bounds is None or not higher else measured.bounds[1]
        better = _better(first, last, higher=higher, logs=measured.scale == "log")
        better |= most is not None and bool((last >= most).all())
        progress: Progress = "learned" if better else "not yet"
        fell = last < COLLAPSE * best if higher else last > best / COLLAPSE
        if 2 * int(fell.sum()) >= len(pairs) or (label, "collapse") in failed:
            progress = "collapsed"
        found.append(Learning(label, progress, float(first.mean()), float(last.mean()), len(pairs)))
    return found


def _first_and_last(
    data: SweepData, label: str, judged: Outcome
) -> tuple[list[tuple[float, float]], np.ndarray]:
    """The first and the last evaluation of each completed run, and the best of all."""
    name = judged.of_epochs
    higher = data.measured_as(judged.column).direction == "higher"
    pairs, best = [], []
    epochs = data.epochs
    where = (epochs["label"] == label) & epochs["completed"] & epochs["was_evaluated"]
    for _, rows in epochs.loc[where, ["run_id", name]].groupby("run_id", sort=False):
        values = numbers(rows[name])
        if len(values) > 1 and np.isfinite(values[[0, -1]]).all():
            pairs.append((float(values[0]), float(values[-1])))
            best.append(float(np.nanmax(values) if higher else np.nanmin(values)))
    return pairs, np.array(best)


def _better(first: np.ndarray, last: np.ndarray, *, higher: bool, logs: bool) -> bool:
    """Whether the last evaluation is better in every seed, and by more than chance.

    Of several seeds the interval of the mean difference, of logarithms for a distance, excludes
    none; one has to be better by a quarter.
    """
    if len(first) > 1 and logs and (np.minimum(first, last) > 0).all():
        first, last = np.log(first), np.log(last)
    gain = last - first if higher else first - last
    if not (gain > 0).all():
        return False
    if len(gain) == 1:
        return bool(gain[0] > UNSETTLED * abs(first[0]))
    found = statistics.mean_interval(gain.tolist())
    return found is not None and found.low is not None and found.low > 0


def losses(data: SweepData) -> dict[str, dict[str, Behaviour]]:
    """By label and loss, what most of its seeds do in the second half of training."""
    found: dict[str, dict[str, Behaviour]] = {}
    for trajectory in data.trajectories.found:
        for name in (CRITIC_LOSS.name, GENERATOR_LOSS.name):
            if not trajectory.has(name):
                continue
            behaviours = [each for run in trajectory.runs[name] if (each := behaviour(run))]
            if behaviours:
                most = Counter(behaviours).most_common(1)[0][0]
                found.setdefault(trajectory.label, {})[name] = most
    return found


def behaviour(loss: np.ndarray) -> Behaviour | None:
    """What a loss (bins,) does in the second half: its trend and its spread over its size.

    A trend counts where the line through the values changes by more than a quarter of their mean
    size, and by more than twice their spread about it. None with too few bins.
    """
    known = loss[np.isfinite(loss)]
    half = known[len(known) // 2 :]
    if len(half) < _FEWEST_BINS:
        return None
    x = np.linspace(-0.5, 0.5, len(half))
    slope = float(np.polyfit(x, half, 1)[0])
    spread = float(np.std(half - half.mean() - slope * x))
    size = float(np.abs(half).mean())
    if size == 0:
        return "stable"
    if abs(slope) > max(UNSETTLED * size, 2 * spread):
        return "growing" if slope * half.mean() > 0 else "falling"
    return "oscillating" if spread > UNSETTLED * size else "stable"
