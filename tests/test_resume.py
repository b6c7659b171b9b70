"""A run resumed from a checkpoint is identical to the run that was never interrupted."""

from __future__ import annotations

import io
import itertools
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from bench import checkpoint, engine, training
from bench.checkpoint import CheckpointError
from bench.cost import environment, flops
from bench.cost.clock import Clock
from bench.cost.memory import open_memory
from bench.cost.nvml import NoGpu
from bench.datasets import ImageData
from bench.measures import EpochResult, RunSetup
from bench.quality.evaluator import QualityProtocol
from bench.spec import RunSpec
from tests.test_training import images, spec

CPU = torch.device("cpu")


def points(count: int = 70) -> ImageData:
    rng = np.random.default_rng(0)
    return ImageData(rng.normal(size=(count, 2)).astype(np.float32), None, (), "points")


def resources(run: RunSpec, data: ImageData, **fields: object) -> training.Resources:
    return training.Resources(
        device=CPU,
        data=data,
        counts=flops.count(run.recipe, run.shape),
        environment=environment.describe(CPU, NoGpu(), threads=1),
        evaluator=None,
        memory=open_memory(CPU),
        exclusive=True,
        **fields,  # type: ignore[arg-type]
    )


class _Judge:
    """Has a protocol and scores nothing."""

    samples = 4

    def __init__(self, weights: str | None) -> None:
        self.protocol = QualityProtocol(quality_weights_hash=weights, quality_noise_floor=0.1)


def attempt(
    runs: Sequence[RunSpec],
    data: ImageData,
    resume: Sequence[bytes] = (),
    until: int | None = None,
    **fields: object,
) -> list[list[EpochResult]]:
    """The epochs of each run of one attempt, ended after epoch ``until``."""
    results: list[list[EpochResult]] = [[] for _ in runs]
    asked = itertools.count(1)
    given = resources(runs[0], data, stop=lambda: next(asked) == until, **fields)
    started = time.perf_counter()
    setups, *epochs = training.run(runs, given, started=started, resume=resume)
    assert all(isinstance(setup, RunSetup) for setup in setups)
    for reports in epochs:
        for index, report in enumerate(reports):
            assert isinstance(report, EpochResult)
            results[index].append(report)
    return results


def trajectory(epochs: Sequence[EpochResult]) -> np.ndarray:
    names = ("critic_loss", "generator_loss", "critic_score_real", "critic_score_fake", "penalty")
    recorded = [name for name in names if name in epochs[0].steps]
    return np.stack([np.concatenate([e.steps[name] for e in epochs]) for name in recorded])


GAMES = {
    "conditional WGAN-GP": {"name": "conditional-wgan-gp", "width_factor": 0.125},
    "packed DCGAN": {"name": "dcgan-lite", "width_factor": 0.25, "pack": 2},
    "dropout": {"name": "dcgan-tutorial", "width_factor": 0.1},
    "RMSprop and clipping": {"name": "wgan", "width_factor": 0.125},
    "spectral norm": {
        "name": "dcgan-lite",
        "width_factor": 0.25,
        "objective": "hinge",
        "critic_norm": "spectral",
    },
    "simultaneous": {"name": "dcgan-lite", "width_factor": 0.25, "updates": "simultaneous"},
    # An epoch has five critic updates, so every epoch ends between two evaluated penalties.
    "penalties at an interval": {
        "name": "dcgan-lite",
        "width_factor": 0.25,
        "objective": "relativistic",
        "critic_norm": "none",
        "penalties": {"r1": 1.0, "r2": 0.5},
        "penalty_interval": 3,
    },
}


@pytest.mark.parametrize("game", GAMES)
def test_a_run_resumed_after_each_epoch_is_bit_identical_to_an_uninterrupted_one(game: str) -> None:
    run = spec(variants=[GAMES[game]], epochs=3, samples_every=1)
    data = images()
    [whole] = attempt([run], data)
    parts: list[EpochResult] = []
    for epoch in (1, 2, 3):
        checkpoints = [content for part in parts[-1:] if (content := part.checkpoint) is not None]
        [[part]] = attempt([run], data, resume=checkpoints, until=1)
        assert part.record.epoch == epoch
        parts.append(part)
        torch.rand(17)  # whatever the process did in between
    assert np.array_equal(trajectory(parts), trajectory(whole), equal_nan=True)
    assert [e.samples_png for e in parts] == [e.samples_png for e in whole]
    for name in ("samples_seen", "steps", "train_flops", "critic_loss", "critic_accuracy_real"):
        assert [e.record.value(name) for e in parts] == [e.record.value(name) for e in whole], name


