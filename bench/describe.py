"""What a variant is made of, and what differs from another and why that costs less or more."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import torch
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from bench.cost import flops
from bench.measures import Counts
from bench.units import binary, count, ratio
from variants.networks.stacked import StackedLinear
from variants.recipe import Recipe, SampleShape


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of a network and what it takes for one example."""

    kind: str
    output: tuple[int, ...]
    parameters: int
    macs: int

    @property
    def bytes(self) -> int:
        """Size of its output as float32."""
        return 4 * torch.Size(self.output).numel()


def layers(network: nn.Module, *example: Tensor) -> list[Layer]:
    """The leaf layers in order of execution, for the inputs ``example``."""
    network = copy.deepcopy(network).eval()
    calls: list[tuple[nn.Module, Tensor]] = []
    hooks = [
        module.register_forward_pre_hook(lambda m, inputs: calls.append((m, inputs[0].clone())))
        for module in network.modules()
        if not list(module.children())
    ]
    with torch.no_grad():
        network(*example)
    for hook in hooks:
        hook.remove()
    found = []
    for module, given in calls:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            output = module(given)
        found.append(
            Layer(
                kind=_kind(module),
                # A layer of a stack has the runs before the batch.
                output=tuple(output.shape[2 if output.ndim == 3 else 1 :]),
                parameters=flops.parameters(module),
                macs=counter.get_total_flops() // 2,
            )
        )
    return found


def _kind(module: nn.Module) -> str:
    name = type(module).__name__
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        name = "conv" if isinstance(module, nn.Conv2d) else "transposed conv"
        if module.groups > 1:
            name = f"depthwise {name}"
        return (
            f"{name} {module.kernel_size[0]}×{module.kernel_size[1]}, "
            f"{module.in_channels} → {module.out_channels}, stride {module.stride[0]}"
        )
    if isinstance(module, nn.Linear):
        return f"dense, {module.in_features} → {module.out_features}"
    if isinstance(module, StackedLinear):
        return f"dense, {module.weight.shape[2]} → {module.weight.shape[1]}"
    return {
        "BatchNorm1d": "batch norm",
        "BatchNorm2d": "batch norm",
        "StackedBatchNorm": "batch norm",
        "LeakyReLU": "leaky ReLU",
        "Unflatten": "reshape",
        "Flatten": "flatten",
        "Dropout": "dropout",
    }.get(name, name)


@dataclass(frozen=True)
class Description:
    """A recipe on images of one shape: its layers and its costs."""

    name: str
    recipe: Recipe
    generator: list[Layer]
    critic: list[Layer]
    counts: Counts


def describe(name: str, recipe: Recipe, shape: SampleShape) -> Description:
    """Builds the recipe on the CPU and measures its parts; a critic of packs, for one pack."""
    with torch.random.fork_rng(devices=[]):
        latent, pack = flops.examples(recipe, shape)
        return Description(
            name,
            recipe,
            layers(recipe.generator(shape), *latent),
            layers(recipe.critic(shape), *pack),
            flops.count(recipe, shape),
        )


def show(this: Description, other: Description | None) -> RenderableType:
    """The description as tables; with ``other``, side by side and with what it means."""
    parts: list[RenderableType] = [Text(this.name, style="bold"), Text(this.recipe.summary())]
    if this.recipe.source:
        parts.append(Text(f"Source: {this.recipe.source}", style="dim"))
    if other is None:
        parts.append(_fields(this.recipe))
    for title, ours, theirs in (
        ("Generator", this.generator, other.generator if other else None),
        ("Critic", this.critic, other.critic if other else None),
    ):
        parts.append(_layer_table(title, this.name, ours, other.name if other else "", theirs))
    parts.append(_totals(this, other))
    if other is not None:
        parts += [Text(sentence) for sentence in explain(this, other)]
    return Group(*parts)


def _fields(recipe: Recipe) -> Table:
    table = Table(title="Fields a grid may set", title_justify="left", box=box.SIMPLE)
    table.add_column("field")
    table.add_column("default")
    table.add_column("meaning")
    for name, field in type(recipe).model_fields.items():
        table.add_row(name, str(getattr(recipe, name)), field.description or "")
    return table


def _layer_table(
    title: str, name: str, ours: list[Layer], other: str, theirs: list[Layer] | None
) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    columns = ["layer", "output", "parameters", "MACs", "activation"]
    for column in columns:
        heading = f"{column}\n[dim]{name}" if theirs is not None and column == "layer" else column
        table.add_column(heading, justify="left" if column == "layer" else "right")
    if theirs is None:
        for layer in ours:
            table.add_row(*_cells(layer))
        return table
    table.add_column(f"layer\n[dim]{other}")
    table.add_column("parameters", justify="right")
    table.add_column("MACs", justify="right")
    for mine, his in _aligned(ours, theirs):
        left = _cells(mine) if mine else [""] * len(columns)
        right = _cells(his) if his else [""] * len(columns)
        same = mine == his
        style = "dim" if same else ""
        right = ["same", "", ""] if same else [right[0], right[2], right[3]]
        table.add_row(*left, *right, style=style)
    return table


