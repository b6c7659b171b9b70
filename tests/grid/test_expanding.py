"""Which runs a grid expands to, with which settings and labels."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import grid
from bench.bundled import bundled_questions
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load


def test_every_bundled_grid_loads_and_asks_a_question() -> None:
    assert {"lightweight.yaml", "smoke.yaml"} <= set(bundled_questions())
    for name, question in bundled_questions().items():
        assert question.endswith("?"), name
        assert grid.load(name).runs
        assert grid.load(name.removesuffix(".yaml")).name == grid.load(name).name


@pytest.mark.parametrize(("file", "runs"), [("README.md", 15), ("docs/grids.md", 27)])
def test_the_grids_in_the_documentation_load(write_grid: WriteGrid, file: str, runs: int) -> None:
    text = (Path(__file__).parents[2] / file).read_text()
    example, *_ = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(load(write_grid, example).runs) == runs


def test_axes_are_a_cartesian_product_with_distinct_labels(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        variants:
          - dcgan
          - {name: dcgan, label: critic, critic_width: [32, 16]}
        axes: {latent_dim: [64, 100]}
        """,
    )
    assert [run.label for run in found.runs] == [
        "dcgan latent_dim=64",
        "dcgan latent_dim=100",
        "critic critic_width=32 latent_dim=64",
        "critic critic_width=32 latent_dim=100",
        "critic critic_width=16 latent_dim=64",
        "critic critic_width=16 latent_dim=100",
    ]
    assert found.runs[4].recipe.critic_width == 16
    assert found.runs[4].recipe.generator_width == 64


def test_top_level_keys_apply_to_all_variants_which_may_override_them(
    write_grid: WriteGrid,
) -> None:
    found = load(
        write_grid,
        """
        epochs: 3
        batch_size: 50
        quality: {samples: 100}
        variants:
          - dcgan
          - {name: dcgan-lite, epochs: 5, batch_size: 20, quality: {every: 2}}
          - dcgan-tutorial
        """,
    )
    first, second, third = found.runs
    assert (first.epochs, first.recipe.batch_size, first.quality.every) == (3, 50, 1)
    assert (second.epochs, second.recipe.batch_size) == (5, 20)
    assert (second.quality.samples, second.quality.every) == (100, 2)
    assert third.recipe.batch_size == 50


def test_defaults_come_from_the_recipe_and_the_data_set(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "variants: [dcgan-tutorial]").runs
    assert (run.recipe.batch_size, run.recipe.beta1) == (256, 0.9)
    assert (run.data.name, run.data.image_size, run.data.channels) == ("mnist-5k", 28, 1)
    (run,) = load(write_grid, "{variants: [dcgan], dataset: cifar10}").runs
    assert (run.data.image_size, run.data.channels) == (32, 3)


def test_excluded_points_are_left_out(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        variants: [dcgan, dcgan-lite]
        axes: {latent_dim: [64, 100]}
        exclude: [{name: dcgan, latent_dim: 64}]
        """,
    )
    assert [run.label for run in found.runs] == [
        "dcgan latent_dim=100",
        "dcgan-lite latent_dim=64",
        "dcgan-lite latent_dim=100",
    ]


def test_runs_are_interleaved_by_seed(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan, dcgan-lite], seeds: [3, 1]}")
    assert [(r.variant, r.seed) for r in found.runs] == [
        ("dcgan", 3),
        ("dcgan-lite", 3),
        ("dcgan", 1),
        ("dcgan-lite", 1),
    ]


def test_a_list_of_classes_is_one_value_and_a_list_of_lists_is_an_axis(
    write_grid: WriteGrid,
) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], classes: [3]}").runs
    assert run.data.classes == (3,)
    found = load(write_grid, "{variants: [dcgan], classes: [[3], [1, 7]]}")
    assert [run.data.classes for run in found.runs] == [(3,), (1, 7)]
    assert [run.label for run in found.runs] == ["dcgan classes=3", "dcgan classes=1+7"]


def test_a_mapping_is_an_axis_value_with_a_short_label(write_grid: WriteGrid) -> None:
    variants = "variants: [dcgan], critic_norm: none"
    values = "[{r1: 1}, {r1: 10, r2: 1e-1}, {}]"
    found = load(write_grid, f"{{{variants}, axes: {{penalties: {values}}}}}")
    assert [run.label for run in found.runs] == [
        "dcgan penalties=r1 1",
        "dcgan penalties=r1 10+r2 0.1",
        "dcgan penalties=none",
    ]
    assert [run.recipe.penalties for run in found.runs] == [{"r1": 1}, {"r1": 10, "r2": 0.1}, {}]
    assert len({run.configuration for run in found.runs}) == 3
    again = load(write_grid, found.to_yaml())
    assert [run.run_id for run in again.runs] == [run.run_id for run in found.runs]
    text = "variants: [gan]\naxes:\n  penalties:\n    - {r1: 1}\n    - {r1: x}"
    with pytest.raises(GridError, match=r"line 5: penalties.r1 is 'x'; it should be a number"):
        load(write_grid, text)


def test_numbers_may_be_in_scientific_notation(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], generator_lr: 1e-4, critic_lr: 5E-05}").runs
    assert run.recipe.generator_lr == 1e-4
    assert run.recipe.critic_lr == 5e-5


def test_anchors_and_merge_keys_are_supported(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        variants:
          - &wide {name: dcgan, label: wide, latent_dim: 200}
          - {<<: *wide, label: narrow, generator_width: 8}
        """,
    )
    assert [run.label for run in found.runs] == ["wide", "narrow"]
    assert [run.recipe.latent_dim for run in found.runs] == [200, 200]


@pytest.mark.parametrize("features", ["off", "no", '"off"'])
def test_quality_is_off_with_or_without_quotes(write_grid: WriteGrid, features: str) -> None:
    (run,) = load(write_grid, f"variants: [dcgan]\nquality: {{features: {features}}}").runs
    assert run.quality.features == "off"
    (run,) = load(
        write_grid, "variants: [dcgan]", **grid.parse_settings([f"quality.features={features}"])
    ).runs
    assert run.quality.features == "off"


def test_a_question_may_be_a_folded_block(write_grid: WriteGrid) -> None:
    found = load(write_grid, "question: >\n  What does\n  it cost?\nvariants: [dcgan]")
    assert found.question == "What does it cost?"


def test_baseline_by_label_by_variant_or_the_first(write_grid: WriteGrid) -> None:
    variants = "variants: [{name: dcgan, label: full}, dcgan-lite]"
    assert load(write_grid, variants).baseline == "full"
    assert load(write_grid, f"{variants}\nbaseline: dcgan").baseline == "full"
    assert load(write_grid, f"{variants}\nbaseline: dcgan-lite").baseline == "dcgan-lite"


def test_a_baseline_of_several_facets_needs_no_facet(write_grid: WriteGrid) -> None:
    sweep = """
        image_size: [28, 32]
        variants: [dcgan, {name: dcgan, label: half critic, critic_width: 32}]
        baseline:"""
    for named in ("dcgan", "dcgan image_size=28"):
        assert load(write_grid, f"{sweep} {named}").baseline == "dcgan image_size=28"
    found = load(write_grid, f"{sweep} half critic").baseline
    assert found == "half critic image_size=28"
