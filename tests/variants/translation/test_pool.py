"""The pool of earlier images against a plain loop."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from variants.translation.pool import ImagePool

CPU = torch.device("cpu")


def plain(kept: list[Tensor], size: int, images: Tensor, earlier: Tensor, places: Tensor) -> Tensor:
    """As CycleGAN's code does it, with the draws given."""
    judged = []
    for image, swap, place in zip(images, earlier.tolist(), places.tolist(), strict=True):
        if len(kept) < size:
            kept.append(image.clone())
            judged.append(image)
        elif swap:
            judged.append(kept[place])
            kept[place] = image.clone()
        else:
            judged.append(image)
    return torch.stack(judged)


@pytest.mark.parametrize("batch", [1, 3])
def test_the_pool_is_that_of_a_plain_loop(batch: int) -> None:
    pool, kept = ImagePool(5, (1, 2, 2), CPU), list[Tensor]()
    noise, again = torch.Generator().manual_seed(0), torch.Generator().manual_seed(0)
    earlier_judged = 0
    for step in range(40):
        images = torch.full((batch, 1, 2, 2), float(step)) + torch.rand(batch, 1, 2, 2)
        draws = torch.rand(2, batch, generator=again)
        expected = plain(kept, 5, images, draws[0] > 0.5, (draws[1] * 5).long())
        judged = pool.exchange(images, noise)
        assert torch.equal(judged, expected)
        assert torch.equal(pool.state()["images"][: len(kept)], torch.stack(kept))
        earlier_judged += int((judged != images).flatten(1).any(1).sum())
    assert 0.3 < earlier_judged / (40 * batch - 5) < 0.7, "about every other image"


def test_a_pool_of_none_judges_every_image_itself() -> None:
    images = torch.rand(2, 1, 2, 2, requires_grad=True)
    judged = ImagePool(0, (1, 2, 2), CPU).exchange(images, torch.Generator())
    assert torch.equal(judged, images)
    assert not judged.requires_grad


def test_a_restored_pool_continues_and_another_size_is_refused() -> None:
    noise = torch.Generator().manual_seed(0)
    pool = ImagePool(4, (1, 2, 2), CPU)
    for _ in range(9):
        pool.exchange(torch.rand(1, 1, 2, 2), noise)
    state = {name: value.clone() for name, value in pool.state().items()}
    image, other = torch.rand(1, 1, 2, 2), ImagePool(4, (1, 2, 2), CPU)
    other.load_state(state)
    later = torch.Generator().manual_seed(7), torch.Generator().manual_seed(7)
    assert torch.equal(pool.exchange(image, later[0]), other.exchange(image, later[1]))
    with pytest.raises(RuntimeError):
        ImagePool(5, (1, 2, 2), CPU).load_state(state)
