"""The Parquet on disk: schema, atomicity, and messages about damage."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench import store
from bench.errors import ResultsError
from bench.measures import (
    Environment,
    EpochRecord,
    EpochResult,
    RunOutcome,
    RunPlan,
    RunSetup,
)

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
        record=EpochRecord(
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
            scalars={"critic_loss": 1.0, "generator_loss": 2.0},
            scores={"fid": 9.0, "quality_samples": 100} if gpu else {},
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


# --------------------------------------------------------------------------- schema

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
    "quality_samples",
    "modes_captured",
]
TEXTS = ["sweep", "run_id", "label", "variant"]


@pytest.mark.parametrize("gpu", [False, True])
def test_epochs_have_the_columns_and_types_of_the_design(tmp_path: Path, gpu: bool) -> None:
    run = write(tmp_path / "s", gpu=gpu)
    frame = pd.read_parquet(run / "epochs.parquet")
    assert set(DESIGN_EPOCH_COLUMNS) <= set(frame)
    for name in frame:
        if name in INTEGERS:
            assert frame[name].dtype.name in ("int64", "Int64"), name
        elif name in TEXTS:
            assert pd.api.types.is_string_dtype(frame[name]), name
        elif name == "contended":
            assert frame[name].dtype.name == "boolean"
        else:
            assert frame[name].dtype.name == "float64", name


def test_files_of_two_machines_have_equal_schemas(tmp_path: Path) -> None:
    """One with git, GPU and NVML, one without any of them."""
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


def test_what_was_not_measured_is_null_and_not_zero(tmp_path: Path) -> None:
    row = pq.read_table(write(tmp_path / "s") / "epochs.parquet").to_pylist()[0]
    for name in ("peak_gpu_allocated_bytes", "energy_joules", "fid", "precision", "contended"):
        assert row[name] is None
    steps = pq.read_table(tmp_path / "s" / "runs" / plan().run_id / "steps.parquet")
    assert steps["penalty"].null_count == len(steps)


def test_values_survive(tmp_path: Path) -> None:
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


# ------------------------------------------------------------------------- atomicity


def test_a_run_that_is_still_going_reads_as_interrupted_with_its_epochs(tmp_path: Path) -> None:
    write(tmp_path / "s", epochs=2, finish=False)
    results = store.read_sweep(tmp_path / "s")
    assert results.runs["status"].tolist() == ["interrupted"]
    assert results.epochs["epoch"].tolist() == [1, 2]
    assert len(results.steps()) == 6


def test_steps_of_an_epoch_that_was_not_committed_do_not_count(tmp_path: Path) -> None:
    run = write(tmp_path / "s", finish=False)
    (run / "parts" / "epochs-000002.parquet").unlink()
    results = store.read_sweep(tmp_path / "s")
    assert results.epochs["epoch"].tolist() == [1]
    assert results.steps()["epoch"].unique().tolist() == [1]


@pytest.mark.parametrize(
    ("moment", "left"),
    [("write", b"old"), ("fsync", b"old"), ("rename", b"old"), ("fsync of the folder", b"new")],
)
def test_a_process_killed_while_writing_leaves_the_old_file_or_the_new(
    tmp_path: Path, moment: str, left: bytes
) -> None:
    """A real process ends itself at that step of the write, as kill -9 would end it."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    code = f"""
import os, pathlib, sys
from bench import store
end = lambda *a, **k: os._exit(9)
if {moment!r} == "write":
    real = os.fdopen
    def fdopen(*a, **k):
        file = real(*a, **k)
        file.write(b"ne"); file.flush(); os._exit(9)
    os.fdopen = fdopen
elif {moment!r} == "fsync":
    os.fsync = end
elif {moment!r} == "rename":
    pathlib.Path.replace = end
else:
    real, done = os.fsync, []
    os.fsync = lambda handle: end() if done else (real(handle), done.append(handle))
store.write_atomically(pathlib.Path(sys.argv[1]), b"new")
"""
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == left
    store.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match=r"No space left to write .*--out"):
        store.write_atomically(tmp_path / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_file_size_limit_is_reported_as_no_space(tmp_path: Path) -> None:
    code = """
