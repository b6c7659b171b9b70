"""LeCam's penalty against plain arithmetic in float64, and in a game that is interrupted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from bench import engine
from bench.cost import flops
from variants import registry
from variants.adversarial import AdversarialGame
from variants.game import Batch
from variants.penalties import PENALTIES
from variants.shapes import ImageShape

SHAPE = ImageShape(1, 28)
CPU = torch.device("cpu")


def _plain(real: np.ndarray, fake: np.ndarray, of_real: float, of_fake: float) -> float:
    """The formula, one score at a time."""
    above = [max(0.0, score - of_fake) ** 2 for score in real]
    below = [max(0.0, of_real - score) ** 2 for score in fake]
    return sum(above) / len(above) + sum(below) / len(below)


@given(st.integers(0, 2**31), st.integers(1, 6), st.integers(1, 5))
def test_values_and_gradients_are_those_of_the_formula(seed: int, size: int, updates: int) -> None:
    """The averages start at the first means, then move a hundredth of the way each time."""
    rng = np.random.default_rng(seed)
    penalty = PENALTIES.get("lecam")()
    averages: list[float] = []
    for _ in range(updates):
        real, fake = 0.5 + rng.normal(size=size), -0.5 + rng.normal(size=size)
        means = [real.mean(), fake.mean()]
        averages = (
            [a + (m - a) / 100 for a, m in zip(averages, means, strict=True)] if averages else means
        )
        scores = [torch.tensor(x[:, None], requires_grad=True) for x in (real, fake)]
        found = penalty.on(*scores)
        found.backward()
        assert found.item() == pytest.approx(_plain(real, fake, *averages), rel=1e-9, abs=1e-12)
        slopes = (
            2 * np.maximum(0, real - averages[1]) / size,
            -2 * np.maximum(0, averages[0] - fake) / size,
        )
        for score, slope in zip(scores, slopes, strict=True):
            np.testing.assert_allclose(score.grad[:, 0], slope, rtol=1e-7, atol=1e-10)


def test_it_is_the_same_from_a_critic_and_from_its_scores() -> None:
    real, fake = torch.randn(2, 5, 1, 4, 4, dtype=torch.float64)

    def critic(x: Tensor) -> Tensor:
        return x.flatten(1).sum(1, keepdim=True)

    kind = PENALTIES.get("lecam")
    found = kind()(critic, real, fake, torch.Generator(), 5)
    assert found == kind().on(critic(real), critic(fake))


def _game(**fields: object) -> AdversarialGame:
    torch.manual_seed(0)
    kind = registry.get("dcgan-lite")
    return kind(penalties={"lecam": 0.3}, width_factor=0.1, **fields).build(SHAPE, CPU)


def _steps(game: AdversarialGame, noise: torch.Generator, numbers: range) -> list[Tensor]:
    rows = []
    for number in numbers:
        images = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(number))
        rows.append(engine.train_step(game, [Batch(images * 2 - 1)], noise).nan_to_num())
    return rows


def test_a_game_goes_on_with_its_averages() -> None:
    noise = torch.Generator().manual_seed(0)
    whole = _steps(_game(), noise, range(4))
    noise.manual_seed(0)
    first, second = _game(), _game()
    rows = _steps(first, noise, range(2))
    second.load_state(first.state())
    rows += _steps(second, noise, range(2, 4))
    assert all(torch.equal(a, b) for a, b in zip(whole, rows, strict=True))
    third = _game()
    third.load_state({k: v for k, v in first.state().items() if k != "penalties"})
    noise.manual_seed(0)
    _steps(_game(), noise, range(2))
    assert not torch.equal(_steps(third, noise, range(2, 3))[0], whole[2]), "they matter"


def test_it_costs_nothing_and_a_batch_norm_critic_may_have_it() -> None:
    kind = registry.get("dcgan")
    assert flops.count(kind(penalties={"lecam": 0.3}), SHAPE) == flops.count(kind(), SHAPE)
    assert kind(penalties={"lecam": 0.3}).capturable


def test_beside_a_lazy_penalty_it_is_never_left_out() -> None:
    fields = {"critic_norm": "none", "penalty_interval": 3}
    torch.manual_seed(0)
    game = registry.get("dcgan-lite")(
        penalties={"lecam": 0.3, "r1": 1.0}, width_factor=0.1, **fields
    ).build(SHAPE, CPU)
    rows = _steps(game, torch.Generator().manual_seed(0), range(4))
    penalties = [dict(zip(engine.columns(game), row, strict=True))["penalty"] for row in rows]
    assert all(value > 0 for value in penalties)
    assert game.cost_period == 3
