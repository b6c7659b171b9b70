"""What is kept of a run's networks after an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from bench import checkpoint
from bench.datasets import ImageData
from bench.spec import RunSpec


class Kept(NamedTuple):
    """The state of a run after an epoch, as the content of files.

    Attributes:
        checkpoint: from which training can resume.
        weights: of the generator.
    """

    checkpoint: bytes | None = None
    weights: bytes | None = None


def generator_weights(epoch: int, play: Mapping[str, Any], spec: RunSpec, data: ImageData) -> bytes:
    """The generator's weights, those of its average, and what classes its samples can have.

    Args:
        play: the run's part of what ``Play.states`` returns.
    """
    known = () if data.labels is None else np.unique(data.labels).tolist()
    return checkpoint.dumped(
        {
            "epoch": epoch,
            "generator": play["game"]["generator"]["network"],
            "average": play.get("average"),
            "classes": spec.classes,
            "class_names": list(data.class_names),
            "trained_classes": list(known),
        }
    )