def test_epochs_of_so_many_steps_resume_in_the_middle_of_a_pass() -> None:
    run = spec(epochs=None, steps=8, steps_per_epoch=3)
    [whole] = attempt([run], images())
    [first] = attempt([run], images(), until=1)
    [rest] = attempt([run], images(), resume=[first[0].checkpoint])  # type: ignore[list-item]
    assert [e.record.steps for e in rest] == [6, 8]
    assert np.array_equal(trajectory([*first, *rest]), trajectory(whole))


def mixture_runs(seeds: Sequence[int], steps: int = 9) -> list[RunSpec]:
    run = spec(
        dataset="ring",
        epochs=None,
        steps=steps,
        steps_per_epoch=3,
        batch_size=10,
        variants=[{"name": "mixture-gan", "generator_width": 40, "critic_width": 8}],
    )
    return [replace(run, seed=seed) for seed in seeds]


def test_a_stack_resumes_as_a_stack_or_each_run_alone() -> None:
    runs, data = mixture_runs([0, 1, 2]), points()
    whole = attempt(runs, data)
    first = attempt(runs, data, until=1)
    contents = [epochs[-1].checkpoint for epochs in first]
    assert all(contents)
    rest = attempt(runs, data, resume=contents)  # type: ignore[arg-type]
    for index, run in enumerate(runs):
        joined = trajectory([*first[index], *rest[index]])
        assert np.array_equal(joined, trajectory(whole[index]))
        [alone] = attempt([run], data, resume=[contents[index]])  # type: ignore[list-item]
        np.testing.assert_allclose(trajectory(alone), trajectory(rest[index]), rtol=1e-4)


def test_runs_trained_alone_resume_as_a_stack() -> None:
    runs, data = mixture_runs([0, 1]), points()
    alone = [attempt([run], data)[0] for run in runs]
    contents = [attempt([run], data, until=2)[0][-1].checkpoint for run in runs]
    rest = attempt(runs, data, resume=contents)  # type: ignore[arg-type]
    for index in range(2):
        resumed, whole = trajectory(rest[index]), trajectory(alone[index])
        np.testing.assert_allclose(resumed, whole[:, 6:], rtol=1e-4)


def test_more_epochs_continue_a_kept_checkpoint() -> None:
    run, data = spec(epochs=1), images()
    [short] = attempt([run], data)
    longer = replace(run, epochs=3)
    [rest] = attempt([longer], data, resume=[short[0].checkpoint])  # type: ignore[list-item]
    assert np.array_equal(trajectory([*short, *rest]), trajectory(attempt([longer], data)[0]))


def test_a_last_checkpoint_is_made_whatever_it_costs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, data = spec(epochs=3), images()
    monkeypatch.setattr(checkpoint, "SHARE", 0.0)  # no budget for any but the first
    [epochs] = attempt([run], data)
    assert [e.checkpoint is not None for e in epochs] == [True, False, True]
    [epochs] = attempt([run], data, until=2)
    assert [e.checkpoint is not None for e in epochs] == [True, True], "asked to stop"


def test_elapsed_time_counts_every_attempt_and_nothing_between() -> None:
    run, data = spec(epochs=3), images()
    [first] = attempt([run], data, until=1)
    time.sleep(0.5)
    start = time.perf_counter()
    [rest] = attempt([run], data, resume=[first[0].checkpoint])  # type: ignore[list-item]
    took = time.perf_counter() - start
    seconds = [e.record.elapsed_seconds for e in [*first, *rest]]
    assert None not in seconds
    assert seconds == sorted(seconds)  # type: ignore[type-var]
    assert seconds[-1] - seconds[0] <= took + 0.05  # type: ignore[operator]
    assert seconds[-1] > sum(e.record.train_seconds for e in [*first, *rest])  # type: ignore[operator]
    assert [e.record.warmup_seconds > 0 for e in [*first, *rest]] == [True, True, False]


def test_one_seed_that_diverges_gets_no_checkpoint_and_the_others_do() -> None:
    runs, data = mixture_runs([0, 1]), points()
    reports = training.run(runs, resources(runs[0], data), started=0.0)
    next(reports)
    original = engine.train_step

    def poisoned(*step):  # type: ignore[no-untyped-def]
        row = original(*step)
        row[0, 0] = float("nan")
        return row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "train_step", poisoned)
        first, second = next(reports)
    assert isinstance(first, EpochResult)
    assert isinstance(second, EpochResult)
    assert first.checkpoint is None
    assert second.checkpoint is not None


# ---------------------------------------------------------------------- what is refused


