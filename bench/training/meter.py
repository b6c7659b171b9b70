"""What an epoch of training costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench.cost.calibration import Calibrator
from bench.cost.clock import Clock
from bench.cost.energy import EnergyMeter
from bench.cost.host_memory import mapped_bytes
from bench.cost.load import LoadMeter
from bench.cost.nvml import open_gpu
from bench.cost.powercap import open_processor_energy
from bench.training.play import Play, Shown
from bench.training.resources import Resources

# Steps left out of train_seconds: allocators, choice of kernels, caches.
WARMUP_STEPS = {"cpu": 3, "cuda": 10}


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
    peak_host_added_bytes: int | None
    process_cpu_seconds: float | None
    foreign_load_cores: float | None
    steal_share: float | None
    contended: bool | None
    calibration_before_flops_per_second: float | None
    calibration_after_flops_per_second: float | None
    calibration_seconds: float | None
    energy_joules: float | None
    cpu_energy_joules: float | None


class Meter:
    """Measures the epochs of one attempt, warm-up apart from the rest."""

    def __init__(self, resources: Resources, clock: Clock) -> None:
        exclusive = resources.exclusive
        self._exclusive = exclusive
        self._warmup_steps = WARMUP_STEPS[resources.device.type]
        self._clock = clock
        self._gpu = open_gpu(resources.device)
        self._gpu_energy = EnergyMeter(self._gpu, exclusive=exclusive)
        self._cpu_energy = EnergyMeter(open_processor_energy(), exclusive=exclusive)
        self._memory = resources.memory
        self._mapped = mapped_bytes(resources.data.images, resources.data.sources)
        self._calibrator = Calibrator(resources.device, clock, resources.memory)
        self._step_seconds = 0.0

    def state(self) -> dict[str, Any]:
        """The energy counted so far. Its keys are part of the checkpoint format."""
        return {**self._gpu_energy.state(), "cpu": self._cpu_energy.state()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Continues from what :meth:`state` returned."""
        self._gpu_energy.load_state(state)
        # Earlier checkpoints do not have the processor's, which then stays unknown.
        self._cpu_energy.load_state(state.get("cpu", {**state, "known": False}))

    def epoch(
        self, play: Play, rows: Tensor, *, first: bool
    ) -> tuple[EpochCost, tuple[Shown, ...]]:
        """Trains one step per row.

        Args:
            rows: (steps, columns, runs), filled in.
            first: of this attempt, which begins with a warm-up.

        Returns:
            The cost, and the samples shown in the warm-up, in refilling the GPU's cache, and
            in the timed steps.
        """
        steps: Iterator[list[Tensor]] = play.indices(len(rows))
        warmup, warm, warm_seconds = self._untimed(play, steps, rows, first * self._warmup_steps)
        expected = self._step_seconds or (warm_seconds / warmup if warmup else 0.0)
        calibration = self._calibrator.start(expected * (len(rows) - warmup))
        refill, refilled, refill_seconds = self._untimed(
            play, steps, rows[warmup:], int(self._memory.gpu.take_refill())
        )
        untimed = warmup + refill
        self._memory.gpu.reset()
        host_known = self._memory.host.reset()
        load_meter = LoadMeter()
        self._gpu_energy.start()
        self._cpu_energy.start()
        start = self._clock.seconds()
        timed = play.run(steps, rows[untimed:])
        seconds = self._clock.seconds() - start
        self._gpu_energy.stop(seconds)
        self._cpu_energy.stop(seconds)
        load = load_meter.stop()
        contended = True if not self._exclusive else load.contended
        self._gpu_energy.shared(self._gpu.shared())
        self._cpu_energy.shared(contended)
        peaks, host = self._memory.gpu.peaks(), self._memory.host
        peak_host = host.peak_bytes() if host_known else None
        added_host = host.added_bytes(self._mapped) if host_known else None
        calibrated = calibration.finish()
        self._calibrator.trained(seconds, calibrated)
        self._step_seconds = seconds / (len(rows) - untimed)
        cost = EpochCost(
            train_seconds=seconds,
            warmup_seconds=warm_seconds + refill_seconds,
            images_per_second=timed.real / seconds if seconds > 0 else None,
            peak_gpu_allocated_bytes=peaks.allocated,
            peak_gpu_reserved_bytes=peaks.reserved,
            peak_gpu_process_bytes=peaks.process,
            peak_host_bytes=peak_host,
            peak_host_added_bytes=added_host,
            process_cpu_seconds=load.own_seconds,
            foreign_load_cores=load.foreign_cores,
            steal_share=load.steal_share,
            contended=contended,
            calibration_before_flops_per_second=calibrated.before,
            calibration_after_flops_per_second=calibrated.after,
            calibration_seconds=calibrated.seconds,
            energy_joules=self._gpu_energy.joules(),
            cpu_energy_joules=self._cpu_energy.joules(),
        )
        return cost, (warm, refilled, timed)

    def _untimed(
        self, play: Play, steps: Iterator[list[Tensor]], rows: Tensor, wanted: int
    ) -> tuple[int, Shown, float]:
        """Trains some steps that are left out of train_seconds, but never all of ``rows``.

        Returns:
            How many, their samples, and the seconds they took.
        """
        count = min(wanted, len(rows) - 1)
        if count == 0:
            return 0, Shown(0, 0), 0.0
        start = self._clock.seconds()
        shown = play.run(steps, rows[:count])
        return count, shown, self._clock.seconds() - start


def empty_rows(steps: int, columns: int, runs: int, device: torch.device) -> Tensor:
    """Rows to be filled in, NaN where a game does not report a number."""
    return torch.full((steps, columns, runs), float("nan"), device=device)
