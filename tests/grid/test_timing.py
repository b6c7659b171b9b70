"""The key ``timing`` of a grid."""

from __future__ import annotations

import pytest

from bench import grid
from bench.errors import GridError


def load(**content) -> grid.Grid:
    document = {"name": "test", "variants": ["dcgan"], **content}
    return grid.expand(grid.Document("test.yaml", document))


def test_configurations_are_timed_unless_the_grid_says_off() -> None:
    assert load().timing == "auto"
    assert load(timing="auto").timing == "auto"
    assert load(timing=False).timing == "off", "as YAML reads a bare off"
    assert load(timing="off").timing == "off"
    assert load(timing="off").resolved()["timing"] == "off"
    assert load().smoke().timing == "off", "it is to be quick"


def test_it_changes_no_run() -> None:
    assert load(timing="off").runs == load().runs


@pytest.mark.parametrize("given", [True, "on", 10, None, [1]])
def test_anything_else_is_refused(given: object) -> None:
    with pytest.raises(GridError, match=r"timing is .*; it should be auto or off\."):
        load(timing=given)
