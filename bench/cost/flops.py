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
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor, nn

from bench import engine, tasks
from bench.cost.work import LayerFlops, layers_of
from bench.measures import Counts
from bench.tasks import Task
from variants.game import Batch, Example, Game
from variants.networks.stacked import StackedLinear
from variants.recipe import Recipe
from variants.shapes import SampleShape

_PACKS = 2

# A network's heading and a layer's name in it.
Place = tuple[str, str]


def count(recipe: Recipe, shape: SampleShape, task: Task | None = None) -> Counts:
    """Builds the recipe once on the CPU and counts; the caller's random state is untouched.

    Args:
        task: whose batches the steps train on; None for the recipe's own.
    """
    with torch.random.fork_rng(devices=[]):
        game, batch, noise = _example(recipe, shape, task)
        engine.train_step(game, [batch] * game.critic_steps, noise)  # what fails, fails here
        step = _step(game, batch, noise)
        critic, generator = int(step.critic), int(step.generator)
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


@dataclass(frozen=True, kw_only=True)
class Step:
    """FLOPs of one update of each player per real image, on average over the cost's period.

    What players that are updated simultaneously share is counted once, as the critic's.

    Attributes:
        critic_by_layer, generator_by_layer: of the critic's and of the generator's update, by
            (network, layer) as in :func:`networks`; what is outside all layers has ("", "").
        parameters: trainable ones of the generator and of the critic.
        critic_steps: critic updates per generator update.
    """

    critic_by_layer: Mapping[Place, Fraction]
    generator_by_layer: Mapping[Place, Fraction]
    parameters: tuple[int, int]
    critic_steps: int

    @property
    def critic(self) -> Fraction:
        """Of one update of the critic, per real image."""
        return sum(self.critic_by_layer.values(), Fraction())

    @property
    def generator(self) -> Fraction:
        """Of one update of the generator, per real image of the last critic update."""
        return sum(self.generator_by_layer.values(), Fraction())


def step(recipe: Recipe, shape: SampleShape, task: Task | None = None) -> Step:
    """Counts an update of each player, by layer; the caller's random state is untouched.

    Args:
        task: whose batches the steps train on; None for the recipe's own.
    """
    with torch.random.fork_rng(devices=[]):
        return _step(*_example(recipe, shape, task))


def networks(examples: Sequence[Example]) -> dict[str, Example]:
    """The example input of each network of a game, by a heading such as "Generator"."""
    return {
        " ".join([example.player.capitalize(), example.name]).strip(): example
        for example in examples
    }


def _example(
    recipe: Recipe, shape: SampleShape, task: Task | None
) -> tuple[Game, Batch, torch.Generator]:
    """A game, a small batch, and the noise that the game draws from.

    Raises:
        ValueError: the generator makes samples of another shape than the task's.
    """
    game = recipe.build(shape, torch.device("cpu"))
    noise = torch.Generator()
    samples = _PACKS * recipe.judged_together
    batch = (task or tasks.get(recipe.task)).example_batch(shape, samples, noise)
    inputs = game.inputs(len(batch), torch.Generator(), batch.labels, batch.source)
    made = tuple(game.sample(inputs).shape[1:])
    if made != shape.dimensions:
        raise ValueError(f"the generator makes samples of shape {made}, not {shape.dimensions}")
    return game, batch, noise


def _step(game: Game, batch: Batch, noise: torch.Generator) -> Step:
    places: dict[str, Place] = {"": ("", "")}
    layers = {}
    for heading, example in networks(game.example_inputs()).items():
        for name, layer in layers_of(example.network):
            layers[f"{heading}:{name}"] = layer
            places[f"{heading}:{name}"] = (heading, name)
    counter = LayerFlops(layers)

    def counted(update: Callable[..., object]) -> Counter[str]:
        total: Counter[str] = Counter()
        for _ in range(game.cost_period):
            total += counter.count(lambda: update(game, batch, noise))
        return total

    critic = counted(engine.critic_update)
    if game.simultaneous:
        generator = counted(engine.simultaneous_update)
        generator.subtract(critic)
    else:
        generator = counter.count(lambda: engine.generator_update(game, batch, noise))

    def per_image(flops: Counter[str], updates: int) -> dict[Place, Fraction]:
        return {places[key]: Fraction(n, updates * len(batch)) for key, n in flops.items()}

    return Step(
        critic_by_layer=per_image(critic, game.cost_period),
        generator_by_layer=per_image(generator, game.cost_period if game.simultaneous else 1),
        parameters=(parameters(game.generator.network), parameters(game.critic.network)),
        critic_steps=game.critic_steps,
    )


def _per_image(examples: Sequence[Example], player: str, counted: Callable[..., int]) -> int:
    """The sum over a player's networks."""
    return sum(
        counted(example.network, *example.inputs) // example.images
        for example in examples
        if example.player == player
    )


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
    for _, layer in layers_of(network):
        layer.register_forward_hook(note)
    with torch.no_grad():
        network(*example)
    for tensor in example:
        storages.pop(tensor.untyped_storage().data_ptr(), None)
    return sum(storages.values())
