"""Several runs that differ only in their seed, trained as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from bench.spec import RunSpec
from bench.training.batches import Batches
from bench.training.play import Play
from bench.training.resources import Resources
from variants.game import Batch, Inputs
from variants.stack import StackedGame


def play(specs: Sequence[RunSpec], resources: Resources) -> Play:
    """One run, or a stack of several; each gives what it would give alone.

    Raises:
        ValueError: several runs of a recipe that cannot be stacked.
    """
    return Play(specs, resources) if len(specs) == 1 else _StackedPlay(specs, resources)


class _StackedPlay(Play):
    def _start(self) -> None:
        self._stack = StackedGame([run.game for run in self.runs])
        batches = StackedBatches([run.batches for run in self.runs])
        self._set_up(self._stack, batches, [run.noise for run in self.runs])

    def states(self) -> list[dict[str, Any]]:
        return [
            self._state(index, self._stack.member_state(index)) for index in range(len(self.runs))
        ]

    def load_states(self, states: Sequence[Mapping[str, Any]]) -> None:
        super().load_states(states)
        self._start()
        self._load_average(states)

    def sample(self, index: int, inputs: Inputs) -> Tensor:
        with self._evaluating():
            return self._stack.member_sample(index, inputs)


class StackedBatches:
    """The batches of several runs side by side, one slice of the stack each."""

    def __init__(self, runs: Sequence[Batches]) -> None:
        self.runs = runs
        self.steps = runs[0].steps

    def epoch(self, steps: int | None = None) -> Iterator[list[Batch]]:
        """As :meth:`Batches.epoch`, every batch (S, N, d)."""
        for indices in self.indices(steps):
            yield [self.at(index) for index in indices]

    def indices(self, steps: int | None = None) -> Iterator[list[Tensor]]:
        """As :meth:`Batches.indices`, int64 (S, N)."""
        for of_runs in zip(*(run.indices(steps) for run in self.runs), strict=True):
            yield [torch.stack(index) for index in zip(*of_runs, strict=True)]

    def at(self, index: Tensor) -> Batch:
        """The batch of the samples at indices (S, N) of each run's data."""
        own = [run.at(part) for run, part in zip(self.runs, index, strict=True)]
        return Batch(torch.stack([batch.target for batch in own]))
