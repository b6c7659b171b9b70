"""Where the time of a step on one thread goes: ``python tests/benchmarks/profiles.py``, alone.

Saves results/reference/step-profiles.csv, which ``table.py`` writes into docs/speed.md.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import torch
from epochs import IN_TURN
from side import peak, seeds, stack
from table import PROFILES
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from bench import engine
from bench.executors.local import TUNING
from variants import registry
from variants.shapes import ImageShape

CPU = torch.device("cpu")
_ROUNDS = 15

NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "dcgan-tutorial at a quarter of the width, batch 64": (
        "dcgan-tutorial",
        {"batch_size": 64, "width_factor": 0.25, **IN_TURN},
    ),
    "dcgan-lite, batch 32": ("dcgan-lite", {"batch_size": 32}),
    "dcgan-separable, batch 32": ("dcgan-separable", {"batch_size": 32}),
    "dcgan, batch 32": ("dcgan", {"batch_size": 32}),
    "wgan-gp, batch 64": ("wgan-gp", {}),
}

# What an operation's name contains, by column; the first that fits. A transposed convolution's
# time is that of aten::_convolution itself.
PRODUCTS = "convolutions and matrix products"
PARTS = {
    PRODUCTS: ("convolution", "::mm", "addmm", "bmm", "linear"),
    "copies and folds": ("copy_", "col2im", "im2col", "::cat", "zero_", "fill_", "clone"),
    "normalisation": ("_norm",),
    "activations and dropout": ("relu", "tanh", "sigmoid", "threshold", "bitwise", "clamp"),
    "optimisers": ("Optimizer", "adam"),
}
REST = "all else"


def part_of(operation: str) -> str:
    """The column that an operation's time belongs to."""
    fits = (part for part, names in PARTS.items() if any(name in operation for name in names))
    return next(fits, REST)


def profiles() -> pd.DataFrame:
    """A row per network: the share of a step's time by part, and the speed of its products.

    A step is timed without the profiler, which slows small operations down. The products take the
    time that the profiler gives; the rest of the step is divided as with the profiler. What no
    operation takes, such as Python between them, is in ``REST``.
    """
    engine.settle(1)
    speed = _products_at_their_best()
    steps = {
        case: seeds(registry.get(variant)(**fields), ImageShape(1, 28), 1, fused=False)
        for case, (variant, fields) in NETWORKS.items()
    }
    return pd.DataFrame(
        [row(case, each, speed) for case, each in steps.items()]
        + [row("five stacked mixture trials", stack(1, 5, CPU), speed)]
    )


def row(case: str, steps: Iterator[Any], speed: float) -> dict[str, Any]:
    """The profile of what ``steps`` does each time.

    Args:
        speed: FLOP/s that its FLOP/s are given as a share of.
    """
    for _ in range(3):
        next(steps)
    taken = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        next(steps)
        taken.append(time.perf_counter() - start)
    with FlopCounterMode(display=False) as counter:
        next(steps)
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        start = time.perf_counter()
        for _ in range(_ROUNDS):
            next(steps)
        watched = (time.perf_counter() - start) / _ROUNDS
    parts: Counter[str] = Counter()
    for event in profiled.key_averages():
        parts[part_of(event.key)] += event.self_cpu_time_total / 1e6 / _ROUNDS
    whole, flops = statistics.median(taken), counter.get_total_flops()
    return {
        "case": case,
        **{part: round(share, 3) for part, share in shares(parts, whole, watched).items()},
        "FLOP/s of the products": round(flops / parts[PRODUCTS] / speed, 3),
        "FLOP/s of the step": round(flops / whole / speed, 3),
    }


def shares(parts: Mapping[str, float], whole: float, watched: float) -> dict[str, float]:
    """The shares of a step.

    Args:
        parts: seconds of operations, by part, in a step with the profiler.
        whole, watched: seconds of a step without and with the profiler.
    """
    products = parts[PRODUCTS]
    others = {part: parts.get(part, 0.0) for part in PARTS if part != PRODUCTS}
    others[REST] = watched - products - sum(others.values())
    scale = (1 - products / whole) / (watched - products)
    return {PRODUCTS: products / whole} | {part: scale * each for part, each in others.items()}


def _products_at_their_best() -> float:
    """FLOP/s of a 3×3 convolution on one thread."""
    convolutions = peak(CPU)
    _, before = next(convolutions)
    rates = []
    for _ in range(5):
        seconds, total = next(convolutions)
        rates.append(((total or 0) - (before or 0)) / seconds)
        before = total
    return statistics.median(rates)


if __name__ == "__main__":
    if not TUNING.items() <= os.environ.items():  # a run's process has these from its start
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **TUNING})
    profiles().to_csv(PROFILES, index=False)
