"""Seeds of a configuration as one fused model, as HFTA does (Wang et al. 2021, arXiv 2102.02344).

Feature maps of k seeds lie side by side as channels, (N, k·C, H, W), so a layer of all seeds is one
grouped convolution. It computes what the seeds compute alone. A benchmark shows whether that is
quicker; nothing else uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import vmap
from torch.nn.functional import conv2d, conv_transpose2d, fold

from bench.engine import Engine
from variants.adversarial import AdversarialGame
from variants.game import Batch, Player
from variants.networks.convolutions import Convolution, TransposedConvolution
from variants.recipe import Recipe
from variants.shapes import ImageShape

CPU = torch.device("cpu")


def engine_of(
    recipe: Recipe, shape: ImageShape, images: Sequence[Tensor], seeds: Sequence[int]
) -> Engine:
    """Trains the seeds fused; a single one as the harness does.

    Args:
        images: of each seed, (N, C, H, W).
    """
    games = []
    for seed in seeds:
        torch.manual_seed(seed)
        games.append(recipe.build(shape, CPU))
    streams = [torch.Generator().manual_seed(seed) for seed in seeds]
    single = len(seeds) == 1
    joined = torch.cat(list(images), 1).contiguous(memory_format=torch.channels_last)
    return Engine(
        games[0] if single else _FusedGame(games),
        streams[0] if single else streams,
        lambda index: Batch(joined[index]),
        size=recipe.batch_size,
        device=CPU,
    )


class _FusedGame(AdversarialGame):
    def __init__(self, games: Sequence[AdversarialGame]) -> None:
        super().__init__(
            games[0].rules,
            _player([game.generator for game in games], _Generator),
            _player([game.critic for game in games], _Critic),
        )

    def _each(self, function: Callable[..., Any], *scores: Tensor) -> Any:
        return vmap(function)(*scores)


def _player(alone: Sequence[Player], kind: Callable[[Sequence[nn.Module]], nn.Module]) -> Player:
    network, optimizer = kind([player.network for player in alone]), alone[0].optimizer
    return Player(network, type(optimizer)(network.parameters(), **optimizer.defaults))


class _Generator(nn.Module):
    """Latents (k, N, d) to images (N, k·C, H, W)."""

    def __init__(self, alone: Sequence[nn.Module]) -> None:
        super().__init__()
        self.network = _fused(alone)

    def forward(self, latents: Tensor) -> Tensor:
        images: Tensor = self.network(latents.transpose(0, 1).flatten(1))
        return images


class _Critic(nn.Module):
    """Images (N, k·C, H, W) to scores (k, N, 1)."""

    def __init__(self, alone: Sequence[nn.Module]) -> None:
        super().__init__()
        self.network, self.seeds = _fused(alone), len(alone)

    def forward(self, images: Tensor) -> Tensor:
        scores: Tensor = self.network(images).view(len(images), self.seeds, -1)
        return scores.transpose(0, 1).contiguous()


def _fused(alone: Sequence[nn.Module]) -> nn.Module:
    """One layer, or sequence of layers, for those of all seeds."""
    first = alone[0]
    if isinstance(first, nn.Sequential):
        return nn.Sequential(*map(_fused, zip(*alone, strict=True)))
    if isinstance(first, nn.Conv2d | nn.ConvTranspose2d):
        return _Fused(alone)  # type: ignore[arg-type]
    if isinstance(first, nn.BatchNorm2d):
        norm = nn.BatchNorm2d(first.num_features * len(alone), first.eps, first.momentum)
        norm.weight, norm.bias = _side_by_side(alone, "weight"), _side_by_side(alone, "bias")
        return norm
    if isinstance(first, nn.Unflatten):
        channels, *size = first.unflattened_size
        return nn.Unflatten(1, (int(channels) * len(alone), *map(int, size)))
    if isinstance(first, nn.Flatten | nn.ReLU | nn.LeakyReLU | nn.Tanh):
        return first
    raise TypeError(f"{type(first).__name__} has no fused form")


def _side_by_side(alone: Sequence[nn.Module], name: str) -> nn.Parameter:
    return nn.Parameter(torch.cat([layer.get_parameter(name).detach() for layer in alone]))


class _Fused(nn.Module):
    """A convolution or its transpose in groups, in the form that is quickest for a seed alone.

    Without a bias, as all of dcgan's with batch norm.
    """

    def __init__(self, alone: Sequence[nn.Conv2d | nn.ConvTranspose2d]) -> None:
        super().__init__()
        layer = alone[0]
        assert layer.bias is None
        self.weight = _side_by_side(alone, "weight")
        self.stride, self.padding, self.rest = layer.stride, layer.padding, layer.output_padding
        self.seeds, self.groups = len(alone), layer.groups * len(alone)
        self.transposed = isinstance(layer, nn.ConvTranspose2d)
        self.own = isinstance(layer, Convolution | TransposedConvolution)
        self.of_images = min(layer.in_channels, layer.out_channels) == 1 and self.own

    def forward(self, x: Tensor) -> Tensor:
        how = self.stride, self.padding, self.groups
        if not self.transposed:
            if self.of_images and x.requires_grad:
                reduced: Tensor = _Reduce.apply(x, self.weight, *how)
                return reduced
            return conv2d(x, self.weight, None, self.stride, self.padding, 1, self.groups)
        if self.own and x.shape[2:] == (1, 1):
            return self._of_one_pixel(x)
        if self.of_images:
            enlarged: Tensor = _Enlarge.apply(x, self.weight, *how)
            return enlarged
        return conv_transpose2d(
            x, self.weight, None, self.stride, self.padding, self.rest, self.groups
        )

    def _of_one_pixel(self, x: Tensor) -> Tensor:
        channels, *kernel = self.weight.shape[1:]
        weight = self.weight.view(self.seeds, -1, channels, *kernel).permute(0, 1, 3, 4, 2)
        pixels = x.view(len(x), self.seeds, -1).transpose(0, 1) @ weight.flatten(2)
        maps = pixels.view(self.seeds, len(x), *kernel, channels).permute(1, 0, 4, 2, 3)
        return maps.reshape(len(x), -1, *kernel).contiguous(memory_format=torch.channels_last)


class _Reduce(torch.autograd.Function):
    """A convolution of images of one channel, with the image's gradient by a product."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, weight: Tensor, *how: Any) -> Tensor:
        ctx.save_for_backward(image, weight)
        ctx.how = how
        stride, padding, groups = how
        return conv2d(image, weight, None, stride, padding, 1, groups)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        image, weight = ctx.saved_tensors
        of_image, of_weight, *_ = ctx.needs_input_grad
        return (
            _enlarge(gradients[0], weight, *ctx.how) if of_image else None,
            _of_weight(image, gradients[0], weight, *ctx.how) if of_weight else None,
            *(None, None, None),
        )


