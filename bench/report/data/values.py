"""What was measured of each configuration: values by seed, means, ratios, and what was lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bench.report import statistics
from bench.report.data.configurations import Configurations
from bench.report.data.equal_cost import Axis
from bench.report.data.frames import numbers
from bench.report.data.scales import MeasuredAs, measured_as
from bench.report.statistics import Estimate, Ratio, TrialMean
from bench.store import Results

Curve = tuple[list[float], list[float]]  # cumulative cost and quality, per evaluation


class Values(Configurations):
    """The values of columns of the runs, and what follows from them."""

    def __init__(self, results: Results) -> None:
        super().__init__(results)
        self._by_seed: dict[tuple[str, str, int | None], dict[int, float]] = {}
        self._measured_as: dict[str, MeasuredAs] = {}
        self._evaluations: dict[tuple[Axis, str], dict[Any, Curve]] = {}

    def by_seed(self, label: str, column: str, protocol: int | None = None) -> Mapping[int, float]:
        """The measured values of a configuration's completed runs, by seed."""
        key = label, column, protocol
        if key not in self._by_seed:
            rows = self.of(label, protocol)
            values = zip(rows["seed"], numbers(rows[column]), strict=True)
            self._by_seed[key] = {int(s): float(v) for s, v in values if math.isfinite(v)}
        return self._by_seed[key]

    def measured_as(self, column: str) -> MeasuredAs:
        """On which scale a column of the runs is compared, and which of its values are better."""
        if column not in self._measured_as:
            self._measured_as[column] = measured_as(column, self._most_modes)
        return self._measured_as[column]

    def estimate(self, label: str, column: str, protocol: int | None = None) -> Estimate | None:
        """Mean and interval over the seeds, on the scale of the column."""
        measured = self.measured_as(column)
        return statistics.mean_interval(
            list(self.by_seed(label, column, protocol).values()),
            scale=measured.scale,
            bounds=measured.bounds,
        )

    def trials(self, label: str, column: str) -> TrialMean | None:
        """Mean and standard error over the seeds."""
        return statistics.trial_mean(list(self.by_seed(label, column).values()))

    def ratio(
        self,
        label: str,
        column: str,
        *,
        inverse: bool = False,
        protocol: int | None = None,
        confidence: float = statistics.CONFIDENCE,
    ) -> Ratio | None:
        """The configuration over the baseline, paired by seed; ``inverse``: the other way."""
        if self.baseline is None:
            return None
        own = self.by_seed(label, column, protocol)
        base = self.by_seed(self.baseline, column, protocol)
        pair = (base, own) if inverse else (own, base)
        return statistics.paired_ratio(*pair, confidence)

    def curves(
        self, label: str, axis: Axis, protocol: int | None, column: str = "quality"
    ) -> dict[int, Curve]:
        """By seed, the evaluations of each completed run, in order of cost.

        One that was not finite is NaN.

        Args:
            column: of the epochs.
        """
        runs = self.of(label, protocol)
        if (key := (axis, column)) not in self._evaluations:
            judged = self.epochs["run_id"].isin(self.runs.loc[self.runs["protocol"] >= 0, "run_id"])
            epochs = self.epochs[self.epochs["was_evaluated"] & judged]
            known = epochs[epochs[axis].notna()]
            self._evaluations[key] = {
                run_id: (rows[axis].tolist(), numbers(rows[column]).tolist())
                for run_id, rows in known[["run_id", axis, column]].groupby("run_id")
            }
        return {
            int(seed): self._evaluations[key].get(run_id, ([], []))
            for run_id, seed in zip(runs["run_id"], runs["seed"], strict=True)
        }

    def not_finite(self, label: str, column: str, protocol: int | None = None) -> list[int]:
        """The seeds of the completed runs whose last evaluation gave no finite value.

        Args:
            column: of final values, such as ``quality_final``.
        """
        name = column.removesuffix("_final")
        rows = self.of(label, protocol)
        if name == "quality":
            rows = rows[rows["protocol"] >= 0]
        elif label not in self._applicable[name]:
            return []
        lost = rows["quality_final_epoch"].notna() & rows[column].isna()
        return sorted(int(seed) for seed in rows.loc[lost, "seed"])

    def lost_evaluations(self, name: str, protocol: int | None = None) -> pd.DataFrame:
        """The evaluations that gave no finite value of a column that the configuration has."""
        epochs = self.epochs[self.epochs["was_evaluated"]]
        if name == "quality":
            runs = self.runs[self.runs["protocol"] >= 0]
            if protocol is not None:
                runs = runs[runs["protocol"] == protocol]
            epochs = epochs[epochs["run_id"].isin(runs["run_id"])]
        else:
            epochs = epochs[epochs["label"].isin(self._applicable.get(name, frozenset()))]
        lost: pd.DataFrame = epochs[~np.isfinite(numbers(epochs[name]))]
        return lost
