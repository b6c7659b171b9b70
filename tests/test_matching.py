"""Widths that follow from another configuration's training FLOPs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench import grid, matching
from bench.cost import flops
from bench.cost.matching import match
from bench.errors import GridError
from bench.store import SweepPlan
from tests.grid.loading import WriteGrid, load
from variants import registry
from variants.shapes import ImageShape


class Here:
    """Makes calls in this process."""

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)


def resolved(given: grid.Grid) -> grid.Grid:
    return matching.resolved(given, Here(), lambda _: None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("r3gan", {}),
        ("gan", {}),
        ("dcgan-lite", {"penalties": {"r1": 1.0}, "critic_norm": "none"}),
        ("dcgan", {"generator_width": 8}),
    ],
)
def test_the_widths_found_train_at_the_references_flops(name: str, fields: dict[str, Any]) -> None:
    """As counted again, by the whole count of a configuration's costs."""
    shape, target = ImageShape(1, 28), flops.count(registry.get("dcgan")(), ImageShape(1, 28))
    recipe = registry.get(name)(**fields)
    found = match(recipe, shape, registry.get("dcgan")())
    again = flops.count(registry.get(name)(**fields | dict(found.widths)), shape)
    assert found.agrees
    assert found.flops == again.train_flops_per_image
    assert found.reference_flops == target.train_flops_per_image
    assert again.train_flops_per_image == pytest.approx(target.train_flops_per_image, rel=0.05)
    ratio = recipe.generator_width / recipe.critic_width
    own = found.widths["generator_width"] / found.widths["critic_width"]
    assert own == pytest.approx(ratio, rel=0.3), "both widths are changed alike"


GRID = """
name: m
dataset: mnist-5k
seeds: [0, 1]
variants:
  - dcgan-lite
  - {name: gan, label: residual, match_flops: dcgan-lite}
  - {name: gan, label: narrow, width_factor: 0.25}
"""


def test_a_grid_has_the_widths_and_what_was_matched(write_grid: WriteGrid) -> None:
    """Resolved, it is a grid without matching that has the same runs."""
    asked = load(write_grid, GRID)
    whole = resolved(asked)
    assert [run.label for run in whole.runs] == [run.label for run in asked.runs]
    assert whole.runs[0] == asked.runs[0]
    run = whole.runs[1]
    assert run.match_flops is None
    assert whole.runs[4].recipe == run.recipe
    ((configuration, found),) = whole.matched.items()
    assert configuration == run.configuration.id
    assert found["reference"] == "dcgan-lite"
    assert found["widths"]["generator_width"] == run.recipe.generator_width != 256
    again = load(write_grid, whole.to_yaml())
    assert [r.run_id for r in again.runs] == [r.run_id for r in whole.runs]
    assert "match_flops" not in whole.to_yaml()
    assert resolved(whole) == whole, "nothing is left to match"
    assert resolved(asked.smoke()).configurations[1].recipe == run.recipe


def test_a_reference_is_a_label_or_a_variant_of_the_grid_or_else_its_default(
    write_grid: WriteGrid,
) -> None:
    text = GRID.replace("- dcgan-lite", "- {name: dcgan, label: wide, width_factor: 0.5}")
    of_label, of_variant, of_default = (
        resolved(load(write_grid, text.replace("match_flops: dcgan-lite", f"match_flops: {name}")))
        for name in ("wide", "dcgan", "dcgan-lite")
    )
    assert of_label.runs[1].recipe == of_variant.runs[1].recipe == of_default.runs[1].recipe
    (found,) = of_default.matched.values()
    assert found["reference"] == "dcgan-lite"


MISTAKES = {
    "match_flops: dcgam": "there is no variant and no label 'dcgam' here; did you mean 'dcgan'?",
    "match_flops: gan": "'gan' stands for 'narrow', 'narrow 2'; name one of them.",
    "match_flops: mixture-gan": "mixture-gan makes points, not images: use ring or grid-2d; name "
    "another variant.",
    "match_flops: 3": "match_flops is 3",
    "match_flops: [dcgan, gan]": "match_flops cannot be a list.",
}


@pytest.mark.parametrize("given", MISTAKES)
def test_a_wrong_reference_is_one_sentence(write_grid: WriteGrid, given: str) -> None:
    more = "  - {name: gan, label: narrow 2, width_factor: 0.1}\n"
    text = GRID.replace("match_flops: dcgan-lite", given) + more
    with pytest.raises(GridError) as caught:
        load(write_grid, text)
    assert MISTAKES[given] in str(caught.value)
    assert ", line 7: " in str(caught.value)


@pytest.mark.slow
def test_where_no_width_agrees_the_nearest_is_named(write_grid: WriteGrid) -> None:
    text = GRID.replace(
        "{name: gan, label: residual, match_flops: dcgan-lite}",
        "{name: r3gan, label: residual, match_flops: dcgan-lite, cardinality: 64}",
    )
    with pytest.raises(GridError) as caught:
        resolved(load(write_grid, text))
    assert "no widths of 'residual' train within 5 % of the FLOPs per image" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_match_that_is_another_configuration_is_refused(write_grid: WriteGrid) -> None:
    text = "name: m\nvariants: [dcgan, {name: dcgan, label: same, match_flops: dcgan}]"
    with pytest.raises(GridError, match="'same' is the same run as 'dcgan' once its widths"):
        resolved(load(write_grid, text))


def test_a_plan_keeps_it() -> None:
    plan = SweepPlan("m", None, None, "", (), matched={"c-1": {"reference": "dcgan"}})
    assert plan.document()["matched"] == {"c-1": {"reference": "dcgan"}}
