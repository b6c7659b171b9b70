"""A process per run: quick to start, and whatever happens to one, the others continue."""

from __future__ import annotations

import operator
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench import datasets, grid
from bench.cache import cache_root
from bench.errors import DeviceError
from bench.executors import Ended, RunRequest, chores, worker
from bench.executors.local import LocalExecutor, RemoteError
from bench.measures import Counts, EpochResult
from bench.quality.extractors.registry import MODES


@pytest.fixture
def executor():
    found = LocalExecutor()
    yield found
    found.close()


COUNTS = Counts(**dict.fromkeys(Counts.__dataclass_fields__, 1))


def request(tmp_path: Path, name: str = "run", **fields: object) -> RunRequest:
    document = grid.Document(
        "test.yaml",
        {
            "name": "test",
            "epochs": 2,
            "batch_size": 16,
            "subset": 64,
            "quality": {"features": "off"},
            "variants": [{"name": "dcgan-lite", "width_factor": 0.25}],
        }
        | fields,
    )
    spec = grid.expand(document).runs[0]
    folder = datasets.prepare(spec.data, cache=cache_root())
    return RunRequest(
        spec=spec,
        data=folder,
        labelled=folder,
        features=None,
        counts=COUNTS,
        device="cpu",
        threads=1,
        exclusive=True,
        log=tmp_path / f"{name}.txt",
    )


