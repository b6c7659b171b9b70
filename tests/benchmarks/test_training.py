"""Training against the loops that users would otherwise copy, each in its own process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from tests.benchmarks.epochs import IN_TURN
from tests.benchmarks.table import Line

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
PEAK_SHARE = 0.6
MEMORY = 1.3


@dataclass(frozen=True)
class Case:
    """Networks, and target speed-ups over the plain loop by device and precision."""

    name: str
    variant: str
    fields: dict[str, Any]
    shape: tuple[int, int]  # channels, size
    images: int  # per epoch on a CPU; twenty times as many on a GPU
    targets: dict[tuple[str, str], float]
    measures_peak: bool = False
    loop: str = "pytorch/examples' loop"
    precisions: tuple[str, ...] = field(default=("fp32", "bf16"))


CASES = [
    Case(
        "dcgan-tutorial 28 px, batch 256",
        "dcgan-tutorial",
        IN_TURN,
        (1, 28),
        1024,
        {
            ("cpu", "fp32"): 1.8,
            ("cpu", "bf16"): 2.5,
            ("cuda", "fp32"): 5,
            ("cuda", "bf16"): 8,
        },
        measures_peak=True,
    ),
    Case(
        "dcgan-tutorial at a quarter of the width, batch 64",
        "dcgan-tutorial",
        {"batch_size": 64, "width_factor": 0.25, **IN_TURN},
        (1, 28),
        3840,
        {("cpu", "fp32"): 2.5, ("cuda", "fp32"): 8},
    ),
    Case(
        "dcgan 64 px RGB, batch 64",
        "dcgan",
        {"reuse_samples": True},
        (3, 64),
        192,
        {("cpu", "fp32"): 1.5, ("cpu", "bf16"): 2.5, ("cuda", "fp32"): 2, ("cuda", "bf16"): 4},
        measures_peak=True,
    ),
    Case(
        "wgan-gp 28 px, batch 64",
        "wgan-gp",
        {},
        (1, 28),
        1280,
        {("cpu", "fp32"): 1.6, ("cpu", "bf16"): 2.2, ("cuda", "fp32"): 4},
        loop="a loop with double backward",
    ),
]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_training(race, record, case: Case, device: str) -> None:
    """Speed, memory, and the share of the convolutions' peak, all from the same epochs."""
    channels, size = case.shape
    common = {
        "variant": case.variant,
        "fields": case.fields,
        "channels": channels,
        "size": size,
        "images": case.images * (20 if device == "cuda" else 1),
        "threads": torch.get_num_threads(),
        "device": device,
    }
    how = {"execution": "cuda-graph" if device == "cuda" else "eager"}
    sides: dict[str, Any] = {
        precision: {**common, "side": "harness", "how": {**how, "precision": precision}}
        for precision in case.precisions
    }
    sides["plain"] = {**common, "side": "plain"}
    if case.measures_peak:
        sides["peak"] = {**common, "side": "peak"}
    measured = race(sides)

    for precision in case.precisions:
        record(
            Line(
                f"images/s, {case.name}, {precision}",
                case.loop,
                [
                    theirs["steps_seconds"] / ours["steps_seconds"]
                    for theirs, ours in zip(measured["plain"], measured[precision], strict=True)
                ],
                at_least=case.targets.get((device, precision)),
                device=device,
            )
        )
    if case.measures_peak:
        record(
            Line(
                f"FLOP/s, {case.name}, fp32",
                "a 3×3 convolution's",
                [
                    (ours["flops"] / ours["steps_seconds"])
                    / (peak["flops"] / peak["steps_seconds"])
                    for ours, peak in zip(measured["fp32"], measured["peak"], strict=True)
                ],
                at_least=PEAK_SHARE if device == "cpu" else None,
                device=device,
            )
        )
    if size == 28:
        memory = "peak_bytes" if device == "cpu" else "gpu_bytes"
        ours, theirs = measured["fp32"][-1][memory], measured["plain"][-1][memory]
        record(
            Line(
                f"peak memory, {case.name}, fp32",
                case.loop,
                [ours / theirs],
                at_most=MEMORY,
                device=device,
            )
        )
