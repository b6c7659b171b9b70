"""The cost of the harness itself, which should be negligible compared with the networks."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from bench import datasets, engine
from bench.cache import cache_root
from bench.cost import flops
from bench.executors import RunRequest
from bench.executors.local import LocalExecutor
from bench.measures import RunSetup
from tests.benchmarks.epochs import CPU, data_of, dcgan_run, epochs_of
from variants.game import Batch

IMAGES, BATCH = 1280, 64


def test_an_epoch_as_the_harness_trains_it(compare) -> None:
    """With measurements, records and checkpoints, as in a run's process.

    Against a bare loop that runs the same engine on the same data.
    """
    spec = dcgan_run(BATCH, IMAGES)
    data = data_of(spec)
    epochs = epochs_of(spec, data)

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
        with player.settings():
            for index in torch.randperm(IMAGES).split(BATCH):
                player.step([index])

    compare(
        "an epoch of dcgan 28 px as the harness trains it",
        lambda: next(epochs),
        "a bare loop of the same engine",
        bare_epoch,
        at_most=1.01,
        rounds=11,
    )


def test_starting_a_run_after_the_first(compare, tmp_path: Path) -> None:
    """Until its first step, with networks, optimisers and data ready, and then stopping it.

    Against a new process that imports torch and builds an optimiser.
    """
    spec = dcgan_run(BATCH, IMAGES)
    data = datasets.prepare(spec.data, cache=cache_root())
    request = RunRequest(
        spec=spec,
        data=data,
        labelled=data,
        features=None,
        counts=flops.count(spec.recipe, spec.shape),
        device="cpu",
        threads=torch.get_num_threads(),
        exclusive=True,
        log=tmp_path / "log.txt",
    )
    executor = LocalExecutor()

    def start() -> None:
        for member, message in executor.execute([request]):
            if isinstance(message, RunSetup):
                executor.abort(member)

    fresh = (
        "import torch; m = torch.nn.Linear(2, 2); torch.optim.Adam(m.parameters());"
        "m(torch.ones(1, 2)).sum().backward()"
    )
    compare(
        "starting a run after the first",
        start,
        "a fresh process",
        lambda: subprocess.run([sys.executable, "-c", fresh], check=True),
        at_most=0.05,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["list"]], ids=" ".join)
def test_start_of_commands(compare, arguments: list[str]) -> None:
    """Against 0.4 s, within which a command still feels immediate."""
    command = [sys.executable, "-m", "bench", *arguments]
    folder = Path(__file__).parents[2]
    compare(
        f"bench {' '.join(arguments)}",
        lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder),
        "0.4 s",
        lambda: time.sleep(0.4),
        at_most=1.0,
    )
