"""``bench run --tensorboard``: what TensorBoard reads of a sweep."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench.board import Board, _name, thinned
from bench.errors import RequestError
from bench.measures import EpochResult
from tests.report.conftest import png
from tests.store.sweeps import record


class Observer:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def epoch(self, request: Any, result: EpochResult) -> None:
        self.told.append(f"epoch {result.record.epoch}")

    def ended(self, request: Any, outcome: Any) -> None:
        self.told.append("ended")

    def warn(self, text: str) -> None:
        self.told.append(text)

    def close(self) -> None:
        self.told.append("closed")


def request(label: str = "half critic") -> Any:
    return SimpleNamespace(spec=SimpleNamespace(run_id="dcgan-s3-0123456789", label=label, seed=3))


def epoch(number: int, steps: int) -> EpochResult:
    losses = np.arange(steps, dtype=np.float32) + 1000 * number
    some = np.where(np.arange(steps) % 2, np.nan, losses).astype(np.float32)
    return EpochResult(
        record=record(number, steps, fcd=50.0 / number),
        steps={"critic_loss": losses, "penalty": some},
        samples_png=png(number),
    )


@pytest.fixture
def quiet() -> Any:
    """TensorBoard's own imports warn of what others deprecate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("tensorboard")
        yield


@pytest.mark.usefixtures("quiet")
def test_losses_scores_and_samples_as_they_come(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    own = Observer()
    board: Any = Board(own, tmp_path)
    board.epoch(request(), epoch(1, 250))
    (folder,) = (tmp_path / "tensorboard" / "half critic").iterdir()
    assert folder.name == "seed 3"

    def read() -> EventAccumulator:
        return EventAccumulator(str(folder), {"scalars": 0, "images": 0}).Reload()

    found = read()  # while the run is going
    scalars = found.Scalars("steps/critic_loss")
    assert len(scalars) == 100
    assert [event.step for event in scalars[:2]] == [3, 6]
    assert [event.value for event in scalars[:2]] == [1001.0, 1004.0]
    assert scalars[-1].step == 250
    assert [event.value for event in found.Scalars("scores/fcd")] == [50.0]
    board.epoch(request(), epoch(2, 250))
    board.ended(request(), None)
    board.close()
    found = read()
    assert [(e.step, e.value) for e in found.Scalars("scores/fcd")] == [(250, 50.0), (500, 25.0)]
    assert [event.step for event in found.Images("samples")] == [250, 500]
    assert len(found.Scalars("steps/critic_loss")) == 200
    assert own.told == ["epoch 1", "epoch 2", "ended", "closed"]


@pytest.mark.usefixtures("quiet")
def test_a_full_disk_ends_the_writing_and_not_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Observer()
    board: Any = Board(own, tmp_path)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(board, "_write", full)
    board.epoch(request(), epoch(1, 5))
    board.epoch(request(), epoch(2, 5))
    first, warning, second = own.told
    assert (first, second) == ("epoch 1", "epoch 2")
    assert "cannot be written (No space left on device)" in warning


def test_without_tensorboard_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(RequestError, match=r"pip install 'gan-bench\[tensorboard\]'"):
        Board(Observer(), Path())


def test_many_steps_are_means_of_spans() -> None:
    values = np.array([1.0, 3.0, np.nan, np.nan, 5.0])
    assert list(thinned(values, 10)) == [(11, 1.0), (12, 3.0), (15, 5.0)]
    many = list(thinned(np.arange(1000, dtype=np.float32), 0))
    assert [step for step, _ in many] == list(range(10, 1001, 10))
    assert [value for _, value in many[:2]] == [4.5, 14.5]
    assert list(thinned(np.empty(0), 3)) == []


def test_labels_as_names_of_folders() -> None:
    assert _name(request("a=0.5, b (c)").spec) == "a=0.5, b (c)"
    assert _name(request("../up").spec) == "_up-0123456789"
    assert _name(request("..").spec) == "-0123456789"
