"""Grids whose seeds are added until verdicts are given."""

from __future__ import annotations

import re

import pytest

from bench.errors import GridError
from bench.measures import Looks
from tests.grid.loading import WriteGrid, load


def test_the_first_seeds_are_runs_and_the_others_are_planned(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], seeds: {until: decided, at_most: 8}}")
    assert found.seeds == [0, 1, 2]
    assert found.looks == Looks((0, 1, 2), 8)
    first = load(
        write_grid, "{variants: [dcgan], seeds: {until: decided, at_most: 5, first: [7, 0]}}"
    )
    assert (first.seeds, first.looks) == ([7, 0], Looks((7, 0), 5))
    assert load(write_grid, "{variants: [dcgan], seeds: [0, 1]}").looks is None


def test_the_resolved_grid_asks_for_the_same(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], seeds: {until: decided, first: [4, 2]}}")
    again = load(write_grid, found.to_yaml())
    assert (again.looks, again.seeds) == (found.looks, found.seeds) == (Looks((4, 2), 12), [4, 2])


def test_a_smoke_run_adds_no_seeds(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], seeds: {until: decided}}").smoke()
    assert (found.seeds, found.looks) == ([0], None)


def test_the_command_line_makes_any_grid_one_that_adds_seeds(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], seeds: [3, 4]}")
    assert found.until_decided().looks == Looks((3, 4), 12)
    assert found.until_decided(2).looks == Looks((3, 4), 2)
    growing = load(write_grid, "{variants: [dcgan], seeds: {until: decided, at_most: 9}}")
    assert growing.until_decided().looks == Looks((0, 1, 2), 9)
    with pytest.raises(GridError, match=r"grid\.yaml has 2 seeds, and 1 are the most"):
        found.until_decided(1)
    with pytest.raises(GridError, match="name two or more, such as --seeds 0-2"):
        load(write_grid, "{variants: [dcgan]}").until_decided()


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [
        ("{at_most: 3}", r"seeds that grow are \{until: decided, at_most: 12\}"),
        ("{until: dawn}", "seeds that grow are"),
        ("{until: decided, atmost: 3}", "'atmost'; did you mean 'at_most'"),
        ("{until: decided, at_most: 2}", "at_most is 2; it should be a number of seeds from 3"),
        ("{until: decided, at_most: many}", "at_most is 'many'"),
        ("{until: decided, at_most: 5000}", "to 1,000"),
        ("{until: decided, first: [1]}", "the first seeds should be two or more"),
        ("{until: decided, first: [1, 1]}", "seeds must be unique"),
        ("{until: decided, first: 1-3}", "first should be a list"),
    ],
)
def test_mistakes(write_grid: WriteGrid, seeds: str, expected: str) -> None:
    with pytest.raises(GridError) as caught:
        load(write_grid, f"variants: [dcgan]\nseeds: {seeds}")
    message = str(caught.value)
    assert re.search(expected, message), message
    assert "grid.yaml, line 2" in message
    assert message.endswith((".", "?"))


def test_the_looks_grow_by_half_to_the_limit() -> None:
    assert Looks((0, 1, 2), 12).counts == (3, 5, 8, 12)
    assert Looks((0, 1), 7).counts == (2, 3, 5, 7)
    assert Looks((5, 6, 7), 3).counts == (3,)
    assert Looks((5, 1), 12).seeds(5) == (5, 1, 0, 2, 3)
    assert Looks((5, 1), 12).seeds(1) == (5,)
