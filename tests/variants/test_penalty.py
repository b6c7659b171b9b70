"""The gradient penalty against a plain formula, and against common mistakes."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from variants import registry
from variants.game import Batch
from variants.networks.layers import TwiceDifferentiableLeakyReLU
from variants.penalties import gradient as gradient_module
from variants.penalties.gradient import gradient_penalty
from variants.shapes import ImageShape


def _written_out(critic: nn.Module, real: Tensor, fake: Tensor, epsilon: Tensor) -> Tensor:
    """Equation 3 one sample at a time, each with its own ε and its own norm."""
    terms = []
    for x, y, e in zip(real, fake, epsilon, strict=True):
        point = (e * x + (1 - e) * y).unsqueeze(0).requires_grad_(True)
        (slope,) = torch.autograd.grad(critic(point).sum(), point, create_graph=True)
        terms.append((slope.pow(2).sum().sqrt() - 1) ** 2)
    return torch.stack(terms).mean()


def _small_critic(channels: int, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(channels, 4, 3, stride=2), nn.Tanh(), nn.Flatten(), nn.Linear(4 * 9, 1)
    ).double()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([1, 2, 3]), st.integers(1, 5))
def test_value_and_gradients_are_those_of_the_formula(seed: int, channels: int, count: int) -> None:
    critic = _small_critic(channels, seed)
    shape = (count, channels, 8, 8)
    real, fake = torch.randn(shape).double(), torch.randn(shape).double()
    epsilon = torch.rand(count).double()
    parameters = list(critic.parameters())
    ours = gradient_penalty(critic, real, fake, epsilon)
    formula = _written_out(critic, real, fake, epsilon)
    # The norm is taken in float32, hence the tolerance.
    torch.testing.assert_close(ours.double(), formula, rtol=1e-5, atol=1e-6)
    for a, b in zip(
        torch.autograd.grad(ours, parameters[:-1]),
        torch.autograd.grad(formula, parameters[:-1]),
        strict=True,
    ):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_a_linear_critic_has_the_penalty_of_its_weight() -> None:
    """∇(w·x) = w everywhere, so the penalty is (‖w‖ − 1)² whatever the samples."""
    weight = torch.randn(12, dtype=torch.float64)
    critic = nn.Sequential(nn.Flatten(), nn.Linear(12, 1, bias=False).double())
    with torch.no_grad():
        critic[1].weight.copy_(weight)
    real, fake = torch.randn(2, 7, 3, 2, 2, dtype=torch.float64)
    found = gradient_penalty(critic, real, fake, torch.rand(7, dtype=torch.float64))
    assert found.item() == pytest.approx((weight.norm().item() - 1) ** 2, rel=1e-5)


def _quadratic(x: Tensor) -> Tensor:
    """½‖x‖², whose gradient is x itself: the penalty shows where it was taken."""
    return x.flatten(1).square().sum(1, keepdim=True) / 2


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_the_norm_and_epsilon_are_per_sample_for_any_number_of_channels(channels: int) -> None:
    """With gradient x̂ the penalty is E[(‖x̂_i‖ − 1)²], x̂_i = ε_i x_i + (1 − ε_i) x̃_i.

    One ε for a batch or a pixel (torchgan; PyTorch-GAN#5), one norm for a batch
    (torchgan), or three channels assumed (mimicry) all give another number.
    """
    rng = np.random.default_rng(channels)
    real, fake = rng.normal(size=(2, 5, channels, 4, 4))
    epsilon = rng.random(5)
    expected = np.mean(
        [
            (np.linalg.norm(e * x + (1 - e) * y) - 1) ** 2
            for e, x, y in zip(epsilon, real, fake, strict=True)
        ]
    )
    found = gradient_penalty(
        _quadratic, torch.tensor(real), torch.tensor(fake), torch.tensor(epsilon)
    )
    assert found.item() == pytest.approx(expected, rel=1e-5)
    mistakes = {
        "one ε": np.mean(
            [
                (np.linalg.norm(epsilon[0] * x + (1 - epsilon[0]) * y) - 1) ** 2
                for x, y in zip(real, fake, strict=True)
            ]
        ),
        "one norm": (
            np.linalg.norm(
                epsilon[:, None, None, None] * real + (1 - epsilon[:, None, None, None]) * fake
            )
            - 1
        )
        ** 2,
    }
    for mistaken in mistakes.values():
        assert abs(mistaken - expected) > 0.01


def test_the_norm_and_epsilon_are_per_point_in_the_plane() -> None:
    rng = np.random.default_rng(0)
    real, fake, epsilon = rng.normal(size=(6, 2)), rng.normal(size=(6, 2)), rng.random(6)
    at = epsilon[:, None] * real + (1 - epsilon[:, None]) * fake
    found = gradient_penalty(_quadratic, *map(torch.tensor, (real, fake, epsilon)))
    assert found.item() == pytest.approx(((np.hypot(*at.T) - 1) ** 2).mean(), rel=1e-5)


@pytest.mark.parametrize("pack", [1, 3])
def test_a_game_draws_one_epsilon_for_each_critic_output(
    pack: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn from U[0, 1], again for each update."""
    drawn: list[Tensor] = []

    def spy(critic: object, real: Tensor, fake: Tensor, epsilon: Tensor) -> Tensor:
        drawn.append(epsilon)
        return gradient_penalty(critic, real, fake, epsilon)  # type: ignore[arg-type]

    monkeypatch.setattr(gradient_module, "gradient_penalty", spy)
    recipe = registry.get("wgan-gp")(packs=50, pack=pack, width_factor=0.05)
    game = recipe.build(ImageShape(1, 28), torch.device("cpu"))
    noise = torch.Generator()
    for _ in range(2):
        game.critic_loss(Batch(torch.zeros(50 * pack, 1, 28, 28)), noise)
    for epsilon in drawn:
        assert epsilon.shape == (50,)
        assert ((epsilon >= 0) & (epsilon <= 1)).all()
        assert len(epsilon.unique()) > 40
        assert epsilon.std().item() == pytest.approx(12**-0.5, rel=0.3)
    assert not torch.equal(*drawn)


def test_a_critic_without_slope_has_a_penalty_of_one_and_finite_gradients() -> None:
    """The norm's derivative at 0 must not be NaN."""
    critic = nn.Sequential(nn.Flatten(), nn.Linear(4, 1))
    nn.init.zeros_(critic[1].weight)
    penalty = gradient_penalty(
        critic, torch.ones(3, 1, 2, 2), torch.zeros(3, 1, 2, 2), torch.rand(3)
    )
    penalty.backward()
    assert penalty.item() == 1
    assert critic[1].weight.grad.isfinite().all()


@pytest.mark.parametrize(
    "name",
    [name for name in registry.names() if getattr(registry.get(name)(), "gradient_penalty", 0)],
)
def test_in_mixed_precision_nothing_becomes_nan(name: str) -> None:
    """With a penalty in half precision StudioGAN's losses became NaN (its issue 175)."""
    torch.manual_seed(0)
    recipe = registry.get(name)(width_factor=0.25, batch_size=8)
    game = recipe.build(ImageShape(1, 28, 10), torch.device("cpu"))
    batch = Batch(torch.rand(8, 1, 28, 28) * 2 - 1, labels=torch.arange(8))
    for _ in range(3):
        game.critic.optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            outcome = game.critic_loss(batch, torch.Generator())
        assert outcome.scalars["penalty"].dtype == torch.float32
        assert outcome.loss.isfinite()
        outcome.loss.backward()
        for parameter in game.critic.network.parameters():
            assert parameter.grad is None or parameter.grad.isfinite().all()
        game.critic.optimizer.step()


@pytest.mark.parametrize("epsilon", [torch.rand(()), torch.rand(1), torch.rand(5, 1, 4, 4)])
def test_an_epsilon_of_another_shape_is_refused(epsilon: Tensor) -> None:
    with pytest.raises(ValueError, match=r"one ε each|one per pack"):
        gradient_penalty(_quadratic, torch.zeros(5, 1, 4, 4), torch.zeros(5, 1, 4, 4), epsilon)


def test_tiny_gradients_in_half_precision_do_not_underflow() -> None:
    def critic(x: Tensor) -> Tensor:
        return (x * 2**-14).flatten(1).sum(1, keepdim=True)

    images = torch.ones(2, 1, 4, 4, dtype=torch.float16)
    found = gradient_penalty(critic, images, images, torch.rand(2, dtype=torch.float16))
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx((4 * 2**-14 - 1) ** 2, rel=1e-6)


# ------------------------------------------------------- the cheap form of LeakyReLU


def _plain(network: nn.Module) -> nn.Module:
    """The same network with torch's own LeakyReLU."""
    network = copy.deepcopy(network)
    for module in network.modules():
        for name, child in module.named_children():
            if isinstance(child, TwiceDifferentiableLeakyReLU):
                setattr(module, name, nn.LeakyReLU(child.slope))
    return network


@pytest.mark.parametrize("norm", ["none", "layer"])
@pytest.mark.parametrize("shape", [ImageShape(1, 28), ImageShape(3, 32)])
def test_the_cheap_penalty_has_the_gradients_of_the_plain_one(shape: ImageShape, norm: str) -> None:
    torch.manual_seed(0)
    cheap = registry.get("wgan-gp")(width_factor=0.25, critic_norm=norm).critic(shape).double()
    plain = _plain(cheap)
    real, fake = torch.randn(2, 3, shape.channels, shape.size, shape.size).double()
    epsilon = torch.rand(3).double()
    gradients = []
    for critic in (cheap, plain):
        loss = gradient_penalty(critic, real, fake, epsilon) + critic(real).mean()
        loss.backward()
        gradients.append([p.grad for p in critic.parameters()])
    for a, b in zip(*gradients, strict=True):
        assert a is not None
        assert b is not None
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


def test_the_cheap_penalty_takes_two_thirds_of_the_work() -> None:
    """4F against 6F forward FLOPs of the critic, first layer aside."""
    cheap = registry.get("wgan-gp")().critic(ImageShape(1, 28))
    images = torch.randn(2, 1, 28, 28)
    work = []
    for critic in (cheap, _plain(cheap)):
        with FlopCounterMode(display=False) as counter:
            gradient_penalty(critic, images, -images, torch.rand(2)).backward()
        work.append(counter.get_total_flops())
    assert work[0] < 0.75 * work[1]


def test_a_penalty_on_a_critic_with_batch_norm_is_refused() -> None:
    with pytest.raises(ValueError, match="batch norm mixes samples"):
        registry.get("dcgan")(gradient_penalty=10.0)


def test_clipping_what_spectral_normalisation_divides_is_refused() -> None:
    with pytest.raises(ValueError, match="keep one of them"):
        registry.get("wgan")(critic_norm="spectral")


@pytest.mark.parametrize("variant", ["gan", "dcgan-tutorial", "wgan-gp"])
def test_a_critic_under_a_penalty_has_the_cheap_form(variant: str) -> None:
    critic = registry.get(variant)(gradient_penalty=10.0).critic(ImageShape(1, 28))
    assert not [m for m in critic.modules() if isinstance(m, nn.LeakyReLU)]
    assert [m for m in critic.modules() if isinstance(m, TwiceDifferentiableLeakyReLU)]
