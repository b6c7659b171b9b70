"""A generator averaged over its training, evaluated beside the one that is trained.

The exponential moving average of Karras et al. (2018, Progressive growing of GANs, arXiv
1710.10196, §A.2: weights averaged for visualisation) and Yazıcı et al. (2019, The unusual
effectiveness of averaging in GAN training, arXiv 1806.04498, Eq. 2), with the half-life in images
of StyleGAN2's code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

_STATISTICS = ("running_mean", "running_var")


class GeneratorAverage:
    """w̄ ← w̄·h + w·(1 − h) with h = 2^(−n/half-life) after each update on n samples; w̄₀ = w₀.

    Batch norm's running statistics are averaged in the same way, as in StudioGAN, and not copied:
    they describe activations under the weights of the same span of time that the averaged weights
    come from, while the latest ones describe the latest weights. Other buffers are the trained
    network's own. Training reads nothing from the average, which draws no random number and never
    waits for the device. It adds the memory of one more copy of the generator's weights.

    ``torch.optim.swa_utils.AveragedModel`` would wait for a GPU in every step, as its counter of
    updates lies there.

    Args:
        network: of the generator, with its final memory layout; may hold a stack of S runs.
        half_life: in samples of generator updates.
    """

    def __init__(self, network: nn.Module, half_life: float) -> None:
        self._half_life = half_life
        self._trained = {
            **dict(network.named_parameters()),
            **{n: b for n, b in network.named_buffers() if n.rpartition(".")[2] in _STATISTICS},
        }
        self._average = {name: own.detach().clone() for name, own in self._trained.items()}

    @torch.no_grad()
    def update(self, samples: int) -> None:
        """Averages in the network as it is after an update on so many samples of each run."""
        share = -math.expm1(-math.log(2) * samples / self._half_life)
        torch._foreach_lerp_(  # as torch.optim.swa_utils does
            list(self._average.values()), list(self._trained.values()), share
        )

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within it the network has the average; afterwards its own tensors, where they were."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for name, own in self._trained.items():
            own.data, self._average[name] = self._average[name], own.data

    def state(self, run: int | None = None) -> dict[str, Tensor]:
        """The average by name, not copied; or a copy of the part of one run of a stack."""
        if run is None:
            return dict(self._average)
        return {name: value[run : run + 1].clone() for name, value in self._average.items()}

    @torch.no_grad()
    def load_state(self, *states: Mapping[str, Any]) -> None:
        """Restores what :meth:`state` returned, of a stack run by run.

        Raises:
            KeyError, RuntimeError: the state is another generator's.
        """
        for name, value in self._average.items():
            value.copy_(torch.cat([s[name] for s in states]) if states[1:] else states[0][name])
