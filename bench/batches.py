"""A run's images on the training device, dealt out in seeded batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from bench.datasets import ImageData
from variants.game import Batch
from variants.recipe import Recipe

# A data set may take this share of the device's free memory; a larger one stays on the host.
_RESIDENT_SHARE = 0.25


class Batches:
    """Deals every image once an epoch, in an order of its own random stream.

    Images stay uint8, on the device where they fit, and become floats in [−1, 1] a
    batch at a time. The order is drawn on the CPU, so it is the same on every device.
    """

    def __init__(
        self, data: ImageData, recipe: Recipe, device: torch.device, order: torch.Generator
    ) -> None:
        self._device = device
        self._order = order
        self._batch_size = recipe.batch_size
        self._critic_steps = recipe.critic_steps
        self._drop_last = recipe.drop_last_batch
        self._images = _as_tensor(data.images)
        self._labels = None if data.labels is None else _as_tensor(data.labels)
        if device.type == "cuda":
            free, _ = torch.cuda.mem_get_info(device)
            if self._images.nbytes < _RESIDENT_SHARE * free:
                self._images = self._images.to(device)
            if self._labels is not None:
                self._labels = self._labels.to(device)

    @property
    def rounds(self) -> int:
        """Rounds of an epoch; the last may have fewer critic updates."""
        count, rest = divmod(len(self._images), self._batch_size)
        batches = count + (1 if rest and not self._drop_last else 0)
        return -(-batches // self._critic_steps)

    def epoch(self) -> Iterator[list[Batch]]:
        """The batches of each round of one epoch."""
        order = torch.randperm(len(self._images), generator=self._order)
        indices = list(torch.split(order.to(self._images.device), self._batch_size))
        if self._drop_last and len(indices[-1]) < self._batch_size:
            indices.pop()
        for first in range(0, len(indices), self._critic_steps):
            yield [self._batch(i) for i in indices[first : first + self._critic_steps]]

    def _batch(self, index: Tensor) -> Batch:
        images = self._images[index].to(self._device, non_blocking=True)
        labels = None if self._labels is None else self._labels[index.to(self._labels.device)]
        return Batch(images.to(torch.float32).div_(127.5).sub_(1), labels)


def _as_tensor(array: np.ndarray) -> Tensor:
    """A tensor of the array's own memory; a read-only map is copied, since torch may not warn."""
    return torch.from_numpy(array if array.flags.writeable else np.array(array))
