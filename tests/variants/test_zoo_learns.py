"""Every variant of the zoo, on a few hundred real samples: it learns, and stays finite."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from bench import datasets, engine
from bench.batches import Batches
from bench.cache import cache_root
from bench.datasets import DataSpec
from bench.datasets.mixtures import MIXTURES
from variants import registry
from variants.recipe import ImageShape, PointShape

CPU = torch.device("cpu")
IMAGE_VARIANTS = [name for name in registry.names() if name != "mixture-gan"]


def rows_of(name: str, rounds: int, **fields: object) -> dict[str, np.ndarray]:
    """What so many rounds of a variant on real digits record."""
    torch.manual_seed(0)
    kind = registry.get(name)
    narrow = {"width_factor": 0.25} if "width_factor" in kind.grid_keys() else {}
    recipe = kind(batch_size=16, **{**narrow, **fields})
    spec = DataSpec(name="mnist-5k", image_size=28, channels=1, subset=480)
    data = datasets.open_prepared(datasets.prepare(spec, cache=cache_root()))
    game = recipe.build(ImageShape(1, 28, 10), CPU)
    dealt = Batches(data, recipe, CPU, torch.Generator().manual_seed(0), rounds)
    noise = torch.Generator().manual_seed(0)
    rows = torch.stack([engine.play_round(game, batches, noise) for batches in dealt.epoch()])
    return dict(zip(engine.SCALARS, rows.numpy().T, strict=True))


@pytest.mark.parametrize("name", IMAGE_VARIANTS)
def test_an_epoch_on_digits_teaches_the_critic(name: str) -> None:
    """Its loss falls: real from fake is easy to tell after a few hundred images."""
    rows = rows_of(name, rounds=30)
    assert np.isfinite(rows["critic_loss"]).all()
    assert np.isfinite(rows["generator_loss"]).all()
    quarter = 7
    early, late = rows["critic_loss"][:quarter].mean(), rows["critic_loss"][-quarter:].mean()
    assert late < early
    estimate = rows["score_real"] - rows["score_fake"]
    assert estimate[-quarter:].mean() > 0, "what is real scores higher"


def test_the_generator_of_points_finds_the_ring() -> None:
    """After 600 small steps its points lie nearer to the ring than at first, at the origin."""
    torch.manual_seed(0)
    recipe = registry.get("mixture-gan")(
        packs=50, generator_width=64, critic_width=32, generator_lr=1e-3, critic_lr=1e-3
    )
    game = recipe.build(PointShape(), CPU)
    modes = torch.tensor(MIXTURES["ring"].modes)
    rng = torch.Generator().manual_seed(0)

    def distance() -> float:
        game.generator.network.eval()
        points = game.sample(game.latents(500, torch.Generator().manual_seed(1)))
        game.generator.network.train()
        return torch.cdist(points, modes).min(1).values.mean().item()

    spec = DataSpec(name="ring", image_size=None, channels=None, subset=5000)
    data = datasets.open_prepared(datasets.prepare(spec, cache=cache_root()))
    dealt = Batches(data, recipe, CPU, torch.Generator().manual_seed(0), 600)
    before = distance()
    for batches in dealt.epoch():
        assert engine.play_round(game, batches, rng)[:2].isfinite().all()
    assert before == pytest.approx(1, abs=0.1)
    assert distance() < 0.3
