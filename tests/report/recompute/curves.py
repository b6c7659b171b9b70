"""What the figures draw, as rows of configuration, kind, x, y and the ends of an interval."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.report.recompute.front import flops, front
from tests.report.recompute.intervals import estimate
from tests.report.recompute.sweep import Sweep

Row = tuple[str, str, float | None, float | None, float | None, float | None]
_WIDTH = 5  # bins that are averaged with their neighbours
_BINS = 80


def quality(sweep: Sweep, axis: str, unit: float) -> Iterator[Row]:
    """FCD by epoch or cost: means and intervals of the completed runs, the others alone."""
    for label in sweep.labels:
        rows = sweep.epochs[(sweep.epochs["label"] == label) & sweep.epochs["evaluated"]]
        cost = rows["epoch"].to_numpy(float) if axis == "epoch" else sweep.costs(rows, axis)
        values = rows["fcd"].astype("float64")
        rows = rows.assign(x=cost / unit, value=values.where(np.isfinite(values)))
        for x in rows.loc[rows["value"].isna(), "x"]:
            yield label, "not finite", x, None, None, None
        known = rows[rows["value"].notna()]
        for _, run in known[~known["completed"]].groupby("run_id"):
            points = list(zip(run["x"], run["value"], strict=True))
            for x, y in [*points, points[-1]]:  # a cross marks its end
                yield label, "line", x, y, None, None
        for _, at in known[known["completed"]].groupby("epoch"):
            found = estimate(at["value"], "log")
            yield label, "line", at["x"].mean(), found.value, None, None
            yield label, "band", at["x"].mean(), None, found.low, found.high


def pareto(sweep: Sweep, axis: str, unit: float) -> Iterator[Row]:
    """Final FCD against the cost of a whole run, with intervals, and the stairs of the front."""
    cost, means = {}, {}
    for label in sweep.labels:
        rows = sweep.evaluations(label)
        seconds = sweep.costs(rows, axis).max()
        cost[label] = (flops(sweep, label) if axis == "training_flops" else seconds) / unit
        found = means[label] = estimate(sweep.final(label, "fcd"), "log")
        for y in found[:3]:
            yield label, "line", cost[label], y, None, None
    on = front(sweep, cost)[0]
    for before, after in zip([None, *on], [*on, None], strict=True):
        if before is not None and after is not None:
            yield "", "line", cost[after], means[before].value, None, None
        if after is not None:
            yield "", "line", cost[after], means[after].value, None, None


def steps(sweep: Sweep, column: str, unit: float) -> Iterator[Row]:
    """What is reported at every step: bins, averaged with two on either side, then over runs."""
    for label in sweep.labels:
        runs = sweep.started.loc[sweep.started["label"] == label, "run_id"]
        files = [sweep.folder / "runs" / run / "steps.parquet" for run in runs]
        frames = [pd.read_parquet(file).set_index("step")[column].astype(float) for file in files]
        width = -(-max(len(each) for each in frames) // _BINS)
        binned = pd.DataFrame(
            {
                place: each.where(np.isfinite(each)).groupby((each.index - 1) // width).mean()
                for place, each in enumerate(frames)
            }
        )
        smooth = binned.rolling(_WIDTH, center=True, min_periods=1).mean().where(binned.notna())
        x = binned.index * width + (width + 1) / 2
        for at, (_, values) in zip(x, smooth.iterrows(), strict=True):
            found = estimate(values.dropna(), "linear")
            yield label, "line", at, found.value / unit, None, None
            yield label, "band", at, None, found.low / unit, found.high / unit
