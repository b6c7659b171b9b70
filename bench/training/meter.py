"""What an epoch of training costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench.cost.clock import Clock
from bench.cost.energy import EnergyMeter
from bench.cost.load import CONTENDED_CORES, LoadMeter
from bench.cost.memory import GpuMemory, HostMemory
from bench.cost.nvml import open_gpu
from bench.training.play import Play, Shown
from bench.training.resources import Resources

# Steps left out of train_seconds: allocators, choice of kernels, caches.
_WARMUP_STEPS = {"cpu": 3, "cuda": 10}


@dataclass(frozen=True, kw_only=True)
class EpochCost:
    """What an epoch took; runs of a stack share it. Fields are columns of the results."""

    train_seconds: float
    warmup_seconds: float
    images_per_second: float | None
    peak_gpu_allocated_bytes: int | None
    peak_gpu_reserved_bytes: int | None
    peak_gpu_process_bytes: int | None
    peak_host_bytes: int | None
    process_cpu_seconds: float | None
    foreign_load_cores: float | None
    contended: bool | None
    energy_joules: float | None


class Meter:
    """Measures the epochs of one attempt, warm-up apart from the rest."""

    def __init__(self, resources: Resources, clock: Clock) -> None:
        gpu = open_gpu(resources.device)
        self._exclusive = resources.exclusive
        self._warmup_steps = _WARMUP_STEPS[resources.device.type]
        self._clock = clock
        self._energy = EnergyMeter(gpu, exclusive=resources.exclusive)
        self._host = HostMemory()
        self._memory = GpuMemory(resources.device, gpu)

    def state(self) -> Any:
        """The energy counted so far."""
        return self._energy.state()

    def load_state(self, state: Any) -> None:
        """Continues from what :meth:`state` returned."""
        self._energy.load_state(state)

    def epoch(
        self, play: Play, rows: Tensor, *, first: bool
    ) -> tuple[EpochCost, tuple[Shown, Shown]]:
        """Trains one step per row.

        Args:
            rows: (steps, columns, runs), filled in.
            first: of this attempt, which begins with a warm-up.

        Returns:
            The cost, and the samples shown in the warm-up and after it.
        """
        steps: Iterator[list[Tensor]] = play.indices(len(rows))
        warmup = min(self._warmup_steps, len(rows) - 1) if first else 0
        begin = self._clock.seconds()
        warm = play.run(steps, rows[:warmup])
        warmed = self._clock.seconds()
        self._memory.reset()
        host_known = self._host.reset()
        load = LoadMeter()
        self._energy.start()
        start = self._clock.seconds()
        timed = play.run(steps, rows[warmup:])
        seconds = self._clock.seconds() - start
        self._energy.stop(seconds)
        cpu_seconds, foreign = load.stop()
        cost = EpochCost(
            train_seconds=seconds,
            warmup_seconds=warmed - begin if warmup else 0.0,
            images_per_second=timed.real / seconds if seconds > 0 else None,
            peak_gpu_allocated_bytes=self._memory.allocated_bytes(),
            peak_gpu_reserved_bytes=self._memory.reserved_bytes(),
            peak_gpu_process_bytes=self._memory.process_bytes(),
            peak_host_bytes=self._host.peak_bytes() if host_known else None,
            process_cpu_seconds=cpu_seconds,
            foreign_load_cores=foreign,
            contended=_contended(self._exclusive, foreign),
            energy_joules=self._energy.joules(),
        )
        return cost, (warm, timed)


def _contended(exclusive: bool, foreign: float | None) -> bool | None:
    if not exclusive:
        return True
    return None if foreign is None else foreign > CONTENDED_CORES


def empty_rows(steps: int, columns: int, runs: int, device: torch.device) -> Tensor:
    """Rows to be filled in, NaN where a game does not report a number."""
    return torch.full((steps, columns, runs), float("nan"), device=device)
