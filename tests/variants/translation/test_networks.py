"""The networks against the published sizes, and against plain code with the same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from bench.cost import flops
from variants.networks import layers
from variants.networks.dropout import SeededDropout
from variants.networks.patches import patch_critic, receptive_field
from variants.networks.resnet import FEATURE_SCALES, ResNet
from variants.networks.unet import UNet


def unet(halvings: int, channels: int = 3, **fields: object) -> UNet:
    fields = {"width": 64, "norm": nn.BatchNorm2d} | fields
    return UNet(channels, channels, halvings=halvings, **fields)  # type: ignore[arg-type]


def critic(channels: int, strided: int = 3, *, batch: bool) -> nn.Sequential:
    norm: Callable[[int], nn.Module] = nn.BatchNorm2d if batch else layers.InstanceNorm
    return patch_critic(channels, width=64, strided=strided, norm=norm, bias=not batch)


# --------------------------------------------------------------------------- published sizes

PUBLISHED: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "U-Net, 256 px": (lambda: unet(8), 54_414_000),
    "U-Net, 128 px": (lambda: unet(7), 41_829_000),
    "U-Net, 64 px, grey": (lambda: unet(6, 1), 29_238_000),
    "ResNet, 9 blocks": (lambda: ResNet(3, 3, width=64, blocks=9), 11_378_000),
    "ResNet, 6 blocks": (lambda: ResNet(3, 3, width=64, blocks=6), 7_838_000),
    "PatchGAN of pairs": (lambda: critic(6, batch=True), 2_769_000),
    "PatchGAN": (lambda: critic(3, batch=False), 2_765_000),
}


@pytest.mark.parametrize("network", PUBLISHED)
def test_parameters_are_those_that_the_papers_code_prints(network: str) -> None:
    make, published = PUBLISHED[network]
    with torch.device("meta"):
        assert round(flops.parameters(make()), -3) == published


def test_a_critic_of_two_strided_layers_is_counted_by_hand() -> None:
    layers_of = (3 * 16 * 64 + 64, 64 * 16 * 128 + 128, 128 * 16 * 256 + 256, 256 * 16 + 1)
    assert flops.parameters(critic(3, 2, batch=False)) == sum(layers_of) == 662_977


def test_nine_blocks_take_the_published_macs_at_256_px() -> None:
    """The published 56.8 G apply the kernels of transposed convolutions at each output, where
    three of four of their products are with the zeros in between."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        ResNet(3, 3, width=64, blocks=9)(torch.zeros(1, 3, 256, 256))
    macs = counter.get_total_flops() // 2
    doublings = 9 * (256 * 128 * 64**2 + 128 * 64 * 128**2)
    assert round(macs, -8) == 49_600_000_000
    assert round(macs + 3 * doublings, -8) == 56_800_000_000


@pytest.mark.parametrize(("strided", "field"), [(1, 16), (2, 34), (3, 70), (4, 142)])
@pytest.mark.parametrize("separable", [False, True])
def test_a_score_depends_on_a_patch_of_the_published_size(
    strided: int, field: int, separable: bool
) -> None:
    """As computed, and as the gradient of one score shows."""
    network = patch_critic(
        1, width=2, strided=strided, norm=lambda _: nn.Identity(), bias=True, separable=separable
    )
    assert receptive_field(network) == field
    size = 2 * (field + 2**strided)
    image = torch.randn(1, 1, size, size, requires_grad=True)
    scores = network(image)
    assert scores.shape[2:] == (size // 2**strided - 2,) * 2
    middle = scores.shape[2] // 2
    scores[0, 0, middle, middle].backward()
    assert image.grad is not None
    rows = image.grad[0, 0].abs().sum(1).nonzero()
    assert rows.max() - rows.min() + 1 == field


# ----------------------------------------------------------------- the same, written otherwise


def normed(x: Tensor, over: tuple[int, ...], scale: Tensor | None, offset: Tensor | None) -> Tensor:
    mean, var = x.mean(over, keepdim=True), x.var(over, unbiased=False, keepdim=True)
    x = (x - mean) / (var + 1e-5).sqrt()
    if scale is None or offset is None:
        return x
    return x * scale.view(1, -1, 1, 1) + offset.view(1, -1, 1, 1)


def randomised(network: nn.Module) -> nn.Module:
    """With weights that matter, biases and scales too."""
    torch.manual_seed(0)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.3)
    return network.double()


