"""Sweeps that fail, are interrupted, or are killed, and how they resume."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from tests.cli.commands import TINY, Bench, refused


def test_a_full_disk_is_reported(bench: Bench, tmp_path: Path) -> None:
    """A limit on file sizes stands in for a full disk: the first run's steps do not fit."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    code = (
        "import resource, signal, sys; from bench.cli import main;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "sys.argv = ['bench', 'run', '--grid', 'tiny.yaml', '--set', 'quality.features=\"off\"'];"
        "main()"
    )
    assert bench("run", "-g", "tiny.yaml", "--dry-run").returncode == 0  # fills the cache
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    refused(done, "No space left to write", "--out")


def test_one_bad_run_does_not_stop_the_sweep(bench: Bench, tmp_path: Path) -> None:
    """One run diverges and gets that status; the other completes; the exit status is 1."""
    (tmp_path / "bad.yaml").write_text(
        TINY.replace("label: lighter", "label: wild, generator_lr: 1.0e38, critic_lr: 1.0e38")
    )
    done = bench("run", "--grid", "bad.yaml")
    assert done.returncode == 1
    assert "1 completed, 1 diverged" in done.stdout
    rows = [
        pd.read_parquet(run / "run.parquet").iloc[0]
        for run in (tmp_path / "results" / "bad" / "runs").iterdir()
    ]
    status = {row["label"]: (row["status"], row["error"]) for row in rows}
    assert status["dcgan"][0] == "completed"
    assert status["wild"][0] == "diverged"
    assert "not finite at step" in status["wild"][1]
    assert bench("report", "results/bad").returncode == 0


def test_runs_that_ctrl_c_prevented_are_counted(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(TINY.replace("epochs: 2", "epochs: 1"))
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--grid", "many.yaml", "--seeds", "0-7"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            if "run 3 of 16" in line:
                process.send_signal(signal.SIGINT)
                break
        process.stderr.read()
        output = process.stdout.read()
    assert process.returncode == 1
    done = len(list((tmp_path / "results" / "many" / "runs").iterdir()))
    assert f"{done} completed, {16 - done} not run." in output


def test_ctrl_c_once_finishes_the_epoch(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(TINY.replace("epochs: 2", "epochs: 5000"))
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--grid", "long.yaml"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "epoch 2 of" in line:
                os.killpg(process.pid, signal.SIGINT)  # to the whole group, as a terminal does
                break
        rest = process.stderr.read()
    assert "Finishing the epoch" in rest
    assert process.returncode == 1
    (run,) = (tmp_path / "results" / "long" / "runs").iterdir()
    row = pd.read_parquet(run / "run.parquet").iloc[0]
    assert row["status"] == "interrupted"
    assert row["epochs"] >= 2
    assert len(pd.read_parquet(run / "epochs.parquet")) == row["epochs"]


def test_interrupted_runs_resume(bench: Bench, tmp_path: Path) -> None:
    """After a kill, a second call runs only what is missing."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--grid", "tiny.yaml", "--epochs", "40"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "run 2 of 2" in line:
                process.kill()
                break
    time.sleep(0.2)
    results = tmp_path / "results" / "tiny"
    assert bench("report", "results/tiny").returncode == 0, "an incomplete sweep can be reported"
    done = bench("run", "--grid", "tiny.yaml", "--epochs", "40")
    assert done.returncode == 0
    assert "Done already: 1 run; to go: 1." in done.stderr
    for run in (results / "runs").iterdir():
        assert pd.read_parquet(run / "epochs.parquet")["epoch"].tolist() == list(range(1, 41))
