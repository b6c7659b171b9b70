"""WGAN, WGAN-GP and the other objectives as games, exactly as in the papers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench import engine
from bench.cost import flops
from variants import registry
from variants.game import Batch
from variants.shapes import ImageShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)


def play(name: str, steps: int = 3, **fields: object):
    torch.manual_seed(0)
    recipe = registry.get(name)(batch_size=8, **fields)
    game = recipe.build(SHAPE, CPU)
    rng = torch.Generator().manual_seed(0)
    batches = [Batch(torch.rand(8, 1, 28, 28) * 2 - 1) for _ in range(recipe.critic_steps)]
    rows = torch.stack([engine.train_step(game, batches, rng) for _ in range(steps)])
    return game, {name: rows[:, i] for i, name in enumerate(engine.columns(game))}


def test_wgan_is_algorithm_1_of_its_paper() -> None:
    recipe = registry.get("wgan")()
    assert (recipe.objective, recipe.weight_clip, recipe.critic_steps) == ("wasserstein", 0.01, 5)
    assert (recipe.optimizer, recipe.generator_lr, recipe.critic_lr) == ("rmsprop", 5e-5, 5e-5)
    assert recipe.batch_size == 64
    game, _ = play("wgan")
    assert isinstance(game.critic.optimizer, torch.optim.RMSprop)
    assert all(p.abs().max() <= 0.01 for p in game.critic.network.parameters())
    assert any(p.abs().max() > 0.01 for p in game.generator.network.parameters())


def test_wgan_gp_is_algorithm_1_of_its_paper() -> None:
    recipe = registry.get("wgan-gp")()
    assert (recipe.gradient_penalty, recipe.critic_steps, recipe.weight_clip) == (10.0, 5, None)
    assert (recipe.generator_lr, recipe.critic_lr) == (1e-4, 1e-4)
    assert (recipe.beta1, recipe.beta2) == (0.0, 0.9)
    for norm in ("none", "layer"):
        critic = registry.get("wgan-gp")(critic_norm=norm).critic(ImageShape(3, 64))
        assert not any(isinstance(m, nn.BatchNorm2d) for m in critic.modules())


def test_the_penalty_is_in_the_loss_and_recorded() -> None:
    _, rows = play("wgan-gp", steps=1)
    estimate = rows["critic_score_fake"] - rows["critic_score_real"]
    torch.testing.assert_close(rows["critic_loss"], estimate + rows["penalty"])
    assert rows["penalty"].item() > 1


def test_scores_of_a_wasserstein_critic_have_no_threshold() -> None:
    _, rows = play("wgan")
    assert rows["critic_accuracy_real"].isnan().all()
    assert rows["penalty"].isnan().all()
    _, rows = play("dcgan", objective="least-squares")
    assert ((rows["critic_accuracy_real"] >= 0) & (rows["critic_accuracy_real"] <= 1)).all()


def test_a_least_squares_critic_is_undecided_at_one_half() -> None:
    torch.manual_seed(0)
    game = registry.get("dcgan")(objective="least-squares").build(SHAPE, CPU)
    with torch.no_grad():
        for parameter in game.critic.network.parameters():
            parameter.zero_()
    outcome = game.critic_loss(Batch(torch.zeros(4, 1, 28, 28)), torch.Generator())
    assert outcome.scalars["critic_accuracy_real"] == 0, "a score of 0 means fake"
    assert outcome.scalars["critic_accuracy_fake"] == 1


@pytest.mark.parametrize(
    ("objective", "norm"),
    [
        ("wasserstein", "layer"),
        ("least-squares", "batch"),
        ("hinge", "spectral"),
        ("hinge", "none"),
    ],
)
def test_objectives_and_norms_combine_freely(objective: str, norm: str) -> None:
    _, rows = play("dcgan", objective=objective, critic_norm=norm)
    assert rows["critic_loss"].isfinite().all()
    assert rows["generator_loss"].isfinite().all()


def test_spectral_normalisation_bounds_every_layer() -> None:
    game, _ = play("dcgan", steps=30, objective="hinge", critic_norm="spectral")
    for module in game.critic.network.modules():
        if isinstance(module, nn.Conv2d):
            largest = torch.linalg.matrix_norm(module.weight.detach().flatten(1), 2)
            assert largest.item() == pytest.approx(1, rel=0.2), "one power iteration per update"


def test_a_step_generates_new_images_for_every_update() -> None:
    calls: list[int] = []
    game = registry.get("wgan")(batch_size=4).build(SHAPE, CPU)
    original = game.generator.network.forward

    def counted(latents: torch.Tensor) -> torch.Tensor:
        calls.append(len(latents))
        return original(latents)

    game.generator.network.forward = counted
    engine.train_step(game, [Batch(torch.zeros(4, 1, 28, 28))] * 5, torch.Generator())
    assert calls == [4] * 6, "five times for the critic, once for the generator"


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [28, 32, 64, 17])
def test_the_dense_gan_generates_images_of_any_size(size: int, channels: int) -> None:
    recipe, shape = registry.get("gan")(), ImageShape(channels, size)
    assert recipe.refusal(shape) is None
    samples = recipe.generator(shape)(torch.randn(2, 100))
    assert samples.shape == (2, channels, size, size)
    assert recipe.critic(shape)(samples).shape == (2, 1)


def test_sizes_of_the_dense_gan() -> None:
    counts = flops.count(registry.get("gan")(), SHAPE)
    assert counts.generator_parameters == (
        100 * 256 + 256 + 256 * 512 + 512 + 512 * 1024 + 1024 + 1024 * 784 + 784
    )
    assert counts.critic_parameters == (
        784 * 1024 + 1024 + 1024 * 512 + 512 + 512 * 256 + 256 + 256 + 1
    )
    assert counts.generator_macs == 100 * 256 + 256 * 512 + 512 * 1024 + 1024 * 784


@pytest.mark.parametrize("name", ["gan", "wgan", "wgan-gp"])
def test_counting_works_for_every_game(name: str) -> None:
    counts = flops.count(registry.get(name)(), SHAPE)
    assert counts.critic_flops_per_image is not None
    assert counts.critic_macs is not None
    least = 2 * 6 * counts.critic_macs if name != "gan" else 2 * 5 * counts.critic_macs
    assert counts.critic_flops_per_image > least
