"""One side of a comparison, in its own process: trains an epoch for each line of its input.

A user's loop and the harness differ in settings of the whole process (allocator, denormals).
So each has its own process, started as usual, and the two train epochs in turn.

    python side.py '{"side": "plain", "variant": "dcgan", …}'

writes a line of JSON for each line of its input: seconds of the epoch's steps and of the whole
epoch, FLOPs, and peak memory so far.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from fused import engine_of
from PIL import Image
from plain_loops import PlainGan, PlainTrial, PlainWganGp, with_torchs_own_layers
from torch import Tensor
from torch.nn.functional import conv2d, interpolate
from torchvision import transforms

from bench import engine, training
from bench.cost import environment, flops
from bench.cost.clock import Clock
from bench.cost.host_memory import HostMemory
from bench.cost.memory import open_memory
from bench.cost.nvml import NoGpu
from bench.datasets import DataSpec, ImageData
from bench.quality.float32 import full_float32
from bench.run_keys import QualitySpec
from bench.spec import RunSpec
from variants import registry
from variants.game import Batch
from variants.recipe import Recipe
from variants.shapes import ImageShape, PointShape
from variants.stack import StackedGame


class Photographs(torch.utils.data.Dataset):
    """Images as in torchvision's data sets: decoded and transformed one by one."""

    def __init__(self, pixels: np.ndarray) -> None:
        channels = pixels.shape[1]
        self.pixels = [image.transpose(1, 2, 0).squeeze() for image in pixels]
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize([0.5] * channels, [0.5] * channels)]
        )

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        return self.transform(Image.fromarray(self.pixels[index]))


def images(count: int, shape: ImageShape) -> np.ndarray:
    """Smooth blobs, about as dark as digits."""
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.random((count, shape.channels, 4, 4), dtype=np.float32))
    smooth = interpolate((coarse - 0.5).clamp(0) * 2, shape.size, mode="bilinear")
    return (smooth * 255).to(torch.uint8).numpy()


def plain(
    recipe: Recipe, shape: ImageShape, count: int, device: torch.device
) -> Iterator[tuple[float, int | None]]:
    """A tutorial's loop: DataLoader, two backward passes, .item() at each step."""
    networks = [
        with_torchs_own_layers(network).to(device)
        for network in (recipe.generator(shape), recipe.critic(shape))
    ]
    loader = torch.utils.data.DataLoader(
        Photographs(images(count, shape)), recipe.batch_size, shuffle=True, drop_last=True
    )

    def draw() -> Tensor:
        return torch.randn(recipe.batch_size, recipe.latent_dim, device=device)

    wgan = PlainWganGp(*networks) if recipe.gradient_penalty else None
    gan = PlainGan(*networks, recipe.generator_lr, recipe.beta1, reuse=recipe.reuse_samples)
    while True:
        start = time.perf_counter()
        gathered = []
        for batch in loader:
            real = batch.to(device)
            if wgan is None:
                gan.step(real, draw)
                continue
            gathered.append((real,))
            if len(gathered) == recipe.critic_steps:
                wgan.step(gathered, draw)
                gathered = []
        yield time.perf_counter() - start, None


def harness(
    recipe: Recipe, shape: ImageShape, count: int, device: torch.device, how: dict[str, Any]
) -> Iterator[tuple[float, int | None]]:
    """The same training by the harness, as in a run's process."""
    run = RunSpec(
        variant="benchmark",
        recipe=recipe,
        data=DataSpec(name="benchmark", image_size=shape.size, channels=shape.channels),
        data_identity="benchmark",
        seed=0,
        epochs=10**6,
        quality=QualitySpec(features="off"),
        samples_every=10**6,
        label="benchmark",
        precision=how.get("precision", "fp32"),
    )
    resources = training.Resources(
        device=device,
        data=ImageData(images(count, shape), None, (), "benchmark"),
        counts=flops.count(recipe, shape),
        environment=environment.describe(device, NoGpu(), threads=torch.get_num_threads()),
        evaluator=None,
        memory=open_memory(device),
        exclusive=True,
        execution=how.get("execution", "eager"),
    )
    epochs = training.run([run], resources, started=time.perf_counter())
    next(epochs)
    for (result,) in epochs:
        record = result.record  # type: ignore[union-attr]
        yield record.train_seconds + record.warmup_seconds, record.train_flops


def trials(pack: int, count: int, device: torch.device) -> Iterator[tuple[float, int | None]]:
    """Steps of several trials of the mixture benchmark, one trial after another."""
    ours = [PlainTrial(pack, device) for _ in range(count)]
    clock = Clock(device)
    while True:
        start = clock.seconds()
        for _ in range(TRIAL_STEPS[device.type]):
            for trial in ours:
                trial.step()
        yield clock.seconds() - start, None


