"""Final values: those of a run's last evaluation, whether or not they are finite.

An evaluation whose samples or scores were not finite is an outcome. It is never replaced by an
earlier one, which would make a generator that broke look as good as it had been.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench.report.data.frames import numbers


def with_evaluations(
    epochs: pd.DataFrame, runs: pd.DataFrame, scores: Collection[str]
) -> pd.DataFrame:
    """Adds ``was_evaluated``: whether an epoch's samples were scored, with whatever outcome.

    Runs of earlier versions do not say so. Of these an epoch with any score was evaluated, and so
    was the last one of every completed run whose samples were to be scored.

    Args:
        epochs: a row per epoch, in order, with ``completed``.
        scores: the columns that hold scores.
    """
    said = epochs["quality_evaluated"].eq(True).fillna(False).astype(bool)
    scored = epochs[list(scores)].notna().any(axis=1)
    silent = ~epochs["run_id"].isin(epochs.loc[said, "run_id"])
    judged = epochs["run_id"].isin(runs.loc[runs["quality_samples"].notna(), "run_id"])
    last = ~epochs["run_id"].duplicated(keep="last")
    ended = silent & judged & last & epochs["completed"]
    return epochs.assign(was_evaluated=said | scored | ended)


def last_evaluations(epochs: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """A row per run that was evaluated: ``<name>_final`` of its last evaluation, and its epoch.

    Args:
        epochs: as :func:`with_evaluations` returns them.
        names: float columns; NaN where null or not finite.
    """
    last = epochs[epochs["was_evaluated"]].drop_duplicates("run_id", keep="last")
    values = {f"{name}_final": _finite(last[name]) for name in names}
    epoch = last["epoch"].astype("float64")
    return last[["run_id"]].assign(quality_final_epoch=epoch, **values)


def applicable(epochs: pd.DataFrame, names: Sequence[str]) -> dict[str, frozenset[str]]:
    """By column, the configurations of which any epoch of any run has a finite value."""
    return {
        name: frozenset(epochs.loc[np.isfinite(numbers(epochs[name])), "label"].unique())
        for name in names
    }


def _finite(column: pd.Series[Any]) -> np.ndarray:
    values = numbers(column)
    return np.where(np.isfinite(values), values, np.nan)
