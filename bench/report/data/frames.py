"""The frames of runs and epochs, with the columns that the report computes from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd

from bench.measures import averaged_name, unit_costs
from bench.quality.extractors.registry import TARGETS


def numbers(column: pd.Series[Any]) -> np.ndarray:
    """A column as float64, with NaN for null."""
    return column.to_numpy(dtype=np.float64, na_value=math.nan)


def distinct(values: pd.Series[Any]) -> list[Any]:
    """The distinct values that are not null, in order of appearance."""
    return list(values.dropna().unique())


def without_shared_costs(
    frame: pd.DataFrame, stacked: pd.Series[bool], shared: Collection[str]
) -> pd.DataFrame:
    """A copy in which the ``shared`` columns of stacked runs are null."""
    frame = frame.copy()
    for name in frame.columns.intersection(list(shared)):
        frame[name] = frame[name].mask(stacked)
    return frame


def with_costs(epochs: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Adds what each epoch cost and its quality, as measured by the run's protocol."""
    epochs = epochs.sort_values(["run_id", "epoch"], kind="stable").reset_index(drop=True)
    run = epochs["run_id"]
    images = epochs["samples_seen"].groupby(run).diff().fillna(epochs["samples_seen"])
    images = images.astype("float64")
    # Warm-up steps are not in train_seconds, so an epoch's time is its images over their rate.
    epochs["epoch_seconds"] = images / epochs["images_per_second"]
    timed = epochs["train_seconds"].where(epochs["images_per_second"].notna()).fillna(0.0)
    epochs["timed_seconds"] = timed.groupby(run).cumsum()
    timed_images = timed * epochs["images_per_second"].fillna(0.0)
    epochs["timed_images"] = timed_images.groupby(run).cumsum()
    # The energy is cumulative over the run, as are the images of the time in which it was metered.
    for name in unit_costs.ENERGIES:
        epochs[f"{name}_images"] = epochs["timed_images"].where(epochs[name].notna())
    spent = epochs["train_seconds"] + epochs["warmup_seconds"]
    epochs["training_seconds"] = spent.groupby(run).cumsum()
    epochs["training_flops"] = numbers(epochs["train_flops"])
    epochs["completed"] = run.map(runs.set_index("run_id")["completed"]).astype(bool)
    features = run.map(runs.set_index("run_id")["quality_features"])
    epochs["quality"] = _distance(features, epochs)
    epochs[averaged_name("quality")] = _distance(features, epochs, averaged_name)
    return epochs


def _distance(
    features: pd.Series[Any], epochs: pd.DataFrame, named: Callable[[str], str] = str
) -> pd.Series[float]:
    """The distance by these features; NaN where it is not finite or there are none.

    Args:
        named: the column of a measure, such as that of the averaged generator.
    """
    fid, fcd = epochs[named("fid")], epochs[named("fcd")]
    quality = fid.where(features == "inception", fcd).astype("float64")
    if (ssim := named("ssim")) in epochs:
        quality = quality.where(features != TARGETS, 1 - epochs[ssim].astype("float64"))
    return quality.where(features.notna() & np.isfinite(quality))


def per_run(epochs: pd.DataFrame) -> pd.DataFrame:
    """A row per run with epochs: its costs, and its lowest quality."""
    groups = epochs.groupby("run_id", sort=False)
    # ``last`` skips nulls: the energy is that up to the last epoch that has one.
    totals = {name: groups[name].last().astype("float64") for name in unit_costs.TOTALS}
    table = pd.DataFrame(
        {
            # A run that has not ended has no totals yet, but it has epochs.
            "steps_recorded": groups["steps"].last(),
            "seconds_per_epoch": groups["epoch_seconds"].mean(),
            "images_per_generator_update": totals["samples_seen"] / totals["steps"],
            "images_per_epoch": totals["samples_seen"] / groups["epoch"].last(),
            "training_seconds": groups["training_seconds"].last(),
            "training_flops": groups["training_flops"].last(),
            "quality_lowest": groups["quality"].min(),
        }
    )
    costs = {
        name: cost.where(np.isfinite(cost)) for name, cost in unit_costs.of_totals(totals).items()
    }
    return table.assign(**costs).reset_index()
