"""A run's length, in epochs or in steps."""

from __future__ import annotations

import pytest

from bench import grid
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load


def test_a_length_in_steps_becomes_epochs(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], steps: 2500}").runs
    assert (run.epochs, run.steps, run.steps_per_epoch) == (3, 2500, 1000)
    (run,) = load(write_grid, "{variants: [dcgan], steps: 2500, steps_per_epoch: 5000}").runs
    assert (run.epochs, run.steps, run.steps_per_epoch) == (1, 2500, 5000)
    (run,) = load(write_grid, "{variants: [dcgan]}").runs
    assert (run.epochs, run.steps, run.steps_per_epoch) == (10, None, None)


def test_the_number_of_samples_shown_follows_from_the_length(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], steps: 7, batch_size: 10, critic_steps: 2}").runs
    assert run.samples_trained(5000) == 140
    (run,) = load(write_grid, "{variants: [dcgan], epochs: 3}").runs
    assert run.samples_trained(5000) == 15_000
    (run,) = load(write_grid, "{variants: [wgan], epochs: 3, batch_size: 10}").runs
    assert run.samples_trained(20) == 150, "an epoch is one round of five batches"


def test_the_length_is_not_part_of_the_id(write_grid: WriteGrid) -> None:
    ids = {
        load(write_grid, f"{{variants: [dcgan], steps: {steps}}}").runs[0].run_id
        for steps in (1000, 400_000)
    }
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [({"steps": 500}, (1, 500)), ({"epochs": 3}, (3, None)), ({}, (400, 400_000))],
)
def test_an_override_of_the_length_wins(overrides: dict[str, int], expected: object) -> None:
    run = grid.load("pacgan-ring", overrides).runs[0]
    assert (run.epochs, run.steps) == expected


def test_a_length_given_twice_is_refused(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match="line 3: epochs and steps both say how long"):
        load(write_grid, "variants: [dcgan]\nepochs: 3\nsteps: 5")
    with pytest.raises(GridError, match="line 2: steps_per_epoch goes with steps"):
        load(write_grid, "variants: [dcgan]\nsteps_per_epoch: 5")
