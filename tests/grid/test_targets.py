"""The target of a grid, and what it leaves alone."""

from __future__ import annotations

import re

import pytest

from bench.errors import GridError
from tests.grid.loading import WriteGrid, load

VARIANTS = "variants: [dcgan]\n"

MISTAKES = {
    "a number": ("8", "line 2: the target is 8; write the name of a measure and its value"),
    "a word": ("best", "line 2: the target is 'best'; .* such as {fcd: 8}, or baseline"),
    "two": ("{fcd: 8, fid: 3}", "line 2: the target has 2 measures"),
    "none": ("{}", "line 2: the target has 0 measures"),
    "unknown": ("{fcdd: 8}", "line 2: the target 'fcdd' is no final .* did you mean 'fcd'"),
    "no direction": ("{kid_std: 1}", "line 2: the target 'kid_std' is no final measure"),
    "control": ("{density_held_out: 1}", "'density_held_out' is no final measure"),
    "a loss": ("{critic_loss: 1}", "'critic_loss' is no final measure"),
    "text": ("{fcd: low}", "line 2: the target of fcd is 'low'; it should be a number"),
    "true": ("{fcd: yes}", "the target of fcd is true; it should be a number"),
    "infinite": ("{fcd: .inf}", "the target of fcd is inf; it should be a number"),
    "per cent": ("{precision: 50}", "the target of precision is 50; it is a share: write 0.5"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_have_a_place_and_a_remedy(write_grid: WriteGrid, mistake: str) -> None:
    text, message = MISTAKES[mistake]
    with pytest.raises(GridError) as caught:
        load(write_grid, f"{VARIANTS}target: {text}\n")
    assert re.search(message, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{fcd: 8}", {"fcd": 8.0}),
        ("{modes_captured: 24}", {"modes_captured": 24.0}),
        ("{fid_averaged: 20.5}", {"fid_averaged": 20.5}),
        ("baseline", "baseline"),
        ("null", None),
    ],
)
def test_a_target_is_kept_and_changes_no_run(write_grid: WriteGrid, text: str, meant) -> None:
    plain = load(write_grid, VARIANTS)
    grid = load(write_grid, f"{VARIANTS}target: {text}\n")
    assert grid.target == meant
    assert [run.run_id for run in grid.runs] == [run.run_id for run in plain.runs]
    assert load(write_grid, grid.to_yaml()).target == meant, "the resolved grid says the same"


def test_the_command_line_gives_a_target(write_grid: WriteGrid) -> None:
    grid = load(write_grid, VARIANTS + "target: baseline\n", target={"fcd": 3})
    assert grid.target == {"fcd": 3.0}


def test_a_target_is_of_the_sweep(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match="dcgan has no key 'target'"):
        load(write_grid, "variants: [{name: dcgan, target: baseline}]")
