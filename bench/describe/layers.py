"""The layers of a network, and what each costs for one example."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from bench.cost import flops
from bench.cost.work import layers_of
from variants.networks.stacked import StackedLinear, StackedNetwork


class Product(NamedTuple):
    """The factors of a layer's MACs: positions × kernel × inputs × outputs.

    A convolution that sees its whole input at once is a dense layer.

    Attributes:
        positions: pixels where the kernel is applied; 1 of a dense layer.
        kernel: pixels of the kernel; 1 of a dense layer.
        inputs: channels, of each group of a grouped convolution; units of a dense layer.
        outputs: filters, or units.
    """

    kind: Literal["convolution", "dense"]
    positions: int
    kernel: int
    inputs: int
    outputs: int

    @property
    def macs(self) -> int:
        """Multiply–accumulates for one example."""
        return self.positions * self.weights

    @property
    def weights(self) -> int:
        """Weights without biases."""
        return self.kernel * self.inputs * self.outputs


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of a network and what it takes for one example.

    Attributes:
        name: in its network; two layers that differ in name only are equal.
        product: the factors of its MACs; None where they are not known.
        norm: whether it normalises.
    """

    kind: str
    output: tuple[int, ...]
    parameters: int
    macs: int
    name: str = field(default="", compare=False)
    product: Product | None = field(default=None, compare=False)
    norm: bool = field(default=False, compare=False)

    @property
    def bytes(self) -> int:
        """Size of its output as float32."""
        return 4 * torch.Size(self.output).numel()


def layers(network: nn.Module, *example: Tensor) -> list[Layer]:
    """The leaf layers in order of execution, for the inputs ``example``."""
    network = copy.deepcopy(network).eval()
    calls: list[tuple[str, nn.Module, Tensor]] = []

    def note(name: str, module: nn.Module) -> torch.utils.hooks.RemovableHandle:
        return module.register_forward_pre_hook(
            lambda _, inputs: calls.append((name, module, inputs[0].clone()))
        )

    hooks = [note(name, module) for name, module in layers_of(network)]
    with torch.no_grad():
        network(*example)
    for hook in hooks:
        hook.remove()
    stacked = any(isinstance(module, StackedNetwork) for module in network.modules())
    before = 2 if stacked else 1  # the runs of a stack, and the batch
    found = []
    for name, module, given in calls:
        size = given.shape
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            output = module(given)
        found.append(
            Layer(
                kind=_kind(module),
                output=tuple(output.shape[before:]),
                parameters=flops.parameters(module),
                macs=counter.get_total_flops() // 2,
                name=name,
                product=_product(module, size, output.shape),
                norm="norm" in _kind(module),
            )
        )
    return found


def _product(module: nn.Module, given: torch.Size, output: torch.Size) -> Product | None:
    if isinstance(module, nn.Linear):
        return Product("dense", 1, 1, module.in_features, module.out_features)
    if isinstance(module, StackedLinear):
        return Product("dense", 1, 1, module.weight.shape[2], module.weight.shape[1])
    if not isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        return None
    inputs, outputs = module.in_channels // module.groups, module.out_channels
    kernel = module.kernel_size[0] * module.kernel_size[1]
    if isinstance(module, nn.ConvTranspose2d):
        positions = given[2:].numel()
        if positions == 1 and module.groups == 1 and output[2:].numel() == kernel:
            return Product("dense", 1, 1, inputs, kernel * outputs)
    else:
        positions = output[2:].numel()
        if positions == 1 and module.groups == 1 and given[2:].numel() == kernel:
            return Product("dense", 1, 1, kernel * inputs, outputs)
    return Product("convolution", positions, kernel, inputs, outputs)


def _kind(module: nn.Module) -> str:
    name = type(module).__name__
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        name = "conv" if isinstance(module, nn.Conv2d) else "transposed conv"
        if module.groups > 1:
            name = f"{'depthwise' if module.groups == module.in_channels else 'grouped'} {name}"
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
        "Bias": "bias",
        "LearnedMaps": "learned maps",
        "Resampled": "resampling",
        "SumOverPixels": "sum over pixels",
        "BatchNorm2d": "batch norm",
        "InstanceNorm": "instance norm",
        "ReflectionPad2d": "reflection padding",
        "StackedBatchNorm": "batch norm",
        "GroupNorm": "group norm",
        "LeakyReLU": "leaky ReLU",
        "TwiceDifferentiableLeakyReLU": "leaky ReLU",
        "Unflatten": "reshape",
        "Flatten": "flatten",
        "Dropout": "dropout",
        "SeededDropout": "dropout",
    }.get(name, name)
