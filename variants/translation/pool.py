"""A pool of images made earlier, so that a critic does not forget them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


class ImagePool:
    """The last images made, some of which are judged again (Shrivastava et al. 2017, section 2.3).

    As in CycleGAN's code: an image is judged and kept until the pool is full. From then on, with
    probability ½ each, it is judged itself, or it takes the place of one drawn from the pool, which
    is judged instead. Nothing waits for the device, and every call does the same operations.

    Args:
        size: images kept; 0 for none, so that every image is judged itself.
        dimensions: of an image, (C, H, W).
    """

    def __init__(self, size: int, dimensions: tuple[int, ...], device: torch.device) -> None:
        self._images = torch.zeros(size, *dimensions, device=device)
        self._count = torch.zeros((), dtype=torch.int64, device=device)

    @torch.no_grad()
    def exchange(self, images: Tensor, noise: torch.Generator) -> Tensor:
        """The images (N, C, H, W) to judge in place of these, without a graph."""
        images, size = images.detach(), len(self._images)
        if not size:
            return images
        draws = torch.rand(2, len(images), generator=noise, device=noise.device)
        earlier = draws[0] > 0.5
        places = (draws[1] * size).long().clamp_(max=size - 1)
        judged = []
        for index in range(len(images)):  # in turn, as one may meet the one before
            image = images[index : index + 1].to(self._images.dtype)
            full = self._count >= size
            place = torch.where(full, places[index], self._count).view(1)
            kept = self._images.index_select(0, place)
            swapped = full & earlier[index]
            judged.append(torch.where(swapped, kept, image))
            stored = torch.where(swapped | ~full, image, kept)
            self._images.index_copy_(0, place, stored)
            self._count += ~full
        return torch.cat(judged).to(images.dtype)

    def state(self) -> dict[str, Tensor]:
        """The images and how many there are; the pool's own tensors, not copies."""
        return {"images": self._images, "count": self._count}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores what :meth:`state` returned.

        Raises:
            KeyError, RuntimeError: the state is another pool's.
        """
        self._images.copy_(state["images"])
        self._count.copy_(state["count"])
