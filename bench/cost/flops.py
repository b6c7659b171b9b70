"""FLOPs of training, counted on a real step, and forward MACs.

FLOPs = 2 × MACs; only matrix products and convolutions count, as in torch's
FlopCounterMode. Both counters agree exactly with the closed formulas tested in
tests/cost: with F the forward FLOPs of a network and f₁ (g₁) those of the critic's
(generator's) first layer, a critic update costs F_G + 6F_D − 2f₁ per image and a
generator update 3F_G + 2F_D − g₁, or F_G less where it reuses the critic's samples. Where
both players are updated at once they share the samples and their judgement, which is counted
once, as the critic's. A critic of packs is counted per sample.
"""

from __future__ import annotations

import copy
import inspect
import io
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count

from bench import engine
from bench.measures import Counts
from variants.game import Batch
from variants.networks.stacked import StackedLinear
from variants.recipe import Recipe, SampleShape

_PACKS = 2


def count(recipe: Recipe, shape: SampleShape) -> Counts:
    """Builds the recipe once on the CPU and counts; the caller's random state is untouched."""
    with torch.random.fork_rng(devices=[]):
        game = recipe.build(shape, torch.device("cpu"))
        samples = _PACKS * recipe.pack
        batch = Batch(
            torch.rand(samples, *shape.dimensions) * 2 - 1, torch.zeros(samples, dtype=torch.int64)
        )
        latents = game.latents(samples, torch.Generator())
        critic_flops = _flops(lambda: engine.critic_update(game, batch, latents))
        made = game.make(batch, latents) if game.reuses_samples else None
        if game.simultaneous:
            both = _flops(lambda: engine.simultaneous_update(game, batch, latents))
            generator_flops = both - critic_flops
        else:
            generator_flops = _flops(lambda: engine.generator_update(game, batch, latents, made))
        critic_flops //= samples
        generator_flops //= samples
        generator, critic = game.generator.network, game.critic.network
        latent, pack = examples(recipe, shape)
        return Counts(
            generator_parameters=parameters(generator),
            critic_parameters=parameters(critic),
            generator_macs=macs(generator, *latent),
            critic_macs=macs(critic, *pack) // recipe.pack,
            generator_activation_bytes=activation_bytes(generator, *latent),
            critic_activation_bytes=activation_bytes(critic, *pack) // recipe.pack,
            critic_flops_per_image=critic_flops,
            generator_flops_per_image=generator_flops,
            train_flops_per_image=critic_flops + round(generator_flops / game.critic_steps),
        )


def examples(recipe: Recipe, shape: SampleShape) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The least input of the generator, one latent, and of the critic, one pack.

    Each with its labels where the recipe is conditional.
    """

    def told(given: Tensor) -> tuple[Tensor, ...]:
        labels = torch.zeros(len(given), dtype=torch.int64)
        return (given, labels) if recipe.conditional else (given,)

    return told(torch.zeros(1, recipe.latent_dim)), told(
        torch.zeros(recipe.pack, *shape.dimensions)
    )


def _flops(step: Callable[[], object]) -> int:
    corrected = {torch.ops.aten.convolution_backward: _convolution_backward}
    with FlopCounterMode(display=False, custom_mapping=corrected) as counter:
        step()
    return int(counter.get_total_flops())


def _convolution_backward(
    grad_out_shape: Sequence[int],
    x_shape: Sequence[int],
    w_shape: Sequence[int],
    _bias: object,
    _stride: object,
    _padding: object,
    _dilation: object,
    transposed: bool,
    _output_padding: object,
    _groups: int,
    output_mask: Sequence[bool],
    out_shape: object = None,
) -> int:
    """FLOPs of a convolution's backward pass: as many as forward for each gradient asked for.

    torch's own formula forgets the groups in the gradient of the weights, and so counts a
    depthwise layer once per channel too often.
    """
    forward = conv_flop_count(list(x_shape), list(w_shape), list(grad_out_shape), transposed)
    return int(forward * (output_mask[0] + output_mask[1]))


def parameters(network: nn.Module) -> int:
    """Trainable parameters."""
    return sum(p.numel() for p in network.parameters())


def macs(network: nn.Module, *example: Tensor) -> int:
    """Forward multiply–accumulates for one example, whose tensors are the inputs, by ptflops.

    Counted on a copy, since ptflops leaves a network in evaluation mode, and without
    biases, since adding one is no multiplication (ptflops counts it as a MAC).
    """
    from ptflops import get_model_complexity_info

    network = copy.deepcopy(network)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, StackedLinear)):
            module.bias = None
    names = list(inspect.signature(network.forward).parameters)
    total, _ = get_model_complexity_info(
        network,
        tuple(example[0].shape[1:]),
        input_constructor=lambda _: dict(zip(names, example, strict=False)),
        backend="aten",
        as_strings=False,
        print_per_layer_stat=False,
        ost=io.StringIO(),
    )
    return int(total)


def activation_bytes(network: nn.Module, *example: Tensor) -> int:
    """Bytes of all layers' outputs for one example: what a backward pass keeps, roughly.

    Layers that work in place or only reshape add nothing.
    """
    storages: dict[int, int] = {}

    def note(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        kept.append(output)  # so that no storage is freed and its address used again
        storages[output.untyped_storage().data_ptr()] = output.untyped_storage().nbytes()

    kept: list[Tensor] = []
    network = copy.deepcopy(network).eval()
    for module in network.modules():
        if not list(module.children()):
            module.register_forward_hook(note)
    with torch.no_grad():
        network(*example)
    for tensor in example:
        storages.pop(tensor.untyped_storage().data_ptr(), None)
    return sum(storages.values())
