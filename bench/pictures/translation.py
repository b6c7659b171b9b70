"""Pictures of translations: what went in beside what came out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.pictures.grid import sample_grid_png

_SIDE_BY_SIDE = 2  # examples in a row, which makes the picture nearly square


@dataclass(frozen=True)
class Examples:
    """The sources of some translations, and their targets where these are known.

    Attributes:
        sources: uint8 (n, c', h, w), c' 1 or 3.
        targets: uint8 (n, c, h, w), c 1 or 3; None where they are unknown.
    """

    sources: Tensor
    targets: Tensor | None

    def png(self, outputs: Tensor) -> bytes:
        """Input, output and, where it is known, target of each example, as PNG.

        Args:
            outputs: (n, c, h, w) in [−1, 1].
        """
        return self._drawn({"input": self._sources(), "output": outputs})

    def round_trip_png(self, outputs: Tensor, again: Tensor) -> bytes:
        """The same, with what the outputs were translated back to.

        Args:
            outputs: (n, c, h, w) in [−1, 1].
            again: (n, c', h, w) in [−1, 1].
        """
        columns = {"input": self._sources(), "output": outputs, "input again": again}
        return self._drawn(columns)

    def _sources(self) -> Tensor:
        return _floats(self.sources)

    def _drawn(self, columns: dict[str, Tensor]) -> bytes:
        if self.targets is not None:
            columns["target"] = _floats(self.targets)
        tiles = [column.detach().float().cpu() for column in columns.values()]
        channels = max(tile.shape[1] for tile in tiles)
        rows = torch.stack([tile.expand(-1, channels, -1, -1) for tile in tiles], dim=1)
        beside = min(_SIDE_BY_SIDE, len(rows))
        headings = [*columns] * beside
        return sample_grid_png(rows.flatten(0, 1), len(headings), headings=headings)


def _floats(images: Tensor) -> Tensor:
    """uint8 images in [−1, 1]."""
    return images.to(torch.float32).div_(127.5).sub_(1)