class _Enlarge(torch.autograd.Function):
    """Its transpose, which makes images of one channel."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, *how: Any) -> Tensor:
        ctx.save_for_backward(features, weight)
        ctx.how = how
        return _enlarge(features, weight, *how)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        features, weight = ctx.saved_tensors
        stride, padding, groups = ctx.how
        return (
            conv2d(gradients[0], weight, None, stride, padding, 1, groups),
            _of_weight(gradients[0], features, weight, *ctx.how),
            *(None, None, None),
        )


def _enlarge(features: Tensor, weight: Tensor, stride: Any, padding: Any, groups: int) -> Tensor:
    """(N, k·C, H, W) → (N, k, 2H, 2W): 4×4 kernels of stride 2, as all of dcgan's."""
    count, _, height, width = features.shape
    rows = features.permute(0, 2, 3, 1).reshape(count * height * width, groups, -1)
    columns = torch.bmm(rows.transpose(0, 1), weight.view(groups, -1, weight[0].numel()))
    columns = columns.view(groups, count, height * width, -1).permute(1, 0, 3, 2)
    size, kernel = (2 * height, 2 * width), weight.shape[2:]
    return fold(
        columns.reshape(count, -1, height * width), size, kernel, padding=padding, stride=stride
    )


def _of_weight(
    image: Tensor, features: Tensor, weight: Tensor, stride: Any, padding: Any, groups: int
) -> Tensor:
    sizes = stride, padding, (1, 1), False, (0, 0), groups
    found: Tensor = torch.ops.aten.convolution_backward(
        features, image, weight, None, *sizes, (False, True, False)
    )[1]
    return found
