"""A run, or a stack of them, as a generator: what was learned in setting up, then epochs.

Knows nothing of files, processes or progress.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from bench import checkpoint, engine
from bench.batches import Batches, StackedBatches
from bench.cost.clock import Clock, Elapsed
from bench.cost.energy import EnergyMeter
from bench.cost.load import CONTENDED_CORES, LoadMeter
from bench.cost.memory import GpuMemory, HostMemory, release_free_memory
from bench.cost.nvml import open_gpu
from bench.datasets import ImageData
from bench.evaluation import Evaluation, Sampler
from bench.measures import Counts, Environment, EpochRecord, EpochResult, RunSetup
from bench.quality.evaluator import Judge, QualityProtocol, QualityScores
from bench.spec import Execution, RunSpec
from variants.game import Game, Noise
from variants.networks.stacked import StackedGame

# Rounds left out of train_seconds: allocators, kernels' choice, caches.
_WARMUP_ROUNDS = {"cpu": 3, "cuda": 10}

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


def _never() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Where a run trains and what it is handed ready-made; none of it is part of its identity."""

    device: torch.device
    data: ImageData
    counts: Counts
    environment: Environment
    evaluator: Judge | None
    exclusive: bool  # no other run of this sweep shares the machine
    execution: Execution = "eager"
    keep_checkpoint: bool = False  # after the last epoch, whatever it costs
    stop: Callable[[], bool] = _never  # asked after each epoch whether to end early


Report = RunSetup | EpochResult | Diverged


