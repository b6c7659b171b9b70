"""A sweep with known values in which runs failed, diverged, or ended in a score that is not finite.

Costs are those of the networks of these widths. Of the turns of its timing, others used the machine
in two of "slim", which do not count, and in four of "half critic", which do, as four are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.measures import Turn
from bench.store import add_timing
from tests.report.conftest import BATCH, Config, turns_of, write_sweep

_STEPS = 20  # per epoch
_SCORES = ("fcd", "kid_mean", "precision", "recall")
_ROUNDS = 8


def _lost(index: int, epoch: int) -> dict[str, Any]:
    """Seed 1's last scores are not finite."""
    return dict.fromkeys(_SCORES, float("nan")) if (index, epoch) == (1, 5) else {}


def _config(label: str, flops: int, generator: int, critic: int, **changes: Any) -> Config:
    counts = {"generator_parameters": generator, "critic_parameters": critic}
    epoch = {"quality_evaluated": True}
    config = Config(label, flops_per_image=flops, setup=counts, epoch=epoch, images=_STEPS * BATCH)
    seeds: dict[str, Any] = {"statuses": ("completed",) * 4, "errors": (None,) * 4}
    return replace(config, **{**seeds, "seconds": (9.0, 9.5, 9.2, 9.1), **changes})


CONFIGS = (
    _config("dcgan", 162_018_304, 759_680, 138_624, final=(20.0, 21.0, 19.5, 20.4)),
    _config(
        "half generator",
        120_798_720,
        347_072,
        138_624,
        generator_width=32,
        final=(24.0, 24.5, 23.0, 24.0),
        statuses=("completed", "completed", "completed", "failed"),
        errors=(None, None, None, "boom"),
    ),
    _config(
        "half critic",
        83_693_568,
        759_680,
        36_544,
        critic_width=32,
        final=(20.2, 18.0, 22.0, 23.0),
        statuses=("completed", "completed", "diverged", "completed"),
        errors=(None, None, "the critic’s loss is not finite", None),
        lost={2: 33},
    ),
    _config(
        "slim",
        138_197_248,
        545_184,
        138_624,
        generator_width=48,
        final=(15.5, 15.1, 14.8, 15.4),
        measured=_lost,
    ),
)


def _timed(
    config: Config, place: int, seconds: float, memory: int, busy: Sequence[int]
) -> list[Turn]:
    """The turns of a configuration; the busy rounds, with others, take a fifth longer."""
    noise = np.random.default_rng(place).normal(0, 0.01, (2, _ROUNDS))
    pace = seconds * np.exp(noise[0])
    pace[[each - 1 for each in busy]] *= 1.2
    turns = turns_of(replace(config, rounds=tuple(map(float, pace))), f"run{place}")
    peaks = memory * np.exp(noise[1] / 4)
    return [
        replace(turn, contended=turn.round in busy, peak_host_added_bytes=int(peak))
        for turn, peak in zip(turns, peaks, strict=True)
    ]


def write(folder: Path) -> Path:
    """The results folder, just written."""
    write_sweep(folder, CONFIGS, seeds=(0, 1, 2, 3), steps=_STEPS, name="omissions")
    times = ((2.0, 200, ()), (1.6, 190, ()), (1.0, 120, (2, 3, 5, 8)), (1.2, 203, (1, 7)))
    turns = []
    for place, (config, (seconds, mebibytes, busy)) in enumerate(zip(CONFIGS, times, strict=True)):
        turns += _timed(config, place, seconds, mebibytes * 2**20, busy)
    add_timing(folder, "omissions", turns)
    return folder