def test_a_gpu_is_chosen_by_its_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch refuses one without an index."""
    chosen: list[int] = []
    monkeypatch.setattr("torch.cuda.set_device", chosen.append)
    devices = [worker._device(name) for name in ("cpu", "cuda", "cuda:1")]
    assert devices == [torch.device("cpu"), torch.device("cuda", 0), torch.device("cuda", 1)]
    assert chosen == devices[1:]


def test_a_run_reports_its_set_up_its_epochs_and_its_end(executor, tmp_path: Path) -> None:
    messages = [type(m).__name__ for _, m in executor.execute([request(tmp_path)])]
    assert messages == ["Started", "RunSetup", "EpochResult", "EpochResult", "Ended"]


def test_runs_in_processes_give_the_losses_of_any_other(executor, tmp_path: Path) -> None:
    losses = []
    for _ in range(2):
        messages = [m for _, m in executor.execute([request(tmp_path)])]
        steps = [m.steps["critic_loss"] for m in messages if isinstance(m, EpochResult)]
        losses.append(np.concatenate(steps))
    assert np.array_equal(*losses)


def stack(tmp_path: Path, **fields: object) -> RunRequest:
    """Three seeds of a small mixture variant, to be trained together."""
    document = grid.Document(
        "test.yaml",
        {
            "name": "test",
            "dataset": "ring",
            "seeds": [0, 1, 2],
            "steps": 30,
            "steps_per_epoch": 20,
            "quality": {"features": "off"},
            "variants": [{"name": "mixture-gan", "generator_width": 8, "critic_width": 8}],
        }
        | fields,
    )
    first, *others = grid.expand(document).runs
    folder = datasets.prepare(first.data, cache=cache_root())
    return replace(
        request(tmp_path), spec=first, companions=tuple(others), data=folder, labelled=folder
    )


def test_only_the_modes_that_were_trained_on_count(tmp_path: Path) -> None:
    """The data capture every mode they are drawn from, evenly."""
    asked = replace(stack(tmp_path, classes=[6, 1]), features=MODES)
    data = datasets.open_prepared(asked.data)
    judge = worker._evaluator(asked)
    assert judge is not None
    scores = judge.evaluate(lambda start, stop: torch.from_numpy(data.images[start:stop].copy()))
    assert scores["modes_captured"] == 2
    assert scores["reverse_kl"] == pytest.approx(0, abs=1e-3)


def test_every_run_of_a_stack_reports_for_itself(executor, tmp_path: Path) -> None:
    asked = stack(tmp_path)
    heard: dict[int, list[Any]] = {}
    for member, message in executor.execute([asked]):
        heard.setdefault(member.spec.seed, []).append(message)
        assert member in asked.members
    assert list(heard) == [0, 1, 2]
    for messages in heard.values():
        kinds = [type(message).__name__ for message in messages]
        assert kinds == ["Started", "RunSetup", "EpochResult", "EpochResult", "Ended"]
        assert messages[1].stacked_runs == 3
        assert [m.record.steps for m in messages[2:4]] == [20, 30]
        assert messages[-1].outcome.status == "completed"
    losses = [messages[3].record.scalars["critic_loss"] for messages in heard.values()]
    assert len(set(losses)) == 3, "each from its own seed"


@pytest.mark.parametrize("pack", [1, 3])
def test_a_rehearsal_times_training_and_sampling(executor, tmp_path: Path, pack: int) -> None:
    variants = [
        {"name": "mixture-gan", "generator_width": 8, "critic_width": 8, "packs": 4, "pack": pack}
    ]
    run = stack(tmp_path, variants=variants).spec
    train, sample = executor.call(chores.rehearse, run, chores.Found("cpu", threads=1), "eager")
    assert train > 0
    assert sample > 0


def test_a_call_returns_its_result_or_raises_its_error(executor) -> None:
    assert executor.call(operator.add, 2, 3) == 5
    with pytest.raises(KeyError, match="oops") as caught:
        executor.call(operator.getitem, {}, "oops")
    assert "Traceback" in caught.value.__notes__[0], "the other process' traceback"


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL])
def test_a_call_whose_process_is_killed_names_the_signal(executor, how: signal.Signals) -> None:
    with pytest.raises(RemoteError, match=how.name):
        executor.call(signal.raise_signal, how)


def test_a_call_whose_process_just_ends_is_an_error(executor) -> None:
    with pytest.raises(RemoteError, match="exit status 0"):
        executor.call(os._exit, 0)


def test_an_exception_is_a_line_in_the_outcome_and_a_traceback_in_the_log(
    executor, tmp_path: Path
) -> None:
    broken = replace(request(tmp_path), data=tmp_path / "nowhere")
    *_, (_, last) = executor.execute([broken])
    assert isinstance(last, Ended)
    assert last.outcome.status == "failed"
    assert "DataError" in last.outcome.error
    assert "\n" not in last.outcome.error
    assert "Traceback" in (tmp_path / "run.txt").read_text()


def test_after_a_request_to_stop_runs_finish_their_epoch_and_no_other_starts(
    executor, tmp_path: Path
) -> None:
    first, second = request(tmp_path, "first", epochs=500), request(tmp_path, "second")
    epochs, outcomes = [], []
    for _, message in executor.execute([first, second]):
        if isinstance(message, EpochResult):
            epochs.append(message.record.epoch)
            if len(epochs) == 1:
                executor.finish_epochs()
        if isinstance(message, Ended):
            outcomes.append(message.outcome.status)
    assert outcomes == ["interrupted"]
    assert epochs == list(range(1, len(epochs) + 1))
    assert len(epochs) < 500


def test_runs_go_side_by_side(tmp_path: Path) -> None:
    executor = LocalExecutor(jobs=2)
    order = [
        (asked.log.stem, type(message).__name__)
        for asked, message in executor.execute(
            [request(tmp_path, "a", epochs=40), request(tmp_path, "b", epochs=40)]
        )
    ]
    assert order.index(("b", "Started")) < order.index(("a", "Ended"))
    assert sorted(o for o in order if o[1] == "Ended") == [("a", "Ended"), ("b", "Ended")]


@pytest.mark.parametrize("threads", [1, 2])
def test_packed_runs_have_the_very_losses_of_runs_alone(tmp_path: Path, threads: int) -> None:
    asked = [
        replace(request(tmp_path, f"{name}-{seed}", seeds=[seed], **fields), threads=threads)
        for name, fields in {
            "lite": {},
            "tutorial": {"variants": [{"name": "dcgan-tutorial", "width_factor": 0.1}]},
        }.items()
        for seed in (0, 1)
    ]
    alone, packed = (_steps(LocalExecutor(jobs=jobs), asked) for jobs in (1, len(asked)))
    assert alone.keys() == packed.keys() == {run.log.stem for run in asked}
    for name, columns in alone.items():
        assert columns.keys() == packed[name].keys() >= {"critic_loss", "generator_loss"}
        for column, values in columns.items():
            np.testing.assert_array_equal(values, packed[name][column], err_msg=column)
    assert len({values["critic_loss"].tobytes() for values in alone.values()}) == len(asked)


def _steps(executor: LocalExecutor, asked: list[RunRequest]) -> dict[str, dict[str, np.ndarray]]:
    """What each run reports of its steps, by the name of its log and of the column."""
    found: dict[str, list[Any]] = {run.log.stem: [] for run in asked}
    for run, message in executor.execute(asked):
        if isinstance(message, EpochResult):
            found[run.log.stem].append(message.steps)
    return {
        name: {
            column: np.concatenate([part[column] for part in parts]) for column in dict(parts[0])
        }
        for name, parts in found.items()
    }


def test_cuda_without_a_gpu_is_refused(executor) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(DeviceError, match="--device cuda: torch sees no GPU"):
        executor.call(chores.find_device, "cuda", 1)
    assert executor.call(chores.find_device, "auto", 1).device == "cpu"
    assert executor.call(chores.find_device, "auto", 64).threads == 1


def test_a_call_finds_every_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    assert chores.find_device("auto", 1).devices == ("cuda:0", "cuda:1", "cuda:2")
    assert chores.find_device("cpu", 1).devices == ()
