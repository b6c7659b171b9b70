"""What the harness itself costs: nothing that shows beside the networks."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bench import datasets, engine, grid, training
from bench.cache import cache_root
from bench.cost import environment, flops
from bench.cost.nvml import NoGpu
from bench.executors import chores
from bench.executors.local import LocalExecutor
from variants.game import Batch

CPU = torch.device("cpu")
IMAGES, BATCH = 1280, 64


def test_an_epoch_through_the_harness(compare) -> None:
    """Against a bare loop that plays the same engine's rounds on the same data."""
    base = grid.load("lightweight").runs[0]
    spec = replace(
        base,
        epochs=10**6,
        samples_every=10**6,
        data=replace(base.data, subset=IMAGES),
        recipe=base.recipe.model_copy(update={"batch_size": BATCH}),
    )
    data = datasets.open_prepared(datasets.prepare(spec.data, cache=cache_root()))
    resources = training.Resources(
        device=CPU,
        data=data,
        counts=flops.count(spec.recipe, spec.shape),
        environment=environment.describe(CPU, NoGpu(), threads=torch.get_num_threads()),
        evaluator=None,
        exclusive=True,
    )
    epochs = training.run([spec], resources, started=0.0)
    next(epochs)

    torch.manual_seed(0)
    images = torch.from_numpy(data.images)
    player = engine.Engine(
        spec.recipe.build(spec.shape, CPU),
        torch.Generator().manual_seed(0),
        lambda index: Batch(images[index].float().div_(127.5).sub_(1)),
        size=BATCH,
        device=CPU,
    )

    def bare_epoch() -> None:
        with player.playing():
            for index in torch.randperm(IMAGES).split(BATCH):
                player.play([index])

    compare(
        "an epoch of dcgan 28 px through the harness",
        lambda: next(epochs),
        "a bare loop of the same engine",
        bare_epoch,
        at_most=1.01,
    )


def test_starting_a_run_after_the_first(compare) -> None:
    """Against a fresh process that imports torch and builds an optimiser."""
    executor = LocalExecutor()
    fresh = (
        "import torch; m = torch.nn.Linear(2, 2); torch.optim.Adam(m.parameters());"
        "m(torch.ones(1, 2)).sum().backward()"
    )
    compare(
        "starting a run after the first",
        lambda: executor.call(chores.find_device, "cpu", 1),
        "a fresh process",
        lambda: subprocess.run([sys.executable, "-c", fresh], check=True),
        at_most=0.05,
        rounds=10,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["list"]], ids=" ".join)
def test_answering(compare, arguments: list[str]) -> None:
    """Against the 0.4 s in which a prompt still feels immediate."""
    command = [sys.executable, "-m", "bench", *arguments]
    folder = Path(__file__).parents[2]
    compare(
        f"bench {' '.join(arguments)}",
        lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder),
        "0.4 s",
        lambda: time.sleep(0.4),
        at_most=1.0,
        rounds=10,
    )
