"""What the report asks the task of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bench import tasks
from bench.datasets import DataSpec
from variants.shapes import PairShape


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
    known = _known(task)
    if known is None:
        return None
    chosen = None if classes is None else tuple(classes)
    return known.modes(DataSpec(name=dataset, image_size=None, channels=None, classes=chosen))


def through_time(task: str) -> bool:
    """Whether samples are shown as they change during training, rather than the last ones."""
    known = _known(task)
    return known is not None and known.through_time


def translates(task: str) -> bool:
    """Whether samples are made from images rather than from noise."""
    known = _known(task)
    any_images = DataSpec(name="", image_size=32, channels=1)
    return known is not None and isinstance(known.shape(any_images, 0), PairShape)


def samples_called(task: str) -> str:
    """What the samples of a task are called: ``images`` or ``points``."""
    known = _known(task)
    return "images" if known is None else known.samples


def _known(task: str) -> tasks.Task | None:
    """The task; None where the plug-in that defines it is not loaded."""
    return tasks.get(task) if task in tasks.TASKS else None
