"""Every variant of the zoo, on a few hundred real samples: it learns and stays finite."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from bench import datasets, engine
from bench.cache import cache_root
from bench.datasets import DataSpec, ImageData
from bench.datasets.mixtures import MIXTURES
from bench.training.batches import Batches
from variants import registry
from variants.game import Inputs
from variants.objectives import OBJECTIVES
from variants.shapes import ImageShape, PointShape

CPU = torch.device("cpu")
IMAGE_VARIANTS = [name for name in registry.names() if registry.get(name).task == "images"]


@pytest.fixture(scope="module")
def digits() -> ImageData:
    spec = DataSpec(name="mnist-5k", image_size=28, channels=1, subset=480)
    return datasets.open_prepared(datasets.prepare(spec, cache=cache_root()))


class Play:
    """A narrow form of a variant, trained for a pass through the digits or less, from one seed."""

    def __init__(self, name: str, digits: ImageData, seed: int = 0) -> None:
        torch.manual_seed(seed)
        kind = registry.get(name)
        # Wasserstein's small steps, made larger, so that a short epoch shows where they lead.
        rate = 3e-4 if kind().objective in ("non-saturating", "hinge") else 1e-3
        self.recipe = kind(batch_size=16, width_factor=0.25, generator_lr=rate, critic_lr=rate)
        self.game = self.recipe.build(ImageShape(1, 28, 10), CPU)
        self.digits = digits
        self.batches = Batches(digits, self.recipe, CPU, torch.Generator().manual_seed(seed))
        self.noise = torch.Generator().manual_seed(seed)

    def epoch(self, steps: int | None = None) -> Tensor:
        """What its steps record, (steps, columns)."""
        batches = self.batches.epoch(steps)
        return torch.stack([engine.train_step(self.game, some, self.noise) for some in batches])

    def gap(self) -> float:
        """How far the mean generated image is from the mean digit, per pixel."""
        latents = torch.randn(
            64, self.recipe.latent_dim, generator=torch.Generator().manual_seed(1)
        )
        self.game.generator.network.eval()
        samples = self.game.sample(Inputs(latents, torch.arange(64) % 10))
        self.game.generator.network.train()
        mean = torch.from_numpy(self.digits.images.mean(0, dtype=np.float32)) / 127.5 - 1
        return (samples.mean(0) - mean).abs().mean().item()


@pytest.mark.parametrize("name", IMAGE_VARIANTS)
def test_an_epoch_on_digits_teaches_both_players(name: str, digits: ImageData) -> None:
    """The critic's loss without its penalty falls; the samples approach the digits."""
    play = Play(name, digits)
    before = play.gap()
    rows = play.epoch()
    columns = dict(zip(engine.columns(play.game), rows.unbind(1), strict=True))
    assert columns["critic_loss"].isfinite().all()
    assert columns["generator_loss"].isfinite().all()
    loss = columns["critic_loss"] - columns["penalty"].nan_to_num()
    quarter = -(-len(rows) // 4)
    early, late = loss[:quarter].mean(), loss[-quarter:].mean()
    assert late < early
    if OBJECTIVES.get(play.recipe.objective).head == "vector":
        assert -late > 3 * -early, "the two means move apart, in any direction"
    else:
        estimate = columns["critic_score_real"] - columns["critic_score_fake"]
        assert estimate[-quarter:].mean() > 0.02, "real samples score higher"
    assert play.gap() < 0.99 * before


@pytest.mark.parametrize("name", IMAGE_VARIANTS)
def test_a_seed_repeats_exactly_and_another_does_not(name: str, digits: ImageData) -> None:
    """Weights, dropout, the penalty's ε, latents and order all come from it."""
    first, again, other = (Play(name, digits, seed).epoch(2).nan_to_num() for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert (first[:, :2] != other[:, :2]).all()


@pytest.mark.slow
def test_the_generator_of_points_finds_the_ring() -> None:
    """From the origin its points move out to the modes, on a path that depends on rounding."""
    torch.manual_seed(0)
    recipe = registry.get("mixture-gan")(
        packs=50, generator_width=64, critic_width=32, generator_lr=1e-3, critic_lr=1e-3
    )
    game = recipe.build(PointShape(), CPU)
    modes = torch.tensor(MIXTURES["ring"].modes)
    rng = torch.Generator().manual_seed(0)

    def distance() -> float:
        game.generator.network.eval()
        points = game.sample(game.inputs(500, torch.Generator().manual_seed(1)))
        game.generator.network.train()
        return torch.cdist(points, modes).min(1).values.mean().item()

    spec = DataSpec(name="ring", image_size=None, channels=None, subset=5000)
    data = datasets.open_prepared(datasets.prepare(spec, cache=cache_root()))
    batches = Batches(data, recipe, CPU, torch.Generator().manual_seed(0), 900)
    distances = [distance()]
    for number, step in enumerate(batches.epoch(), 1):
        assert engine.train_step(game, step, rng)[:2].isfinite().all()
        if number % 100 == 0:
            distances.append(distance())
    assert distances[0] == pytest.approx(1, abs=0.1)
    assert min(distances) < 0.6
