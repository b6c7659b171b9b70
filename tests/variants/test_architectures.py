"""Sizes and shapes of the networks against the published figures."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench.cost import flops
from variants import registry
from variants.recipe import ImageShape, PointShape


def _sizes(name: str, shape: ImageShape, **fields: object) -> tuple[int, int, int, int]:
    counts = flops.count(registry.get(name)(**fields), shape)
    assert counts.generator_macs is not None
    assert counts.critic_macs is not None
    return (
        counts.generator_parameters,
        counts.critic_parameters,
        counts.generator_macs,
        counts.critic_macs,
    )


def test_dcgan_64_matches_pytorch_examples() -> None:
    assert _sizes("dcgan", ImageShape(3, 64)) == (3_576_704, 2_765_568, 104_628_224, 103_817_216)


def test_dcgan_28_matches_the_hand_count() -> None:
    _, _, generator_macs, critic_macs = _sizes("dcgan", ImageShape(1, 28))
    assert (generator_macs, critic_macs) == (7_250_432, 6_629_504)


def test_tutorial_matches_keras() -> None:
    recipe = registry.get("dcgan-tutorial")()
    generator = recipe.generator(ImageShape(1, 28))
    # Keras counts batch norm's running mean and variance among the parameters.
    statistics = sum(b.numel() for n, b in generator.named_buffers() if "running" in n)
    assert flops.parameters(generator) + statistics == 2_330_944
    _, critic, generator_macs, critic_macs = _sizes("dcgan-tutorial", ImageShape(1, 28))
    assert critic == 212_865
    # 100·12544 + 49·25·256·128 + 49·25·128·64 + 196·25·64 and 196·25·64 + 49·25·64·128 + 6272.
    assert (generator_macs, critic_macs) == (51_744_000, 10_355_072)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("name", "size"),
    [(n, s) for n in registry.names() for s in registry.get(n).image_sizes],
)
def test_shapes(name: str, size: int, channels: int) -> None:
    recipe, shape = registry.get(name)(), ImageShape(channels, size, 10)
    count = 3 * recipe.pack
    labels = (torch.arange(count) % 10,) if recipe.conditional else ()
    made = recipe.generator(shape)(torch.randn(count, recipe.latent_dim), *labels)
    assert made.shape == (count, channels, size, size)
    assert made.abs().max() <= 1
    outputs = 64 if recipe.objective == "product-metric" else 1
    assert recipe.critic(shape)(made, *labels).shape == (3, outputs)


def test_dcgan_weights_are_drawn_as_in_the_paper() -> None:
    torch.manual_seed(0)
    for network in (
        registry.get("dcgan")().generator(ImageShape(3, 64)),
        registry.get("dcgan")().critic(ImageShape(3, 64)),
    ):
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.05)
                assert module.bias is None


@pytest.mark.parametrize(
    ("name", "lighter", "same"),
    [
        ("dcgan-lite", ["generator", "critic"], []),
        ("dcgan-lite-generator", ["generator"], ["critic"]),
        ("dcgan-lite-critic", ["critic"], ["generator"]),
        ("dcgan-separable", ["generator", "critic"], []),
    ],
)
def test_the_light_family_is_light_where_it_says(
    name: str, lighter: list[str], same: list[str]
) -> None:
    full = flops.count(registry.get("dcgan")(), ImageShape(1, 28))
    light = flops.count(registry.get(name)(), ImageShape(1, 28))
    for player in lighter:
        assert getattr(light, f"{player}_macs") < 0.3 * getattr(full, f"{player}_macs")
    for player in same:
        assert getattr(light, f"{player}_macs") == getattr(full, f"{player}_macs")
    assert light.train_flops_per_image < full.train_flops_per_image


def test_the_deep_generator_costs_more() -> None:
    full = flops.count(registry.get("dcgan")(), ImageShape(1, 28))
    deep = flops.count(registry.get("dcgan-deep")(), ImageShape(1, 28))
    assert deep.generator_macs == full.generator_macs + 9 * (128**2 * 7**2 + 64**2 * 14**2)
    assert deep.critic_macs == full.critic_macs


@pytest.mark.parametrize("factor", [0.25, 0.5, 1, 2])
def test_a_width_factor_is_another_spelling_of_widths(factor: float) -> None:
    dcgan = registry.get("dcgan")
    width = round(64 * factor)
    assert dcgan(width_factor=factor) == dcgan(generator_width=width, critic_width=width)
    assert dcgan(critic_width_factor=factor) == dcgan(critic_width=width)
    assert dcgan(generator_width=32, generator_width_factor=factor) == dcgan(
        generator_width=max(1, round(32 * factor))
    )


def test_images_a_variant_cannot_make_are_refused_with_a_reason() -> None:
    dcgan = registry.get("dcgan")()
    assert dcgan.refusal(ImageShape(1, 48)) == (
        "image_size",
        "makes images of 28, 32 or 64 px, not 48",
    )
    assert dcgan.refusal(ImageShape(2, 28)) == (
        "channels",
        "makes images of 1 or 3 channels, not 2",
    )
    assert dcgan.refusal(PointShape()) == ("dataset", "makes images, not points")
    assert dcgan.refusal(ImageShape(3, 64)) is None
