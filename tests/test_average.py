"""The averaged generator: the average itself, its place in training, its columns and pictures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bench import checkpoint, grid, training
from bench.cost import environment, flops
from bench.cost.memory import open_memory
from bench.cost.nvml import NoGpu
from bench.datasets import ImageData
from bench.measures import EPOCH_MEASURES, EpochResult, averaged_name
from bench.quality.evaluator import QualityProtocol
from bench.quality.scorers.base import SCORERS
from bench.spec import RunSpec
from bench.store import read_sweep
from bench.training import stack
from bench.training.average import GeneratorAverage
from tests.store import one_run

CPU = torch.device("cpu")
HALF_LIFE = 100.0
IMAGE_GAMES = {
    "alternating": {"name": "dcgan-lite", "width_factor": 0.25},
    "simultaneous": {"name": "dcgan-lite", "width_factor": 0.25, "updates": "simultaneous"},
    "conditional": {"name": "conditional-wgan-gp", "width_factor": 0.125, "critic_steps": 2},
}
POINTS = {"name": "mixture-gan", "packs": 10, "generator_width": 8, "critic_width": 6}


class Mean:
    """Scores a generator by the mean of its samples, whatever they are."""

    samples = 8
    protocol = QualityProtocol(quality_features="classifier")

    def evaluate(self, draw: Any, conditions: object) -> Mapping[str, Any]:
        mean = draw(0, 8).double().mean().item()
        return {"fcd": mean, "modes_captured": 3, "quality_samples": 8}


def specs(game: dict[str, Any], average: float | None = HALF_LIFE, **fields: Any) -> list[RunSpec]:
    variant = game if average is None else {**game, "generator_average": average}
    document = {"name": "test", "epochs": 3, "samples_every": 1, "quality": {"samples": 8}}
    document |= {"dataset": "ring"} if game is POINTS else {"batch_size": 16}
    return list(grid.expand(grid.Document("t", {**document, "variants": [variant], **fields})).runs)


def resources(run: RunSpec, **fields: Any) -> training.Resources:
    rng = np.random.default_rng(0)
    if run.task == "mixtures":
        data = ImageData(rng.normal(size=(45, 2)).astype(np.float32), None, (), "points")
    else:
        pixels = rng.integers(0, 256, (40, 1, 28, 28), dtype=np.uint8)
        data = ImageData(pixels, np.arange(40) % 10, tuple("0123456789"), "images")
    return training.Resources(
        device=CPU,
        data=data,
        counts=flops.count(run.recipe, run.shape),
        environment=environment.describe(CPU, NoGpu(), threads=1),
        evaluator=Mean(),  # type: ignore[arg-type]
        memory=open_memory(CPU),
        exclusive=True,
        **fields,
    )


def attempt(
    runs: Sequence[RunSpec], resume: Sequence[bytes] = (), until: int | None = None, **fields: Any
) -> list[list[EpochResult]]:
    """The epochs of each run of one attempt, ended after so many epochs."""
    asked = itertools.count(1)
    given = resources(runs[0], stop=lambda: next(asked) == until, **fields)
    _, *epochs = training.run(runs, given, started=0.0, resume=resume)
    return [list(of_run) for of_run in zip(*epochs, strict=True)]  # type: ignore[arg-type]


def column(epochs: Sequence[EpochResult], name: str) -> list[Any]:
    return [epoch.record.value(name) for epoch in epochs]


def closed_form(states: Sequence[Tensor], counts: Sequence[int], half_life: float) -> np.ndarray:
    """The average as a weighted sum of all states, the first from before training."""
    values = np.stack([state.double().numpy() for state in states])
    left = [0.5 ** (sum(counts[step:]) / half_life) for step in range(len(counts) + 1)]
    weights = [left[0], *np.diff(left)]
    assert sum(weights) == pytest.approx(1)
    return np.tensordot(weights, values, axes=1)


# ------------------------------------------------------------------------- the average


def test_after_the_half_life_half_of_a_change_is_in_the_average() -> None:
    network = nn.Linear(2, 2, bias=False)
    nn.init.zeros_(network.weight)
    average = GeneratorAverage(network, half_life=1000)
    nn.init.ones_(network.weight)
    for count, expected in ((600, 1 - 0.5**0.6), (400, 0.5), (1000, 0.75), (30_000, 1.0)):
        for _ in range(count // 100):
            average.update(100)
        assert average.state()["weight"][0, 0].item() == pytest.approx(expected, rel=1e-5)


def test_weights_and_batch_norm_statistics_are_weighted_sums_of_all_states() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)).double()
    average = GeneratorAverage(network, half_life=50)
    trained = {k: v for k, v in network.state_dict().items() if k != "1.num_batches_tracked"}
    history = {name: [value.clone()] for name, value in trained.items()}
    counts = [16, 16, 3, 16]
    for count in counts:
        network(torch.randn(count, 3, dtype=torch.float64))
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(torch.randn_like(parameter))
        average.update(count)
        for name, value in trained.items():
            history[name].append(value.clone())
    assert average.state().keys() == history.keys()
    for name, states in history.items():
        expected = closed_form(states, counts, 50)
        np.testing.assert_allclose(average.state()[name].numpy(), expected, rtol=1e-12, atol=1e-15)


def test_the_network_has_the_average_for_a_while_and_keeps_its_memory() -> None:
    """A captured CUDA graph and a fused optimiser go on using the addresses they know."""
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = GeneratorAverage(network, half_life=10)
    first = network[0].weight.clone()
    nn.init.constant_(network[0].weight, 3.0)
    before = {name: (own.data_ptr(), own.clone()) for name, own in network.state_dict().items()}
    with average.in_place():
        assert torch.equal(network[0].weight, first)
    with pytest.raises(KeyError), average.in_place():
        raise KeyError
    for name, own in network.state_dict().items():
        assert own.data_ptr() == before[name][0]
        assert torch.equal(own, before[name][1])


# --------------------------------------------------------------------------- in training


@pytest.mark.parametrize("game", IMAGE_GAMES)
def test_every_generator_update_is_averaged_with_its_own_batch(game: str) -> None:
    (run,) = specs(IMAGE_GAMES[game])
    play = stack.play([run], resources(run))
    network = play.game.generator.network
    names = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
    history = {name: [network.state_dict()[name].clone()] for name in names}
    counts = []
    for _ in range(5):  # 40 images in batches of 16: the third is smaller
        rows = torch.zeros(1, len(play.columns), 1)
        counts.append(play.run(play.indices(1), rows).generated)
        for name in names:
            history[name].append(network.state_dict()[name].clone())
    assert set(counts) == {16, 8}
    (state,) = play.states()
    assert state["average"].keys() == set(names)
    for name in names:
        expected = closed_form(history[name], counts, HALF_LIFE)
        np.testing.assert_allclose(state["average"][name], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("game", IMAGE_GAMES)
def test_training_and_the_raw_scores_are_as_without_an_average(game: str) -> None:
    [without] = attempt(specs(IMAGE_GAMES[game], None))
    [averaged] = attempt(specs(IMAGE_GAMES[game]))
    for one, other in zip(without, averaged, strict=True):
        assert one.steps.keys() == other.steps.keys()
        for name, values in one.steps.items():
            assert np.array_equal(values, other.steps[name])
        assert one.samples_png == other.samples_png
    assert column(without, "fcd") == column(averaged, "fcd")
    assert column(without, "train_flops") == column(averaged, "train_flops")
    assert column(without, "fcd_averaged") == [None] * 3
    assert [epoch.averaged_png for epoch in without] == [None] * 3
    known = column(averaged, "fcd_averaged")
    assert all(math.isfinite(value) for value in known)
    assert not set(known) & set(column(averaged, "fcd"))
    assert column(averaged, "modes_captured_averaged") == [3] * 3
    assert "quality_samples_averaged" not in averaged[0].record.scores
    assert all(e.averaged_png not in (None, e.samples_png) for e in averaged)
    assert without[-1].checkpoint is not None
    assert "average" not in checkpoint.loaded(without[-1].checkpoint, CPU)["play"]


@pytest.mark.parametrize("game", IMAGE_GAMES)
def test_a_resumed_average_is_bit_identical(game: str) -> None:
    runs = specs(IMAGE_GAMES[game])
    [whole] = attempt(runs)
    [first] = attempt(runs, until=2)
    assert first[-1].checkpoint is not None
    [rest] = attempt(runs, resume=[first[-1].checkpoint])
    for name in ("fcd", "fcd_averaged", "generator_loss"):
        assert column([*first, *rest], name) == column(whole, name)
    assert rest[-1].averaged_png == whole[-1].averaged_png


def test_a_checkpoint_without_the_average_is_refused() -> None:
    [epochs] = attempt(specs(IMAGE_GAMES["alternating"], None), until=1)
    assert epochs[-1].checkpoint is not None
    with pytest.raises(checkpoint.CheckpointError, match="average"):
        attempt(specs(IMAGE_GAMES["alternating"]), resume=[epochs[-1].checkpoint])


def test_runs_of_a_stack_have_their_own_averages() -> None:
    runs = specs(POINTS, seeds=[0, 1], samples_every=9)
    together = attempt(runs)
    for run, of_stack in zip(runs, together, strict=True):
        [alone] = attempt([run])
        assert column(of_stack, "fcd_averaged") == pytest.approx(column(alone, "fcd_averaged"))
        assert column(of_stack, "fcd") == pytest.approx(column(alone, "fcd"))
    first = attempt(runs, until=2)
    contents = [epochs[-1].checkpoint for epochs in first]
    resumed = attempt(runs, resume=contents)  # type: ignore[arg-type]
    for of_stack, rest in zip(together, resumed, strict=True):
        assert column(rest, "fcd_averaged") == column(of_stack[2:], "fcd_averaged")
    [alone] = attempt(runs[1:2], resume=contents[1:2])  # type: ignore[arg-type]
    assert column(alone, "fcd_averaged") == pytest.approx(column(together[1][2:], "fcd_averaged"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The .grad attribute")  # of torch.compile about itself
def test_compiled_networks_are_averaged_as_others() -> None:
    runs = specs(IMAGE_GAMES["alternating"], epochs=2)
    try:
        [compiled] = attempt(runs, execution="compile")
    finally:
        torch.compiler.set_stance("default")
    [eager] = attempt(runs)
    for name in ("fcd", "fcd_averaged"):
        assert column(compiled, name) == pytest.approx(column(eager, name), rel=1e-3, abs=1e-5)


# -------------------------------------------------------------------- columns and files


def test_every_score_has_a_column_for_the_averaged_generator() -> None:
    for scorer in SCORERS.values():
        for measure in scorer.measures:
            if measure.control:
                continue  # of real images, which no generator made
            other = EPOCH_MEASURES.get(averaged_name(measure.name))
            assert (other.type, other.unit, other.direction) == (
                measure.type,
                measure.unit,
                measure.direction,
            )
            assert other.averaged
            assert not other.headline


def test_pictures_of_the_averaged_generator_have_their_own_names(tmp_path: Any) -> None:
    run = one_run.plan()
    one_run.store.open_sweep(tmp_path, one_run.sweep_plan(run))
    writer = one_run.store.RunWriter(tmp_path, run, started_at=one_run.NOW)
    writer.begin()
    writer.set_up(one_run.setup(gpu=False))
    writer.append(replace(one_run.epoch(1, gpu=False), averaged_png=b"averaged"))
    folder = tmp_path / "runs" / run.run_id / "samples"
    assert (folder / "averaged-0001.png").read_bytes() == b"averaged"
    assert read_sweep(tmp_path).samples(run.run_id) == [folder / "epoch-0001.png"]


def test_off_leaves_the_name_of_a_run_and_on_changes_it() -> None:
    game = IMAGE_GAMES["alternating"]
    (off,), (spelled,), (on,) = (
        specs(game, None),
        specs({**game, "generator_average": None}, None),
        specs(game, 5000),
    )
    assert off.run_id == spelled.run_id != on.run_id
    for wrong in (0, -1.0):
        with pytest.raises(Exception, match="generator_average"):
            specs(game, wrong)
