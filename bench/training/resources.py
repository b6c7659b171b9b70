"""What training receives and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from bench.cost.memory import Memory
from bench.datasets import ImageData
from bench.measures import Counts, Environment, EpochResult, RunSetup
from bench.quality.evaluator import Judge
from bench.run_keys import Execution


class Diverged(ArithmeticError):
    """A loss is no longer finite; the message says which and where."""


Report = RunSetup | EpochResult | Diverged


def _never() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Where a run trains and what it receives ready-made; none of it is part of its identity.

    Attributes:
        memory: of the process; made before ``evaluator``, which counts as kept apart.
        exclusive: no other run of this sweep shares the machine.
        packed_runs: that train side by side, at most; None if unknown.
        stop: asked after each epoch whether to end early.
    """

    device: torch.device
    data: ImageData
    counts: Counts
    environment: Environment
    evaluator: Judge | None
    memory: Memory
    exclusive: bool
    packed_runs: int | None = None
    execution: Execution = "eager"
    stop: Callable[[], bool] = _never