def run(
    specs: Sequence[RunSpec],
    resources: Resources,
    *,
    started: float,
    resume: Sequence[bytes] = (),
) -> Iterator[list[Report | None]]:
    """Trains one run, or as one stack several that differ in their seed only.

    Args:
        specs: one run, or several of a stackable recipe; each comes out as it would alone.
        started: reading of ``Clock.seconds`` when the run's process began, so that set-up
            time includes the loading of data and extractor.
        resume: checkpoints of the same epoch, one a run, to go on from; none to begin. On one
            CPU the steps that follow are those of a run never interrupted, bit for bit.

    Yields:
        One report a run: their set-ups, then epoch by epoch their results. Where a loss
        stopped being finite, a list with ``Diverged`` follows that epoch's, and None is the
        report of the run from then on; with no run left, training ends.

    Raises:
        CheckpointError: a checkpoint is damaged, or of another recipe, data set or version, or
            the epochs before it were scored by another protocol.
        torch.OutOfMemoryError: as torch raises it.
    """
    device = resources.device
    clock = Clock(device)
    gpu = open_gpu(device)
    play = _Play(specs, resources)
    members = [_Member(spec, resources, play, index) for index, spec in enumerate(specs)]
    energy = EnergyMeter(gpu, exclusive=resources.exclusive)
    elapsed = Elapsed(clock, started)
    protocol = asdict(resources.evaluator.protocol if resources.evaluator else QualityProtocol())
    # The floor is computed anew, perhaps with other roundings; the hashes say whether by the same.
    scored_by = {name: value for name, value in protocol.items() if name != "quality_noise_floor"}
    resumed = 0
    if resume:
        with checkpoint.unusable_otherwise():
            states = [checkpoint.loaded(content, device) for content in resume]
            (resumed,) = {state["epoch"] for state in states}
            if any(state.get("protocol", scored_by) != scored_by for state in states):
                raise checkpoint.CheckpointError(
                    "quality was measured otherwise before, by another classifier or reference, "
                    "and scores of two protocols cannot stand in one run"
                )
            energy.load_state(states[0]["energy"])
            elapsed.before = states[0]["elapsed"]
            play.load_state([state["play"] for state in states])
            for member, state in zip(members, states, strict=True):
                member.load_state(state["member"])
            if members[0].steps != resumed * play.batches.rounds:
                raise checkpoint.CheckpointError("the checkpoint's last epoch was cut short")
    setup_seconds = clock.seconds() - started
    yield [_setup(spec, resources, protocol, setup_seconds, len(specs), resumed) for spec in specs]

    host, memory = HostMemory(), GpuMemory(device, gpu)
    budget = checkpoint.Budget()
    for epoch in range(resumed + 1, specs[0].epochs + 1):
        rounds = play.rounds(epoch)
        rows = torch.full((rounds, len(engine.SCALARS), len(specs)), math.nan, device=device)
        warmup = min(_WARMUP_ROUNDS[device.type], rounds - 1) if epoch == resumed + 1 else 0
        places = play.batches.places(rounds)
        begin = clock.seconds()
        warm = play.on(places, rows[:warmup])
        warmed = clock.seconds()
        memory.reset()
        host_known = host.reset()
        load = LoadMeter()
        energy.start()
        start = clock.seconds()
        timed = play.on(places, rows[warmup:])
        train_seconds = clock.seconds() - start
        energy.stop(train_seconds)
        cpu_seconds, foreign = load.stop()
        cost = _EpochCost(
            train_seconds=train_seconds,
            warmup_seconds=warmed - begin if warmup else 0.0,
            images_per_second=timed.real / train_seconds if train_seconds > 0 else None,
            peak_gpu_allocated_bytes=memory.allocated_bytes(),
            peak_gpu_reserved_bytes=memory.reserved_bytes(),
            peak_gpu_process_bytes=memory.process_bytes(),
            peak_host_bytes=host.peak_bytes() if host_known else None,
            process_cpu_seconds=cpu_seconds,
            foreign_load_cores=foreign,
            contended=_contended(resources.exclusive, foreign),
            energy_joules=energy.joules(),
        )
        columns = rows.cpu().numpy()
        results = [
            member.epoch(epoch, columns[:, :, index], cost, (warm, timed), clock)
            for index, member in enumerate(members)
        ]
        budget.trained(cost.warmup_seconds + train_seconds)
        stopping = resources.stop()
        contents: list[bytes | None] = [None] * len(specs)
        kept = resources.keep_checkpoint and epoch == specs[0].epochs
        if kept or stopping or budget.allows():
            with budget.spending(clock):
                whole = {
                    "epoch": epoch,
                    "protocol": scored_by,
                    "energy": energy.state(),
                    "elapsed": elapsed.seconds(),
                }
                for index, member in enumerate(members):
                    if member.going:
                        own = {"play": play.state(index), "member": member.state()}
                        contents[index] = checkpoint.dumped(whole | own)
            budget.made()
        checkpoint_seconds, seconds = budget.since_last(), elapsed.seconds()
        with budget.spending(clock):
            yield [
                result and _with_checkpoint(result, content, checkpoint_seconds, seconds)
                for result, content in zip(results, contents, strict=True)
            ]
        if any(member.diverged for member in members):
            yield [member.take_divergence() for member in members]
            if all(member.over for member in members):
                return
        if stopping:
            return


class _Shown(NamedTuple):
    """Samples of some rounds: real ones to the critic, made ones in generator updates."""

    real: int
    made: int