@pytest.mark.parametrize("images", [1, 3])
def test_the_u_net_is_the_recursive_one(images: int) -> None:
    """The paper's code nests a block of one level in that of the level outside it."""
    alone = images == 1
    norm = (lambda width: layers.InstanceNorm(width, affine=True)) if alone else nn.BatchNorm2d
    network = UNet(2, 3, width=2, halvings=5, norm=norm)
    weights = iter(list(randomised(network).parameters()))
    down = [[next(weights) for _ in range(count)] for count in (1, 3, 3, 3, 1)]
    up = [[next(weights) for _ in range(3)] for _ in range(4)]
    last = list(weights)
    assert len(last) == 2
    over = (2, 3) if alone else (0, 2, 3)

    def block(x: Tensor, level: int) -> Tensor:
        """From the map outside a level to the map that the level gives back."""
        weight, *norms = down[level]
        inner = F.conv2d(F.leaky_relu(x, 0.2) if level else x, weight, stride=2, padding=1)
        if norms:
            inner = normed(inner, over, *norms)
        if level < 4:
            inner = torch.cat([inner, block(inner, level + 1)], 1)
        if level == 0:
            return F.conv_transpose2d(inner.relu(), *last, stride=2, padding=1).tanh()
        weight, *norms = up[4 - level]
        return normed(F.conv_transpose2d(inner.relu(), weight, stride=2, padding=1), over, *norms)

    source = torch.randn(images, 2, 32, 32, dtype=torch.float64)
    torch.testing.assert_close(network(source), block(source, 0))


def test_the_res_net_is_the_papers() -> None:
    network = ResNet(1, 3, width=2, blocks=3)
    weights: Iterator[Tensor] = iter(list(randomised(network).parameters()))

    def padded(x: Tensor, by: int) -> Tensor:
        return F.pad(x, (by,) * 4, mode="reflect")

    def norm(x: Tensor) -> Tensor:
        return normed(x, (2, 3), None, None)

    source = torch.randn(2, 1, 32, 32, dtype=torch.float64)
    x = norm(F.conv2d(padded(source, 3), next(weights), next(weights))).relu()
    features = [source]
    for _ in range(2):
        x = F.conv2d(x, next(weights), next(weights), stride=2, padding=1)
        features.append(x)
        x = norm(x).relu()
    for _ in range(3):
        inner = norm(F.conv2d(padded(x, 1), next(weights), next(weights))).relu()
        x = x + norm(F.conv2d(padded(inner, 1), next(weights), next(weights)))
        features.append(x)
    for _ in range(2):
        x = F.conv_transpose2d(
            x, next(weights), next(weights), stride=2, padding=1, output_padding=1
        )
        x = norm(x).relu()
    x = F.conv2d(padded(x, 3), next(weights), next(weights)).tanh()
    assert next(weights, None) is None
    torch.testing.assert_close(network(source), x)
    encoded = network(source, "encode")
    torch.testing.assert_close(encoded, features[:5])  # of three blocks, the second is the middle
    torch.testing.assert_close(network(encoded[-1], "decode"), x)
    assert [f.shape[1] for f in encoded] == list(network.widths)
    assert [32 // f.shape[2] for f in encoded] == list(FEATURE_SCALES)


def test_the_critic_of_patches_is_the_papers() -> None:
    network = randomised(patch_critic(3, width=2, strided=2, norm=nn.BatchNorm2d, bias=False))
    weights = iter(list(network.parameters()))
    images = torch.randn(2, 3, 32, 32, dtype=torch.float64)
    x = F.leaky_relu(F.conv2d(images, next(weights), next(weights), stride=2, padding=1), 0.2)
    for stride in (2, 1):
        x = F.conv2d(x, next(weights), stride=stride, padding=1)
        x = F.leaky_relu(normed(x, (0, 2, 3), next(weights), next(weights)), 0.2)
    x = F.conv2d(x, next(weights), next(weights), padding=1)
    assert next(weights, None) is None
    torch.testing.assert_close(network(images), x)


# ------------------------------------------------------------------------ what is known to fail


@pytest.mark.parametrize("halvings", [5, 6, 7, 8])
@pytest.mark.parametrize("images", [1, 2])
def test_one_image_trains_down_to_one_by_one(halvings: int, images: int) -> None:
    """A norm of one value per channel would fail, or leave the innermost layer without effect
    (pix2pix's issue 295)."""
    torch.manual_seed(0)
    network = layers.initialise_dcgan(unet(halvings, width=4))
    network(torch.randn(images, 3, 2**halvings, 2**halvings)).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("images", [1, 3])
@pytest.mark.parametrize("affine", [False, True])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("of_gradient", [torch.contiguous_format, torch.channels_last])
def test_the_gradient_of_instance_norm_is_right_in_every_layout(
    images: int, affine: bool, layout: torch.memory_format, of_gradient: torch.memory_format
) -> None:
    """torch's own is wrong for one image with a gradient whose channels are last."""
    norm = layers.InstanceNorm(5, affine=affine)
    for parameter in norm.parameters():
        nn.init.normal_(parameter)
    x = torch.randn(images, 5, 7, 7).contiguous(memory_format=layout).requires_grad_()
    gradient = torch.randn(images, 5, 7, 7).contiguous(memory_format=of_gradient)
    inputs = [x, *norm.parameters()]
    plain = normed(x, (2, 3), *(norm.parameters() if affine else (None, None)))
    expected = torch.autograd.grad(plain, inputs, gradient.contiguous())
    torch.testing.assert_close(norm(x), plain, rtol=1e-4, atol=1e-5)
    found = torch.autograd.grad(norm(x), inputs, gradient)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("halvings", "layers_with_noise"), [(5, 1), (6, 1), (7, 2), (8, 3)])
