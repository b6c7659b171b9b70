"""One run: deterministic, counted to the image, undisturbed by its evaluation."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from bench import engine, grid, training
from bench.cost import environment, flops
from bench.cost.gpu_memory import CudaMemory
from bench.cost.memory import Memory, open_memory
from bench.cost.nvml import NoGpu
from bench.datasets import ImageData
from bench.measures import EpochResult, RunSetup
from bench.progress import losses
from bench.quality.evaluator import QualityProtocol
from bench.spec import RunSpec
from bench.training.batches import Batches
from tests.cost.test_memory import FakeAllocator
from variants.adversarial import AdversarialGame
from variants.game import Batch
from variants.networks.joining import LabelledGenerator
from variants.shapes import ImageShape

CPU = torch.device("cpu")


def images(count: int = 70, channels: int = 1, size: int = 28) -> ImageData:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (count, channels, size, size), dtype=np.uint8)
    return ImageData(pixels, rng.integers(0, 10, count), tuple("0123456789"), "hash")


def spec(**fields: object) -> RunSpec:
    document = grid.Document(
        "test.yaml",
        {
            "name": "test",
            "epochs": 2,
            "batch_size": 16,
            "quality": {"features": "off"},
            "variants": [{"name": "dcgan-lite", "width_factor": 0.25}],
        }
        | fields,
    )
    return grid.expand(document).runs[0]


def train(
    run: RunSpec,
    data: ImageData | None = None,
    evaluator: object = None,
    memory: Memory | None = None,
) -> list[EpochResult]:
    resources = training.Resources(
        device=CPU,
        data=data or images(),
        counts=flops.count(run.recipe, run.shape),
        environment=environment.describe(CPU, NoGpu(), threads=1),
        evaluator=evaluator,  # type: ignore[arg-type]
        memory=memory or open_memory(CPU),
        exclusive=True,
    )
    [first], *epochs = training.run([run], resources, started=0.0)
    assert isinstance(first, RunSetup)
    return [epoch for (epoch,) in epochs]  # type: ignore[misc]


def trajectory(epochs: list[EpochResult]) -> np.ndarray:
    steps = [e.steps for e in epochs]
    return np.concatenate([[s["critic_loss"], s["generator_loss"]] for s in steps], axis=1)


def test_the_same_spec_gives_identical_losses_and_another_seed_does_not() -> None:
    first, second = trajectory(train(spec())), trajectory(train(spec()))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, trajectory(train(spec(seeds=[1]))))


def test_dropout_comes_from_the_seed_too() -> None:
    fields = {"variants": [{"name": "dcgan-tutorial", "width_factor": 0.1}], "epochs": 1}
    assert np.array_equal(trajectory(train(spec(**fields))), trajectory(train(spec(**fields))))


def test_quality_and_pictures_leave_no_trace_in_the_training() -> None:
    class Greedy:
        """Draws, uses up random numbers, and would notice a generator in training mode."""

        samples = 8
        protocol = QualityProtocol(quality_features="classifier")

        def evaluate(self, draw, conditions):
            assert conditions.labels is None, "this generator is not conditional"
            samples = draw(0, 8)
            assert torch.equal(samples, draw(0, 8)), "fixed latents, evaluation mode"
            torch.rand(100)
            return {"fcd": 1.0, "quality_samples": 8}

    run = spec(samples_every=1, quality={"samples": 8})
    silent = train(spec(samples_every=2))
    watched = train(run, evaluator=Greedy())
    assert np.array_equal(trajectory(watched), trajectory(silent))
    assert [e.record.value("fcd") for e in watched] == [1.0, 1.0]
    assert all(e.samples_png for e in watched)


def test_an_evaluation_that_gave_nothing_is_told_from_none() -> None:
    class Broken:
        samples = 8
        protocol = QualityProtocol(quality_features="classifier")

        def evaluate(self, draw, conditions):
            return {}

    run = spec(epochs=3, quality={"samples": 8, "every": 2})
    records = [epoch.record for epoch in train(run, evaluator=Broken())]
    assert [record.value("quality_evaluated") for record in records] == [None, True, True]
    assert losses(records[1]).endswith("samples not finite")
    assert "finite" not in losses(records[0])


def test_a_conditional_run_is_evaluated_on_the_classes_of_its_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Recorder:
        samples = 20
        protocol = QualityProtocol(quality_features="classifier")

        def evaluate(self, draw, conditions):
            wanted.append(conditions.labels)
            received.clear()
            draw(0, 20)
            assert torch.equal(torch.cat(received), conditions.labels), "every sample has its class"
            return {"quality_samples": 20}

    wanted: list[torch.Tensor] = []
    received: list[torch.Tensor] = []
    forward = LabelledGenerator.forward

    def recorded(self, latents, labels):
        received.append(labels)
        return forward(self, latents, labels)

    monkeypatch.setattr(LabelledGenerator, "forward", recorded)
    data = images(64)
    data.labels[:] = np.repeat([2, 7], 32)  # type: ignore[index]
    variants = [{"name": "conditional-dcgan", "width_factor": 0.25}]
    (epoch,) = train(spec(epochs=1, variants=variants), data, Recorder())
    assert wanted[0].bincount().tolist() == [0, 0, 10, 0, 0, 0, 0, 10]
    assert received[-1].tolist() == [2, 7] * 10, "the picture's columns"
    assert epoch.samples_png is not None
    width, _ = Image.open(io.BytesIO(epoch.samples_png)).size
    assert width == 2 * 56 + 2, "a column for each class of the data"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
def test_memory_that_only_the_evaluation_needs_is_not_counted() -> None:
    class Hungry:
        samples = 8
        protocol = QualityProtocol(quality_features="classifier")

        def evaluate(self, draw, conditions):
            # Many small blocks, which glibc keeps for later when they are freed.
            blocks = [torch.ones(2000) for _ in range(30_000)]  # 240 MB
            return {"fcd": float(len(blocks)), "quality_samples": 8}

    run = spec(epochs=4, quality={"samples": 8})
    first, *_, last = (e.record.peak_host_bytes for e in train(run, evaluator=Hungry()))
    assert first is not None
    assert last is not None
    assert last - first < 120_000_000


def test_calibrations_leave_no_trace_in_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    run = spec(variants=[{"name": "dcgan-tutorial", "width_factor": 0.1}])
    # However slow the machine is, none is due.
    monkeypatch.setattr("bench.cost.calibration.SECONDS_BETWEEN", math.inf)
    silent = train(run)
    monkeypatch.setattr("bench.cost.calibration.SECONDS_BETWEEN", 0.0)
    calibrated = train(run)
    assert np.array_equal(trajectory(calibrated), trajectory(silent))
    for quiet, watched in zip(silent, calibrated, strict=True):
        assert quiet.record.calibration_seconds is None
        assert watched.record.calibration_before_flops_per_second
        assert watched.record.calibration_after_flops_per_second
        assert watched.record.calibration_seconds


def test_after_an_evaluation_one_step_fills_a_gpus_cache_before_the_clock_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A calibration empties the cache too, and a slow machine makes one due.
    monkeypatch.setattr("bench.cost.calibration.SECONDS_BETWEEN", math.inf)

    def trained(memory: Memory) -> list[EpochResult]:
        return train(spec(epochs=4, samples_every=2), memory=memory)

    on_cpu = trained(open_memory(CPU))
    refilled = trained(Memory(CudaMemory(FakeAllocator(), NoGpu())))
    assert [e.record.warmup_seconds > 0 for e in on_cpu] == [True, False, False, False]
    # The fixed inputs are made before the first epoch; there are pictures after the second.
    assert [e.record.warmup_seconds > 0 for e in refilled] == [True, False, True, False]
    assert np.array_equal(trajectory(refilled), trajectory(on_cpu))
    assert [e.record.samples_seen for e in refilled] == [70, 140, 210, 280]
    third = refilled[2].record
    assert third.images_per_second == pytest.approx((70 - 16) / third.train_seconds)


def test_pictures_come_every_k_epochs_and_at_the_end() -> None:
    epochs = train(spec(epochs=5, samples_every=2))
    assert [e.record.epoch for e in epochs if e.samples_png] == [2, 4, 5]


def test_every_image_is_used_once_an_epoch_and_counted() -> None:
    run = spec()
    epochs = train(run)
    counts = flops.count(run.recipe, run.shape)
    assert counts.train_flops_per_image is not None
    assert [e.record.samples_seen for e in epochs] == [70, 140]
    assert [e.record.steps for e in epochs] == [5, 10]
    assert [e.record.train_flops for e in epochs] == [
        70 * counts.train_flops_per_image,
        140 * counts.train_flops_per_image,
    ]
    assert [len(e.steps["critic_loss"]) for e in epochs] == [5, 5]


def test_warm_up_is_kept_apart() -> None:
    first, second = (e.record for e in train(spec()))
    assert first.warmup_seconds > 0.001
    assert second.warmup_seconds == 0
    # 5 steps, 3 of them warm-up: 16 + 6 images are timed in the first epoch.
    assert first.images_per_second == pytest.approx(22 / first.train_seconds)
    assert second.images_per_second == pytest.approx(70 / second.train_seconds)


def test_what_a_cpu_cannot_measure_is_none() -> None:
    record = train(spec())[0].record
    assert record.peak_gpu_allocated_bytes is None
    assert record.peak_gpu_process_bytes is None
    assert record.energy_joules is None
    assert record.value("penalty") is None
    assert record.value("fid") is None


def numbered(count: int = 70) -> ImageData:
    """Images whose first pixel is their number."""
    data = images(count)
    data.images[:, 0, 0, 0] = np.arange(count)
    return data


def numbers(steps: list[list[Batch]]) -> set[int]:
    """The numbers of the images in some steps."""
    pixels = torch.cat([batch.target[:, 0, 0, 0] for step in steps for batch in step])
    return set(((pixels + 1) * 127.5).round().int().tolist())


@pytest.mark.parametrize("critic_steps", [1, 2, 3])
@pytest.mark.parametrize("drop_last", [False, True])
def test_batches_serve_everything_once(critic_steps: int, drop_last: bool) -> None:
    run = spec(critic_steps=critic_steps, drop_last_batch=drop_last)
    batches = Batches(numbered(), run.recipe, CPU, torch.Generator().manual_seed(0))
    steps = list(batches.epoch())
    assert len(steps) == batches.steps
    first = torch.cat([batch.target[:, 0, 0, 0] for step in steps for batch in step])
    assert len(first) == (64 if drop_last else 70)
    assert len(numbers(steps)) == len(first)
    second = torch.cat([batch.target[:, 0, 0, 0] for step in batches.epoch() for batch in step])
    assert not torch.equal(first, second), "another order each epoch"


def test_data_too_few_for_a_step_are_repeated() -> None:
    run = spec(critic_steps=12)
    batches = Batches(numbered(), run.recipe, CPU, torch.Generator().manual_seed(0))
    first, second = ([len(b) for b in step] for _ in range(2) for step in batches.epoch())
    assert first == second == [16, 16, 16, 16, 6, 16, 16, 16, 16, 6, 16, 16]
    for _ in range(2):
        (step,) = batches.epoch()
        assert numbers([step[:5]]) == numbers([step[5:10]]) == set(range(70))
    state = batches.state()
    again = Batches(numbered(), run.recipe, CPU, torch.Generator())
    again.load_state(state)
    ((_, *one),), ((_, *other),) = batches.indices(), again.indices()
    assert all(map(torch.equal, one, other))


def test_a_last_batch_is_cut_to_whole_packs() -> None:
    run = spec(variants=[{"name": "dcgan-lite", "pack": 4, "batch_size": 16}])
    steps = list(Batches(numbered(), run.recipe, CPU, torch.Generator()).epoch())
    assert [len(batch) for (batch,) in steps] == [16, 16, 16, 16, 4]
    assert len(numbers(steps)) == 68


def test_data_that_make_no_batch_are_refused() -> None:
    recipe = spec(drop_last_batch=True).recipe
    with pytest.raises(ValueError, match="15 samples make no batch of 16"):
        Batches(images(15), recipe, CPU, torch.Generator())


def test_epochs_of_so_many_steps_continue_where_the_last_stopped() -> None:
    """Five steps are one pass through the data; epochs of three steps cross that border."""
    recipe = spec().recipe
    batches = Batches(numbered(), recipe, CPU, torch.Generator().manual_seed(0), 3)
    passes = Batches(numbered(), recipe, CPU, torch.Generator().manual_seed(0))
    epochs = [list(batches.epoch()) for _ in range(3)]
    assert [len(epoch) for epoch in epochs] == [3, 3, 3]
    first, second, third = epochs
    assert numbers([*first, *second[:2]]) == set(range(70))
    both = [*passes.epoch(), *passes.epoch()]
    for (batch,), (other,) in zip([*first, *second, *third], both, strict=False):
        assert torch.equal(batch.target, other.target)


def test_a_run_takes_exactly_the_steps_it_is_given() -> None:
    epochs = train(spec(epochs=None, steps=7, steps_per_epoch=3))
    assert [e.record.steps for e in epochs] == [3, 6, 7]
    assert [len(e.steps["critic_loss"]) for e in epochs] == [3, 3, 1]
    once = trajectory(train(spec(epochs=1)))
    assert np.array_equal(trajectory(epochs)[:, :5], once), "the same training, cut elsewhere"


def test_pixels_become_floats_from_minus_one_to_one() -> None:
    data = images(16)
    data.images[:] = 0
    data.images[0] = 255
    ((batch,),) = Batches(data, spec().recipe, CPU, torch.Generator()).epoch()
    assert batch.target.min() == -1
    assert batch.target.max() == 1


def test_a_batch_of_pairs_has_source_target_and_labels() -> None:
    data = numbered()
    pairs = replace(data, sources=255 - data.images)
    batches = Batches(pairs, spec().recipe, CPU, torch.Generator().manual_seed(0))
    alone = Batches(data, spec().recipe, CPU, torch.Generator().manual_seed(0))
    for (batch,), (other,) in zip(batches.epoch(), alone.epoch(), strict=True):
        assert batch.source is not None
        assert batch.labels is not None
        assert batch.source.dtype == torch.float32
        torch.testing.assert_close(batch.source, -batch.target)
        index = ((batch.target[:, 0, 0, 0] + 1) * 127.5).round().long()
        assert batch.labels.tolist() == data.labels[index.numpy()].tolist()  # type: ignore[index]
        assert torch.equal(batch.target, other.target), "sources do not change the order"
        assert other.source is None


@pytest.mark.parametrize(
    "variant",
    [
        {"name": "conditional-wgan-gp", "width_factor": 0.125, "critic_steps": 1},
        {"name": "dcgan-tutorial", "width_factor": 0.1},
        {"name": "dcgan-lite", "width_factor": 0.25, "pack": 2, "latent": "uniform"},
    ],
    ids=["a penalty's ε", "dropout", "uniform latents"],
)
def test_every_random_number_comes_from_the_runs_own_streams(
    variant: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else draws from torch's global stream between the steps."""
    undisturbed = trajectory(train(spec(variants=[variant])))
    original = engine.train_step

    def disturbed(*step):  # type: ignore[no-untyped-def]
        torch.rand(13)
        return original(*step)

    monkeypatch.setattr(engine, "train_step", disturbed)
    assert np.array_equal(trajectory(train(spec(variants=[variant]))), undisturbed)


