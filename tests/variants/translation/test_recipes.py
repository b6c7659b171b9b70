"""What grids may ask of the games: fields, refusals, and what a step costs."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench import grid, tasks
from bench.cost import flops
from bench.describe.layers import layers
from bench.errors import GridError
from variants import registry
from variants.recipe import Recipe
from variants.shapes import ImageShape, PairShape, PointShape
from variants.translation.cyclegan import OF_TARGETS, TO_TARGET

CPU = torch.device("cpu")


def pair(size: int = 32, source: int = 1, target: int = 1) -> PairShape:
    return PairShape(ImageShape(source, size), ImageShape(target, size))


@pytest.mark.parametrize("size", [32, 64, 128, 256])
@pytest.mark.parametrize("name", ["pix2pix", "cyclegan", "fastcut"])
def test_depths_follow_the_size(name: str, size: int) -> None:
    """Half an image is a patch, of 128 px and more one of 70 pixels."""
    recipe = registry.get(name)(width_factor=0.03)
    assert recipe.refusal(pair(size)) is None
    with torch.device("meta"):
        game = recipe.build(pair(size), torch.device("meta"))
    examples = {example.name: example.network for example in game.example_inputs()}
    if name == "pix2pix":
        assert len(game.generator.network.down) == {32: 5, 64: 6, 128: 7, 256: 8}[size]
    else:
        assert len(examples[TO_TARGET].blocks) == {32: 3, 64: 4, 128: 6, 256: 9}[size]
    critic = examples.get(OF_TARGETS, game.critic.network)
    strided = sum(isinstance(m, nn.Conv2d) and m.stride[0] == 2 for m in critic.modules())
    assert strided == {32: 1, 64: 2, 128: 3, 256: 3}[size]


@pytest.mark.parametrize(
    ("name", "fields", "shape", "key", "said"),
    [
        ("pix2pix", {}, ImageShape(1, 32), "dataset", "this data set has images alone"),
        ("cyclegan", {}, PointShape(), "dataset", "this data set has points"),
        ("fastcut", {}, pair(28), "image_size", "makes images of 32, 64, 128 or 256 px, not 28"),
        ("pix2pix", {}, pair(source=2), "channels", "makes images of 1 or 3 channels, not 2"),
        ("pix2pix", {"patch_layers": 4}, pair(), "patch_layers", "no whole patch of 32 px"),
        ("cyclegan", {}, pair(source=1, target=3), "channels", "equal channels, not of 1 and 3"),
        ("fastcut", {}, pair(source=1, target=3), "channels", "equal channels, not of 1 and 3"),
    ],
)
def test_what_a_game_cannot_translate_is_refused_with_a_reason(
    name: str, fields: dict[str, object], shape: object, key: str, said: str
) -> None:
    refused = registry.get(name)(**fields).refusal(shape)
    assert refused is not None
    assert refused.key == key
    assert said in refused.reason


@pytest.mark.parametrize(
    ("name", "fields"),
    [("pix2pix", {}), ("cyclegan", {"identity": 0.0}), ("fastcut", {"nce": 0.0})],
)
def test_grey_is_turned_into_colour_where_no_generator_gets_what_it_makes(
    name: str, fields: dict[str, object]
) -> None:
    shape = pair(source=1, target=3)
    recipe = registry.get(name)(width_factor=0.05, **fields)
    assert recipe.refusal(shape) is None
    assert flops.count(recipe, shape, tasks.get(recipe.task)).train_flops_per_image


@pytest.mark.parametrize("name", ["pix2pix", "cyclegan", "fastcut"])
def test_steps_repeat_unless_the_learning_rate_falls(name: str) -> None:
    """The pool decides on the device, so nothing of the games forbids a CUDA graph."""
    kind = registry.get(name)
    assert kind(lr_decay="none").capturable
    assert not kind(lr_decay="linear").capturable
    assert kind(lr_decay="linear").varying == ("lr_decay",)
    assert not kind().differentiates_twice
    assert kind().lr_decay == ("none" if name == "pix2pix" else "linear")


# ------------------------------------------------------------------------------------- costs


def forward(network: nn.Module, *example: torch.Tensor) -> tuple[int, int]:
    """FLOPs of a pass, and those of its first layer that multiplies."""
    found = [2 * layer.macs for layer in layers(network, *example) if layer.macs]
    return sum(found), found[0]


@pytest.mark.parametrize("separable", [False, True])
def test_a_step_of_pix2pix_costs_what_the_formula_says(separable: bool) -> None:
    """3F_G − g₁ + 8F_D − 2f₁: one pass of the generator in a step."""
    recipe = registry.get("pix2pix")(
        width_factor=0.0625, generator_separable=separable, critic_separable=separable
    )
    generator, critic = recipe.build(pair(), CPU).example_inputs()
    (f_g, g), (f_d, f) = (forward(e.network, *e.inputs) for e in (generator, critic))
    counts = flops.count(recipe, pair())
    assert counts.generator_macs == f_g // 2
    assert counts.critic_flops_per_image == f_g + 6 * f_d - 2 * f
    assert counts.generator_flops_per_image == 2 * f_g - g + 2 * f_d


def cost(recipe: Recipe) -> int:
    found = flops.count(recipe, pair()).train_flops_per_image
    assert found is not None
    return found


def test_a_step_of_cyclegan_costs_what_the_formula_says() -> None:
    """Of equal generators, each 3 passes to make, 3 to translate back, 3 for the identity."""
    recipe = registry.get("cyclegan")(width_factor=0.0625)
    examples = {e.name: e for e in recipe.build(pair(), CPU).example_inputs()}
    assert list(examples) == ["to target", "to source", "of targets", "of sources"]
    f_g, g = forward(examples[TO_TARGET].network, *examples[TO_TARGET].inputs)
    f_d, f = forward(examples[OF_TARGETS].network, *examples[OF_TARGETS].inputs)
    counts = flops.count(recipe, pair())
    assert counts.generator_macs == 2 * f_g // 2
    assert counts.critic_flops_per_image == 2 * (f_g + 6 * f_d - 2 * f)
    assert counts.generator_flops_per_image == 2 * (8 * f_g - 2 * g + 2 * f_d)
    without = recipe.model_copy(update={"identity": 0.0})
    assert cost(recipe) - cost(without) == 2 * (3 * f_g - g)
    bare = without.model_copy(update={"cycle": 0.0})
    assert cost(without) - cost(bare) == 2 * 3 * f_g


def test_a_step_of_fastcut_costs_what_the_formula_says() -> None:
    """PatchNCE is 3 passes of the encoder, 4 of the projector, and two products of its vectors."""
    recipe = registry.get("fastcut")(width_factor=0.0625)
    game = recipe.build(pair(), CPU)
    examples = {e.name: e for e in game.example_inputs()}
    generator, projector, critic = examples.values()
    f_g, g = forward(generator.network, *generator.inputs)
    f_p, _ = forward(projector.network, *projector.inputs)
    f_d, f = forward(critic.network, *critic.inputs)
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        generator.network(*generator.inputs, "encode")
    encoder = counter.get_total_flops()
    similarity = sum(2 * patches**2 * 256 for patches in (256, 256, 64, 64, 64))
    counts = flops.count(recipe, pair())
    assert counts.generator_macs == (f_g + f_p) // 2
    assert counts.critic_flops_per_image == f_g + 6 * f_d - 2 * f
    assert counts.generator_flops_per_image == (
        2 * f_g - g + 2 * f_d + 3 * encoder + 4 * f_p + 2 * similarity
    )
    assert cost(recipe) - cost(recipe.model_copy(update={"nce": 0.0})) == (
        3 * encoder + 4 * f_p + 2 * similarity
    )


@pytest.mark.slow
def test_lighter_forms_are_lighter() -> None:
    for name in ("pix2pix", "cyclegan", "fastcut"):
        kind = registry.get(name)
        full = cost(kind(width_factor=0.1))
        for fields in (
            {"width_factor": 0.05},
            {"width_factor": 0.1, "generator_separable": True},
            {"width_factor": 0.1, "critic_separable": True},
        ):
            assert cost(kind(**fields)) < full


def test_a_variant_is_described_at_a_size_that_it_makes() -> None:
    """``bench describe pix2pix`` needs no --image-size."""
    assert {name: grid.usual_size(name) for name in ("dcgan", "gan", "pix2pix", "fastcut")} == {
        "dcgan": 28,
        "gan": 28,
        "pix2pix": 32,
        "fastcut": 32,
    }
    with pytest.raises(GridError, match="there is no variant 'pix2pic'; did you mean 'pix2pix'"):
        grid.usual_size("pix2pic")
