"""SNGAN's and R3GAN's networks against their published sizes and plain forms in float64."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as f
from torch.nn.utils import parametrize

from bench.cost import flops
from bench.grid.document import read_value
from variants import registry
from variants.networks.bottleneck import BottleneckBlock, Resampled
from variants.networks.residual import CriticBlock, Doubling
from variants.shapes import ImageShape

CIFAR = ImageShape(3, 32, 10)
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "variants.md"


def _preset() -> dict[str, Any]:
    """R3GAN's preset for CIFAR-10, as the documentation gives it."""
    (text,) = (
        block.split("```")[0]
        for block in DOCUMENTATION.read_text(encoding="utf-8").split("```yaml\n")[1:]
        if "name: r3gan" in block
    )
    (entry,) = read_value(text)["variants"]
    return {key: value for key, value in entry.items() if key != "name"}


def _parameters(name: str, **fields: object) -> tuple[int, int]:
    recipe = registry.get(name)(**fields)
    return flops.parameters(recipe.generator(CIFAR)), flops.parameters(recipe.critic(CIFAR))


def test_sngan_has_the_size_of_mimicrys() -> None:
    """ngf 256, ndf 128, nz 128; its blocks counted layer by layer."""

    def convolution(inputs: int, outputs: int, kernel: int) -> int:
        return inputs * outputs * kernel**2 + outputs

    up = 2 * 2 * 256 + 2 * convolution(256, 256, 3) + convolution(256, 256, 1)
    generator = 128 * 4096 + 4096 + 3 * up + 2 * 256 + convolution(256, 3, 3)
    first = convolution(3, 128, 3) + convolution(128, 128, 3) + convolution(3, 128, 1)
    second = 2 * convolution(128, 128, 3) + convolution(128, 128, 1)
    critic = first + second + 2 * 2 * convolution(128, 128, 3) + 129
    assert _parameters("sngan") == (generator, critic) == (4_276_739, 1_053_825)


