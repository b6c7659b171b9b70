"""A sweep of one run, with a GPU or without, for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench import store
from bench.measures import Environment, EpochResult, RunOutcome, RunPlan, RunSetup

from .sweeps import epoch_record  # relative, since write_path.py cannot import `tests`

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def plan(seed: int = 0, label: str = "dcgan") -> RunPlan:
    return RunPlan(
        run_id=f"dcgan-s{seed}-0123456789",
        sweep="sweep",
        label=label,
        variant="dcgan",
        dataset="mnist-5k",
        seed=seed,
        baseline=True,
        spec="{}",
        epochs_planned=2,
        image_size=28,
        channels=1,
        batch_size=64,
        pack=1,
        packs_per_step=64,
        samples_per_step=64,
        steps_planned=None,
    )


def sweep_plan(*runs: RunPlan) -> store.SweepPlan:
    return store.SweepPlan("sweep", "Why?", "dcgan", "variants: [dcgan]\n", runs)


def setup(*, gpu: bool) -> RunSetup:
    return RunSetup(
        environment=Environment(
            device="cuda" if gpu else "cpu",
            gpu_name="NVIDIA H200" if gpu else None,
            gpu_driver="580" if gpu else None,
            cuda_version="13.0" if gpu else None,
            cudnn_version="9.10.2" if gpu else None,
            cpu_model="EPYC" if gpu else None,
            cpu_cores=2,
            cpu_threads=2,
            ram_bytes=1 << 34,
            host="here",
            os="Linux",
            python_version="3.11",
            torch_version="2.8",
            numpy_version="2",
            bench_version="0",
            git_commit="abc" if gpu else None,
            git_dirty=False if gpu else None,
            precision="fp32",
            execution="eager",
            tf32=False,
            threads=2,
        ),
        train_images=128,
        data_hash="aa",
        generator_parameters=10,
        critic_parameters=20,
        generator_macs=30 if gpu else None,
        critic_macs=40 if gpu else None,
        generator_activation_bytes=1,
        critic_activation_bytes=1,
        critic_flops_per_image=7,
        generator_flops_per_image=8,
        train_flops_per_image=15,
        quality_features="inception" if gpu else None,
        quality_weights_hash="bb" if gpu else None,
        quality_reference_hash="cc" if gpu else None,
        quality_samples=100 if gpu else None,
        quality_noise_floor=0.5 if gpu else None,
        setup_seconds=1.0,
    )


def epoch(number: int, *, gpu: bool = False, steps: int = 3) -> EpochResult:
    known = 5 if gpu else None
    return EpochResult(
        record=epoch_record(
            epoch=number,
            samples_seen=128 * number,
            steps=steps * number,
            train_seconds=2.0,
            warmup_seconds=0.5 if number == 1 else 0.0,
            evaluation_seconds=0.25,
            checkpoint_seconds=0.125,
            elapsed_seconds=3.0 * number,
            images_per_second=64.0,
            train_flops=1000 * number,
            peak_gpu_allocated_bytes=known,
            peak_gpu_reserved_bytes=known,
            peak_gpu_process_bytes=known,
            peak_host_bytes=100 + number,
            process_cpu_seconds=4.0,
            foreign_load_cores=0.0 if gpu else None,
            contended=False if gpu else None,
            energy_joules=3.0 * number if gpu else None,
            critic_loss=1.0,
            generator_loss=2.0,
            fid=9.0 if gpu else None,
            quality_samples=100 if gpu else None,
        ),
        steps={
            "critic_loss": np.arange(steps, dtype=np.float32),
            "generator_loss": np.arange(steps, dtype=np.float32),
        },
        samples_png=b"png",
    )


def write(path: Path, *, gpu: bool = False, epochs: int = 2, finish: bool = True) -> Path:
    run = plan()
    store.open_sweep(path, sweep_plan(run))
    writer = store.RunWriter(path, run, started_at=NOW)
    writer.begin()
    writer.set_up(setup(gpu=gpu))
    for number in range(1, epochs + 1):
        writer.append(epoch(number, gpu=gpu))
    if finish:
        writer.finish(RunOutcome(status="completed", started_at=NOW, ended_at=NOW))
    return path / "runs" / run.run_id
