"""Whole sweeps, as a user waits for them, against plain loops one after another."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
import yaml

from bench import grid
from bench.executors import Found, chores
from bench.executors.local import LocalExecutor
from tests.benchmarks.epochs import IN_TURN, data_of
from tests.benchmarks.table import Line

CORES = len(os.sched_getaffinity(0))
THREADS = torch.get_num_threads()
_FOLDER = Path(__file__).parent

Sweep = Callable[..., float]

_BENCH_RUN = [sys.executable, "-m", "bench", "run", "--device", "cpu", "--set", "timing=off", "-q"]
_ONE_EPOCH = ("--grid", "lightweight.yaml", "--seeds", "0", "--epochs", "1")


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    """Runs a grid as its user would, with nothing left of an earlier one; returns the seconds."""
    names = map(str, itertools.count())

    def run(asked: str | Path, *flags: str, jobs: int = CORES) -> float:
        command = [*_BENCH_RUN, "--grid", str(asked), "--jobs", str(jobs)]
        command += ["--out", str(tmp_path / next(names)), *flags]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start

    return run


@pytest.fixture(scope="module")
def filled_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What lightweight.yaml takes from the cache is there."""
    out = tmp_path_factory.mktemp("filled")
    subprocess.run([*_BENCH_RUN, *_ONE_EPOCH, "--out", str(out)], check=True)


def _by_hand(samples: int, epochs: int) -> dict[str, float]:
    command = [sys.executable, str(_FOLDER / "plain_sweep.py")]
    command += [str(number) for number in (THREADS, samples, epochs)]
    environment = {**os.environ, "PYTHONPATH": str(_FOLDER.parents[1])}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.usefixtures("filled_cache")
def test_lightweight(benchmark, record, sweep: Sweep) -> None:
    """One seed, from the command to the last result, start and evaluations included."""
    lightweight = grid.load("lightweight").runs[0]
    samples, epochs = lightweight.quality.samples, lightweight.epochs
    with_quality, without = [], []

    def both() -> None:
        by_hand = _by_hand(samples, epochs)
        whole, trained = by_hand["whole_seconds"], by_hand["evaluation_seconds"]
        with_quality.append(whole / sweep("lightweight.yaml", "--seeds", "0"))
        off = ("--seeds", "0", "--set", "quality.features=off")
        without.append((whole - trained) / sweep("lightweight.yaml", *off))

    benchmark.pedantic(both, rounds=1)  # of ten minutes
    loops = "plain loops on all threads, one after another"
    record(Line("lightweight.yaml, one seed, packed", loops, with_quality, at_least=2))
    record(Line("the same without quality", loops, without, at_least=1.8))


@pytest.mark.usefixtures("filled_cache")
def test_from_the_command_to_the_first_step(benchmark, record, tmp_path: Path) -> None:
    """On a warm disk, with the classifier in the cache."""
    ratios: list[float] = []
    names = map(str, itertools.count())

    def start() -> None:
        out = tmp_path / next(names)
        command = [*_BENCH_RUN, *_ONE_EPOCH, "--out", str(out)]
        began = time.time()
        subprocess.run(command, check=True, capture_output=True)
        runs = pd.concat([pd.read_parquet(file) for file in out.glob("runs/*/run.parquet")])
        first = runs.sort_values("started_at").iloc[0]
        ratios.append((first.started_at.timestamp() + first.setup_seconds - began) / 6)

    benchmark.pedantic(start, rounds=3)
    record(Line("from the command to the first step, lightweight.yaml", "6 s", ratios, at_most=1))


_MNIST: dict[str, Any] = {"channels": 1, "size": 28, "device": "cpu"}

PACKED = {
    "dcgan-tutorial at a quarter of the width, batch 64": (
        "dcgan-tutorial",
        {"batch_size": 64, "width_factor": 0.25, **IN_TURN},
        1280,
        2.5,
    ),
    "dcgan-separable, batch 32": ("dcgan-separable", {"batch_size": 32}, 640, 2.5),
    "dcgan-lite, batch 32": ("dcgan-lite", {"batch_size": 32}, 640, 2.5),
    "wgan-gp, batch 64": ("wgan-gp", {}, 640, 2.0),
}


@pytest.mark.parametrize("case", PACKED)
def test_packed_runs(race, record, case: str) -> None:
    """Images a second of the whole machine, one run of one thread on each core."""
    variant, fields, images, target = PACKED[case]
    common = {**_MNIST, "variant": variant, "fields": fields, "images": images}
    ours = {**common, "side": "harness", "how": {}, "threads": 1}
    sides = {
        "packed": [ours] * CORES,
        "single": ours,
        "plain": {**common, "side": "plain", "threads": THREADS},
    }
    measured = race(sides)
    record(
        Line(
            f"images/s of {CORES} packed runs, {case}",
            "a plain loop on all threads",
            [
                CORES * theirs["together_seconds"] / ours["together_seconds"]
                for ours, theirs in zip(measured["packed"], measured["plain"], strict=True)
            ],
            at_least=target,
        )
    )
    packed, single = (measured[side][-1]["peak_bytes"] for side in ("packed", "single"))
    record(
        Line(
            f"peak memory of {CORES} packed runs, {case}",
            f"{CORES} times a single run's",
            [packed / (CORES * single)],
            at_most=1.1,
        )
    )