def _aligned(ours: list[Layer], theirs: list[Layer]) -> list[tuple[Layer | None, Layer | None]]:
    """Pairs layers of one kind and map size in order, so that an added one stands alone."""
    mine, his = (
        [(layer.kind.split(",")[0], layer.output[1:]) for layer in x] for x in (ours, theirs)
    )
    pairs: list[tuple[Layer | None, Layer | None]] = []
    for _, i, j, k, m in SequenceMatcher(None, mine, his, autojunk=False).get_opcodes():
        pairs += zip_longest(ours[i:j], theirs[k:m])
    return pairs


def _cells(layer: Layer) -> list[str]:
    return [
        layer.kind,
        "×".join(map(str, layer.output)),
        f"{layer.parameters:,}" if layer.parameters else "",
        f"{layer.macs:,}" if layer.macs else "",
        binary(layer.bytes),
    ]


_TOTALS = (
    ("generator parameters", "generator_parameters", count),
    ("critic parameters", "critic_parameters", count),
    ("generator MACs per image, forward", "generator_macs", count),
    ("critic MACs per image, forward", "critic_macs", count),
    ("generator activation memory per image", "generator_activation_bytes", binary),
    ("critic activation memory per image", "critic_activation_bytes", binary),
    ("critic update per image", "critic_flops_per_image", lambda n: count(n, "FLOPs")),
    ("generator update per image", "generator_flops_per_image", lambda n: count(n, "FLOPs")),
    ("training per real image", "train_flops_per_image", lambda n: count(n, "FLOPs")),
)


def _totals(this: Description, other: Description | None) -> Table:
    table = Table(title="In all", title_justify="left", box=box.SIMPLE)
    table.add_column("")
    table.add_column(this.name, justify="right")
    if other is not None:
        table.add_column(other.name, justify="right")
        table.add_column("ratio", justify="right")
    for title, key, text in _TOTALS:
        ours = getattr(this.counts, key)
        row = [title, text(ours)]
        if other is not None:
            theirs = getattr(other.counts, key)
            row += [text(theirs), ratio(ours, theirs)]
        table.add_row(*row)
    return table


def explain(this: Description, other: Description) -> list[str]:
    """In sentences: what was changed, and why that makes training cheaper or costlier."""
    ours, theirs = this.recipe.model_dump(), other.recipe.model_dump()
    changed = {
        key: (theirs.get(key), value) for key, value in ours.items() if theirs.get(key) != value
    }
    if not changed:
        return [f"{this.name} and {other.name} are the same recipe."]
    sentences = [
        "Changed: "
        + "; ".join(f"{key} {before} → {after}" for key, (before, after) in changed.items())
        + "."
    ]
    reasons = _reasons(changed)
    mine, his = this.counts.train_flops_per_image, other.counts.train_flops_per_image
    if mine is not None and his:
        verdict = "as costly"
        if mine < his:
            verdict = f"cheaper: {mine / his:.2f} × the training FLOPs per image"
        elif mine > his:
            verdict = f"costlier: {mine / his:.2f} × the training FLOPs per image"
        because = f", since {'; and '.join(reasons)}" if reasons else ""
        sentences.append(f"{this.name} is {verdict} of {other.name}{because}.")
    return sentences


def _reasons(changed: dict[str, tuple[Any, Any]]) -> list[str]:
    """Why each kind of change moves the cost, naming the networks it was made in."""
    widths: dict[float, list[str]] = {}
    separable: dict[bool, list[str]] = {}
    others = []
    for key, (before, after) in changed.items():
        player = f"the {key.split('_')[0]}"
        if key.endswith("_width") and before:
            widths.setdefault(after / before, []).append(player)
        elif key.endswith("_separable"):
            separable.setdefault(after, []).append(player)
        elif key in _OTHER_REASONS:
            others.append(_OTHER_REASONS[key])
    reasons = [
        f"a convolution takes height × width × kernel² × inputs × outputs MACs, so {factor:.3g} × "
        f"the filters leave {factor**2:.3g} × the MACs between the hidden layers of "
        f"{' and '.join(players)} ({factor:.3g} × at the first and last layer, where one side is "
        f"fixed) and {factor:.3g} × the activations"
        for factor, players in widths.items()
    ]
    for split, players in separable.items():
        how, much = ("splitting", "less") if split else ("not splitting", "more")
        reasons.append(
            f"{how} the k×k convolutions of {' and '.join(players)} into one per channel and a 1×1 "
            "across channels takes k² + outputs instead of k² × outputs MACs per input and pixel: "
            f"{much} arithmetic on nearly the same activations (a kernel per channel reuses little "
            "data, so seconds change less than FLOPs)"
        )
    return reasons + others


_OTHER_REASONS = {
    "generator_extra_layers": (
        "each 3×3 convolution more takes height × width × 9 × filters² MACs and keeps its output "
        "for the backward pass"
    ),
    "pack": (
        "after its first layer the critic takes one pass for a whole pack, so a sample costs it "
        "nearly one over the pack"
    ),
    "conditional": (
        "the class is further inputs of the generator's first layer, and at the critic a dense "
        "layer and a further channel"
    ),
    "gradient_penalty": "the penalty differentiates the critic's slope on a further batch",
    "latent_dim": "the latent vector's length sets the size of the generator's first layer alone",
}
