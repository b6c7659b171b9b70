"""Whether the machine kept its speed during the sweep."""

from __future__ import annotations

from collections import Counter

from bench.report.data import SweepData
from bench.report.data.drift import TOLERANCE
from bench.report.findings import Finding, finding
from bench.report.text import significant
from bench.texts import say


@finding("drift", position=9.5)
def drift(data: SweepData) -> Finding | None:
    """In how many epochs the machine's speed was off, and of which seed most of these are.

    Runs are ordered by seed, so a machine that slows down for a while slows down some seeds of
    every configuration.
    """
    timed = data.runs.loc[data.runs["completed"] & ~data.runs["shared"], "run_id"]
    epochs = data.epochs[data.epochs["run_id"].isin(timed) & data.epochs["drifted"].notna()]
    marked = epochs[epochs["drifted"].astype(bool)]
    if marked.empty:
        return None
    speeds = 1 + marked["calibration_off"]
    low, high = significant(speeds.min()), significant(speeds.max())
    by_seed = Counter(int(seed) for seed in marked["seed"])
    ((seed, most),) = by_seed.most_common(1)
    of_seed = int((epochs["seed"] == seed).sum())
    return Finding(
        say(
            "finding-drift",
            drifted=str(len(marked)),
            epochs=str(len(epochs)),
            tolerance=f"{100 * TOLERANCE:.0f}",
            speed=low if low == high else say("range", low=low, high=high),
            seed=str(seed) if of_seed < len(epochs) else "all",
            most=str(most),
            seeds=str(of_seed),
        ),
        {
            "epochs_drifted": len(marked),
            "epochs_calibrated": len(epochs),
            "drifted_by_seed": dict(by_seed),
        },
    )