class _Play:
    """The game, what is dealt to it, and its noise; a stack of games where runs are several."""

    def __init__(self, specs: Sequence[RunSpec], resources: Resources) -> None:
        device = resources.device
        games: list[Game] = []
        dealt: list[Batches] = []
        noise: list[torch.Generator] = []
        for spec in specs:
            weights_seed, order_seed, noise_seed = _streams(spec.seed)
            torch.manual_seed(weights_seed)
            games.append(spec.recipe.build(spec.shape, device))
            order = torch.Generator().manual_seed(order_seed)
            dealt.append(
                Batches(
                    resources.data,
                    spec.recipe,
                    device,
                    order,
                    spec.steps_per_epoch,
                    resident=resources.execution == "cuda-graph",
                )
            )
            noise.append(torch.Generator(device).manual_seed(noise_seed))
        self._device = device
        self._steps = specs[0].steps
        self._games, self._dealt, self._streams = games, dealt, noise
        self.batches: Batches | StackedBatches = dealt[0]
        self.game: Game = games[0]
        self._noise: Noise = noise[0]
        self._stack: StackedGame | None = None
        if len(specs) > 1:
            self.batches, self._noise = StackedBatches(dealt), noise
            self.game = self._stack = StackedGame(games)
        self._start_engine = partial(
            engine.Engine,
            size=specs[0].recipe.batch_size,
            device=device,
            precision=specs[0].precision,
            execution=resources.execution,
        )
        self._engine = self._start_engine(self.game, self._noise, self.batches.deal)

    def state(self, index: int) -> dict[str, Any]:
        """What decides how one of the runs goes on: players, streams, and place in the data."""
        cuda = self._device.type == "cuda"
        return {
            "game": self._stack.member_state(index) if self._stack else self.game.state(),
            "batches": self._dealt[index].state(),
            "noise": self._streams[index].get_state(),
            "torch": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state(self._device) if cuda else None,
        }

    def load_state(self, states: Sequence[Mapping[str, Any]]) -> None:
        """Takes up what :meth:`state` gave of each run."""
        for game, dealt, noise, state in zip(
            self._games, self._dealt, self._streams, states, strict=True
        ):
            game.load_state(state["game"])
            dealt.load_state(state["batches"])
            noise.set_state(state["noise"].cpu())
        if self._stack is not None:
            self.game = self._stack = StackedGame(self._games)
            self._engine = self._start_engine(self.game, self._noise, self.batches.deal)
        torch.set_rng_state(states[0]["torch"].cpu())
        if self._device.type == "cuda" and states[0]["cuda"] is not None:
            torch.cuda.set_rng_state(states[0]["cuda"].cpu(), self._device)

    def rounds(self, epoch: int) -> int:
        """Of an epoch; the last of a run of so many steps may have fewer."""
        if self._steps is None:
            return self.batches.rounds
        return min(self.batches.rounds, self._steps - (epoch - 1) * self.batches.rounds)

    def on(self, rounds: Iterator[list[Tensor]], rows: Tensor) -> _Shown:
        """Plays one round per row and records it there."""
        real = made = 0
        with self._engine.playing():
            for row, places in zip(rows, rounds, strict=False):
                row.copy_(self._engine.play(places).view(row.shape))
                real += sum(index.shape[-1] for index in places)
                made += places[-1].shape[-1]
        return _Shown(real, made)

    def sampler(self, index: int) -> Sampler:
        """How one of the runs draws samples, its generator in evaluation mode."""

        def sample(latents: Tensor, labels: Tensor | None) -> Tensor:
            network = self.game.generator.network
            network.eval()
            try:
                if self._stack is not None:
                    return self._stack.member_sample(index, latents)
                return self.game.sample(latents, labels)
            finally:
                network.train()

        return sample


@dataclass(frozen=True, kw_only=True)
class _EpochCost:
    """What an epoch took; runs of a stack share it."""

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


