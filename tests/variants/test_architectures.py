"""Sizes and shapes of the networks against the published figures."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench.cost import flops
from variants import registry
from variants.adversarial_recipe import AdversarialRecipe
from variants.shapes import ImageShape, PointShape


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


def _generator_28(
    width: int = 64, inputs: int = 100, separable: bool = False, extra: bool = False
) -> int:
    """Weights of DCGAN's generator of 28-px grey images, layer by layer by hand."""
    inner = 2 * width * width + width * 16 if separable else 2 * width * width * 16
    added = 9 * (2 * width) ** 2 + 2 * 2 * width + 9 * width**2 + 2 * width if extra else 0
    return inputs * 2 * width * 49 + 2 * 2 * width + inner + 2 * width + width * 16 + added


def _critic_28(width: int = 64, planes: int = 1, separable: bool = False) -> int:
    """Likewise of its critic, with batch norm."""
    inner = width * 16 + width * 2 * width if separable else width * 2 * width * 16
    return planes * width * 16 + inner + 2 * 2 * width + 2 * width * 49


_PLANE = 10 * 28 * 28  # from a class to a plane
_BIASES = 64 + 128 - 2 * 128  # of the inner layers, in place of batch norm
_DENSE_GENERATOR = 256 * 512 + 512 + 512 * 1024 + 1024 + 1024 * 784 + 784
_DENSE_CRITIC = 1024 + 1024 * 512 + 512 + 512 * 256 + 256 + 256 + 1


def _sngan_28(inputs: int = 128, width: int = 256) -> int:
    """Weights of SNGAN's generator of 28-px grey images: a dense layer, two blocks, the image."""
    block = 2 * (9 * width**2 + width) + width**2 + width + 4 * width
    return (inputs + 1) * width * 49 + 2 * block + 2 * width + 9 * width + 1


def _sngan_critic(width: int = 128) -> int:
    """Of its critic: seven 3 × 3 convolutions inside, two of 1 × 1, from grey images to a score."""
    return 7 * (9 * width**2 + width) + 10 * width + width**2 + width + 2 * width + width + 1


def _r3gan_28(width: int = 32, groups: int = 4) -> int:
    """Six blocks, the image's layer and the maps of 7 × 7, of either network."""
    inner = 2 * width
    block = 2 * width * inner + 9 * inner * inner // groups + 2 * inner
    return 6 * block + width + 49 * width


ADVERSARIAL = [n for n in registry.names() if issubclass(registry.get(n), AdversarialRecipe)]
PARAMETERS = {
    "gan": (101 * 256 + _DENSE_GENERATOR, 784 * 1024 + _DENSE_CRITIC),
    "conditional-gan": (
        111 * 256 + _DENSE_GENERATOR,
        2 * 784 * 1024 + _DENSE_CRITIC + _PLANE,
    ),
    "dcgan": (_generator_28(), _critic_28()),
    "dcgan-tutorial": (
        100 * 12544 + 2 * 12544 + 25 * (256 * 128 + 128 * 64 + 64) + 2 * (128 + 64),
        25 * (64 + 64 * 128) + 64 + 128 + 6272 + 1,
    ),
    "dcgan-lite": (_generator_28(32), _critic_28(32)),
    "dcgan-lite-generator": (_generator_28(32), _critic_28()),
    "dcgan-lite-critic": (_generator_28(), _critic_28(32)),
    "dcgan-separable": (_generator_28(separable=True), _critic_28(separable=True)),
    "dcgan-deep": (_generator_28(extra=True), _critic_28()),
    "wgan": (_generator_28(), _critic_28()),
    "wgan-gp": (_generator_28(), _critic_28() + _BIASES + 1),
    "conditional-dcgan": (_generator_28(inputs=110), _critic_28(planes=2) + _PLANE),
    "conditional-wgan-gp": (
        _generator_28(inputs=110),
        _critic_28(planes=2) + _PLANE + _BIASES + 1,
    ),
    "pacgan": (_generator_28(), _critic_28(planes=2)),
    "vector-critic": (_generator_28(), _critic_28() + _BIASES + 63 * 128 * 49 + 64),
    "conditional-vector-critic": (
        _generator_28(inputs=110),
        _critic_28(planes=2) + _PLANE + _BIASES + 63 * 128 * 49 + 64,
    ),
    "sngan": (_sngan_28(), _sngan_critic()),
    "conditional-sngan": (_sngan_28(inputs=138), _sngan_critic() + 10 * 128),
    "r3gan": (_r3gan_28() + 64 * 32, _r3gan_28() + 32),
    # Four layers of 400 units and batch norm's two per unit; three of maxout, 5 × 200 units.
    "mixture-gan": (484_802, 405_201),
}


def test_every_variant_is_counted_by_hand() -> None:
    """Those that translate are in a file of their own."""
    assert set(PARAMETERS) == set(ADVERSARIAL)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str) -> None:
    recipe = registry.get(name)()
    shapes = (ImageShape(1, 28, 10), PointShape())
    (shape,) = [shape for shape in shapes if recipe.refusal(shape) is None]
    found = flops.parameters(recipe.generator(shape)), flops.parameters(recipe.critic(shape))
    assert found == PARAMETERS[name]


IMAGE_VARIANTS = [
    n for n in registry.names() if registry.get(n)().refusal(ImageShape(1, 28, 10)) is None
]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("name", "size"),
    [(n, s) for n in IMAGE_VARIANTS for s in registry.get(n).image_sizes or (28, 32, 64)],
)
def test_shapes(name: str, size: int, channels: int) -> None:
    recipe, shape = registry.get(name)(width_factor=0.25), ImageShape(channels, size, 10)
    labels = (torch.arange(4),) if recipe.conditional else ()
    samples = recipe.generator(shape)(torch.randn(4, recipe.latent_dim), *labels)
    assert samples.shape == (4, channels, size, size)
    assert samples.abs().max() <= 1 or name == "r3gan", "which has no tanh"
    outputs = recipe.critic_outputs or 1
    assert recipe.critic(shape)(samples, *labels).shape == (4 // recipe.pack, outputs)


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_scores_are_logits(name: str) -> None:
    """A critic that ends in a sigmoid would have another applied by the loss."""
    torch.manual_seed(0)
    recipe = registry.get(name)(critic_width=8)
    shapes = (ImageShape(1, 28, 10), PointShape())
    (shape,) = [shape for shape in shapes if recipe.refusal(shape) is None]
    critic = recipe.critic(shape)
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.mul_(100)
    labels = (torch.arange(8),) if recipe.conditional else ()
    assert critic(torch.randn(8, *shape.dimensions), *labels).abs().max() > 1


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


def test_images_a_variant_cannot_generate_are_refused_with_a_reason() -> None:
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
