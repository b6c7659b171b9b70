"""Sweeps for the tests of the store, small or large, and everything that readers return."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench import measures, store
from bench.measures import (
    Environment,
    EpochRecord,
    EpochResult,
    RunOutcome,
    RunPlan,
    RunSetup,
    Status,
)
from bench.store import schema
from bench.store.rows import read_rows
from bench.store.schema import keys, parquet_bytes, row_table
from bench.store.states import run_file

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
IMAGES = 128

SETUP = RunSetup(
    environment=Environment(
        device="cpu",
        gpu_name=None,
        gpu_driver=None,
        cuda_version=None,
        cudnn_version=None,
        cpu_model="EPYC",
        cpu_cores=2,
        cpu_threads=2,
        ram_bytes=1 << 34,
        host="here",
        os="Linux",
        python_version="3.11",
        torch_version="2.8",
        numpy_version="2",
        bench_version="0",
        git_commit="abc",
        git_dirty=False,
        precision="fp32",
        execution="eager",
        tf32=False,
        threads=2,
    ),
    train_images=IMAGES,
    data_hash="aa",
    generator_parameters=10,
    critic_parameters=20,
    generator_macs=30,
    critic_macs=40,
    generator_activation_bytes=1,
    critic_activation_bytes=1,
    critic_flops_per_image=700,
    generator_flops_per_image=800,
    train_flops_per_image=1500,
    quality_features="classifier",
    quality_weights_hash="bb",
    quality_reference_hash="cc",
    quality_samples=100,
    quality_noise_floor=0.5,
    setup_seconds=1.0,
)


def run_plan(seed: int, configuration: int = 0, epochs: int = 4) -> RunPlan:
    """One run of a configuration, which is named by its number."""
    recipe = {"generator_width": 64, "critic_width": 64 + configuration, "pack": 1}
    return RunPlan(
        run_id=f"dcgan-s{seed}-{configuration:010x}",
        sweep="sweep",
        label=f"dcgan {configuration}",
        variant="dcgan",
        dataset="mnist-5k",
        seed=seed,
        baseline=configuration == 0,
        spec=json.dumps({"variant": "dcgan", "recipe": recipe, "seed": seed}),
        epochs_planned=epochs,
        image_size=28,
        channels=1,
        batch_size=64,
        pack=1,
        packs_per_step=64,
        samples_per_step=64,
        steps_planned=None,
    )


def open_sweep(path: Path, runs: Iterable[RunPlan]) -> None:
    store.open_sweep(path, store.SweepPlan("sweep", "Why?", "dcgan 0", "x", tuple(runs)))


def epoch_record(**columns: Any) -> EpochRecord:
    """An epoch's record from all its columns."""
    scalars = {m.name: columns.pop(m.name) for m in measures.scalars() if m.name in columns}
    scores = {m.name: columns.pop(m.name) for m in measures.scores() if m.name in columns}
    return EpochRecord(**columns, scalars=scalars, scores=scores)


def record(number: int, steps: int, seconds: float = 2.0, fcd: float = 9.0) -> EpochRecord:
    """What was measured in an epoch of ``steps`` steps."""
    return epoch_record(
        epoch=number,
        samples_seen=IMAGES * number,
        steps=steps * number,
        train_seconds=seconds,
        warmup_seconds=0.5 if number == 1 else 0.0,
        evaluation_seconds=0.25,
        checkpoint_seconds=0.0,
        elapsed_seconds=(seconds + 0.5) * number,
        images_per_second=IMAGES / seconds,
        train_flops=1500 * IMAGES * number,
        peak_gpu_allocated_bytes=None,
        peak_gpu_reserved_bytes=None,
        peak_gpu_process_bytes=None,
        peak_host_bytes=1000 + number,
        process_cpu_seconds=4.0,
        foreign_load_cores=0.0,
        contended=False,
        energy_joules=None,
        critic_loss=1.0,
        generator_loss=2.0,
        critic_accuracy_real=0.8,
        critic_accuracy_fake=0.7,
        fcd=fcd,
        quality_samples=100,
    )


def losses(seed: int, count: int) -> dict[str, np.ndarray]:
    """Random walks."""
    walk = np.random.default_rng(seed).normal(0, 0.1, (4, count)).cumsum(axis=1)
    critic, generator, real, fake = walk.astype(np.float32)
    return {
        "critic_loss": 1 + critic,
        "generator_loss": 1 + generator,
        "critic_accuracy_real": real.clip(0, 1),
        "critic_accuracy_fake": fake.clip(0, 1),
    }


