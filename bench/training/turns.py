"""Timing apart from training: some real steps at a time, without evaluation or checkpoints."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import torch

from bench.cost.clock import Clock
from bench.cost.host_memory import mapped_bytes
from bench.cost.load import LoadMeter
from bench.cost.nvml import open_gpu
from bench.cost.powercap import open_processor_energy
from bench.spec import RunSpec
from bench.training import stack
from bench.training.meter import WARMUP_STEPS, empty_rows
from bench.training.resources import Diverged, Resources
from variants.scalars import LOSSES

# So many seconds more of steps settle caches and clocks, and say how long a step takes.
_WARMUP_SECONDS = 0.5
# Counters of energy are updated too rarely for shorter turns.
_SHORTEST_METERED_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class TurnCost:
    """What a turn took. Fields are columns of ``timing.parquet``; see ``measures.Turn``."""

    seconds: float
    real_images: int
    generator_updates: int
    energy_joules: float | None
    cpu_energy_joules: float | None
    peak_gpu_allocated_bytes: int | None
    peak_gpu_reserved_bytes: int | None
    peak_gpu_process_bytes: int | None
    peak_host_bytes: int | None
    peak_host_added_bytes: int | None
    process_cpu_seconds: float
    foreign_load_cores: float | None
    steal_share: float | None
    contended: bool | None


class Turns:
    """One configuration that trains some steps whenever it is its turn.

    Its steps are those of a run: the same data, game, engine and execution. They go on from turn
    to turn, through the first epoch and on through the data, with its learning rates.
    """

    def __init__(self, spec: RunSpec, resources: Resources) -> None:
        self._device = resources.device
        self._clock = Clock(resources.device)
        self._memory = resources.memory
        self._gpu = open_gpu(resources.device)
        self._processor = open_processor_energy()
        self._mapped = mapped_bytes(resources.data.images, resources.data.sources)
        self._play = stack.play([spec], resources)
        self._play.begin(1)
        self._indices = self._play.indices(sys.maxsize)

    @property
    def period(self) -> int:
        """Steps after which their cost repeats, as where a penalty is due at every k-th update."""
        updates, of_step = self._play.game.cost_period, self._play.game.critic_steps
        return updates // math.gcd(updates, of_step)

    def warm_up(self) -> float:
        """Trains some steps that are not timed, and returns the seconds that one takes.

        Raises:
            Diverged: a loss is no longer finite.
        """
        self._steps(WARMUP_STEPS[self._device.type])
        steps, spent, per_step = 1, 0.0, 0.0
        while spent < _WARMUP_SECONDS:
            start = self._clock.seconds()
            self._steps(steps)
            seconds = self._clock.seconds() - start
            spent, per_step = spent + seconds, seconds / steps
            steps *= 2
        return per_step

    def turn(self, steps: int, processes: int) -> TurnCost:
        """Trains so many steps, and one before them that fills the caches again.

        Args:
            processes: that hold the GPU for this timing; others would share its energy.

        Raises:
            Diverged: a loss is no longer finite.
        """
        self._steps(1)
        gpu, host = self._memory.gpu, self._memory.host
        gpu.reset()
        host_known = host.reset()
        load_meter = LoadMeter()
        board, package = self._gpu.energy_joules(), self._processor.energy_joules()
        start = self._clock.seconds()
        rows, real_images = self._train(steps)
        seconds = self._clock.seconds() - start
        board_end, package_end = self._gpu.energy_joules(), self._processor.energy_joules()
        load = load_meter.stop()
        peaks = gpu.peaks()
        peak_host = host.peak_bytes() if host_known else None
        added_host = host.added_bytes(self._mapped) if host_known else None
        self._check(rows)
        metered = seconds >= _SHORTEST_METERED_SECONDS
        holders = self._gpu.processes()
        alone = metered and holders is not None and holders <= processes
        quiet = metered and load.contended is False
        return TurnCost(
            seconds=seconds,
            real_images=real_images,
            generator_updates=steps,
            energy_joules=_spent(board, board_end) if alone else None,
            cpu_energy_joules=_spent(package, package_end) if quiet else None,
            peak_gpu_allocated_bytes=peaks.allocated,
            peak_gpu_reserved_bytes=peaks.reserved,
            peak_gpu_process_bytes=peaks.process,
            peak_host_bytes=peak_host,
            peak_host_added_bytes=added_host,
            process_cpu_seconds=load.own_seconds,
            foreign_load_cores=load.foreign_cores,
            steal_share=load.steal_share,
            contended=load.contended,
        )

    def _steps(self, count: int) -> None:
        rows, _ = self._train(count)
        self._check(rows)

    def _train(self, count: int) -> tuple[torch.Tensor, int]:
        """The rows (count, columns, 1) of the next steps, and how many real samples they have."""
        rows = empty_rows(count, len(self._play.columns), 1, self._device)
        return rows, self._play.run(self._indices, rows).real

    def _check(self, rows: torch.Tensor) -> None:
        if not bool(rows[:, : len(LOSSES)].isfinite().all()):
            raise Diverged("a loss is no longer finite")


def _spent(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
