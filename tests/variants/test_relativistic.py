"""The relativistic pairing loss against a plain implementation in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import Tensor, nn
from torch.nn.functional import softplus

from bench import engine
from bench.cost import flops
from tests.benchmarks.plain_loops import with_torchs_own_layers
from variants import registry
from variants.game import Batch
from variants.objectives import OBJECTIVES
from variants.shapes import ImageShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)
RELATIVISTIC = OBJECTIVES.get("relativistic")()
SIZE, STEPS = 6, 4

# Beyond a margin of 20 torch's softplus is linear, which differs in the ninth digit.
pairs = st.integers(1, 8).flatmap(
    lambda n: st.tuples(*[arrays(np.float64, (n, 1), elements=st.floats(-9, 9))] * 2)
)


def _plain(better: np.ndarray, worse: np.ndarray) -> tuple[float, np.ndarray]:
    """log(1 + exp(−(a − b))) averaged over pairs, and its derivative with respect to a."""
    margins = [a - b for a, b in zip(better[:, 0], worse[:, 0], strict=True)]
    value = sum(math.log1p(math.exp(-margin)) for margin in margins) / len(margins)
    slope = [[-1 / (1 + math.exp(margin)) / len(margins)] for margin in margins]
    return value, np.array(slope)


@given(pairs)
def test_values_and_gradients_are_those_of_the_formula(
    scores: tuple[np.ndarray, np.ndarray],
) -> None:
    """The generator's loss is the critic's with real and generated samples exchanged."""
    real, fake = scores
    for loss, better, worse, first in (
        (RELATIVISTIC.critic, real, fake, 0),
        (RELATIVISTIC.generator, fake, real, 1),
    ):
        tensors = torch.tensor(real, requires_grad=True), torch.tensor(fake, requires_grad=True)
        found = loss(*tensors)
        found.backward()
        value, slope = _plain(better, worse)
        assert found.item() == pytest.approx(value, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(tensors[first].grad, slope, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(tensors[1 - first].grad, -slope, rtol=1e-9, atol=1e-14)


def test_known_values() -> None:
    equal = torch.zeros(3, 1)
    assert RELATIVISTIC.critic(equal, equal).item() == pytest.approx(math.log(2))
    assert RELATIVISTIC.generator(equal, equal).item() == pytest.approx(math.log(2))
    ahead = torch.full((3, 1), 50.0)
    assert RELATIVISTIC.critic(ahead, equal).item() == pytest.approx(0, abs=1e-6)
    assert RELATIVISTIC.generator(ahead, equal).item() == pytest.approx(50)
    assert RELATIVISTIC.threshold is None, "a score alone has no meaning"


def test_pairs_are_formed_by_index() -> None:
    real, fake = torch.tensor([[4.0], [0.0]]), torch.tensor([[3.0], [-1.0]])
    one = math.log1p(math.exp(-1))
    assert RELATIVISTIC.critic(real, fake).item() == pytest.approx(one)
    crossed = (math.log1p(math.exp(-5)) + math.log1p(math.exp(3))) / 2
    assert RELATIVISTIC.critic(real, fake.flip(0)).item() == pytest.approx(crossed)


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(N, 1\)"):
        RELATIVISTIC.critic(torch.zeros(4), torch.zeros(4))


def _plain_step(
    networks: tuple[nn.Module, nn.Module],
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer],
    real: Tensor,
    latents: list[Tensor],
) -> list[float]:
    """One update of the critic, then one of the generator on new samples."""
    generator, critic = networks
    of_generator, of_critic = optimizers
    of_critic.zero_grad()
    fake = generator(latents[0]).detach()
    critic_loss = softplus(critic(fake) - critic(real)).mean()
    critic_loss.backward()
    of_critic.step()
    of_generator.zero_grad()
    generator_loss = softplus(critic(real) - critic(generator(latents[1]))).mean()
    generator_loss.backward()
    of_generator.step()
    return [critic_loss.item(), generator_loss.item()]


def test_a_game_trains_like_a_plain_loop() -> None:
    torch.manual_seed(0)
    recipe = registry.get("dcgan-lite")(
        objective="relativistic", critic_norm="none", width_factor=0.25, batch_size=SIZE
    )
    game = recipe.build(SHAPE, CPU)
    players = game.generator.network.double(), game.critic.network.double()
    networks = with_torchs_own_layers(players[0]), with_torchs_own_layers(players[1])
    optimizers = tuple(
        torch.optim.Adam(network.parameters(), 2e-4, (0.5, 0.999)) for network in networks
    )
    given: list[Tensor] = []
    latents = torch.randn(2 * STEPS, SIZE, 100, dtype=torch.float64)
    queue = iter(latents)

    def draw(count: int, noise: object) -> Tensor:
        given.append(next(queue))
        return given[-1]

    game.latents = draw  # type: ignore[method-assign]
    for step in range(STEPS):
        real = torch.rand(SIZE, 1, 28, 28, dtype=torch.float64) * 2 - 1
        row = engine.train_step(game, [Batch(real)], torch.Generator())
        expected = _plain_step(networks, optimizers, real, list(latents[2 * step : 2 * step + 2]))
        assert row[:2].tolist() == pytest.approx(expected, abs=1e-12)
        columns = dict(zip(engine.columns(game), row.tolist(), strict=True))
        assert math.isnan(columns["critic_accuracy_real"])
        assert math.isfinite(columns["critic_score_real"])
    for ours, theirs in zip(players, networks, strict=True):
        for mine, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(mine, expected, rtol=0, atol=1e-10)


def test_both_players_can_be_updated_from_one_graph() -> None:
    torch.manual_seed(0)
    fields = {"objective": "relativistic", "critic_norm": "none", "width_factor": 0.25}
    game = registry.get("dcgan-lite")(**fields).build(SHAPE, CPU)
    batch, latents = Batch(torch.rand(SIZE, 1, 28, 28)), torch.randn(SIZE, 100)
    game.latents = lambda count, noise: latents  # type: ignore[method-assign]
    critic, generator = game.losses(batch, torch.Generator())
    real, fake = (
        game.critic.network(batch.target),
        game.critic.network(game._generate(latents, None)),
    )
    assert critic.loss.item() == pytest.approx(softplus(fake - real).mean().item(), rel=1e-5)
    assert generator.loss.item() == pytest.approx(softplus(real - fake).mean().item(), rel=1e-5)


def test_the_generators_update_has_one_more_pass_of_the_critic() -> None:
    plain = flops.count(registry.get("dcgan")(), SHAPE)
    compared = flops.count(registry.get("dcgan")(objective="relativistic"), SHAPE)
    assert compared.critic_flops_per_image == plain.critic_flops_per_image
    assert plain.critic_macs is not None
    assert plain.generator_flops_per_image is not None
    assert compared.generator_flops_per_image == (
        plain.generator_flops_per_image + 2 * plain.critic_macs
    )