@pytest.fixture(scope="module")
def content() -> bytes:
    [epochs] = attempt([spec()], images(), until=1)
    assert epochs[0].checkpoint is not None
    return epochs[0].checkpoint


def begin(run: RunSpec, data: ImageData, content: bytes) -> None:
    next(training.run([run], resources(run, data), started=0.0, resume=[content]))


@pytest.mark.parametrize("damage", ["half", "empty", "text"])
def test_a_damaged_checkpoint_is_an_error_of_its_own(content: bytes, damage: str) -> None:
    torn = {"half": content[: len(content) // 2], "empty": b"", "text": b"hello"}[damage]
    with pytest.raises(CheckpointError):
        begin(spec(), images(), torn)


def test_a_checkpoint_of_another_recipe_or_of_less_data_is_refused(content: bytes) -> None:
    wider = spec(variants=[{"name": "dcgan-lite", "width_factor": 0.5}])
    with pytest.raises(CheckpointError, match="cannot be used"):
        begin(wider, images(), content)
    with pytest.raises(CheckpointError):
        begin(spec(), images(20), content)


def test_a_checkpoint_of_another_protocol_of_quality_is_refused(content: bytes) -> None:
    """Otherwise a run would have scores of two classifiers, under the name of the later one."""
    run, data = spec(), images()
    judged = replace(resources(run, data), evaluator=_Judge("another classifier"))
    with pytest.raises(CheckpointError, match="measured by another classifier"):
        next(training.run([run], judged, started=0.0, resume=[content]))
    same = replace(resources(run, data), evaluator=_Judge(None))
    assert next(training.run([run], same, started=0.0, resume=[content]))


def test_a_checkpoint_made_before_a_column_of_the_protocol_is_not_refused(content: bytes) -> None:
    run, data = spec(), images()
    state = checkpoint.loaded(content, torch.device("cpu"))
    del state["protocol"]["quality_back_weights_hash"]
    earlier = checkpoint.dumped(state)
    same = replace(resources(run, data), evaluator=_Judge(None))
    assert next(training.run([run], same, started=0.0, resume=[earlier]))
    same.evaluator.protocol = QualityProtocol(quality_back_weights_hash="another")  # type: ignore[union-attr,misc]
    with pytest.raises(CheckpointError, match="measured by another classifier"):
        next(training.run([run], same, started=0.0, resume=[earlier]))


def test_a_checkpoint_of_an_epoch_cut_short_is_refused() -> None:
    run = spec(epochs=None, steps=4, steps_per_epoch=3)
    [epochs] = attempt([run], images())
    longer = replace(run, steps=9, epochs=3)
    with pytest.raises(CheckpointError, match="cut short"):
        begin(longer, images(), epochs[-1].checkpoint)  # type: ignore[arg-type]


def test_nothing_in_a_checkpoint_is_executed() -> None:
    class Bomb:
        def __reduce__(self):  # type: ignore[no-untyped-def]
            return exec, ("raise SystemExit('executed')",)

    buffer = io.BytesIO()
    torch.save({"version": checkpoint.VERSION, "epoch": Bomb()}, buffer)
    with pytest.raises(CheckpointError):
        begin(spec(), images(), buffer.getvalue())


def test_a_checkpoint_is_an_archive_whose_checksums_detect_damage(content: bytes) -> None:
    whole = zipfile.ZipFile(io.BytesIO(content))
    assert whole.testzip() is None
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    assert zipfile.ZipFile(io.BytesIO(flipped)).testzip() is not None


# ----------------------------------------------------------------------------- how often


class _FakeClock(Clock):
    def __init__(self) -> None:
        self.now = 0.0

    def seconds(self) -> float:
        return self.now


@pytest.mark.parametrize(("epoch_seconds", "cost"), [(10.0, 0.1), (1.0, 0.5), (0.2, 1.0)])
def test_checkpoints_take_at_most_a_twentieth_of_the_training(
    epoch_seconds: float, cost: float
) -> None:
    clock, budget = _FakeClock(), checkpoint.Budget()
    trained = spent = 0.0
    made = []
    for _ in range(1000):
        trained += epoch_seconds
        budget.trained(epoch_seconds)
        made.append(budget.allows())
        if made[-1]:
            with budget.spending(clock):
                clock.now += cost
            spent += cost
            budget.made()
        assert spent <= max(cost, 0.05 * trained) + 1e-9
    assert made[0], "a run never saved has most to lose"
    gaps = np.diff(np.flatnonzero(made))
    worth = 20 * cost / epoch_seconds  # epochs whose twentieth is one checkpoint
    assert gaps[0] <= np.ceil(2 * worth) + 1
    assert gaps[1:].max() <= np.ceil(worth) + 1
