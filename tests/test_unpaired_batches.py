"""Batches of data that are not paired: two orders from one stream, which a checkpoint restores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from bench.datasets import ImageData
from bench.training.batches import Batches
from variants.recipe import Recipe

CPU = torch.device("cpu")


def data(targets: int, sources: int, paired: bool = False) -> ImageData:
    """Images of one grey value, which is their number."""

    def numbered(count: int) -> np.ndarray:
        values = np.arange(count, dtype=np.uint8)[:, None, None, None]
        return np.broadcast_to(values, (count, 1, 2, 2)).copy()

    labels = np.arange(targets)
    names = tuple(map(str, range(targets)))
    return ImageData(
        numbered(targets), labels, names, "hash", sources=numbered(sources), paired=paired
    )


def batches(content: ImageData, seed: int = 0, **fields: Any) -> Batches:
    recipe = Recipe(**{"batch_size": 4, **fields})
    return Batches(content, recipe, CPU, torch.Generator().manual_seed(seed))


def numbers(images: torch.Tensor | None) -> list[int]:
    assert images is not None
    return [int(value) for value in ((images[:, 0, 0, 0] + 1) * 127.5).round()]


def an_epoch(served: Batches) -> tuple[list[int], list[int]]:
    """The numbers of the targets and of the sources of an epoch."""
    found = [batch for (batch,) in served.epoch()]
    assert all(len(batch.source) == len(batch) for batch in found)  # type: ignore[arg-type]
    assert [n for batch in found for n in batch.labels.tolist()] == [  # type: ignore[union-attr]
        n for batch in found for n in numbers(batch.target)
    ]
    return (
        [n for batch in found for n in numbers(batch.target)],
        [n for batch in found for n in numbers(batch.source)],
    )


def test_an_epoch_is_a_pass_through_the_targets_beside_as_many_sources() -> None:
    targets, sources = an_epoch(batches(data(10, 10)))
    assert sorted(targets) == sorted(sources) == list(range(10))
    assert targets != sources


def test_more_sources_than_targets_take_turns_over_the_passes() -> None:
    served = batches(data(10, 30))
    first, second = (an_epoch(served)[1] for _ in range(2))
    assert len(set(first)) == len(set(second)) == 10
    assert set(first) != set(second)
    seen = set().union(first, second, *(an_epoch(served)[1] for _ in range(15)))
    assert seen == set(range(30))


def test_fewer_sources_are_repeated_in_their_order() -> None:
    _, sources = an_epoch(batches(data(10, 3)))
    assert sorted(sources[:3]) == [0, 1, 2]
    assert sources == [sources[place % 3] for place in range(10)]


def test_indices_have_a_row_of_targets_and_one_of_sources() -> None:
    served = batches(data(10, 30))
    shapes = [tuple(index.shape) for (index,) in served.indices()]
    assert shapes == [(2, 4), (2, 4), (2, 2)]
    (index,) = next(served.indices())
    batch = served.at(index)
    assert [numbers(batch.target), numbers(batch.source)] == index.tolist()


def test_targets_come_in_the_order_of_paired_data_in_the_first_pass() -> None:
    """So a game that ignores the pairing sees the same targets first."""
    assert an_epoch(batches(data(10, 10)))[0] == an_epoch(batches(data(10, 10, paired=True)))[0]


@pytest.mark.parametrize("sources", [7, 10, 23])
@pytest.mark.parametrize("critic_steps", [1, 5])
@pytest.mark.parametrize("served_before", [0, 1, 4])
def test_a_checkpoint_restores_both_orders(
    sources: int, critic_steps: int, served_before: int
) -> None:
    content = data(10, sources)
    served = batches(content, critic_steps=critic_steps)
    for _ in served.indices(served_before) if served_before else ():
        pass
    again = batches(content, seed=99, critic_steps=critic_steps)
    again.load_state(served.state())
    for step, other in zip(served.indices(20), again.indices(20), strict=True):
        assert len(step) == len(other)
        assert all(map(torch.equal, step, other))