def test_clipping_has_two_spellings() -> None:
    fields = {"name": "wgan", "width_factor": 0.125, "critic_steps": 1}
    one = trajectory(train(spec(variants=[{**fields, "weight_clip": 0.02}])))
    constraints = {"weight_clip": None, "constraints": {"clip": 0.02}}
    other = trajectory(train(spec(variants=[{**fields, **constraints}])))
    assert np.array_equal(one, other)
    free = trajectory(train(spec(variants=[{**fields, "weight_clip": None}])))
    assert not np.array_equal(one, free)


def test_more_critic_steps_train_the_critic_on_new_batches() -> None:
    epochs = train(spec(critic_steps=2, epochs=1))
    assert epochs[0].record.samples_seen == 70
    assert epochs[0].record.steps == 3


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
def test_minimax_and_both_orders_of_update_train(updates: str) -> None:
    epochs = train(spec(objective="minimax", updates=updates))
    assert np.isfinite(trajectory(epochs)).all()


def test_the_orders_of_update_differ_after_the_first_critic_step() -> None:
    one = trajectory(train(spec(updates="alternating", epochs=1)))
    other = trajectory(train(spec(updates="simultaneous", epochs=1)))
    assert one[0, 0] == other[0, 0]
    assert not np.array_equal(one[1], other[1])


