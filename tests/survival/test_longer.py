"""More epochs of finished runs continue them."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
import torch

from bench import store
from bench.cache import cache_root
from bench.store import continuations
from tests.survival.conftest import Undisturbed
from tests.survival.sweeps import bench_run, check_equal

NOW = pd.Timestamp("2026-11-24T10:00:00.123456Z").to_pydatetime()


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["in the cache", "in the results folder", "nowhere"])
def test_more_epochs_continue_a_finished_sweep(
    undisturbed: Undisturbed, tmp_path: Path, kept: str
) -> None:
    out = tmp_path / "small"
    keep = ["--set", "keep_checkpoints=true"] if kept == "in the results folder" else []
    short = bench_run(undisturbed.grid, out, "--epochs", "2", *keep)
    assert short.returncode == 0, short.stderr
    assert len(list(out.glob("runs/*/checkpoint-0002.pt"))) == (4 if keep else 0)
    first = store.read_sweep(out).epochs
    if kept != "in the cache":
        shutil.rmtree(cache_root() / "continuations")
    longer = bench_run(undisturbed.grid, out)
    assert longer.returncode == 0, longer.stderr
    assert not list(out.glob("runs/*/checkpoint-*.pt"))
    epochs = store.read_sweep(out).epochs
    early = epochs[epochs["epoch"] <= 2].reset_index(drop=True)
    if kept == "nowhere":
        assert epochs["attempt"].tolist() == [2] * 16
    else:
        assert epochs["attempt"].tolist() == [1, 1, 2, 2] * 4
        pd.testing.assert_frame_equal(early, first)  # to the last second
    # Only the picture after what was then the last epoch differs.
    for picture in out.glob("runs/*/samples/epoch-0002.png"):
        assert (undisturbed.results / picture.relative_to(out)).exists()
    check_equal(out, undisturbed.results)


@pytest.mark.slow
def test_a_run_scored_by_another_protocol_is_trained_from_the_start(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    options = ("--seeds", "0", "--set", "keep_checkpoints=true")
    short = bench_run(undisturbed.grid, out, "--epochs", "1", *options)
    assert short.returncode == 0, short.stderr
    (checkpoint,) = out.glob("runs/dcgan-tutorial-*/checkpoint-0001.pt")
    state = torch.load(checkpoint, weights_only=True)
    state["protocol"]["quality_weights_hash"] = "of another classifier"
    torch.save(state, checkpoint)
    longer = bench_run(undisturbed.grid, out, "--epochs", "2", *options)
    assert longer.returncode == 0, longer.stderr
    assert "packed, seed 0 is trained from the start: its checkpoint could" in longer.stderr
    attempts = store.read_sweep(out).epochs.groupby("label")["attempt"].apply(list).to_dict()
    assert attempts == {"conditional-wgan-gp": [1, 2], "packed": [2, 2]}


def test_the_cache_keeps_the_newest_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuations, "MOST_BYTES", 2500)
    monkeypatch.setattr(continuations.checkpoints, "whole", Path.exists)
    for number in range(4):
        continuations.put(f"run-{number}", NOW, 1, b"x" * 1000)
        time.sleep(0.02)  # the kernel's times of files move on by some milliseconds at once
        continuations.find("run-0", NOW, 1)  # what is used stays
        time.sleep(0.02)
    there = [continuations.find(f"run-{number}", NOW, 1) is not None for number in range(4)]
    assert there == [True, False, False, True]


def test_a_checkpoint_belongs_to_one_end_of_one_run() -> None:
    continuations.put("run", NOW, 3, b"")
    assert continuations.find("run", NOW, 2) is None
    assert continuations.find("other", NOW, 3) is None
    assert continuations.find("run", NOW + pd.Timedelta(microseconds=1), 3) is None
    assert continuations.find("run", None, 3) is None
