"""FLOPs of a piece of training, by the layer that they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import conv_flop_count, flop_registry, shape_wrapper


def layers_of(network: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The modules without modules of their own, with their names.

    A parametrised layer, such as one under spectral norm, counts as one.
    """
    children = [(n, child) for n, child in network.named_children() if n != "parametrizations"]
    if not children:
        yield prefix, network
    for name, child in children:
        yield from layers_of(child, f"{prefix}.{name}".lstrip("."))


class LayerFlops(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts FLOPs of matrix products and convolutions, by layer.

    A layer's backward pass, and that pass's own backward pass under a gradient penalty, count for
    the layer; what is computed outside all layers counts for "".

    Each operation that will be differentiated makes a node of the graph, whose sequence number
    is that of its creation. Nodes made while a layer runs are the layer's; nodes made while a
    layer's node is differentiated are that layer's too.
    """

    def __init__(self, layers: Mapping[str, nn.Module]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._layers = layers
        self._flops: Counter[str] = Counter()
        self._running: list[str] = []
        # Kept between counts: one update may differentiate what another one computed.
        self._nodes: dict[int, str] = {}
        self._next = torch._C._autograd._get_sequence_nr()

    def count(self, function: Callable[[], object]) -> Counter[str]:
        """FLOPs while ``function`` runs."""
        self._flops = Counter()
        handles = []
        for name, layer in self._layers.items():
            handles.append(layer.register_forward_pre_hook(self.starts(name)))
            handles.append(layer.register_forward_hook(self.ends, always_call=True))
        try:
            with self:
                function()
        finally:
            for handle in handles:
                handle.remove()
        return self._flops

    def starts(self, name: str) -> Callable[..., None]:
        """A hook that notes the start of a layer's forward pass."""

        def start(*_: object) -> None:
            self._assign(self._owner())
            self._running.append(name)

        return start

    def ends(self, *_: object) -> None:
        """A hook that notes the end of a layer's forward pass."""
        self._assign(self._owner())
        self._running.pop()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        owner = self._owner()
        self._assign(owner)
        formula = _FORMULAS.get(func._overloadpacket)
        if formula is None and torch.is_inference_mode_enabled():
            with self:  # operations arrive whole there
                result = func.decompose(*args, **kwargs or {})
            if result is not NotImplemented:
                return result
        result = func(*args, **kwargs or {})
        if formula is not None:
            self._flops[owner] += formula(*args, **kwargs or {}, out_val=result)
        return result

    def _owner(self) -> str:
        """The layer that what happens now is for."""
        if self._running:
            return self._running[-1]
        node = torch._C._current_autograd_node()
        return "" if node is None else self._nodes.get(node._sequence_nr(), "")

    def _assign(self, owner: str) -> None:
        """Gives the nodes made since the last call to a layer."""
        made = torch._C._autograd._get_sequence_nr()
        for number in range(self._next, made):
            self._nodes[number] = owner
        self._next = made


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


# torch's formulas, which FlopCounterMode uses.
_FORMULAS = flop_registry | {
    torch.ops.aten.convolution_backward: shape_wrapper(  # type: ignore[no-untyped-call]
        _convolution_backward
    )
}
