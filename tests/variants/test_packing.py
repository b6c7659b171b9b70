"""Packs: joined in order, all real or all generated, and nothing else changed."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from bench import engine
from bench.cost import flops
from bench.grid import load
from variants import registry
from variants.game import Batch
from variants.networks.joining import packed
from variants.penalties.gradient import gradient_penalty
from variants.recipe import Recipe
from variants.shapes import ImageShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)


@pytest.mark.parametrize("pack", [1, 2, 3])
def test_images_in_a_row_become_the_channels_of_one(pack: int) -> None:
    images = torch.randn(6, 2, 3, 3)
    joined = packed(images, pack)
    assert joined.shape == (6 // pack, 2 * pack, 3, 3)
    for index in range(6):
        channels = slice(2 * (index % pack), 2 * (index % pack) + 2)
        assert torch.equal(joined[index // pack, channels], images[index])


@pytest.mark.parametrize("stack", [(), (4,)])
def test_points_in_a_row_become_the_coordinates_of_one(stack: tuple[int, ...]) -> None:
    points = torch.randn(*stack, 6, 2)
    joined = packed(points, 3)
    assert joined.shape == (*stack, 2, 6)
    assert torch.equal(joined[..., 1, :], points[..., 3:, :].flatten(-2))


def test_what_is_not_whole_packs_is_refused() -> None:
    with pytest.raises(ValueError, match="5 samples are not whole packs of 2"):
        packed(torch.zeros(5, 1, 2, 2), 2)
    with pytest.raises(ValueError, match="set it to 63 or 66, or give packs: 64"):
        registry.get("dcgan")(pack=3)
    with pytest.raises(ValueError, match="set it to 3, or"):
        registry.get("dcgan")(pack=3, batch_size=2)


def test_a_pack_is_all_real_or_all_generated() -> None:
    game = registry.get("pacgan")(batch_size=4).build(SHAPE, CPU)
    judged: list[Tensor] = []
    game.critic.network.network.register_forward_pre_hook(lambda _, given: judged.append(given[0]))
    real = torch.full((4, 1, 28, 28), 2.0)  # a generator that ends in tanh cannot generate this
    game.critic_loss(Batch(real), torch.Generator())
    assert [tuple(given.shape) for given in judged] == [(2, 2, 28, 28)] * 2
    assert (judged[0] == 2).all()
    assert (judged[1].abs() <= 1).all()


def test_packs_of_one_change_nothing() -> None:
    rows = []
    for recipe in (registry.get("dcgan")(), registry.get("pacgan")(pack=1)):
        torch.manual_seed(0)
        game = recipe.build(SHAPE, CPU)
        batch = Batch(torch.linspace(-1, 1, 4 * 784).view(4, 1, 28, 28))
        rows.append(engine.train_step(game, [batch], torch.Generator().manual_seed(1)))
    assert torch.equal(rows[0].nan_to_num(), rows[1].nan_to_num())


@pytest.mark.parametrize("pack", [1, 2, 3, 4])
def test_pacgan_decides_as_often_per_update_as_dcgan(pack: int) -> None:
    """64 decisions, as the paper counts its batches in packs; it was 32 packs of 2."""
    assert registry.get("dcgan")().batch_size == 64
    recipe = registry.get("pacgan")(pack=pack)
    assert (recipe.batch_size, recipe.batch_size // recipe.judged_together) == (64 * pack, 64)
    assert registry.get("pacgan")() == registry.get("pacgan")(pack=2, batch_size=128)


@pytest.mark.parametrize("name", ["pacgan", "pacgan-ring", "pacgan-grid"])
def test_bundled_grids_compare_at_equal_packs(name: str) -> None:
    recipes = [run.recipe for run in load(name).runs if run.seed == 0]
    assert sorted(recipe.judged_together for recipe in recipes) == [1, 2, 3, 4]
    assert len({recipe.batch_size // recipe.judged_together for recipe in recipes}) == 1


@pytest.mark.parametrize("name", [n for n in registry.names() if registry.get(n).task == "images"])
@pytest.mark.parametrize("channels", [1, 3])
def test_only_the_critics_first_layer_grows(name: str, channels: int) -> None:
    """By the pack's further channels and label planes; the mixture nets have their own file."""
    shape = ImageShape(channels, 28, 10)
    one, three = (registry.get(name)(packs=2, pack=pack) for pack in (1, 3))
    assert (one.batch_size, three.batch_size) == (2, 6)
    assert flops.parameters(one.generator(shape)) == flops.parameters(three.generator(shape))

    def weights(recipe: Recipe) -> list[Tensor]:
        network = recipe.critic(shape)
        bare = network.network if recipe.conditional or recipe.pack > 1 else network
        return list(bare.parameters())

    pairs = zip(weights(one), weights(three), strict=True)
    grown = [(ours, theirs) for ours, theirs in pairs if ours.shape != theirs.shape]
    assert len(grown) == (2 if "sngan" in name else 1), "a shortcut may begin there, too"
    assert all(theirs.shape[1] == 3 * ours.shape[1] for ours, theirs in grown)


def test_the_penalty_has_one_epsilon_and_one_norm_per_pack() -> None:
    """For D(x) = w·pack the norm is ‖w‖ over the pack; per sample it would be a part of it."""
    weight = torch.randn(2 * 5, dtype=torch.float64)
    points: list[Tensor] = []

    def critic(samples: Tensor) -> Tensor:
        points.append(samples.detach())
        return (packed(samples, 2) * weight).sum(1, keepdim=True)

    real, fake = torch.ones(6, 5).double(), torch.zeros(6, 5).double()
    epsilon = torch.tensor([0.1, 0.5, 0.9]).double()
    penalty = gradient_penalty(critic, real, fake, epsilon)
    assert penalty.item() == pytest.approx((weight.norm().item() - 1) ** 2, rel=1e-5)
    expected = epsilon.repeat_interleave(2).unsqueeze(1).expand(6, 5)
    torch.testing.assert_close(points[0], expected)


def test_a_packed_penalty_trains() -> None:
    game = registry.get("wgan-gp")(pack=2, critic_steps=1).build(SHAPE, CPU)
    row = engine.train_step(game, [Batch(torch.rand(8, 1, 28, 28))], torch.Generator())
    penalty = row[engine.columns(game).index("penalty")]
    assert penalty.isfinite()
    assert penalty > 0
