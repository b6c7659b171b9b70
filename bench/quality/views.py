"""What one evaluation gives scorers to read, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import numpy as np
import torch
from torch import Tensor

from bench.datasets.selection import shuffled
from bench.quality.floors import Back, Draw
from bench.quality.images import to_uint8
from bench.quality.scorers.base import Context
from bench.quality.translation import to_floats

_MOST_AT_ONCE = 1000
# Of the pixels of a chunk of translations, which is kept several times: 64 images of 256 px.
_PIXELS_AT_ONCE = 2**22


def possible(context: Context, rows: Mapping[str, Tensor], *, both_ways: bool) -> frozenset[str]:
    """The names of what an evaluation can have, if its samples are images."""
    names = {"samples", "images", *rows}
    if context.extractor is not None:
        names |= {"features", "classes"}
    if both_ways:
        names |= {"reconstructions", "reversed"}
        if context.way_back is not None:
            names.add("reversed_features")
    return frozenset(names)


class Views:
    """The chunks of an evaluation: by name what scorers need of it, all of the same samples.

    Args:
        draw, back: as an evaluator receives them.
        rows: what is known of each sample beforehand, such as its target.
        needs: of all scorers.
    """

    def __init__(
        self,
        context: Context,
        draw: Draw,
        rows: Mapping[str, Tensor],
        back: Back | None,
        needs: Set[str],
    ) -> None:
        self._context, self._draw, self._rows, self._back = context, draw, rows, back
        self._needs = needs

    def __iter__(self) -> Iterator[dict[str, Tensor] | None]:
        """Each chunk, or None and nothing more as soon as a sample is not finite."""
        size = _MOST_AT_ONCE
        if (sources := self._rows.get("sources")) is not None:
            size = max(1, min(size, _PIXELS_AT_ONCE // sources[0, 0].numel()))
        for start in range(0, self._context.samples, size):
            chunk = self._chunk(start, min(start + size, self._context.samples))
            yield chunk
            if chunk is None:
                return

    def _chunk(self, start: int, stop: int) -> dict[str, Tensor] | None:
        samples = self._draw(start, stop)
        if not samples.isfinite().all():
            return None
        needs = self._needs
        views = {name: tensor[start:stop] for name, tensor in self._rows.items() if name in needs}
        if "samples" in needs:
            views["samples"] = samples
        if samples.dim() == 4:
            extractor = self._context.extractor
            extracts = extractor is not None and needs & {"features", "classes"}
            if "images" in needs or extracts:
                images = to_uint8(samples)
                if "images" in needs:
                    views["images"] = images
                if extractor is not None and extracts:
                    views["features"] = extractor(images)
        if self._back is not None:
            way = self._way_back(self._back, samples, start, stop)
            if way is None:
                return None
            views |= way
        return views

    def _way_back(
        self, back: Back, samples: Tensor, start: int, stop: int
    ) -> dict[str, Tensor] | None:
        views = {}
        if "reconstructions" in self._needs:
            made = back(samples)
            if not made.isfinite().all():
                return None
            views["reconstructions"] = to_uint8(made)
        if self._needs & {"reversed", "reversed_features"}:
            made = back(to_floats(self._real_targets(start, stop)))
            if not made.isfinite().all():
                return None
            images = to_uint8(made)
            if "reversed" in self._needs:
                views["reversed"] = images
            if "reversed_features" in self._needs:
                way_back = self._context.way_back
                assert way_back is not None
                views["reversed_features"] = way_back.extractor(images)
        return views

    def _real_targets(self, start: int, stop: int) -> Tensor:
        """Real images of the target domain: those of the evaluation, else any, held out if any."""
        if (targets := self._rows.get("targets")) is not None:
            return targets[start:stop]
        data = self._context.data
        images = data.images if data.held_out is None else data.held_out.images
        chosen = np.resize(shuffled(len(images)), self._context.samples)[start:stop]
        return torch.from_numpy(images[chosen])
