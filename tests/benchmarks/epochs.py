"""Endless training as an iterator over epochs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from bench import datasets, grid, training
from bench.cache import cache_root
from bench.cost import environment, flops
from bench.cost.memory import open_memory
from bench.cost.nvml import NoGpu
from bench.datasets import ImageData
from bench.spec import RunSpec

CPU = torch.device("cpu")

# With these fields both sides compute the same: pytorch/examples updates the players in turn, on
# shared samples.
IN_TURN = {"updates": "alternating", "reuse_samples": True}


def dcgan_run(batch_size: int, subset: int | None = None) -> RunSpec:
    """The baseline of lightweight.yaml with another batch size, endless and without pictures."""
    base = grid.load("lightweight").runs[0]
    return replace(
        base,
        recipe=base.recipe.model_copy(update={"batch_size": batch_size}),
        data=replace(base.data, subset=subset),
        epochs=10**6,
        samples_every=10**6,
    )


def data_of(run: RunSpec) -> ImageData:
    """The data that a run trains on."""
    return datasets.open_prepared(datasets.prepare(run.data, cache=cache_root()))


def epochs_of(run: RunSpec, data: ImageData) -> Iterator[object]:
    """The epochs of a run on the CPU, without evaluation; set-up is already done."""
    resources = training.Resources(
        device=CPU,
        data=data,
        counts=flops.count(run.recipe, run.shape),
        environment=environment.describe(CPU, NoGpu(), threads=torch.get_num_threads()),
        evaluator=None,
        memory=open_memory(CPU),
        exclusive=True,
    )
    epochs = training.run([run], resources, started=0.0)
    next(epochs)
    return epochs
