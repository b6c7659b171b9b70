"""What a run yields: the columns of the results, typed in one place.

The store derives its Arrow schemas from these dataclasses, so a column exists here
or nowhere. ``None`` means *could not be measured*; it is never written as 0. Units
are part of the names; all FLOPs count a multiply and an add as two operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np

Status = Literal["completed", "diverged", "out_of_memory", "timed_out", "failed", "interrupted"]

# What `bench run --retry` calls the runs that ended otherwise than well.
RETRY: Mapping[str, str] = {
    "failed": "failed",
    "diverged": "diverged",
    "out_of_memory": "oom",
    "timed_out": "timed_out",
}


@dataclass(frozen=True, kw_only=True)
class StepColumns:
    """One value per step (a round of critic and generator updates) of one epoch.

    Arrays are float32 of shape (steps,). The critic's columns are means over the
    critic updates of the round. Scores are the critic's raw outputs (logits). A column
    is None where the game has no such quantity.
    """

    critic_loss: np.ndarray
    generator_loss: np.ndarray
    critic_score_real: np.ndarray | None = None
    critic_score_fake: np.ndarray | None = None
    critic_accuracy_real: np.ndarray | None = None
    critic_accuracy_fake: np.ndarray | None = None
    penalty: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """Everything measured in one epoch. Peaks and energy exclude warm-up."""

    epoch: int  # from 1
    samples_seen: int  # real samples shown to the critic, cumulative
    steps: int  # rounds, cumulative
    train_seconds: float  # this epoch's steps, warm-up excluded
    warmup_seconds: float  # this epoch's warm-up steps (the first of an attempt)
    evaluation_seconds: float  # quality and sample grids, never inside train_seconds
    checkpoint_seconds: float | None  # making this epoch's checkpoint, handing over the last one
    elapsed_seconds: float | None  # everything since set-up began, cumulative over attempts
    images_per_second: float | None  # real samples over train_seconds
    train_flops: int | None  # cumulative over the run
    peak_gpu_allocated_bytes: int | None
    peak_gpu_reserved_bytes: int | None
    peak_gpu_process_bytes: int | None
    peak_host_bytes: int | None
    process_cpu_seconds: float | None  # of the training steps, all threads
    foreign_load_cores: float | None  # cores other processes kept busy meanwhile
    contended: bool | None  # the timings of this epoch shared the machine
    energy_joules: float | None  # whole board, training only, cumulative; from 10 s on
    critic_loss: float
    generator_loss: float
    critic_score_real: float | None = None
    critic_score_fake: float | None = None
    critic_accuracy_real: float | None = None
    critic_accuracy_fake: float | None = None
    penalty: float | None = None
    fid: float | None = None
    fcd: float | None = None
    kid_mean: float | None = None
    kid_std: float | None = None
    precision: float | None = None
    recall: float | None = None
    quality_samples: int | None = None
    conditional_accuracy: float | None = None
    modes_captured: int | None = None
    high_quality_fraction: float | None = None
    reverse_kl: float | None = None


@dataclass(frozen=True, kw_only=True)
class EpochResult:
    """One epoch as training yields it: the record, its steps, and what else was due after it."""

    record: EpochRecord
    steps: StepColumns
    samples_png: bytes | None = None  # a grid or scatter of samples
    checkpoint: bytes | None = None  # from which training goes on after this epoch


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where a run was measured."""

    device: str  # "cpu" or "cuda"
    gpu_name: str | None
    gpu_driver: str | None
    cuda_version: str | None
    cudnn_version: str | None
    cpu_model: str | None
    cpu_cores: int | None  # physical
    cpu_threads: int | None  # logical
    ram_bytes: int | None
    host: str | None
    os: str
    python_version: str
    torch_version: str
    numpy_version: str
    bench_version: str
    git_commit: str | None
    git_dirty: bool | None
    precision: str
    execution: str
    tf32: bool
    threads: int  # of this run


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """What is known of a run before its first step."""

    run_id: str
    sweep: str
    label: str  # names the configuration; seeds of one label are replicates
    variant: str
    dataset: str
    seed: int
    baseline: bool  # this label is the one others are compared with
    spec: str  # JSON: everything that determines the outcome
    epochs_planned: int
    image_size: int | None  # null for points
    channels: int | None
    batch_size: int  # real samples per critic update
    pack: int  # samples the critic judges together; 1 without packing
    packs_per_step: int  # real packs of all critic updates of a round
    samples_per_step: int  # real samples of all critic updates of a round
    steps_planned: int | None  # of a run whose length was given in steps


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Sizes and arithmetic of a recipe, per image; None where a counter does not apply."""

    generator_parameters: int
    critic_parameters: int
    generator_macs: int | None  # forward, one image
    critic_macs: int | None
    generator_activation_bytes: int | None  # forward outputs of all layers, one image
    critic_activation_bytes: int | None
    critic_flops_per_image: int | None  # one critic update, per real image
    generator_flops_per_image: int | None  # one generator update, per image made
    train_flops_per_image: int | None  # a round, per real image: critic + generator / critic_steps


@dataclass(frozen=True, kw_only=True)
class RunSetup(Counts):
    """What a run learns while it is set up, before its first step."""

    environment: Environment
    train_images: int
    data_hash: str
    quality_features: str | None  # "inception", "classifier" or null where quality is off
    quality_weights_hash: str | None
    quality_reference_hash: str | None
    quality_samples: int | None
    quality_noise_floor: float | None  # one half of the real data against the other
    setup_seconds: float  # data, networks, extractor
    stacked_runs: int = 1  # runs trained together as one stack, which share all timings
    resumed_epochs: int = 0  # made by earlier attempts, from whose checkpoint this one goes on


@dataclass(frozen=True, kw_only=True)
class RunTotals:
    """Sums and peaks over a run's committed epochs."""

    epochs: int = 0
    samples_seen: int = 0
    steps: int = 0
    train_seconds: float = 0.0
    warmup_seconds: float = 0.0
    evaluation_seconds: float = 0.0
    checkpoint_seconds: float | None = None
    elapsed_seconds: float | None = None
    train_flops: int | None = None
    energy_joules: float | None = None
    peak_gpu_allocated_bytes: int | None = None
    peak_gpu_reserved_bytes: int | None = None
    peak_gpu_process_bytes: int | None = None
    peak_host_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """How a run ended."""

    status: Status
    error: str | None = None  # one line; the traceback is in log.txt
    started_at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    ended_at: datetime | None = None
    attempts: int = 1
