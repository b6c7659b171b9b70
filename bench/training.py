"""One run, as a generator: what it learned while setting up, then an epoch at a time.

Knows nothing of files, processes or progress.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from bench import engine
from bench.batches import Batches
from bench.cost.clock import Clock
from bench.cost.energy import EnergyMeter
from bench.cost.load import CONTENDED_CORES, LoadMeter
from bench.cost.memory import GpuMemory, HostMemory, release_free_memory
from bench.cost.nvml import open_gpu
from bench.datasets import ImageData
from bench.quality.evaluator import Evaluator, QualityScores
from bench.quality.samples import sample_grid_png
from bench.records import Counts, Environment, EpochRecord, EpochResult, RunSetup, StepColumns
from bench.spec import RunSpec
from variants.game import Batch, Game

# Rounds left out of train_seconds: allocators, kernels' choice, caches.
_WARMUP_ROUNDS = {"cpu": 3, "cuda": 10}
# The same noise for every run, variant and epoch, so that pictures can be compared.
_EVALUATION_SEED = 20_140_610
_GRID_SEED = 20_151_119
_GRID_COLUMNS = 8
_DRAW_BATCH = 250

_STEP_COLUMNS = {
    "critic_loss": "critic_loss",
    "generator_loss": "generator_loss",
    "score_real": "critic_score_real",
    "score_fake": "critic_score_fake",
    "accuracy_real": "critic_accuracy_real",
    "accuracy_fake": "critic_accuracy_fake",
    "penalty": "penalty",
}


class Diverged(ArithmeticError):
    """A loss is no longer finite; the message says which and where."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Where a run trains and what it is handed ready-made; none of it is part of its identity."""

    device: torch.device
    data: ImageData
    counts: Counts
    environment: Environment
    evaluator: Evaluator | None
    exclusive: bool  # no other run of this sweep shares the machine


def run(spec: RunSpec, resources: Resources, *, started: float) -> Iterator[RunSetup | EpochResult]:
    """Trains one run.

    Args:
        started: reading of ``Clock.seconds`` when the run's process began, so that set-up
            time includes the loading of data and extractor.

    Yields:
        The set-up once, then one result per epoch.

    Raises:
        Diverged: after the epoch in which a loss stopped being finite was yielded.
        torch.OutOfMemoryError: as torch raises it.
    """
    device = resources.device
    clock = Clock(device)
    gpu = open_gpu(device)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    weights_seed, order_seed, noise_seed = _streams(spec.seed)
    torch.manual_seed(weights_seed)
    game = spec.recipe.build(spec.shape, device)
    batches = Batches(
        resources.data, spec.recipe, device, torch.Generator().manual_seed(order_seed)
    )
    noise = torch.Generator(device).manual_seed(noise_seed)
    evaluation = _Evaluation(spec, game, resources.evaluator, device)
    yield _setup(spec, resources, clock.seconds() - started)

    host, memory = HostMemory(), GpuMemory(device, gpu)
    energy = EnergyMeter(gpu, exclusive=resources.exclusive)
    samples_seen = steps = 0
    flops: int | None = 0
    for epoch in range(1, spec.epochs + 1):
        rows = torch.full((batches.rounds, len(engine.SCALARS)), math.nan, device=device)
        warmup = min(_WARMUP_ROUNDS[device.type], batches.rounds - 1) if epoch == 1 else 0
        rounds = batches.epoch()
        begin = clock.seconds()
        warm = _play(game, rounds, noise, rows[:warmup])
        warmed = clock.seconds()
        memory.reset()
        host_known = host.reset()
        load = LoadMeter()
        energy.start()
        start = clock.seconds()
        timed = _play(game, rounds, noise, rows[warmup:])
        train_seconds = clock.seconds() - start
        energy.stop(train_seconds)
        cpu_seconds, foreign = load.stop()
        peaks: dict[str, Any] = {
            "peak_gpu_allocated_bytes": memory.allocated_bytes(),
            "peak_gpu_reserved_bytes": memory.reserved_bytes(),
            "peak_gpu_process_bytes": memory.process_bytes(),
            "peak_host_bytes": host.peak_bytes() if host_known else None,
        }

        columns = rows.cpu().numpy()
        broken = _first_not_finite(columns)
        start = clock.seconds()
        scores, png = evaluation.of(epoch) if broken is None else (QualityScores(), None)
        if scores.quality_samples or png:
            release_free_memory()
        evaluation_seconds = clock.seconds() - start

        samples_seen += warm.real + timed.real
        flops = _add_flops(flops, resources.counts, warm, timed)
        record = EpochRecord(
            epoch=epoch,
            samples_seen=samples_seen,
            steps=steps + batches.rounds,
            train_seconds=train_seconds,
            warmup_seconds=warmed - begin if warmup else 0.0,
            evaluation_seconds=evaluation_seconds,
            images_per_second=timed.real / train_seconds if train_seconds > 0 else None,
            train_flops=flops,
            **peaks,
            process_cpu_seconds=cpu_seconds,
            foreign_load_cores=foreign,
            contended=_contended(resources.exclusive, foreign),
            energy_joules=energy.joules(),
            **_means(columns),
            **asdict(scores),
        )
        yield EpochResult(record=record, steps=_step_columns(columns), samples_png=png)
        if broken is not None:
            step, name = broken
            raise Diverged(f"{name} was not finite at step {steps + step + 1} (epoch {epoch})")
        steps += batches.rounds