def write_run(path: Path, run: RunPlan, status: Status | None, epochs: int, steps: int = 3) -> None:
    """Writes a run as a sweep does; with no status it is killed after its epochs."""
    writer = store.RunWriter(path, run, started_at=NOW)
    writer.begin()
    writer.set_up(replace(SETUP, resumed_epochs=writer.resumed_epochs))
    writer.log(f"log of {run.seed}\n")
    for number in range(writer.resumed_epochs + 1, epochs + 1):
        writer.append(EpochResult(record=record(number, steps), steps=losses(number, steps)))
    if status is not None:
        error = None if status == "completed" else "boom"
        ended_at = NOW + timedelta(minutes=1)
        writer.finish(RunOutcome(status=status, error=error, started_at=NOW, ended_at=ended_at))


def write_large(
    path: Path, configurations: int, seeds: int, *, epochs: int, steps: int, every: int = 1
) -> Path:
    """A finished sweep, written without committing each epoch.

    Args:
        every: so many runs share the steps of one, which take longest to generate.
    """
    runs = [run_plan(s, c, epochs) for s in range(seeds) for c in range(configurations)]
    open_sweep(path, runs)
    for position, run in enumerate(runs):
        folder = path / "runs" / run.run_id
        folder.mkdir(parents=True)
        random = np.random.default_rng(position)
        seconds = 2 + 0.1 * int(run.run_id[-2:], 16) + random.uniform(0, 0.2)
        scores = 20 + 80 / np.arange(1, epochs + 1) + random.normal(0, 1, epochs)
        records = [
            record(n, steps, seconds, float(score)) for n, score in enumerate(scores, start=1)
        ]
        rows = [{**keys(run), "attempt": 1, **each.columns()} for each in records]
        (folder / "epochs.parquet").write_bytes(parquet_bytes(row_table(schema.epochs(), rows)))
        if position % every == 0:
            columns = losses(position, epochs * steps)
        (folder / "steps.parquet").write_bytes(_steps(run, columns, epochs, steps))
        outcome = RunOutcome(status="completed", started_at=NOW, ended_at=NOW + timedelta(hours=1))
        row = keys(run) | vars(run) | vars(outcome) | measures.totals(rows)
        row |= vars(SETUP) | vars(SETUP.environment)
        del row["environment"]
        (folder / "run.parquet").write_bytes(run_file(row))
    return path


def _steps(run: RunPlan, columns: dict[str, np.ndarray], epochs: int, steps: int) -> bytes:
    count, declared = epochs * steps, schema.steps()
    known = {
        **{name: value for name, value in keys(run).items() if name in declared.names},
        "epoch": np.repeat(np.arange(1, epochs + 1), steps),
        "step": np.arange(1, count + 1),
        **columns,
    }
    arrays = [
        pa.array(np.broadcast_to(known[field.name], count), field.type)
        if field.name in known
        else pa.nulls(count, field.type)
        for field in declared
    ]
    return parquet_bytes(pa.table(arrays, schema=declared))


# ---------------------------------------------------------------------------- reading


def everything(path: Path) -> tuple[Any, ...]:
    """Everything that readers return for a sweep."""
    results = store.read_sweep(path)
    ids = list(results.planned["run_id"])
    return (
        results.runs.to_dict("records"),
        results.epochs.to_dict("records"),
        results.steps().to_dict("records"),
        store.read_states(path, ids),
        [store.read_run(path / "runs" / run_id) for run_id in ids],
        [read_rows(path / "runs" / run_id, "epochs").to_pylist() for run_id in ids],
    )


def same(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    return repr(first) == repr(second)  # NaN is not equal to itself


def own_files(path: Path) -> list[str]:
    """The names of the Parquet files in the runs' own folders."""
    return sorted(p.name for p in (path / "runs").rglob("*.parquet"))


def gathered_ids(path: Path, kind: str) -> list[str]:
    """The runs with rows in the gathered files of a kind, once per file."""
    ids: list[str] = []
    for file in (path / "compact").glob(f"{kind}-*.parquet"):
        ids += dict.fromkeys(pq.read_table(file)["run_id"].to_pylist())
    return sorted(ids)