import pathlib, resource, signal, sys
from bench import store
from bench.errors import ResultsError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    store.write_atomically(pathlib.Path(sys.argv[1]), b"x" * 10_000)
except ResultsError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("No space left to write")
    assert list(tmp_path.iterdir()) == []


def _again(path: Path, epochs: int) -> store.RunWriter:
    writer = store.RunWriter(path, plan(), started_at=NOW)
    writer.begin()
    for number in range(1, epochs + 1):
        writer.append(epoch(number))
    return writer


@pytest.mark.parametrize("finished", [True, False])
def test_a_repeated_run_replaces_the_earlier_one_when_it_has_as_many_epochs(
    tmp_path: Path, finished: bool
) -> None:
    write(tmp_path, epochs=2, finish=finished)
    writer = _again(tmp_path, 3)
    assert store.read_sweep(tmp_path).epochs["epoch"].tolist() == [1, 2], "until it has ended"
    writer.finish(RunOutcome(status="completed", started_at=NOW, ended_at=NOW))
    results = store.read_sweep(tmp_path)
    assert results.epochs["epoch"].tolist() == [1, 2, 3]
    assert results.runs["attempts"].tolist() == [2]
    assert [p.name for p in (tmp_path / "runs").iterdir()] == [plan().run_id]


def test_a_repeated_run_with_fewer_epochs_leaves_the_earlier_one(tmp_path: Path) -> None:
    write(tmp_path, epochs=2)
    _again(tmp_path, 1)  # killed: never finished
    assert store.read_sweep(tmp_path).runs["status"].tolist() == ["completed"]
    writer = _again(tmp_path, 1)
    writer.finish(RunOutcome(status="failed", error="x", started_at=NOW, ended_at=NOW))
    results = store.read_sweep(tmp_path)
    assert results.runs["status"].tolist() == ["completed"]
    assert results.epochs["epoch"].tolist() == [1, 2]
    assert [p.name for p in (tmp_path / "runs").iterdir()] == [plan().run_id]


def test_a_run_without_epochs_starts_afresh(tmp_path: Path) -> None:
    run = write(tmp_path, epochs=0, finish=False)
    (run / "litter").write_text("")
    store.RunWriter(tmp_path, plan(), started_at=NOW).begin()
    assert {p.name for p in run.iterdir()} == {"run.parquet", ".reserve"}


def test_a_label_is_what_the_grid_calls_it_now(tmp_path: Path) -> None:
    write(tmp_path)
    store.open_sweep(
        tmp_path, store.SweepPlan("sweep", None, "renamed", "x", (plan(label="renamed"),))
    )
    results = store.read_sweep(tmp_path)
    assert results.runs["label"].tolist() == ["renamed"]
    assert results.epochs["label"].unique().tolist() == ["renamed"]
    assert results.runs["baseline"].tolist() == [True]


# --------------------------------------------------------------------------- damage


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no results folder .*missing"):
        store.read_sweep(tmp_path / "missing")


def test_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no sweep\.json"):
        store.read_sweep(tmp_path)


def test_a_sweep_without_a_run(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, sweep_plan(plan()))
    with pytest.raises(ResultsError, match="holds no run yet"):
        store.read_sweep(tmp_path)


def test_another_schema_version(tmp_path: Path) -> None:
    write(tmp_path)
    document = json.loads((tmp_path / "sweep.json").read_text())
    (tmp_path / "sweep.json").write_text(json.dumps(document | {"schema_version": 99}))
    with pytest.raises(ResultsError, match="schema version 99 and this gan-bench reads up to 2"):
        store.read_sweep(tmp_path)


@pytest.mark.parametrize("name", ["run", "epochs", "steps"])
@pytest.mark.parametrize("damage", ["half", "empty", "text"])
def test_torn_parquet(tmp_path: Path, name: str, damage: str) -> None:
    file = write(tmp_path) / f"{name}.parquet"
    whole = file.read_bytes()
    file.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "text": b"hello"}[damage])
    with pytest.raises(ResultsError, match=rf"{name}\.parquet is torn .*run the grid again"):
        store.read_sweep(tmp_path).steps()


