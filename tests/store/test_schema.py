"""The Parquet files' columns and types, and what they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench import store
from tests.store.one_run import NOW, plan, write

DESIGN_EPOCH_COLUMNS = [
    "epoch",
    "samples_seen",
    "steps",
    "train_seconds",
    "warmup_seconds",
    "evaluation_seconds",
    "images_per_second",
    "train_flops",
    "peak_gpu_allocated_bytes",
    "peak_gpu_reserved_bytes",
    "peak_gpu_process_bytes",
    "peak_host_bytes",
    "energy_joules",
    "critic_loss",
    "generator_loss",
    "critic_accuracy_real",
    "critic_accuracy_fake",
    "fid",
    "fcd",
    "kid_mean",
    "kid_std",
    "precision",
    "recall",
    "quality_samples",
    "modes_captured",
    "high_quality_fraction",
    "reverse_kl",
    "contended",
]


# Columns of other scores are documented once for all.
DERIVED = ("_averaged", "_identity", "_mean_target")

INTEGERS = [
    "schema_version",
    "seed",
    "attempt",
    "epoch",
    "samples_seen",
    "steps",
    "train_flops",
    "peak_gpu_allocated_bytes",
    "peak_gpu_reserved_bytes",
    "peak_gpu_process_bytes",
    "peak_host_bytes",
    "peak_host_added_bytes",
    "quality_samples",
    "modes_captured",
]


TEXTS = ["sweep", "run_id", "label", "variant"]


@pytest.mark.parametrize("gpu", [False, True])
def test_epochs_have_the_designed_columns_and_types(tmp_path: Path, gpu: bool) -> None:
    run = write(tmp_path / "s", gpu=gpu)
    frame = pd.read_parquet(run / "epochs.parquet")
    assert set(DESIGN_EPOCH_COLUMNS) <= set(frame)
    for name in frame:
        if name.removesuffix("_averaged") in INTEGERS:
            assert frame[name].dtype.name in ("int64", "Int64"), name
        elif name in TEXTS:
            assert pd.api.types.is_string_dtype(frame[name]), name
        elif name in ("contended", "quality_evaluated"):
            assert frame[name].dtype.name == "boolean"
        else:
            assert frame[name].dtype.name == "float64", name


def test_files_of_two_machines_have_equal_schemas(tmp_path: Path) -> None:
    """One machine has git, a GPU, and NVML; the other has none of them."""
    rich, poor = write(tmp_path / "a", gpu=True), write(tmp_path / "b", gpu=False)
    for name in ("run", "epochs", "steps"):
        first, second = (
            pq.read_schema(rich / f"{name}.parquet"),
            pq.read_schema(poor / f"{name}.parquet"),
        )
        assert first.equals(second)
        for key in (b"pandas", b"gan_bench_schema_version"):
            assert first.metadata[key] == second.metadata[key]
        assert not any(str(field.type) == "null" for field in first)
        frames = [pd.read_parquet(run / f"{name}.parquet") for run in (rich, poor)]
        assert frames[0].dtypes.equals(frames[1].dtypes)


def test_values_that_were_not_measured_are_null_not_zero(tmp_path: Path) -> None:
    row = pq.read_table(write(tmp_path / "s") / "epochs.parquet").to_pylist()[0]
    for name in ("peak_gpu_allocated_bytes", "energy_joules", "fid", "precision", "contended"):
        assert row[name] is None
    steps = pq.read_table(tmp_path / "s" / "runs" / plan().run_id / "steps.parquet")
    assert steps["penalty"].null_count == len(steps)


def test_values_are_read_back(tmp_path: Path) -> None:
    results = store.read_sweep(write(tmp_path / "s", gpu=True).parent.parent)
    (row,) = results.runs.to_dict("records")
    assert (row["epochs"], row["samples_seen"], row["steps"]) == (2, 256, 6)
    assert (row["train_seconds"], row["warmup_seconds"]) == (4.0, 0.5)
    assert (row["train_flops"], row["energy_joules"], row["peak_host_bytes"]) == (2000, 6.0, 102)
    assert row["started_at"] == pd.Timestamp(NOW)
    assert (row["status"], row["gpu_name"], row["git_dirty"]) == ("completed", "NVIDIA H200", False)
    steps = results.steps()
    assert steps["step"].tolist() == [1, 2, 3, 4, 5, 6]
    assert steps["epoch"].tolist() == [1, 1, 1, 2, 2, 2]
    assert steps["critic_loss"].dtype == np.float32
    assert results.question == "Why?"
    assert [p.name for p in results.samples(row["run_id"])] == ["epoch-0001.png", "epoch-0002.png"]


def test_the_documentation_names_every_column() -> None:
    text = (Path(__file__).parents[2] / "docs" / "results.md").read_text()
    for columns in (store.schema.runs(), store.schema.epochs(), store.schema.steps()):
        for name in columns.names:
            ends = [end for end in DERIVED if name.endswith(end)]
            assert f"`{f'<score>{ends[0]}' if ends else name}`" in text, name
