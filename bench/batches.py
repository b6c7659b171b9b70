"""A run's data on the training device, dealt out in seeded batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    """Deals samples pass by pass through the data, in an order of its own random stream.

    Images stay uint8, on the device where they fit, and become floats in [−1, 1] a
    batch at a time; points are floats already. The order is drawn on the CPU, so it is the
    same on every device. A pass's last batch is cut to whole packs, and its last round may have
    fewer batches than the critic takes steps; data too few for one whole round are gone through
    again until it has them.

    Args:
        rounds: of an epoch; None makes an epoch once through the data, or one whole round.
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
        rounds: int | None = None,
        *,
        resident: bool = False,
    ) -> None:
        self._device = device
        self._order = order
        self._batch_size = recipe.batch_size
        self._critic_steps = recipe.critic_steps
        self._drop_last = recipe.drop_last_batch
        self._pack = recipe.pack
        self._images = _as_tensor(data.images)
        self._labels = None if data.labels is None else _as_tensor(data.labels)
        if device.type == "cuda":
            if resident or fits(self._images.nbytes, device):
                self._images = self._images.to(device)
            if self._labels is not None:
                self._labels = self._labels.to(device)

        if not self._sizes():
            raise ValueError(f"{len(self._images)} samples make no batch of {self._batch_size}")
        self.rounds = rounds or -(-len(self._sizes()) // self._critic_steps)
        self._pass_began = order.get_state()
        self._pass: list[list[Tensor]] = []  # indices of each batch of each round
        self._dealt = 0  # rounds of the pass

    def epoch(self, rounds: int | None = None) -> Iterator[list[Batch]]:
        """The batches of each round of the next epoch, or of so many rounds."""
        for places in self.places(rounds):
            yield [self.deal(index) for index in places]

    def places(self, rounds: int | None = None) -> Iterator[list[Tensor]]:
        """Instead of the batches the places of their samples in the data, int64 (N,)."""
        for _ in range(rounds or self.rounds):
            if self._dealt == len(self._pass):
                self._begin_pass()
            self._dealt += 1
            yield self._pass[self._dealt - 1]

    def deal(self, index: Tensor) -> Batch:
        """The batch of the samples at these places; on the device alone where they lie there."""
        samples = self._images[index].to(self._device, non_blocking=True)
        labels = None if self._labels is None else self._labels[index.to(self._labels.device)]
        if samples.dtype == torch.uint8:
            samples = samples.to(torch.float32).div_(127.5).sub_(1)
        return Batch(samples, labels)

    def state(self) -> dict[str, Any]:
        """Where in the data the dealing stands."""
        return {"pass_began": self._pass_began, "dealt": self._dealt}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on dealing from where :meth:`state` was taken.

        Raises:
            KeyError, RuntimeError, ValueError: the state is of other data.
        """
        self._order.set_state(state["pass_began"].cpu())
        if state["dealt"]:
            self._begin_pass()
            if state["dealt"] > len(self._pass):
                raise ValueError("the data have fewer batches than were dealt")
        self._dealt = state["dealt"]

    def _sizes(self) -> list[int]:
        """The batches of one pass: how many samples each has."""
        count, rest = divmod(len(self._images), self._batch_size)
        rest -= rest % self._pack
        return [self._batch_size] * count + ([rest] if rest and not self._drop_last else [])

    def _begin_pass(self) -> None:
        """Draws the order of the next pass, or of as many as make one round."""
        self._pass_began = self._order.get_state()
        each = self._critic_steps
        batches = self._shuffled()
        if len(batches) < each:
            while len(batches) < each:
                batches += self._shuffled()
            del batches[each:]
        self._pass = [batches[i : i + each] for i in range(0, len(batches), each)]
        self._dealt = 0

    def _shuffled(self) -> list[Tensor]:
        """The places of all samples, in a new order, batch by batch."""
        sizes = self._sizes()
        order = torch.randperm(len(self._images), generator=self._order)
        return list(torch.split(order[: sum(sizes)].to(self._images.device), sizes))


def fits(size: int, device: torch.device) -> bool:
    """Whether a data set of so many bytes may lie in a GPU's memory beside a run."""
    free, _ = torch.cuda.mem_get_info(device)
    return size < _RESIDENT_SHARE * free


class StackedBatches:
    """The batches of several runs side by side, one slice of a stack each."""

    def __init__(self, runs: Sequence[Batches]) -> None:
        self.runs = runs
        self.rounds = runs[0].rounds

    def epoch(self, rounds: int | None = None) -> Iterator[list[Batch]]:
        """As :meth:`Batches.epoch`, every batch (S, N, d)."""
        for places in self.places(rounds):
            yield [self.deal(index) for index in places]

    def places(self, rounds: int | None = None) -> Iterator[list[Tensor]]:
        """As :meth:`Batches.places`, int64 (S, N)."""
        for of_runs in zip(*(run.places(rounds) for run in self.runs), strict=True):
            yield [torch.stack(index) for index in zip(*of_runs, strict=True)]

    def deal(self, index: Tensor) -> Batch:
        """The batch of the samples at places (S, N) in each run's data."""
        dealt = [run.deal(own) for run, own in zip(self.runs, index, strict=True)]
        return Batch(torch.stack([batch.images for batch in dealt]))


def _as_tensor(array: np.ndarray) -> Tensor:
    """A tensor of the array's own memory; a read-only map is copied, since torch may not warn."""
    return torch.from_numpy(array if array.flags.writeable else np.array(array))