def test_a_run_without_its_row_or_with_other_types(tmp_path: Path) -> None:
    file = write(tmp_path) / "run.parquet"
    table = pq.read_table(file)
    pq.write_table(table.slice(0, 0), file)
    with pytest.raises(ResultsError, match=r"run\.parquet is torn"):
        store.read_sweep(tmp_path)
    seeds = table.schema.get_field_index("seed")
    pq.write_table(table.set_column(seeds, "seed", [["x"]]), file)
    with pytest.raises(ResultsError, match=r"run\.parquet is torn"):
        store.read_sweep(tmp_path)


def test_columns_of_another_program(tmp_path: Path) -> None:
    file = write(tmp_path) / "epochs.parquet"
    pd.read_parquet(file).rename(columns={"fid": "FID"}).to_parquet(file)
    with pytest.raises(ResultsError, match=r"other columns .*FID"):
        store.read_sweep(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", "", '{"schema_version": 1}'])
def test_a_damaged_plan(tmp_path: Path, text: str) -> None:
    write(tmp_path)
    (tmp_path / "sweep.json").write_text(text)
    with pytest.raises(ResultsError, match=r"sweep\.json is damaged"):
        store.read_sweep(tmp_path)


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", "..", "a/b", 3, None])
@pytest.mark.parametrize("key", ["name", "run_id"])
def test_a_plan_that_leads_out_of_its_folder_is_refused(
    tmp_path: Path, key: str, name: object
) -> None:
    write(tmp_path)
    document = json.loads((tmp_path / "sweep.json").read_text())
    (document if key == "name" else document["runs"][0])[key] = name
    (tmp_path / "sweep.json").write_text(json.dumps(document))
    with pytest.raises(ResultsError, match=r"sweep\.json is damaged"):
        store.read_plan(tmp_path)


@pytest.mark.parametrize("dying", range(1, 9))
def test_a_sweep_killed_while_it_writes_its_plan_can_be_started_again(
    tmp_path: Path, dying: int
) -> None:
    """A real process ends itself, as kill -9 would, at the n-th call to the disk."""
    code = f"""
import itertools, os, pathlib, sys, tempfile
from bench import store
calls = itertools.count(1)
def dying(real):
    def call(*a, **k):
        result = real(*a, **k)
        return os._exit(9) if next(calls) == {dying} else result
    return call
os.fsync, tempfile.mkstemp = dying(os.fsync), dying(tempfile.mkstemp)
pathlib.Path.replace = dying(pathlib.Path.replace)
plan = store.SweepPlan("sweep", None, None, "variants: [dcgan]", ())
store.open_sweep(pathlib.Path(sys.argv[1]), plan)
"""
    path = tmp_path / "sweep"
    done = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert done.returncode == 9
    store.check_writable(path, "sweep")
    store.open_sweep(path, sweep_plan())
    assert store.read_plan(path)["name"] == "sweep"
    assert (path / "grid.yaml").exists()


def test_a_sweep_of_another_name_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path)
    other = store.SweepPlan("other", None, None, "x", ())
    with pytest.raises(ResultsError, match="holds the sweep 'sweep', not 'other'"):
        store.open_sweep(tmp_path, other)
    with pytest.raises(ResultsError, match="holds the sweep 'sweep', not 'other'"):
        store.check_writable(tmp_path, "other")


def test_runs_outside_the_plan_are_left_out(tmp_path: Path) -> None:
    run = write(tmp_path)
    shutil.copytree(run, run.with_name("dcgan-s7-stray00000"))
    assert len(store.read_sweep(tmp_path).runs) == 1


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        store.check_writable(tmp_path / "file", "sweep")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("")
    with pytest.raises(ResultsError, match="other things in it"):
        store.check_writable(tmp_path / "taken", "sweep")
    with pytest.raises(ResultsError, match="Cannot write"):
        store.check_writable(Path("/proc/nowhere"), "sweep")
    store.check_writable(tmp_path / "new" / "deep", "sweep")
    assert not (tmp_path / "new").exists()


def test_the_documentation_names_every_column() -> None:
    text = (Path(__file__).parents[1] / "docs" / "results.md").read_text()
    for columns in (store.schema.runs(), store.schema.epochs(), store.schema.steps()):
        for name in columns.names:
            assert f"`{name}`" in text, name