def test_r3gans_preset_has_its_published_size() -> None:
    generator, critic = _parameters("r3gan", **_preset())
    assert generator == pytest.approx(20.8e6, rel=0.002)
    inner = 2 * 768
    block = 2 * 768 * inner + 9 * inner * (inner // 96) + 2 * inner
    shared = 8 * block + 3 * 768 + 768 * 16
    assert generator == shared + 2 * 64 * 768 + 10 * 64, "latent and embedded class"
    assert critic == shared + 768 + 10 * 768, "the score, and the class projected"


def _sngan_up(block: Doubling, x: Tensor) -> Tensor:
    """The block from its weights, one operation at a time."""
    weights = [*block.parameters()]
    scale, offset, first, of_first, scale2, offset2, second, of_second, beside, of_beside = weights

    def doubled(images: Tensor) -> Tensor:
        """Bilinear: each pixel a mean of the four nearest, weighted by 9, 3, 3 and 1 sixteenths."""
        padded = f.pad(images, (1, 1, 1, 1), mode="replicate")
        size = images.shape[2]
        rows = []
        for i in range(2 * size):
            row = []
            for j in range(2 * size):
                a, b = i // 2 + 1, j // 2 + 1
                c, d = (a - 1 if i % 2 == 0 else a + 1), (b - 1 if j % 2 == 0 else b + 1)
                near, far = padded[:, :, a, b], padded[:, :, c, d]
                row.append((9 * near + 3 * padded[:, :, a, d] + 3 * padded[:, :, c, b] + far) / 16)
            rows.append(torch.stack(row, -1))
        return torch.stack(rows, -2)

    def normal(images: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
        mean = images.mean((0, 2, 3), keepdim=True)
        variance = (images - mean).square().mean((0, 2, 3), keepdim=True)
        unit = (images - mean) / (variance + 1e-5).sqrt()
        return unit * scale.view(1, -1, 1, 1) + offset.view(1, -1, 1, 1)

    h = doubled(normal(x, scale, offset).clamp(min=0))
    h = f.conv2d(h, first, of_first, padding=1)
    h = f.conv2d(normal(h, scale2, offset2).clamp(min=0), second, of_second, padding=1)
    return h + f.conv2d(doubled(x), beside, of_beside)


def test_a_block_of_sngans_generator_is_the_papers() -> None:
    torch.manual_seed(0)
    block = Doubling(3).double()
    # In the order of the plain form: norm, convolution, norm, convolution, shortcut.
    x = torch.randn(2, 3, 4, 4, dtype=torch.float64)
    named = dict(block.named_parameters())
    order = ["first.0", "doubled", "second.0", "second.2", "beside"]
    assert list(named) == [f"{name}.{part}" for name in order for part in ("weight", "bias")]
    torch.testing.assert_close(block(x.clone()), _sngan_up(block, x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("first", "halves"), [(True, True), (False, True), (False, False)])
def test_a_block_of_sngans_critic_is_the_papers(first: bool, halves: bool) -> None:
    torch.manual_seed(0)
    block = CriticBlock(3, 3, nn.ReLU, first=first, halves=halves).double()
    x = torch.randn(2, 3, 4, 4, dtype=torch.float64)

    def mean(images: Tensor) -> Tensor:
        return sum(images[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)) / 4

    one, of_one, two, of_two, *beside = block.parameters()
    h = f.conv2d(x if first else x.clamp(min=0), one, of_one, padding=1)
    h = f.conv2d(h.clamp(min=0), two, of_two, padding=1)
    expected = mean(h) + f.conv2d(mean(x), *beside) if halves else h + x
    torch.testing.assert_close(block(x), expected, rtol=1e-9, atol=1e-12)


def test_sngans_critic_sums_its_features_and_every_weight_has_norm_one() -> None:
    torch.manual_seed(0)
    critic = registry.get("sngan")(critic_width=8).critic(CIFAR)
    layers = [m for m in critic.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    assert len(layers) == 11
    assert all(parametrize.is_parametrized(layer, "weight") for layer in layers)
    for _ in range(200):
        critic(torch.zeros(1, 3, 32, 32))  # each pass is a step of the power iteration
    norms = [torch.linalg.matrix_norm(m.weight.flatten(1), 2).item() for m in layers]
    assert norms == pytest.approx([1.0] * 11, rel=0.02)
    *_, sums, end = critic
    x = torch.randn(2, 8, 8, 8)
    torch.testing.assert_close(end(sums(x)), end(x.clamp(min=0).sum((2, 3))))


def _filtered(images: Tensor, *, doubles: bool) -> Tensor:
    """R3GAN's own form: a strided convolution of every map with (1, 3, 3, 1) × (1, 3, 3, 1)."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64)
    kernel = (line[:, None] * line[None]).view(1, 1, 4, 4) / 64
    maps = images.reshape(-1, 1, *images.shape[2:])
    made = (
        f.conv_transpose2d(maps, 4 * kernel, stride=2, padding=1)
        if doubles
        else f.conv2d(maps, kernel, stride=2, padding=1)
    )
    return made.view(*images.shape[:2], *made.shape[2:])


@pytest.mark.parametrize("doubles", [True, False])
@pytest.mark.parametrize("size", [2, 4, 14])
def test_maps_are_resampled_as_in_r3gans_code(doubles: bool, size: int) -> None:
    images = torch.randn(2, 3, size, size, dtype=torch.float64, requires_grad=True)
    layer = Resampled(doubles=doubles)
    torch.testing.assert_close(layer(images), _filtered(images, doubles=doubles))
    if size == 4:
        assert torch.autograd.gradgradcheck(layer, images)


@pytest.mark.parametrize("twice", [True, False])
def test_a_bottleneck_is_the_papers_and_starts_as_the_identity(twice: bool) -> None:
    torch.manual_seed(0)
    block = BottleneckBlock(
        4, expansion=2, cardinality=4, blocks=8, differentiated_twice=twice
    ).double()
    x = torch.randn(2, 4, 5, 5, dtype=torch.float64)
    assert torch.equal(block(x), x)
    assert not [m for m in block.modules() if "Norm" in type(m).__name__]
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    one, bias, two, bias2, three = block.parameters()
    h = f.conv2d(x, one) + bias.view(1, -1, 1, 1)
    h = torch.where(h > 0, h, 0.2 * h)
    groups = [
        f.conv2d(part, weight, padding=1)
        for part, weight in zip(h.chunk(4, 1), two.chunk(4, 0), strict=True)
    ]
    h = torch.cat(groups, 1) + bias2.view(1, -1, 1, 1)
    expected = x + f.conv2d(torch.where(h > 0, h, 0.2 * h), three)
    torch.testing.assert_close(block(x), expected, rtol=1e-9, atol=1e-12)


def test_r3gans_weights_are_scaled_by_inputs_and_depth() -> None:
    torch.manual_seed(0)
    recipe = registry.get("r3gan")(generator_width=64, critic_width=64, cardinality=8)
    for network in (recipe.generator(CIFAR), recipe.critic(CIFAR)):
        blocks = [m for m in network.modules() if isinstance(m, BottleneckBlock)]
        assert len(blocks) == 8
        gain = math.sqrt(2 / 1.04) * 8**-0.25
        for block in blocks:
            convolutions = [m for m in block.modules() if isinstance(m, nn.Conv2d)]
            assert convolutions[-1].weight.abs().max() == 0
            for layer in convolutions[:-1]:
                expected = gain / math.sqrt(layer.weight[0].numel())
                assert layer.weight.std().item() == pytest.approx(expected, rel=0.05)


def test_r3gans_loss_is_the_papers() -> None:
    recipe = registry.get("r3gan")()
    assert recipe.objective == "relativistic"
    assert recipe.penalties == {"r1": 0.05, "r2": 0.05}
    with pytest.raises(ValueError, match="critic_width 33 gives 66 inner channels"):
        registry.get("r3gan")(critic_width=33, cardinality=4)