class _Shown(NamedTuple):
    """Images of some rounds: real ones to the critic, made ones in generator updates."""

    real: int
    made: int


def _play(
    game: Game, rounds: Iterator[list[Batch]], noise: torch.Generator, rows: Tensor
) -> _Shown:
    """Plays one round per row and records it there."""
    real = made = 0
    for row, batches in zip(rows, rounds, strict=False):
        row.copy_(engine.play_round(game, batches, noise))
        real += sum(map(len, batches))
        made += len(batches[-1])
    return _Shown(real, made)


def _add_flops(flops: int | None, counts: Counts, *played: _Shown) -> int | None:
    critic, generator = counts.critic_flops_per_image, counts.generator_flops_per_image
    if flops is None or critic is None or generator is None:
        return None
    return flops + sum(critic * shown.real + generator * shown.made for shown in played)


def _streams(seed: int) -> tuple[int, int, int]:
    """Independent seeds for weights and dropout, order of the data, and latents."""
    state = np.random.SeedSequence(seed).generate_state(3, np.uint32)
    return int(state[0]), int(state[1]), int(state[2])


def _setup(spec: RunSpec, resources: Resources, seconds: float) -> RunSetup:
    evaluator = resources.evaluator
    return RunSetup(
        environment=resources.environment,
        train_images=len(resources.data.images),
        data_hash=resources.data.content_hash,
        **asdict(resources.counts),
        quality_features=evaluator.extractor.name if evaluator else None,
        quality_weights_hash=evaluator.extractor.weights_hash if evaluator else None,
        quality_reference_hash=evaluator.reference.reference_hash if evaluator else None,
        quality_samples=spec.quality.samples if evaluator else None,
        quality_noise_floor=evaluator.reference.noise_floor if evaluator else None,
        setup_seconds=seconds,
    )


class _Evaluation:
    """Quality and sample grids at the end of an epoch, leaving no trace in the training."""

    def __init__(
        self, spec: RunSpec, game: Game, evaluator: Evaluator | None, device: torch.device
    ) -> None:
        self._spec = spec
        self._game = game
        self._evaluator = evaluator
        self._device = device
        count = spec.quality.samples if evaluator else 0
        self._latents = self._fixed_latents(count, _EVALUATION_SEED)
        self._grid_latents = self._fixed_latents(_GRID_COLUMNS**2, _GRID_SEED)

    def _fixed_latents(self, count: int, seed: int) -> Tensor:
        return self._game.latents(count, torch.Generator().manual_seed(seed)).to(self._device)

    def of(self, epoch: int) -> tuple[QualityScores, bytes | None]:
        """The scores and the sample grid, as far as they are due after this epoch."""
        last = epoch == self._spec.epochs
        scores, png = QualityScores(), None
        network = self._game.generator.network
        devices = [self._device] if self._device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            network.eval()
            if self._evaluator is not None and (last or epoch % self._spec.quality.every == 0):
                scores = self._evaluator.evaluate(self._draw)
            if last or epoch % self._spec.samples_every == 0:
                png = sample_grid_png(self._game.sample(self._grid_latents), _GRID_COLUMNS)
            network.train()
        return scores, png

    def _draw(self, start: int, stop: int) -> Tensor:
        return torch.cat(
            [self._game.sample(z) for z in torch.split(self._latents[start:stop], _DRAW_BATCH)]
        )


def _contended(exclusive: bool, foreign: float | None) -> bool | None:
    if not exclusive:
        return True
    return None if foreign is None else foreign > CONTENDED_CORES


def _first_not_finite(columns: np.ndarray) -> tuple[int, str] | None:
    """Step (from 0) and name of the first loss that is NaN or infinite."""
    losses = columns[:, :2]
    bad = np.argwhere(~np.isfinite(losses))
    return None if len(bad) == 0 else (int(bad[0][0]), engine.SCALARS[bad[0][1]])


def _means(columns: np.ndarray) -> dict[str, Any]:
    """Means over the epoch's steps; None for what the game does not have."""
    means = columns.mean(axis=0, dtype=np.float64)
    found: dict[str, float | None] = {}
    for name, mean in zip(engine.SCALARS, means, strict=True):
        known = name.endswith("_loss") or math.isfinite(mean)
        found[_STEP_COLUMNS[name]] = float(mean) if known else None
    return found


def _step_columns(columns: np.ndarray) -> StepColumns:
    values = {
        _STEP_COLUMNS[name]: columns[:, index].astype(np.float32)
        for index, name in enumerate(engine.SCALARS)
        if name.endswith("_loss") or not np.isnan(columns[:, index]).all()
    }
    return StepColumns(**values)
