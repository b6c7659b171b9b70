"""FLOPs of a training step against the closed formula, counted layer by layer by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench.cost import flops
from bench.describe.layers import layers
from variants import registry
from variants.game import Example
from variants.objectives import OBJECTIVES
from variants.recipe import Recipe
from variants.shapes import ImageShape, PointShape, SampleShape

# Forward FLOPs (2 × MACs) of the first layers of dcgan, by hand.
FIRST_LAYERS = {
    ImageShape(1, 28): (2 * 100 * 128 * 49, 2 * 16 * 1 * 64 * 14**2),
    ImageShape(3, 32): (2 * 100 * 256 * 16, 2 * 16 * 3 * 64 * 16**2),
    ImageShape(3, 64): (2 * 100 * 512 * 16, 2 * 16 * 3 * 64 * 32**2),
}


def _first_layer(network: nn.Module, *example: torch.Tensor) -> int:
    """Forward FLOPs of the first layer that multiplies."""
    return next(2 * layer.macs for layer in layers(network, *example) if layer.macs)


def _examples(recipe: Recipe, shape: SampleShape) -> tuple[Example, Example]:
    """The smallest inputs of the generator and of the critic."""
    generator, critic = recipe.build(shape, torch.device("cpu")).example_inputs()
    assert (generator.player, critic.player) == ("generator", "critic")
    return generator, critic


def _without_gradient(recipe: Recipe, network: nn.Module, *example: torch.Tensor) -> int:
    """Forward FLOPs of a critic's layers whose inputs need no gradient in its update.

    They take the image, as SNGAN's first shortcut does too, or the one-hot class. Where the class
    becomes a plane, the image's layer has that plane among its inputs.
    """
    found = layers(network, *example)
    of_class = sum(2 * each.macs for each in found if each.name in ("plane", "embedding"))
    if recipe.conditional and recipe.critic_condition == "plane":
        return of_class
    beside = sum(2 * each.macs for each in found if each.name.endswith("0.beside"))
    image = next(2 * each.macs for each in found if each.macs and each.name != "embedding")
    return image + beside + of_class


@pytest.mark.parametrize("shape", FIRST_LAYERS)
def test_first_layers_are_those_counted_by_hand(shape: ImageShape) -> None:
    recipe = registry.get("dcgan")()
    image = torch.zeros(1, shape.channels, shape.size, shape.size)
    assert FIRST_LAYERS[shape] == (
        _first_layer(recipe.generator(shape), torch.zeros(1, 100)),
        _first_layer(recipe.critic(shape), image),
    )


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        (name, ImageShape(channels, size, 10))
        for name in registry.names()
        for channels, size in ((1, 28), (3, 64))
        if registry.get(name)().refusal(ImageShape(channels, size, 10)) is None
    ],
)
def test_a_training_step_costs_what_the_formula_says(name: str, shape: ImageShape) -> None:
    """For every game on images, with grouped convolutions, packs, classes and penalties.

    A conditional critic makes a plane of the class, or embeds it; the layer's input, the one-hot
    class, never needs a gradient.
    """
    recipe = registry.get(name)()
    counts = flops.count(recipe, shape)
    latent, pack = _examples(recipe, shape)
    assert (latent.images, pack.images) == (1, recipe.pack)
    generator = 2 * flops.macs(latent.network, *latent.inputs)
    critic = 2 * flops.macs(pack.network, *pack.inputs)
    assert counts.generator_macs == generator // 2
    assert counts.critic_macs == critic // 2 // recipe.pack
    first_generator = _first_layer(latent.network, *latent.inputs)
    first_critic = _without_gradient(recipe, pack.network, *pack.inputs)
    named = ("plane", "embedding")
    every = layers(pack.network, *pack.inputs)
    plane = sum(2 * layer.macs for layer in every if layer.name in named)
    objective = OBJECTIVES.get(recipe.objective)
    per_critic = 6 * critic - 2 * first_critic
    if recipe.gradient_penalty and objective.head == "vector":
        # Softplus is curved, so the backward pass runs through the values as well: 6F_D.
        per_critic += 6 * critic - 4 * plane
    else:
        # Leaky ReLU is piecewise linear: 4F_D, of which the plane has the forward pass only, and a
        # dense last layer no pass for the gradient of its output's, which is 1.
        *_, last = (layer for layer in every if layer.macs)
        dense = 2 * last.macs if last.kind.startswith("dense") else 0
        per_critic += len(recipe.weighted_penalties) * (4 * critic - 3 * plane - dense)
    per_generator = 2 * critic - plane  # a frozen plane has no backward pass
    if objective.compares:
        per_generator += critic  # one more pass on the real samples
    passes = 3
    if recipe.simultaneous:  # the critic's update has both first passes then
        passes, per_generator = 2, per_generator - critic
    assert counts.critic_flops_per_image == generator + per_critic // recipe.pack
    assert counts.generator_flops_per_image == (
        passes * generator - first_generator + per_generator // recipe.pack
    )
    assert counts.train_flops_per_image == counts.critic_flops_per_image + round(
        counts.generator_flops_per_image / recipe.critic_steps
    )


def test_a_step_of_the_tutorial_costs_what_its_notebook_does() -> None:
    """3F_G + 7F_D − 2f₁ − g₁: the samples are generated and judged once."""
    shape = ImageShape(1, 28)
    together = flops.count(registry.get("dcgan-tutorial")(), shape)
    assert together.train_flops_per_image == 451_671_808
    in_turn = registry.get("dcgan-tutorial")(updates="alternating", reuse_samples=True)
    assert flops.count(in_turn, shape).train_flops_per_image == 472_381_952


def test_reused_samples_save_one_pass_of_the_generator() -> None:
    shape = ImageShape(1, 28)
    new = flops.count(registry.get("dcgan")(), shape)
    reused = flops.count(registry.get("dcgan")(reuse_samples=True), shape)
    assert reused.critic_flops_per_image == new.critic_flops_per_image
    assert new.generator_macs is not None
    assert reused.generator_flops_per_image == (
        (new.generator_flops_per_image or 0) - 2 * new.generator_macs
    )


def test_alternating_updates_generate_the_samples_again() -> None:
    both = flops.count(registry.get("mixture-gan")(), PointShape())
    each = flops.count(registry.get("mixture-gan")(updates="alternating"), PointShape())
    forward = 2 * ((2 * 400 + 3 * 400 * 400 + 400 * 2) + (2 * 1000 + 2 * 200 * 1000 + 200))
    assert each.critic_flops_per_image == both.critic_flops_per_image
    assert each.generator_flops_per_image == both.generator_flops_per_image + forward


@pytest.mark.parametrize("pack", [2, 4])
def test_a_pack_costs_its_own_first_layer_and_one_rest(pack: int) -> None:
    shape = ImageShape(1, 28)
    first = 2 * FIRST_LAYERS[shape][1] // 4  # MACs
    alone = flops.count(registry.get("dcgan")(), shape).critic_macs
    packed = flops.count(registry.get("dcgan")(pack=pack), shape).critic_macs
    assert alone is not None
    assert packed == (pack * first + (alone - first)) // pack


def test_a_class_costs_ten_inputs_and_a_plane() -> None:
    shape = ImageShape(1, 28, 10)
    alone = flops.count(registry.get("dcgan")(), shape)
    conditional = flops.count(registry.get("dcgan")(conditional=True), shape)
    assert conditional.generator_macs == alone.generator_macs + 10 * 128 * 49
    assert conditional.critic_macs == alone.critic_macs + 10 * 28 * 28 + 16 * 64 * 14**2


def test_more_critic_steps_share_one_generator_update() -> None:
    shape = ImageShape(1, 28)
    one = flops.count(registry.get("dcgan")(), shape)
    five = flops.count(registry.get("dcgan")(critic_steps=5), shape)
    assert five.critic_flops_per_image == one.critic_flops_per_image
    assert one.generator_flops_per_image is not None
    assert one.critic_flops_per_image is not None
    assert five.train_flops_per_image == one.critic_flops_per_image + round(
        one.generator_flops_per_image / 5
    )


def test_counting_does_not_change_the_random_state() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    flops.count(registry.get("dcgan")(), ImageShape(1, 28))
    assert torch.equal(torch.rand(4), expected)


def test_counting_macs_does_not_change_the_network() -> None:
    network = registry.get("dcgan-tutorial")().critic(ImageShape(1, 28))
    assert network.training
    flops.macs(network, torch.zeros(1, 1, 28, 28))
    assert network.training
    assert network[0][0].bias is not None


def test_activations_count_each_memory_reused() -> None:
    """Of convolution → batch norm → in-place ReLU, two maps are kept, not three."""
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True)
    )
    assert flops.activation_bytes(network, torch.zeros(1, 1, 10, 10)) == 2 * 8 * 100 * 4
