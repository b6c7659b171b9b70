"""FLOPs of a training step against the closed formula, layer by layer by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench.cost import flops
from bench.describe import layers
from variants import registry
from variants.recipe import ImageShape

# Forward FLOPs (2 × MACs) of the first layers of dcgan, by hand.
FIRST_LAYERS = {
    ImageShape(1, 28): (2 * 100 * 128 * 49, 2 * 16 * 1 * 64 * 14**2),
    ImageShape(3, 32): (2 * 100 * 256 * 16, 2 * 16 * 3 * 64 * 16**2),
    ImageShape(3, 64): (2 * 100 * 512 * 16, 2 * 16 * 3 * 64 * 32**2),
}


def _first_layer(network: nn.Module, *example: torch.Tensor) -> int:
    """Forward FLOPs of the first layer that multiplies."""
    return next(2 * layer.macs for layer in layers(network, *example) if layer.macs)


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
        if not registry.get(name)().gradient_penalty
        for channels, size in ((1, 28), (3, 64))
        if registry.get(name)().refusal(ImageShape(channels, size, 10)) is None
    ],
)
def test_a_training_step_costs_what_the_formula_says(name: str, shape: ImageShape) -> None:
    """Of every game without a penalty: grouped convolutions, packs and classes included."""
    recipe = registry.get(name)()
    counts = flops.count(recipe, shape)
    assert counts.generator_macs is not None
    assert counts.critic_macs is not None
    generator, critic = 2 * counts.generator_macs, 2 * counts.critic_macs
    latent, pack = flops.examples(recipe, shape)
    first_generator = _first_layer(recipe.generator(shape), *latent)
    # Of a critic that is told the class the first layer is the one that makes the plane.
    first_critic = _first_layer(recipe.critic(shape), *pack) // (
        1 if recipe.conditional else recipe.pack
    )
    plane = first_critic if recipe.conditional else 0  # needs no slope in the generator's update
    assert counts.critic_flops_per_image == generator + 6 * critic - 2 * first_critic
    assert counts.generator_flops_per_image == 3 * generator + 2 * critic - first_generator - plane
    assert counts.train_flops_per_image == counts.critic_flops_per_image + round(
        counts.generator_flops_per_image / recipe.critic_steps
    )


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


def test_counting_leaves_the_random_state_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    flops.count(registry.get("dcgan")(), ImageShape(1, 28))
    assert torch.equal(torch.rand(4), expected)


def test_counting_macs_leaves_the_network_alone() -> None:
    network = registry.get("dcgan-tutorial")().critic(ImageShape(1, 28))
    assert network.training
    flops.macs(network, torch.zeros(1, 1, 28, 28))
    assert network.training
    assert network[0][0].bias is not None


def test_activations_count_each_memory_once() -> None:
    """Of conv → batch norm → in-place ReLU, two maps are kept, not three."""
    from torch import nn

    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True)
    )
    assert flops.activation_bytes(network, torch.zeros(1, 1, 10, 10)) == 2 * 8 * 100 * 4
