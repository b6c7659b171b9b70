"""Seeds of a configuration trained as one fused model, against the same one after another."""

from __future__ import annotations

import pytest
import torch

from tests.benchmarks.fused import engine_of
from tests.benchmarks.table import Line
from variants import registry
from variants.shapes import ImageShape

SEEDS = 5
VARIANTS = ["dcgan-lite", "dcgan-separable"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_fused_seeds(race, record, variant: str) -> None:
    common = {
        **{"variant": variant, "fields": {"batch_size": 32}, "channels": 1, "size": 28},
        **{"seeds": SEEDS, "threads": 1, "device": "cpu"},
    }
    measured = race({"ours": {**common, "side": "fused"}, "theirs": {**common, "side": "seeds"}})
    record(
        Line(
            f"{SEEDS} seeds fused, {variant} 28 px, batch 32, one thread",
            "the same one after another on one thread",
            [
                theirs["steps_seconds"] / ours["steps_seconds"]
                for ours, theirs in zip(measured["ours"], measured["theirs"], strict=True)
            ],
        )
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_fused_seeds_have_the_losses_of_seeds_alone(variant: str) -> None:
    recipe = registry.get(variant)(batch_size=4, width_factor=0.125)
    shape, seeds = ImageShape(1, 28), (0, 1, 2)
    images = [
        torch.randn(8, 1, 28, 28, generator=torch.Generator().manual_seed(seed)) for seed in seeds
    ]
    together = engine_of(recipe, shape, images, seeds)
    alone = [
        engine_of(recipe, shape, [own], [seed]) for own, seed in zip(images, seeds, strict=True)
    ]
    for _ in range(3):
        index = [torch.arange(4)]
        fused = together.step(index)[:2]
        apart = torch.stack([engine.step(index)[:2] for engine in alone], -1)
        torch.testing.assert_close(fused, apart, rtol=1e-4, atol=1e-5)