def test_dropout_is_the_noise_and_depends_on_nothing_but_its_seeds(
    halvings: int, layers_with_noise: int
) -> None:
    torch.manual_seed(0)
    network = layers.initialise_dcgan(
        unet(halvings, width=4, norm=lambda width: layers.InstanceNorm(width, affine=True))
    )
    assert isinstance(network, UNet)
    assert network.seeds == layers_with_noise
    images = torch.randn(3, 3, 2**halvings, 2**halvings)
    seeds = torch.randint(-(2**63), 2**63 - 1, (3, network.seeds))
    with torch.no_grad():
        noisy = network(images, seeds)
        assert torch.equal(network.eval()(images, seeds), noisy), "in evaluation too"
        for index in range(3):
            part = slice(index, index + 1)
            torch.testing.assert_close(network(images[part], seeds[part]), noisy[part])
        for layer in range(network.seeds):
            changed = seeds.clone()
            changed[0, layer] += 1
            other = network(images, changed)
            assert not torch.equal(other[0], noisy[0])
            torch.testing.assert_close(other[1:], noisy[1:])
        without = unet(halvings, width=4, dropout=0.0)
        assert without.seeds == 0


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    seeds = torch.arange(4) * 1000
    kept = SeededDropout(0.25)(torch.ones(4, 8, 32, 32), seeds)
    assert kept.unique().tolist() == pytest.approx([0, 4 / 3])
    for sample in kept:
        assert (sample == 0).float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert not torch.equal(kept[0], kept[1])
    assert torch.equal(SeededDropout(0.25)(torch.ones(1, 8, 32, 32), seeds[1:2])[0], kept[1])


def test_weights_are_drawn_as_in_the_papers() -> None:
    torch.manual_seed(0)
    for network in (unet(5), ResNet(3, 3, width=64, blocks=1), critic(3, batch=True)):
        for module in layers.initialise_dcgan(network).modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.1)
                assert module.bias is None or not module.bias.any()