class _Poisoned(AdversarialGame):
    """Its generator's loss stops being finite in the second epoch."""

    steps = 0

    def generator_loss(self, batch, noise):
        outcome = super().generator_loss(batch, noise)
        type(self).steps += 1
        factor = math.nan if type(self).steps == 7 else 1.0
        return outcome._replace(loss=outcome.loss * factor)


def test_a_loss_that_is_not_finite_ends_the_run_with_its_epochs_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = spec(epochs=5)
    resources = training.Resources(
        device=CPU,
        data=images(),
        counts=flops.count(run.recipe, run.shape),
        environment=environment.describe(CPU, NoGpu(), threads=1),
        evaluator=None,
        memory=open_memory(CPU),
        exclusive=True,
    )
    monkeypatch.setattr(type(run.recipe), "game_type", lambda _: _Poisoned)
    _, [first], [broken], [diverged] = training.run([run], resources, started=0.0)
    assert isinstance(first, EpochResult)
    assert first.record.epoch == 1
    assert isinstance(broken, EpochResult)
    assert math.isnan(broken.record.scalars["generator_loss"])
    assert broken.samples_png is None
    assert isinstance(diverged, training.Diverged)
    assert "generator_loss was not finite at step 7 (epoch 2)" in str(diverged)


def test_the_critic_learns_to_separate_real_from_fake() -> None:
    run = spec(epochs=6)
    data = images(160)
    data.images[:] = 255  # all white: easy to separate from a new generator's grey
    record = train(run, data)[-1].record
    assert record.scalars["critic_accuracy_real"] is not None
    assert record.scalars["critic_accuracy_fake"] is not None
    assert record.scalars["critic_score_real"] is not None
    assert record.scalars["critic_score_fake"] is not None
    assert record.scalars["critic_accuracy_real"] > 0.7
    assert record.scalars["critic_accuracy_fake"] > 0.7
    assert record.scalars["critic_score_real"] > record.scalars["critic_score_fake"]


def test_the_critic_is_frozen_only_in_the_generators_update() -> None:
    game = spec().recipe.build(ImageShape(1, 28), CPU)
    with game.critic.frozen():
        assert not any(p.requires_grad for p in game.critic.network.parameters())
    assert all(p.requires_grad for p in game.critic.network.parameters())


def test_a_seed_gives_the_same_weights_whatever_the_critic_width() -> None:
    """The generator is built first, so that another critic does not change it."""
    weights = []
    for width in (16, 32):
        torch.manual_seed(0)
        run = spec(variants=[{"name": "dcgan", "critic_width": width}])
        network = run.recipe.build(ImageShape(1, 28), CPU).generator.network
        weights.append(nn.utils.parameters_to_vector(network.parameters()))
    assert torch.equal(*weights)


def test_replaced_epochs_do_not_change_what_came_before() -> None:
    short = trajectory(train(spec()))
    long = trajectory(train(replace(spec(), epochs=3)))
    assert np.array_equal(long[:, : short.shape[1]], short)
