"""Seeds trained as one stack."""

from __future__ import annotations

import pytest

from bench import grid
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load


def test_seeds_are_stacked_where_possible(write_grid: WriteGrid) -> None:
    text = "{dataset: ring, variants: [mixture-gan], stack_seeds: true, seeds: [0, 1]}"
    assert load(write_grid, text).stack_seeds
    assert load(write_grid, load(write_grid, text).to_yaml()).stack_seeds
    with pytest.raises(GridError, match="'dcgan' cannot be trained as one stack"):
        load(write_grid, "{variants: [dcgan], stack_seeds: true}")
    with pytest.raises(GridError, match="'mixture-gan' cannot be trained as one stack"):
        load(write_grid, text.replace("stack", "gradient_penalty: 1, stack", 1))
    with pytest.raises(GridError, match="stack_seeds is 3; it should be true or false"):
        load(write_grid, text.replace("true", "3"))


@pytest.mark.parametrize("name", ["pacgan-ring", "pacgan-grid"])
def test_the_mixture_grids_match_the_setup_of_the_paper(name: str) -> None:
    found = grid.load(name)
    assert found.stack_seeds
    assert found.seeds == list(range(10))
    assert [run.recipe.pack for run in found.configurations] == [1, 2, 3, 4]
    for run in found.configurations:
        recipe = run.recipe
        assert recipe.batch_size == 100 * recipe.pack
        assert (run.steps, run.quality.samples) == (400_000, 2500)
        assert (recipe.generator_lr, recipe.critic_lr) == (1e-4, 1e-4)
        assert (recipe.beta1, recipe.beta2) == (0.8, 0.999)
        assert (recipe.objective, recipe.updates) == ("non-saturating", "simultaneous")
        assert (recipe.latent, recipe.latent_dim) == ("normal", 2)
