"""Which classes a conditional generator is conditioned on for scores and pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from bench.datasets.selection import shuffled

MOST_COLUMNS = 12


def evaluation_labels(real_labels: np.ndarray, count: int) -> Tensor:
    """Labels to condition evaluation samples on, as frequent as among the real images.

    With equally frequent labels on an unbalanced data set, even a perfect generator would be
    some Fréchet distance away from the real images. Each class gets its share of ``count``, to
    within one sample, in a fixed random order.

    Args:
        real_labels: int64 (N,), of the training images, N ≥ 1.
        count: how many labels to return; may exceed N.

    Returns:
        int64 (count,), on the CPU.
    """
    places = (2 * np.arange(count) + 1) * len(real_labels) // (2 * count)
    return torch.from_numpy(np.sort(real_labels)[places][shuffled(count)])


def columns_of(classes: Sequence[int]) -> list[int]:
    """The classes to show as columns: all of up to twelve, else twelve spread evenly."""
    if len(classes) <= MOST_COLUMNS:
        return list(classes)
    steps = MOST_COLUMNS - 1
    return [classes[(len(classes) - 1) * column // steps] for column in range(MOST_COLUMNS)]


def class_columns(classes: Sequence[int], rows: int) -> Tensor:
    """Labels of a sample grid whose column j shows class ``classes[j]``.

    Returns:
        int64 (rows · len(classes),), row by row, on the CPU.
    """
    return torch.tensor(classes, dtype=torch.int64).repeat(rows)
