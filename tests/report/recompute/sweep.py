"""The files of a results folder, and which of their values count.

docs/measuring.md: a final value is that of a run's last evaluation, or none where that one was not
finite; only completed runs are in means; turns in which others used the machine do not count where
five others are left.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


class Sweep:
    """A sweep of one data set with a baseline, clean timing and one protocol of quality.

    Attributes:
        planned: (label, seed) of each planned run.
        started: a row per run.
        runs: those that completed.
        epochs: a row per epoch of all runs, with ``label`` and ``completed``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        plan = json.loads((folder / "sweep.json").read_text())
        self.name: str = plan["name"]
        self.question: str = plan["question"]
        self.baseline: str = plan["baseline"]
        self.margin: float = plan["margin"]
        self.planned = [(run["label"], run["seed"]) for run in plan["runs"]]
        self.labels = list(dict.fromkeys(label for label, _ in self.planned))
        self.others = [label for label in self.labels if label != self.baseline]
        order = {run["run_id"]: place for place, run in enumerate(plan["runs"])}
        read = [pd.read_parquet(path) for path in sorted(folder.glob("runs/*/run.parquet"))]
        self.started = pd.concat([rows.dropna(axis=1, how="all") for rows in read])
        self.started = self.started.sort_values(
            "run_id", key=lambda ids: ids.map(order), ignore_index=True
        )
        self.runs = self.started[self.started["status"] == "completed"]
        read = [pd.read_parquet(path) for path in sorted(folder.glob("runs/*/epochs.parquet"))]
        epochs = pd.concat([rows.dropna(axis=1, how="all") for rows in read])
        known = self.started.set_index("run_id")
        self.epochs = epochs.assign(
            label=epochs["run_id"].map(known["label"]),
            completed=epochs["run_id"].map(known["status"]) == "completed",
            evaluated=epochs["quality_evaluated"].fillna(False).astype(bool),
        ).sort_values(["run_id", "epoch"], ignore_index=True)
        self.timing = pd.read_parquet(folder / "timing.parquet")

    def common(self, column: str) -> list[object]:
        """The distinct values over all started runs, in their order."""
        return list(dict.fromkeys(self.started[column].dropna())) if column in self.started else []

    def count(self, label: str, column: str) -> float:
        """What the networks of a configuration determine."""
        (value,) = self.started.loc[self.started["label"] == label, column].dropna().unique()
        return float(value)

    def recipe(self, label: str) -> dict[str, Any]:
        """The variant's settings."""
        spec = self.started.loc[self.started["label"] == label, "spec"].iloc[0]
        found: dict[str, Any] = json.loads(spec)["recipe"]
        return found

    def completed(self, label: str) -> pd.DataFrame:
        return self.runs[self.runs["label"] == label]

    def evaluations(self, label: str) -> pd.DataFrame:
        """Of the completed runs of a configuration."""
        epochs = self.epochs
        return epochs[(epochs["label"] == label) & epochs["completed"] & epochs["evaluated"]]

    def last(self, label: str, column: str) -> pd.Series:
        """The last evaluation's value of each completed run, by seed; NaN where not finite."""
        last = self.evaluations(label).groupby("seed").tail(1).set_index("seed")
        values = last[column].astype("float64").sort_index()
        return values.where(np.isfinite(values))

    def final(self, label: str, column: str) -> pd.Series:
        return self.last(label, column).dropna()

    def lost(self, label: str, column: str = "fcd") -> list[int]:
        """The seeds whose last value is not finite."""
        values = self.last(label, column)
        return [int(seed) for seed in values.index[values.isna()]]

    def has(self, column: str) -> bool:
        return column in self.epochs and bool(self.epochs[column].notna().any())

    def lowest(self, label: str) -> pd.Series:
        rows = self.evaluations(label)
        values = rows["fcd"].astype("float64")
        return values.where(np.isfinite(values)).groupby(rows["seed"]).min().dropna()

    @cached_property
    def turns(self) -> dict[str, pd.DataFrame]:
        """The turns of each configuration that count, by session and round."""
        found = {}
        for label in self.labels:
            own = self.timing[(self.timing["label"] == label) & self.timing["round"].notna()]
            quiet = own[~own["contended"].fillna(False).astype(bool)]
            counted = quiet if len(quiet) >= 5 else own
            found[label] = counted.set_index(["session", "round"]).astype(
                {"seconds": float, "real_images": float, "peak_host_added_bytes": float}
            )
        return found

    def per_image(self, label: str) -> pd.Series:
        """Seconds per real image of each turn."""
        turns = self.turns[label]
        return turns["seconds"] / turns["real_images"]

    def per_update(self, label: str) -> pd.Series:
        """Seconds per generator update of each turn."""
        turns = self.turns[label]
        return turns["seconds"] / turns["generator_updates"].astype(float)

    def memory(self, label: str) -> pd.Series:
        return self.turns[label]["peak_host_added_bytes"]

    def marked(self, label: str) -> bool:
        """Whether others used the machine in a fifth or more of the turns that count."""
        return bool(self.turns[label]["contended"].astype(bool).mean() >= 0.2)

    def curve(self, label: str, seed: int, axis: str) -> tuple[np.ndarray, np.ndarray]:
        """Cost and FCD of a run at each of its evaluations; FCD is NaN where not finite."""
        rows = self.evaluations(label)
        rows = rows[rows["seed"] == seed]
        quality = rows["fcd"].astype("float64").to_numpy()
        return self.costs(rows, axis), np.where(np.isfinite(quality), quality, np.nan)

    def costs(self, rows: pd.DataFrame, axis: str) -> np.ndarray:
        """Of some epochs of one configuration, the cumulative cost."""
        if axis == "training_flops":
            return rows["train_flops"].to_numpy(float)
        seconds = np.exp(np.log(self.per_image(rows["label"].iloc[0])).mean())
        return rows["samples_seen"].to_numpy(float) * seconds
