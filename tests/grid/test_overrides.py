"""Overrides from the command line: ``--set``, ``--seeds``, and other flags."""

from __future__ import annotations

import pytest

from bench import grid
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load


def test_overrides_win_everywhere(write_grid: WriteGrid) -> None:
    text = """
        epochs: 9
        variants:
          - {name: dcgan, epochs: 5, latent_dim: 10}
          - dcgan-lite
        axes: {objective: [non-saturating, minimax]}
        """
    found = load(
        write_grid,
        text,
        epochs=2,
        seeds=[4, 5],
        latent_dim=32,
        objective="minimax",
        **{"quality.samples": 64},
    )
    assert {run.epochs for run in found.runs} == {2}
    assert {run.recipe.latent_dim for run in found.runs} == {32}
    assert {run.recipe.objective for run in found.runs} == {"minimax"}
    assert {run.quality.samples for run in found.runs} == {64}
    assert found.seeds == [4, 5]
    assert len(found.runs) == 4
    swept = load(write_grid, text, objective="minimax", latent_dim=[8, 16])
    assert len(swept.runs) == 4


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-4", [0, 1, 2, 3, 4]), ("0,2,7", [0, 2, 7]), ("1, 3-4", [1, 3, 4])]
)
def test_seeds_on_the_command_line(text: str, seeds: list[int]) -> None:
    assert grid.parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"epochs": 0}, "--epochs: epochs is 0"),
        ({"dataset": "mnst"}, "--dataset: .*did you mean '?mnist"),
        ({"latent_dim": "x"}, "--set latent_dim: latent_dim is 'x'"),
        ({"laten_dim": 3}, "--set laten_dim: .*did you mean 'latent_dim'"),
        ({"quality.sample": 3}, "--set quality.sample: .*did you mean 'samples'"),
        ({"seeds": []}, "--seeds: seeds should be a list"),
        ({"variants": ["dcgan"]}, "--set variants: this is not a setting"),
        ({"a.b": 1}, "--set a.b: only keys under 'quality'"),
    ],
)
def test_a_mistake_on_the_command_line_names_the_flag(
    write_grid: WriteGrid, overrides: dict[str, object], expected: str
) -> None:
    with pytest.raises(GridError, match=expected):
        grid.load(write_grid("variants: [dcgan]\nepochs: 3"), overrides)


@pytest.mark.parametrize("text", ["4-0", "a", "", "1;2", "-1"])
def test_invalid_seeds(text: str) -> None:
    with pytest.raises(GridError, match="--seeds"):
        grid.parse_seeds(text)


@pytest.mark.parametrize("text", ["0-2000000000", "0-9998,5,7", "0-" + "9" * 5000])
def test_too_many_seeds(text: str) -> None:
    with pytest.raises(GridError, match="--seeds"):
        grid.parse_seeds(text)
    assert len(grid.parse_seeds("0-9999")) == 10_000


@pytest.mark.parametrize(
    "value",
    ["[1", "[" * 3000, "{{ x }}", "!!bool maybe", "!!int ''", "!!timestamp x"],
)
def test_settings_that_are_not_yaml(value: str) -> None:
    with pytest.raises(GridError, match=r"--set latent_dim=.*: the value is not YAML"):
        grid.parse_settings([f"latent_dim={value}"])


@pytest.mark.parametrize("text", ["latent_dim", "=3", "latent_dim=[1"])
def test_invalid_settings(text: str) -> None:
    with pytest.raises(GridError, match="--set"):
        grid.parse_settings([text])
