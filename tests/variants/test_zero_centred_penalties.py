"""R1 and R2 against plain loops over samples in float64."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import softplus

from bench import engine
from bench.cost import flops
from variants import registry
from variants.game import Batch
from variants.networks.joining import packed
from variants.networks.layers import TwiceDifferentiableLeakyReLU
from variants.penalties import PENALTIES
from variants.shapes import ImageShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)
R1, R2 = (PENALTIES.get(name)() for name in ("r1", "r2"))
NARROW = {"critic_norm": "none", "width_factor": 0.1}


def _plain(critic: nn.Module, samples: Tensor) -> Tensor:
    """½E‖∇D‖², one sample at a time."""
    terms = []
    for sample in samples:
        point = sample.unsqueeze(0).detach().requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(point).sum(), point, create_graph=True)
        terms.append(sum(component**2 for component in slope.flatten()) / 2)
    return torch.stack(terms).mean()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([1, 2, 3]), st.integers(1, 4))
def test_values_and_gradients_are_those_of_the_formula(
    seed: int, channels: int, count: int
) -> None:
    torch.manual_seed(seed)
    critic = nn.Sequential(
        nn.Conv2d(channels, 3, 3, stride=2), nn.Tanh(), nn.Flatten(), nn.Linear(3 * 4, 1)
    ).double()
    real, fake = torch.randn(2, count, channels, 5, 5, dtype=torch.float64)
    weights = [critic[0].weight, critic[0].bias, critic[3].weight]
    for penalty, samples in ((R1, real), (R2, fake)):
        found = penalty(critic, real, fake, torch.Generator(), count)
        expected = _plain(critic, samples)
        torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)
        for ours, theirs in zip(
            torch.autograd.grad(found, weights),
            torch.autograd.grad(expected, weights),
            strict=True,
        ):
            torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def _quadratic(x: Tensor) -> Tensor:
    """½‖x‖², whose gradient is x itself: the penalty shows where it was taken."""
    return x.flatten(1).square().sum(1, keepdim=True) / 2


@pytest.mark.parametrize("shape", [(1, 4, 4), (3, 4, 4), (6, 2, 2), (2,)])
def test_the_norm_is_over_all_that_belongs_to_a_sample(shape: tuple[int, ...]) -> None:
    """Summed over channels, height and width, and averaged over samples only."""
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 5, *shape))
    noise = torch.Generator()
    before = noise.get_state()
    for penalty, samples in ((R1, real), (R2, fake)):
        found = penalty(_quadratic, torch.tensor(real), torch.tensor(fake), noise, 5)
        expected = np.mean([(sample**2).sum() / 2 for sample in samples])
        assert found.item() == pytest.approx(expected, rel=1e-12)
    assert torch.equal(noise.get_state(), before), "they draw nothing"


def test_a_pack_has_one_norm() -> None:
    """For D(pack) = w·pack the gradient is w, whatever the samples."""
    weight = torch.randn(3 * 5, dtype=torch.float64)

    def critic(samples: Tensor) -> Tensor:
        return (packed(samples, 3) * weight).sum(1, keepdim=True)

    real, fake = torch.randn(2, 6, 5, dtype=torch.float64)
    for penalty in (R1, R2):
        found = penalty(critic, real, fake, torch.Generator(), 2)
        assert found.item() == pytest.approx(weight.square().sum().item() / 2, rel=1e-12)


@pytest.mark.parametrize("pack", [1, 2])
def test_a_critics_update_has_the_plain_gradients(pack: int) -> None:
    """Of softplus(−D(x)) + softplus(D(G(z))) + γ₁R₁ + γ₂R₂."""
    torch.manual_seed(0)
    recipe = registry.get("dcgan-lite")(
        penalties={"r1": 2.0, "r2": 0.5}, pack=pack, packs=3, **NARROW
    )
    game = recipe.build(SHAPE, CPU)
    game.generator.network.double().eval()
    critic = copy.deepcopy(game.critic.network.double())
    real = torch.rand(3 * pack, 1, 28, 28, dtype=torch.float64) * 2 - 1
    latents = torch.randn(3 * pack, 100, dtype=torch.float64)
    game.latents = lambda count, noise: latents  # type: ignore[method-assign]
    loss, scalars = engine.critic_update(game, Batch(real), torch.Generator())

    fake = game._generate(latents, None).detach()
    # One pack is one sample with the pack's images as channels.
    bare = critic.network if pack > 1 else critic
    penalty = 2 * _plain(bare, packed(real, pack)) + 0.5 * _plain(bare, packed(fake, pack))
    expected = softplus(-critic(real)).mean() + softplus(critic(fake)).mean() + penalty
    expected.backward()
    assert scalars["penalty"].item() == pytest.approx(penalty.item(), rel=1e-10)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-10)
    for ours, theirs in zip(game.critic.network.parameters(), critic.parameters(), strict=True):
        assert ours.grad is not None
        assert theirs.grad is not None
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("penalties", [{"r1": 1.0}, {"r2": 1.0}, {"gradient": 1.0}])
def test_a_critic_with_batch_norm_is_refused(penalties: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="needs a gradient per sample"):
        registry.get("dcgan")(penalties=penalties)


def test_a_critic_under_r1_has_the_cheap_leaky_relu() -> None:
    critic = registry.get("dcgan")(penalties={"r1": 1.0}, critic_norm="none").critic(SHAPE)
    assert not [m for m in critic.modules() if isinstance(m, nn.LeakyReLU)]
    assert [m for m in critic.modules() if isinstance(m, TwiceDifferentiableLeakyReLU)]


def test_each_costs_what_the_gradient_penalty_costs() -> None:
    def cost(**penalties: float) -> int:
        recipe = registry.get("dcgan")(critic_norm="none", penalties=penalties)
        found = flops.count(recipe, SHAPE).critic_flops_per_image
        assert found is not None
        return found

    base, interpolated = cost(), cost(gradient=1)
    assert interpolated > base
    assert cost(r1=1) == cost(r2=1) == interpolated
    assert cost(r1=1, r2=1) == base + 2 * (interpolated - base)


def test_the_gradient_penalty_has_two_spellings() -> None:
    rows = []
    for fields in ({"gradient_penalty": 10.0}, {"penalties": {"gradient": 10.0}}):
        torch.manual_seed(0)
        game = registry.get("dcgan-lite")(**fields, **NARROW).build(SHAPE, CPU)
        batch = Batch(torch.linspace(-1, 1, 4 * 784).view(4, 1, 28, 28))
        noise = torch.Generator().manual_seed(1)
        rows.append(torch.stack([engine.train_step(game, [batch], noise) for _ in range(3)]))
    torch.testing.assert_close(rows[0], rows[1], rtol=0, atol=0, equal_nan=True)


def test_auto_is_the_rule_of_stylegan2_ada() -> None:
    """γ = 0.0002 · px² / batch."""
    narrow = {**NARROW, "batch_size": 32}
    recipe = registry.get("dcgan")(penalties={"r1": "auto", "r2": 3.0}, **narrow)
    weights = [weight for _, weight in recipe.build(ImageShape(3, 64), CPU).rules.penalties]
    assert weights == [pytest.approx(0.0002 * 64 * 64 / 32), 3.0]
    assert recipe.model_dump()["penalties"] == {"r1": "auto", "r2": 3.0}
    again = registry.get("dcgan")(**recipe.model_dump())
    assert again == recipe


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_in_mixed_precision_nothing_becomes_nan(name: str) -> None:
    torch.manual_seed(0)
    game = registry.get("dcgan-lite")(penalties={name: 1.0}, **NARROW).build(SHAPE, CPU)
    noise = torch.Generator().manual_seed(0)
    for _ in range(3):
        batch = Batch(torch.rand(8, 1, 28, 28) * 2 - 1)
        row = engine.train_step(game, [batch], noise, lambda: torch.autocast("cpu", torch.bfloat16))
        columns = dict(zip(engine.columns(game), row, strict=True))
        assert columns["critic_loss"].isfinite()
        assert columns["penalty"].dtype == torch.float32
        assert columns["penalty"] > 0
