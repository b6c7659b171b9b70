"""What configurations cost when they were timed apart from training, in rounds.

The configurations of a session take turns, round after round, so that a drift of the machine's
speed affects all of them alike: speed-ups are paired within rounds and analysed on the log scale.
An interval says how repeatable a comparison is on this machine, not how another one would do.

References:
    Student (1908). The probable error of a mean. Biometrika 6(1), 1-25.
    Kalibera and Jones (2013). Rigorous benchmarking in reasonable time. ISMM, 63-74.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.report import statistics
from bench.report.data.drift import NOTHING_TIMED, Timing
from bench.report.data.frames import numbers
from bench.report.statistics import Estimate, Ratio

# Turns in which others used the machine do not count where so many others are left. Which turns
# those are is told by the counters of the system's load, not by how long they took.
_FEWEST = 5
# Times of a configuration are marked if in so many of the turns that count others used it.
_CONTENDED_SHARE = 0.2
_PER = {"1000_images": ("real_images", 1000), "generator_update": ("generator_updates", 1)}
_SPENT = {
    "seconds": "seconds",
    "energy_joules": "energy_joules",
    "cpu_energy_joules": "cpu_energy_joules",
}
_PEAKS = (
    "peak_gpu_allocated_bytes",
    "peak_gpu_reserved_bytes",
    "peak_gpu_process_bytes",
    "peak_host_bytes",
    "peak_host_added_bytes",
)
_KEYS = ["session", "round"]

Round = tuple[int, int]  # session and round


class Spread(NamedTuple):
    """How much the rounds of a sweep differ.

    Attributes:
        rounds: the fewest and the most of a configuration.
        drift: the slowest round's time over the fastest's, of all configurations of a session
            together, minus one; the largest of the sessions.
        contended: turns in which other programs or machines took processor time; as far as
            possible they do not count.
        turns: in which that is known.
    """

    rounds: tuple[int, int]
    drift: float
    contended: int
    turns: int


class Rounds:
    """The clean timing of a sweep.

    Attributes:
        frame: a row per round and configuration: session, round, label, images_per_second,
            seconds, energy_joules and cpu_energy_joules (each ``_per_1000_images`` and
            ``_per_generator_update``), the ``peak_*`` columns and, null where GPU memory was
            measured, ``only_peak_host_*``, contended, and the environment.
        errors: why a configuration has no times, by label.
    """

    def __init__(self, turns: pd.DataFrame) -> None:
        failed = turns[turns["round"].isna()]
        self.errors = {
            str(label): str(error)
            for label, error in zip(failed["label"], failed["error"], strict=True)
        }
        self.frame = _with_costs(turns[turns["round"].notna()].reset_index(drop=True))
        groups = self.frame.groupby("label", sort=False)
        self._of = {str(label): _undisturbed(rows) for label, rows in groups}
        self._none = self.frame[:0]

    def of(self, label: str) -> pd.DataFrame:
        """The rounds of a configuration that count."""
        return self._of.get(label, self._none)

    def values(self, label: str, column: str) -> Mapping[Round, float]:
        """A cost of a configuration in each round in which it was measured."""
        rows = self.of(label)
        rounds = zip(rows["session"], rows["round"], numbers(rows[column]), strict=True)
        return {(int(s), int(r)): float(v) for s, r, v in rounds if math.isfinite(v)}

    def with_training_seconds(self, epochs: pd.DataFrame) -> pd.DataFrame:
        """Epochs whose cumulative ``training_seconds`` are real images times seconds per image.

        NaN for configurations without clean timing: seconds of another kind are no substitute.
        """
        means = {label: self.estimate(label, "seconds_per_1000_images") for label in self._of}
        per_image = {label: mean.mean / 1000 for label, mean in means.items() if mean is not None}
        seconds = epochs["samples_seen"].astype("float64") * epochs["label"].map(per_image)
        return epochs.assign(training_seconds=seconds.astype("float64"))

    def measured(self, column: str) -> bool:
        """Whether a cost was measured in any round."""
        return bool(self.frame[column].notna().any())

    def estimate(self, label: str, column: str, scale: float = 1.0) -> Estimate | None:
        """Mean and interval over the rounds, times ``scale``."""
        values = [scale * value for value in self.values(label, column).values()]
        return statistics.mean_interval(values, scale="log")

    def ratio(
        self, label: str, other: str, column: str, confidence: float = statistics.CONFIDENCE
    ) -> Ratio | None:
        """The cost of a configuration over another's, paired within rounds.

        Returns:
            The geometric mean of the rounds' ratios with the t interval of their logarithms;
            None where they shared no round.
        """
        own, base = self.values(label, column), self.values(other, column)
        shared = sorted(own.keys() & base.keys())
        ratios = [own[key] / base[key] for key in shared if own[key] > 0 and base[key] > 0]
        found = statistics.mean_interval(ratios, confidence, scale="log")
        return None if found is None else Ratio(found.n, found.mean, found.low, found.high)

    def timing(self, label: str) -> Timing:
        """Whether others used the machine in too many of a configuration's turns."""
        known = self.of(label)["contended"].dropna().astype(bool)
        if not len(self.of(label)):
            return NOTHING_TIMED
        if not len(known):
            return Timing(None, None)
        return Timing(bool(known.mean() >= _CONTENDED_SHARE), None)

    def spread(self) -> Spread | None:
        """How much the rounds differ; None without any."""
        if self.frame.empty:
            return None
        known = self.frame["contended"].dropna().astype(bool)
        used = pd.concat(self._of.values())
        logs = used["seconds_per_1000_images"].map(math.log)
        centred = logs - logs.groupby([used["session"], used["label"]]).transform("mean")
        of_round = centred.groupby([used["session"], used["round"]]).mean()
        by_session = of_round.groupby(level=0)
        counts = used.groupby("label").size()
        return Spread(
            rounds=(int(counts.min()), int(counts.max())),
            drift=float(np.expm1((by_session.max() - by_session.min()).max())),
            contended=int(known.sum()),
            turns=len(known),
        )


def rounds(turns: pd.DataFrame | None, labels: Collection[str]) -> Rounds | None:
    """The clean timing of some configurations; None where none of them has a round.

    Args:
        turns: as stored, with the labels of now.
    """
    if turns is None:
        return None
    own = turns[turns["label"].isin(list(labels))]
    return None if own["round"].isna().all() else Rounds(own)


def _undisturbed(rows: pd.DataFrame) -> pd.DataFrame:
    """The turns of a configuration in which nobody else used the machine, or all if too few."""
    quiet = rows[~rows["contended"].fillna(False).astype(bool)]
    return quiet if len(quiet) >= _FEWEST else rows


def _with_costs(turns: pd.DataFrame) -> pd.DataFrame:
    """Adds what each turn cost per unit."""
    costs = {
        f"{name}_per_{unit}": scale
        * turns[spent].astype("float64")
        / turns[count].astype("float64")
        for name, spent in _SPENT.items()
        for unit, (count, scale) in _PER.items()
    }
    rate = turns["real_images"].astype("float64") / turns["seconds"].astype("float64")
    on_host = turns["peak_gpu_allocated_bytes"].isna()
    only = {f"only_{p}": turns[p].where(on_host) for p in _PEAKS if p.startswith("peak_host")}
    return turns.assign(images_per_second=rate, **costs, **only)
