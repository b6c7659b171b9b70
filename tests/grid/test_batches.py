"""Batch sizes: whole packs, and the smallest batch that a variant can train on."""

from __future__ import annotations

import pytest
import torch

from bench import engine
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load
from variants import registry
from variants.game import Batch
from variants.shapes import ImageShape


def test_packs_keep_their_number_when_pack_is_swept(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], packs: 20, axes: {pack: [1, 2, 3]}}")
    assert [run.recipe.batch_size for run in found.runs] == [20, 40, 60]
    again = load(write_grid, found.to_yaml())
    assert [run.run_id for run in again.runs] == [run.run_id for run in found.runs]


def test_a_batch_of_incomplete_packs_is_refused_with_sizes_that_work(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match=r"line 2: batch_size 64 is not .* set it to 63 or 66"):
        load(write_grid, "variants: [{name: dcgan, pack: 3}]\nbatch_size: 64")
    with pytest.raises(GridError, match="packs and batch_size both give the batch"):
        load(write_grid, "{variants: [dcgan], packs: 3, batch_size: 64}")
    with pytest.raises(GridError, match="packs is 'x'"):
        load(write_grid, "{variants: [dcgan], packs: x}")


def _trains(name: str, size: int, packs: int) -> bool:
    recipe, shape = registry.get(name)(), ImageShape(1, size, 10)
    game = recipe.build(shape, torch.device("cpu"))
    count = packs * recipe.pack
    labels = torch.zeros(count, dtype=torch.int64)
    batch = Batch(torch.rand(count, *shape.dimensions), labels=labels)
    try:
        engine.generator_update(game, batch, torch.Generator())
    except ValueError as error:
        wanted = ("more than 1 value per channel", "at least two pairs of vectors")
        assert any(reason in str(error) for reason in wanted)  # noqa: PT017
        return False
    return True


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (n, s)
        for n in registry.names()
        if registry.get(n).task == "images"
        for s in registry.get(n).image_sizes
    ],
)
def test_the_smallest_batch_is_the_smallest_that_trains(name: str, size: int) -> None:
    recipe = registry.get(name)()
    smallest = recipe.least_batch // recipe.pack
    assert [_trains(name, size, packs) for packs in (1, 2)] == [smallest == 1, True]


def test_a_last_batch_of_one_is_refused_only_where_it_cannot_train(write_grid: WriteGrid) -> None:
    load(write_grid, "{variants: [dcgan], subset: 65}")
    load(write_grid, "{variants: [dcgan], subset: 65, batch_size: 1}")
    load(write_grid, "{variants: [dcgan-tutorial], subset: 257, drop_last_batch: true}")