def test_runs_on_cores_of_their_own(race, record) -> None:
    """Packed runs pinned to a core each, against where the system puts them."""
    one = {**_MNIST, "variant": "dcgan-lite", "fields": {"batch_size": 32}, "images": 640}
    one |= {"side": "harness", "how": {}, "threads": 1}
    cores = sorted(os.sched_getaffinity(0))
    measured = race({"pinned": [{**one, "core": core} for core in cores], "free": [one] * CORES})
    record(
        Line(
            f"images/s of {CORES} packed runs pinned to a core each, dcgan-lite, batch 32",
            "the same, not pinned",
            [
                free["together_seconds"] / pinned["together_seconds"]
                for pinned, free in zip(measured["pinned"], measured["free"], strict=True)
            ],
        )
    )


def test_mixture_trials(race, record) -> None:
    """Ten trials, a stack of half of them on each of two cores."""
    trials, cores = 10, min(CORES, 2)
    common = {"pack": 1, "device": "cpu"}
    measured = race(
        {
            "ours": [{**common, "side": "stack", "threads": 1, "count": trials // cores}] * cores,
            "theirs": {**common, "side": "trials", "threads": THREADS, "count": trials},
        }
    )
    record(
        Line(
            f"ten mixture trials, {cores} stacks packed",
            "plain loops on all threads, one after another",
            [
                theirs["together_seconds"] / ours["together_seconds"]
                for ours, theirs in zip(measured["ours"], measured["theirs"], strict=True)
            ],
            at_least=2,
        )
    )


def test_a_run_of_one_thread_against_a_convolution(race, record) -> None:
    common = {**_MNIST, "threads": 1}
    half = {"variant": "dcgan-lite", "fields": {"batch_size": 32}, "images": 640, "how": {}}
    measured = race(
        {"ours": {**common, **half, "side": "harness"}, "peak": {**common, "side": "peak"}}
    )
    record(
        Line(
            "FLOP/s, dcgan-lite 28 px, batch 32, one thread",
            "a 3×3 convolution's on one thread",
            [
                (ours["flops"] / ours["steps_seconds"]) / (peak["flops"] / peak["steps_seconds"])
                for ours, peak in zip(measured["ours"], measured["peak"], strict=True)
            ],
            at_least=0.7,
        )
    )


@pytest.mark.usefixtures("filled_cache")
def test_beside_a_busy_process(benchmark, record, sweep: Sweep) -> None:
    ratios = []

    def both() -> None:
        quiet = sweep("lightweight.yaml", *few)
        busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
        try:
            ratios.append(sweep("lightweight.yaml", *few) / quiet)
        finally:
            busy.kill()
            busy.wait()

    few = ("--seeds", "0", "--epochs", "2")
    benchmark.pedantic(both, rounds=1)  # of three minutes
    what = "lightweight.yaml, two epochs, beside one busy process"
    record(Line(what, "its quiet time", ratios, at_most=1.6))


# A variant that takes time and no processor, so that two cores show how 16 would be kept busy.
_SLEEPER = """
import time
from pydantic import Field
from variants.registry import register
from variants.zoo.dense import Gan

@register("sleeper")
class Sleeper(Gan):
    \"\"\"A small GAN that waits for as long as the images of a batch would take.\"\"\"

    seconds_per_image: float = Field(0.0, description="of training")

    def build(self, shape, device):
        game = super().build(shape, device)
        play = game.critic_loss
        def slowly(batch, noise):
            time.sleep(self.seconds_per_image * len(batch))
            return play(batch, noise)
        game.critic_loss = slowly
        return game
"""


def test_sixteen_runs_on_sixteen_cores(benchmark, record, sweep: Sweep, tmp_path: Path) -> None:
    """Simulated: runs wait instead of computing, so that this machine can hold sixteen.

    Each waits for as long as training of lightweight.yaml's "half both" takes alone on one thread.
    """
    (half,) = [run for run in grid.load("lightweight").configurations if run.label == "half both"]
    found = Found("cpu", threads=1)
    per_image, _ = LocalExecutor().call(chores.rehearse, half, found, "eager")
    images = half.samples_trained(len(data_of(half).images))
    (tmp_path / "sleeper.py").write_text(_SLEEPER)
    waiting = tmp_path / "waiting.yaml"
    sleeper = {"name": "sleeper", "width_factor": 0.1, "seconds_per_image": per_image}
    asked = {"dataset": "mnist-5k", "batch_size": 400, "epochs": half.epochs}
    waiting.write_text(
        yaml.safe_dump({"variants": [sleeper], **asked, "quality": {"features": "off"}})
    )
    ratios: list[float] = []

    def together() -> None:
        flags = ("--plugin", str(tmp_path / "sleeper.py"), "--seeds", "0-15")
        ratios.append(16 * images * per_image / sweep(waiting, *flags, jobs=16))

    benchmark.pedantic(together, rounds=2)
    what = "16 runs on 16 simulated cores, start included"
    record(Line(what, "training of one after another", ratios, at_least=10))
