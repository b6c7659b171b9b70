"""Runs trained as one stack give what they would give alone."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from bench import engine
from variants import registry
from variants.adversarial import AdversarialGame
from variants.game import Batch, Inputs
from variants.shapes import ImageShape, PointShape
from variants.stack import StackedGame

CPU = torch.device("cpu")
SEEDS = (0, 1, 2)


def alone(seed: int, **fields: object) -> AdversarialGame:
    torch.manual_seed(seed)
    recipe = registry.get("mixture-gan")(
        packs=10, generator_width=8, generator_layers=2, critic_width=6, **fields
    )
    game = recipe.build(PointShape(), CPU)
    assert isinstance(game, AdversarialGame)
    for player in (game.generator, game.critic):
        player.network.double()
    return game


def play(game: AdversarialGame, seeds: tuple[int, ...], steps: int = 30) -> Tensor:
    """Rows of some steps, each seed with its own data and noise."""
    game.latents = lambda count, noise: latents  # type: ignore[method-assign]
    streams = [torch.Generator().manual_seed(100 + seed) for seed in seeds]
    rows = []
    for _ in range(steps):
        count = 10 * game.rules.pack
        points = torch.stack([torch.randn(count, 2, generator=s).double() for s in streams])
        latents = torch.stack([torch.randn(count, 2, generator=s).double() for s in streams])
        if len(seeds) == 1:
            points, latents = points[0], latents[0]
        batch, noise = Batch(points), streams[0]  # the game draws nothing else
        if game.simultaneous:
            critic, generator = engine.simultaneous_update(game, batch, noise)
        else:
            critic = engine.critic_update(game, batch, noise)
            generator = engine.generator_update(game, batch, noise)
        rows.append(torch.stack([critic.loss, generator.loss, *critic.scalars.values()]))
    return torch.stack(rows)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"pack": 3},
        {"updates": "alternating", "objective": "wasserstein", "weight_clip": 0.03},
        {"objective": "product-metric", "optimizer": "rmsprop"},
    ],
)
def test_each_run_gives_what_it_gives_alone(fields: dict[str, object]) -> None:
    stack = StackedGame([alone(seed, **fields) for seed in SEEDS])
    rows = play(stack, SEEDS)
    for index, seed in enumerate(SEEDS):
        game = alone(seed, **fields)
        torch.testing.assert_close(rows[..., index], play(game, (seed,)), rtol=1e-9, atol=1e-9)
        for mine, whole in ((game.generator, stack.generator), (game.critic, stack.critic)):
            expected = mine.network.state_dict()
            for name, tensor in whole.network.state_dict().items():
                torch.testing.assert_close(
                    tensor[index : index + 1], expected[name], rtol=1e-9, atol=1e-9
                )


def test_a_run_of_a_stack_is_sampled_like_the_run_alone() -> None:
    stack = StackedGame([alone(seed) for seed in SEEDS])
    play(stack, SEEDS, steps=3)
    latents = torch.randn(7, 2).double()
    for index, seed in enumerate(SEEDS):
        game = alone(seed)
        play(game, (seed,), steps=3)
        for network in (game.generator.network, stack.generator.network):
            network.eval()
        inputs = Inputs(latents)
        torch.testing.assert_close(stack.member_sample(index, inputs), game.sample(inputs))
        stack.generator.network.train()


def test_a_run_that_diverges_does_not_touch_the_others() -> None:
    healthy, broken = (StackedGame([alone(seed) for seed in SEEDS]) for _ in range(2))
    with torch.no_grad():
        next(broken.generator.network.parameters())[1] = math.nan
    expected, rows = play(healthy, SEEDS), play(broken, SEEDS)
    assert rows[:, :2, 1].isnan().all()
    assert torch.equal(rows[..., [0, 2]], expected[..., [0, 2]])


def test_what_cannot_be_stacked_is_refused() -> None:
    images = registry.get("dcgan")().build(ImageShape(1, 28), CPU)
    for games in ([images, images], [alone(0, gradient_penalty=1.0)] * 2):
        with pytest.raises(ValueError, match="cannot be trained as a stack"):
            StackedGame(games)
