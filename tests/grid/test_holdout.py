"""The key ``holdout``: which part of the data a run is not trained on."""

from __future__ import annotations

import pytest

from bench.errors import GridError
from tests.grid.loading import load


def holdout(write_grid, keys: str) -> float | None:
    return load(write_grid, f"variants: [dcgan]\n{keys}").runs[0].data.holdout


def test_a_fifth_is_held_out_unless_a_data_set_has_a_test_split_or_holds_points(write_grid) -> None:
    assert holdout(write_grid, "dataset: mnist-5k") == 0.2
    assert holdout(write_grid, "dataset: stacked:mnist-5k") == 0.2
    assert holdout(write_grid, "dataset: mnist-5k\nholdout: 0") == 0
    assert holdout(write_grid, "dataset: mnist-5k\nholdout: 0.5") == 0.5
    for own in ("mnist", "fashion-mnist", "cifar10", "stacked:mnist"):
        assert holdout(write_grid, f"dataset: {own}") is None
    ring = load(write_grid, "variants: [mixture-gan]\ndataset: ring").runs[0]
    assert ring.data.holdout is None


def test_the_fraction_is_part_of_the_identity_unless_it_is_0(write_grid) -> None:
    found = load(write_grid, "variants: [{name: dcgan, holdout: [0, 0.2, 0.5]}]")
    ids = {run.data.holdout: run.run_id for run in found.runs}
    assert len(set(ids.values())) == 3
    assert "holdout" not in found.runs[0].identity()  # as before there was a held-out part
    assert ids[0.2] == load(write_grid, "variants: [dcgan]").runs[0].run_id


def test_a_resolved_grid_says_what_is_held_out(write_grid) -> None:
    found = load(write_grid, "variants: [{name: dcgan, holdout: [0, 0.2]}]")
    again = load(write_grid, found.to_yaml())
    assert [run.run_id for run in again.runs] == [run.run_id for run in found.runs]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("holdout: 1", r"line 2: holdout is 1; it should be less than 1\."),
        ("holdout: -0.1", r"line 2: holdout is -0.1; it should be greater than or equal to 0\."),
        ("holdout: fifth", r"line 2: holdout is 'fifth'; it should be a number\."),
        ("holdout: 0\ndataset: mnist", r"line 2: mnist has a test split of its own.*remove hold"),
    ],
)
def test_misuse_is_one_sentence_with_its_line(write_grid, keys: str, says: str) -> None:
    with pytest.raises(GridError, match=says):
        load(write_grid, f"variants: [dcgan]\n{keys}")


def test_points_have_no_holdout(write_grid) -> None:
    with pytest.raises(GridError, match="ring holds points, which have no holdout; remove it"):
        load(write_grid, "variants: [mixture-gan]\ndataset: ring\nholdout: 0.1")
