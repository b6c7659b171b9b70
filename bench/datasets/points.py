"""Points in the plane: a data set without images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Points:
    """Labelled points in memory.

    Attributes:
        coordinates: float32 (N, 2).
        labels: int64 (N,).
        class_names: one per class.
    """

    coordinates: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.coordinates)
