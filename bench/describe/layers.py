"""The layers of a network, and what each costs for one example."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from bench.cost import flops
from variants.networks.stacked import StackedLinear


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
