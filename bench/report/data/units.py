"""By which units the costs of configurations can be compared, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.data.task import samples_called

if TYPE_CHECKING:
    from bench.report.data.sweep import SweepData


def epochs_alike(data: SweepData) -> bool:
    """Whether completed runs had seen equal real images and made equal updates every epoch."""
    completed = data.epochs[data.epochs["completed"]]
    counts = completed.groupby("epoch")[["samples_seen", "steps"]].nunique()
    return bool((counts <= 1).all(axis=None))


def updates_alike(data: SweepData) -> bool:
    """Whether generator updates take equally many real images in all configurations.

    Only then is one that is faster per image as much faster per update.
    """
    return len(data.distinct("samples_per_step")) <= 1


def samples(data: SweepData) -> str:
    """What the sweep's samples are called: ``images``, ``points``, or ``samples`` if mixed."""
    names = {
        samples_called(task) for label in data.labels if (task := data.task(label)) is not None
    }
    return names.pop() if len(names) == 1 else "samples"


def sample(data: SweepData) -> str:
    """One of them."""
    return samples(data).removesuffix("s")
