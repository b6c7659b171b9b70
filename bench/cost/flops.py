"""FLOPs of training, counted on a real step, and forward MACs.

FLOPs = 2 × MACs; only matrix products and convolutions count, as in torch's
FlopCounterMode. Both counters agree exactly with the closed formulas tested in
tests/cost: with F the forward FLOPs of a network and f₁ (g₁) those of the critic's
(generator's) first layer, a critic update costs F_G + 6F_D − 2f₁ per image and a
generator update 3F_G + 2F_D − g₁, or F_G less where it reuses the critic's samples. Players
that are updated simultaneously share samples and scores, which are counted once, as the
critic's. A critic of packs is counted per sample. Penalties that are evaluated in every k-th
update are averaged over k updates.
"""

from __future__ import annotations

import copy
import inspect
import io
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode, conv_flop_count

from bench import engine, tasks
from bench.measures import Counts
from bench.tasks import Task
from variants.game import Batch, Example, Game
from variants.networks.stacked import StackedLinear
from variants.recipe import Recipe
from variants.shapes import SampleShape

_PACKS = 2


def count(recipe: Recipe, shape: SampleShape, task: Task | None = None) -> Counts:
    """Builds the recipe once on the CPU and counts; the caller's random state is untouched.

    Args:
        task: whose batches the steps train on; None for the recipe's own.
    """
    with torch.random.fork_rng(devices=[]):
        game = recipe.build(shape, torch.device("cpu"))
        samples = _PACKS * recipe.judged_together
        noise = torch.Generator()
        batch = (task or tasks.get(recipe.task)).example_batch(shape, samples, noise)
        _check_samples(game, batch, shape)
        engine.train_step(game, [batch] * game.critic_steps, noise)  # what fails, fails here
        critic, generator = _update_flops(game, batch, noise)
        critic //= samples
        generator //= samples
        examples = game.example_inputs()
        return Counts(
            generator_parameters=parameters(game.generator.network),
            critic_parameters=parameters(game.critic.network),
            generator_macs=_per_image(examples, "generator", macs),
            critic_macs=_per_image(examples, "critic", macs),
            generator_activation_bytes=_per_image(examples, "generator", activation_bytes),
            critic_activation_bytes=_per_image(examples, "critic", activation_bytes),
            critic_flops_per_image=critic,
            generator_flops_per_image=generator,
            train_flops_per_image=critic + round(generator / game.critic_steps),
        )


def _check_samples(game: Game, batch: Batch, shape: SampleShape) -> None:
    """The generator makes samples of the task's shape.

    Raises:
        ValueError: it does not.
    """
    inputs = game.inputs(len(batch), torch.Generator(), batch.labels, batch.source)
    made = tuple(game.sample(inputs).shape[1:])
    if made != shape.dimensions:
        raise ValueError(f"the generator makes samples of shape {made}, not {shape.dimensions}")


def _update_flops(game: Game, batch: Batch, noise: torch.Generator) -> tuple[int, int]:
    """FLOPs of one update of the critic and of the generator, on average over the cost's period.

    What players that are updated simultaneously share is counted once, as the critic's.
    """
    period = game.cost_period
    critic = sum(_flops(lambda: engine.critic_update(game, batch, noise)) for _ in range(period))
    if not game.simultaneous:
        return critic // period, _flops(lambda: engine.generator_update(game, batch, noise))
    both = sum(
        _flops(lambda: engine.simultaneous_update(game, batch, noise)) for _ in range(period)
    )
    return critic // period, (both - critic) // period


def _per_image(examples: Sequence[Example], player: str, counted: Callable[..., int]) -> int:
    """The sum over a player's networks."""
    return sum(
        counted(example.network, *example.inputs) // example.images
        for example in examples
        if example.player == player
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
    """FLOPs of a convolution's backward pass: those of the forward pass for each gradient needed.

    torch's own formula ignores the groups in the gradient of the weights, and so counts a
    depthwise layer once too often for each channel.
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
