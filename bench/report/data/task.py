"""What the report asks the task of a run.

Integrator: the functions marked ``# task`` keep the knowledge that ``bench.tasks`` will have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bench.datasets.mixtures import mixture

STACKED_MODES = 1000  # of stacked digits: three digits per image


def task_of(row: Mapping[Any, Any]) -> str:
    """The name of the task of a run, given its row in run.parquet.

    Results of earlier versions do not name it; there it follows from the data set.
    """
    named = row.get("task")
    if isinstance(named, str):
        return named
    if str(row["dataset"]).startswith("stacked:"):
        return "stacked-digits"
    return "mixtures" if pd.isna(row["image_size"]) else "images"


def modes(task: str, dataset: str, classes: Sequence[int] | None) -> int | None:
    """How many modes the data has; None where that is unknown."""
    # task: bench.tasks.get(task).modes(DataSpec(…)), None for a task that is not registered
    if task == "stacked-digits":
        return STACKED_MODES
    known = mixture(dataset, classes)
    return None if known is None else len(known.modes)


def through_time(task: str) -> bool:
    """Whether samples are shown as they change during training, rather than the last ones."""
    # task: bench.tasks.get(task).through_time, False for a task that is not registered
    return task == "mixtures"


def samples_called(task: str) -> str:
    """What the samples of a task are called: ``images`` or ``points``."""
    # task: bench.tasks.get(task).samples, "images" for a task that is not registered
    return "points" if task == "mixtures" else "images"