def stack(pack: int, count: int, device: torch.device) -> Iterator[tuple[float, int | None]]:
    """The same trials, trained as one stack."""
    recipe = registry.get("mixture-gan")(pack=pack)
    games = [recipe.build(PointShape(), device) for _ in range(count)]
    points = torch.randn(count, 10_000, 2, device=device)
    every = torch.arange(count, device=device).unsqueeze(1)
    player = engine.Engine(
        StackedGame(games),
        [torch.Generator(device).manual_seed(seed) for seed in range(count)],
        lambda index: Batch(points[every, index]),
        size=recipe.batch_size,
        device=device,
        execution="cuda-graph" if device.type == "cuda" else "eager",
    )
    clock = Clock(device)
    while True:
        start = clock.seconds()
        with player.settings():
            for _ in range(TRIAL_STEPS[device.type]):
                indices = torch.randint(0, 10_000, (count, recipe.batch_size), device=device)
                player.step([indices])
        yield clock.seconds() - start, None


TRIAL_STEPS = {"cpu": 5, "cuda": 200}


def seeds(
    recipe: Recipe, shape: ImageShape, count: int, *, fused: bool
) -> Iterator[tuple[float, int | None]]:
    """Steps of several seeds as the harness trains them, one after another or as one model."""
    pixels = torch.from_numpy(images(recipe.batch_size, shape)).float() / 127.5 - 1
    every = range(count)
    together = [list(every)] if fused else [[seed] for seed in every]
    engines = [engine_of(recipe, shape, [pixels] * len(own), own) for own in together]
    index = [torch.arange(recipe.batch_size)] * recipe.critic_steps
    while True:
        start = time.perf_counter()
        for _ in range(SEED_STEPS):
            for player in engines:
                player.step(index)
        yield time.perf_counter() - start, None


SEED_STEPS = 2


def peak(device: torch.device) -> Iterator[tuple[float, int | None]]:
    """Convolutions of a shape that suits libraries well, to measure the machine's peak."""
    batch, channels, size, kernel = 64, 256, 14, 3
    image = torch.randn(batch, channels, size, size, device=device)
    weight = torch.randn(channels, channels, kernel, kernel, device=device)
    image, weight = (t.to(memory_format=torch.channels_last) for t in (image, weight))
    each, total = 2 * batch * (channels * size * kernel) ** 2, 0
    clock = Clock(device)
    with full_float32(device):
        while True:
            start = clock.seconds()
            for _ in range(CONVOLUTIONS[device.type]):
                conv2d(image, weight, padding=1)
            total += each * CONVOLUTIONS[device.type]
            yield clock.seconds() - start, total


CONVOLUTIONS = {"cpu": 20, "cuda": 2000}


def main() -> None:
    request = json.loads(sys.argv[1])
    device = torch.device(request["device"])
    if "core" in request:
        os.sched_setaffinity(0, {request["core"]})
    if request["side"] in ("plain", "trials"):
        torch.set_num_threads(request["threads"])
    else:
        engine.settle(request["threads"])
    answer(_epochs(request, device))


def _epochs(request: dict[str, Any], device: torch.device) -> Iterator[tuple[float, int | None]]:
    if request["side"] == "peak":
        return peak(device)
    if request["side"] in ("trials", "stack"):
        kind = trials if request["side"] == "trials" else stack
        return kind(request["pack"], request["count"], device)
    torch.manual_seed(0)
    recipe = registry.get(request["variant"])(**request["fields"])
    shape = ImageShape(request["channels"], request["size"])
    if request["side"] in ("seeds", "fused"):
        return seeds(recipe, shape, request["seeds"], fused=request["side"] == "fused")
    if request["side"] == "harness":
        return harness(recipe, shape, request["images"], device, request["how"])
    return plain(recipe, shape, request["images"], device)


def answer(epochs: Iterator[tuple[float, int | None]]) -> None:
    """Trains an epoch and writes its measurements for every line of the input."""
    memory, flops_before = HostMemory(), 0
    memory.reset()
    for _ in sys.stdin:
        start = time.perf_counter()
        steps_seconds, flops_total = next(epochs)
        line = {
            "steps_seconds": steps_seconds,
            "whole_seconds": time.perf_counter() - start,
            "flops": None if flops_total is None else flops_total - flops_before,
            "peak_bytes": memory.peak_bytes(),
            "gpu_bytes": torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None,
        }
        flops_before = flops_total or 0
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