class _Member:
    """One of the runs: its counters and its evaluation."""

    def __init__(self, spec: RunSpec, resources: Resources, play: _Play, index: int) -> None:
        self._counts = resources.counts
        self._evaluation = Evaluation(
            spec,
            play.game,
            play.sampler(index),
            resources.evaluator,
            resources.data,
            resources.device,
        )
        self._samples_seen = self.steps = 0
        self._flops: int | None = 0
        self.diverged: Diverged | None = None
        self.over = False

    @property
    def going(self) -> bool:
        """Whether its losses have all been finite so far."""
        return not self.over and self.diverged is None

    def state(self) -> dict[str, Any]:
        """The counters."""
        return {"samples_seen": self._samples_seen, "steps": self.steps, "flops": self._flops}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Goes on counting from what :meth:`state` gave."""
        self._samples_seen, self.steps = state["samples_seen"], state["steps"]
        self._flops = state["flops"]

    def epoch(
        self,
        epoch: int,
        columns: np.ndarray,
        cost: _EpochCost,
        played: Sequence[_Shown],
        clock: Clock,
    ) -> EpochResult | None:
        """The result of an epoch, from its rows (rounds, scalars); None once diverged."""
        if self.over:
            return None
        broken = _first_not_finite(columns)
        start = clock.seconds()
        scores, png = self._evaluation.of(epoch) if broken is None else (QualityScores(), None)
        if scores.quality_samples or png:
            release_free_memory()
        evaluation_seconds = clock.seconds() - start

        self._samples_seen += sum(shown.real for shown in played)
        self._flops = _add_flops(self._flops, self._counts, played)
        if broken is not None:
            step, name = broken
            self.diverged = Diverged(
                f"{name} was not finite at step {self.steps + step + 1} (epoch {epoch})"
            )
        self.steps += len(columns)
        record = EpochRecord(
            epoch=epoch,
            samples_seen=self._samples_seen,
            steps=self.steps,
            evaluation_seconds=evaluation_seconds,
            checkpoint_seconds=None,
            elapsed_seconds=None,
            train_flops=self._flops,
            **asdict(cost),
            scalars=_means(columns),
            scores=asdict(scores),
        )
        return EpochResult(record=record, steps=_step_columns(columns), samples_png=png)

    def take_divergence(self) -> Diverged | None:
        """The news that the run has diverged, once."""
        news, self.diverged = self.diverged, None
        self.over = self.over or news is not None
        return news


def _add_flops(flops: int | None, counts: Counts, played: Sequence[_Shown]) -> int | None:
    critic, generator = counts.critic_flops_per_image, counts.generator_flops_per_image
    if flops is None or critic is None or generator is None:
        return None
    return flops + sum(critic * shown.real + generator * shown.made for shown in played)


def _streams(seed: int) -> tuple[int, int, int]:
    """Independent seeds for weights and dropout, order of the data, and latents."""
    state = np.random.SeedSequence(seed).generate_state(3, np.uint32)
    return int(state[0]), int(state[1]), int(state[2])


def _with_checkpoint(
    result: EpochResult, content: bytes | None, checkpoint_seconds: float, elapsed_seconds: float
) -> EpochResult:
    """An epoch's result with its checkpoint and what is known only then."""
    record = replace(
        result.record, checkpoint_seconds=checkpoint_seconds, elapsed_seconds=elapsed_seconds
    )
    return replace(result, record=record, checkpoint=content)


def _setup(
    spec: RunSpec,
    resources: Resources,
    protocol: Mapping[str, Any],
    seconds: float,
    stacked_runs: int,
    resumed: int,
) -> RunSetup:
    return RunSetup(
        environment=resources.environment,
        train_images=len(resources.data.images),
        data_hash=resources.data.content_hash,
        **asdict(resources.counts),
        **protocol,
        setup_seconds=seconds,
        stacked_runs=stacked_runs,
        resumed_epochs=resumed,
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


def _means(columns: np.ndarray) -> dict[str, float | None]:
    """Means over the epoch's steps; None for what the game does not have."""
    means = columns.mean(axis=0, dtype=np.float64)
    found: dict[str, float | None] = {}
    for name, mean in zip(engine.SCALARS, means, strict=True):
        known = name.endswith("_loss") or math.isfinite(mean)
        found[_STEP_COLUMNS[name]] = float(mean) if known else None
    return found


def _step_columns(columns: np.ndarray) -> dict[str, np.ndarray]:
    return {
        _STEP_COLUMNS[name]: columns[:, index].astype(np.float32)
        for index, name in enumerate(engine.SCALARS)
        if name.endswith("_loss") or not np.isnan(columns[:, index]).all()
    }
