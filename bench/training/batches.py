"""A run's data on the training device, served in seeded batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bench.datasets import ImageData
from variants.game import Batch
from variants.recipe import Recipe

# A data set may take this share of the device's free memory; a larger one stays on the host.
_RESIDENT_SHARE = 0.25


class Batches:
    """Serves samples pass by pass through the data, in an order from its own random stream.

    Images stay uint8, on the device where they fit, and become floats in [−1, 1] one batch at a
    time; points are floats already. The order is drawn on the CPU, so it is the same on every
    device. A step takes one batch per critic update. A pass's last batch is cut to whole packs,
    and its last step may have fewer batches than the critic has updates; data too small for one
    whole step are repeated until it has all batches.

    Of data that are not paired, a pass goes through the targets. Their sources come in an order of
    their own, drawn anew for each pass: a part of them where they are more than the targets, and
    cyclically where they are fewer.

    Attributes:
        steps: of an epoch.

    Args:
        steps: of an epoch; None makes an epoch one pass through the data, or one whole step.
        resident: the data lie on the device however large they are, as a CUDA graph needs them.

    Raises:
        ValueError: the data are too few for a single batch.
    """

    def __init__(
        self,
        data: ImageData,
        recipe: Recipe,
        device: torch.device,
        order: torch.Generator,
        steps: int | None = None,
        *,
        resident: bool = False,
    ) -> None:
        self._device = device
        self._order = order
        self._batch_size = recipe.batch_size
        self._critic_steps = recipe.critic_steps
        self._drop_last = recipe.drop_last_batch
        self._pack = recipe.judged_together
        self._targets = _as_tensor(data.images)
        self._sources = None if data.sources is None else _as_tensor(data.sources)
        self._paired = data.paired
        self._labels = None if data.labels is None else _as_tensor(data.labels)
        if device.type == "cuda":
            if resident or fits(data.nbytes, device):
                self._targets = self._targets.to(device)
                if self._sources is not None:
                    self._sources = self._sources.to(device)
            if self._labels is not None:
                self._labels = self._labels.to(device)

        if not self._sizes():
            raise ValueError(f"{len(self._targets)} samples make no batch of {self._batch_size}")
        self.steps = steps or -(-len(self._sizes()) // self._critic_steps)
        self._pass_began = order.get_state()
        self._pass: list[list[Tensor]] = []  # indices of each batch of each step
        self._served = 0  # steps of the pass

    def epoch(self, steps: int | None = None) -> Iterator[list[Batch]]:
        """The batches of each step of the next epoch, or of the next ``steps`` steps."""
        for indices in self.indices(steps):
            yield [self.at(index) for index in indices]

    def indices(self, steps: int | None = None) -> Iterator[list[Tensor]]:
        """Like :meth:`epoch`, but the indices (N,) of each batch's samples, int64.

        Of data that are not paired (2, N): of the targets, and of their sources.
        """
        for _ in range(steps or self.steps):
            if self._served == len(self._pass):
                self._begin_pass()
            self._served += 1
            yield self._pass[self._served - 1]

    def at(self, index: Tensor) -> Batch:
        """The batch of the samples at these indices, as in :meth:`indices`, on the device.

        Its labels are those of the targets.
        """
        target, of_source = (index, index) if self._paired else (index[0], index[1])
        labels = None if self._labels is None else self._labels[target.to(self._labels.device)]
        source = None if self._sources is None else self._floats(self._sources, of_source)
        return Batch(self._floats(self._targets, target), source, labels)

    def _floats(self, samples: Tensor, index: Tensor) -> Tensor:
        """Some of the samples, images in [−1, 1], on the device."""
        chosen = samples[index].to(self._device, non_blocking=True)
        if chosen.dtype == torch.uint8:
            return chosen.to(torch.float32).div_(127.5).sub_(1)
        return chosen

    def state(self) -> dict[str, Any]:
        """The position in the data. Its keys are part of the checkpoint format."""
        return {"pass_began": self._pass_began, "dealt": self._served}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Continues from the position that :meth:`state` returned.

        Raises:
            KeyError, RuntimeError, ValueError: the state belongs to other data.
        """
        self._order.set_state(state["pass_began"].cpu())
        if state["dealt"]:
            self._begin_pass()
            if state["dealt"] > len(self._pass):
                raise ValueError("the data have fewer batches than were served")
        self._served = state["dealt"]

    def _sizes(self) -> list[int]:
        """The batches of one pass: how many samples each has."""
        count, rest = divmod(len(self._targets), self._batch_size)
        rest -= rest % self._pack
        return [self._batch_size] * count + ([rest] if rest and not self._drop_last else [])

    def _begin_pass(self) -> None:
        """Draws the order of the next pass, or of as many as make one step."""
        self._pass_began = self._order.get_state()
        each = self._critic_steps
        batches = self._shuffled()
        if len(batches) < each:
            while len(batches) < each:
                batches += self._shuffled()
            del batches[each:]
        self._pass = [batches[i : i + each] for i in range(0, len(batches), each)]
        self._served = 0

    def _shuffled(self) -> list[Tensor]:
        """The indices of all samples, in a new order, batch by batch."""
        sizes = self._sizes()
        order = torch.randperm(len(self._targets), generator=self._order)[: sum(sizes)]
        if not self._paired and self._sources is not None:
            others = torch.randperm(len(self._sources), generator=self._order)
            others = others[torch.arange(len(order)) % len(others)]
            order = torch.stack([order, others])
        return list(torch.split(order.to(self._targets.device), sizes, dim=-1))


def fits(size: int, device: torch.device) -> bool:
    """Whether a data set of ``size`` bytes may lie in a GPU's memory beside a run."""
    free, _ = torch.cuda.mem_get_info(device)
    return size < _RESIDENT_SHARE * free


def _as_tensor(array: np.ndarray) -> Tensor:
    """A tensor that shares the array's memory; a read-only map is copied, or torch would warn."""
    return torch.from_numpy(array if array.flags.writeable else np.array(array))
