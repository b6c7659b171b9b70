"""Translations that learn nothing, whose scores are the floors of a generator's.

The identity mapping returns the source as it is, the mean target for every source the mean of the
training targets: what is left of an L1 loss where a generator cannot tell sources apart. Each has a
way back: the identity mapping again, and the mean training source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from torch import Tensor

from bench.datasets.spec import ImageData
from bench.measures.measure import Floor
from bench.quality.translation import fitted, mean_image, to_floats

Draw = Callable[[int, int], Tensor]
Back = Callable[[Tensor], Tensor]


class Untrained(NamedTuple):
    """A translation that learns nothing, both ways, as an evaluator calls a generator's."""

    draw: Draw
    back: Back


def untrained(data: ImageData, sources: Tensor) -> Iterator[tuple[Floor, Untrained]]:
    """The floors by name.

    Args:
        data: for translation; the mean images are of what is trained on.
        sources: uint8 (n, c, h, w), those of the evaluation.
    """
    assert data.sources is not None
    forth, back = data.images.shape[1], data.sources.shape[1]
    if data.images.shape[2:] == data.sources.shape[2:]:
        yield (
            "identity",
            Untrained(
                lambda start, stop: fitted(to_floats(sources[start:stop]), forth),
                lambda images: fitted(images, back),
            ),
        )
    target, source = mean_image(data.images), mean_image(data.sources)
    yield (
        "mean_target",
        Untrained(
            lambda start, stop: target.expand(stop - start, -1, -1, -1),
            lambda images: source.to(images.device).expand(len(images), -1, -1, -1),
        ),
    )
