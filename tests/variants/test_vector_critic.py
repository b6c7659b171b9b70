"""The product metric: its value, its gradients, and the scalar critic behind its penalty."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench import engine
from variants import registry
from variants.game import Batch
from variants.objectives import OBJECTIVES
from variants.objectives.product_metric import product_metric, witness
from variants.shapes import ImageShape

CPU = torch.device("cpu")
METRIC, WASSERSTEIN = (OBJECTIVES.get(name)() for name in ("product-metric", "wasserstein"))
SHAPE = ImageShape(1, 28)


def vectors(outputs: int):
    shapes = st.integers(1, 6).map(lambda n: (n, outputs))
    return arrays(np.float64, shapes, elements=st.floats(0, 10))


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(vectors(n), vectors(n))))
def test_value_and_gradients_are_those_of_the_assignment(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    real, fake = pair
    outputs = real.shape[1]
    gap = [real[:, j].sum() / len(real) - fake[:, j].sum() / len(fake) for j in range(outputs)]
    r, f = (torch.tensor(x, requires_grad=True) for x in pair)
    loss = product_metric(r, f)
    assert loss.item() == pytest.approx(sum(w * w for w in gap) / outputs, abs=1e-12)
    loss.backward()
    # ∂L/∂v_ij = 2 W_j / (n N) for a real sample, with the other sign for a generated one.
    for grad, count, sign in ((r.grad, len(real), 1), (f.grad, len(fake), -1)):
        expected = np.broadcast_to(2 * np.array(gap) * sign / (outputs * count), grad.shape)
        np.testing.assert_allclose(grad, expected, rtol=1e-9, atol=1e-12)
    assert METRIC.critic(r, f).item() == pytest.approx(-loss.item())


@given(vectors(1), vectors(1))
def test_one_output_is_the_square_of_the_scalar_estimate(
    real: np.ndarray, fake: np.ndarray
) -> None:
    r, f = torch.tensor(real), torch.tensor(fake)
    estimate = -WASSERSTEIN.critic(r, f)
    assert product_metric(r, f).item() == pytest.approx(estimate.item() ** 2, abs=1e-12)


@given(vectors(1), st.floats(-5, 5), st.integers(1, 4))
def test_for_a_shift_it_is_the_squared_wasserstein_distance(
    x: np.ndarray, shift: float, outputs: int
) -> None:
    """With v_j(x) = x + 20, 1-Lipschitz and not negative here; W₁ of a shift is its length."""
    v = np.repeat(x + 20, outputs, axis=1)
    found = product_metric(torch.tensor(v), torch.tensor(v + shift))
    assert found.item() == pytest.approx(shift**2, abs=1e-9)


@pytest.mark.parametrize("pack", [1, 2])
def test_the_penalty_of_one_output_is_wgan_gps(pack: int) -> None:
    """Its witness is ± the output, and the norm of a gradient has no sign."""
    torch.manual_seed(0)
    fields = {"gradient_penalty": 10.0, "critic_norm": "none", "packs": 4, "pack": pack}
    vector = registry.get("dcgan")(objective="product-metric", critic_outputs=1, **fields)
    game = vector.build(SHAPE, CPU)
    critic = copy.deepcopy(game.critic.network)
    scalar = registry.get("dcgan")(objective="wasserstein", **fields)
    other = scalar.assemble(game.generator.network, critic, SHAPE)
    batch = Batch(torch.rand(4 * pack, 1, 28, 28) * 2 - 1)
    penalties = []
    for this in (game, other):
        noise = torch.Generator().manual_seed(1)  # the same latents and ε
        penalties.append(this.critic_loss(batch, noise).scalars["penalty"].item())
    assert penalties[0] == pytest.approx(penalties[1], rel=1e-5)
    assert penalties[0] > 0.1


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(vectors(n), vectors(n))))
def test_the_witness_separates_real_from_generated_by_the_root_of_the_metric(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    r, f = map(torch.tensor, pair)
    by_real, by_fake = witness(r, r, f), witness(f, r, f)
    assert by_real.shape == (len(r), 1)
    gap = by_real.mean() - by_fake.mean()
    metric = product_metric(r, f).item()
    assert gap.item() == pytest.approx(math.sqrt(metric), abs=1e-9)


def test_the_witness_of_one_output_is_the_output_or_its_negative() -> None:
    high, low = torch.tensor([[3.0]]), torch.tensor([[1.0]])
    x = torch.tensor([[2.0], [5.0]])
    assert torch.equal(witness(x, high, low), x)
    assert torch.equal(witness(x, low, high), -x)


def test_vectors_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="vectors of one length"):
        product_metric(torch.zeros(3, 2), torch.zeros(3, 1))


@pytest.mark.parametrize(("outputs", "length"), [(1, 1), (64, 64), (None, 128 * 49)])
@pytest.mark.parametrize("name", ["dcgan", "vector-critic"])
def test_the_critic_gives_a_vector_that_is_not_negative(
    name: str, outputs: int | None, length: int
) -> None:
    fields = {"objective": "product-metric", "critic_outputs": outputs}
    critic = registry.get(name)(**fields).critic(SHAPE)
    given = critic(torch.randn(5, 1, 28, 28))
    assert given.shape == (5, length)
    assert (given >= 0).all()
    assert (given > 0).any()


@pytest.mark.parametrize("name", ["gan", "dcgan-tutorial"])
def test_other_networks_can_judge_by_a_vector_too(name: str) -> None:
    recipe = registry.get(name)(objective="product-metric")
    given = recipe.critic(SHAPE)(torch.randn(5, 1, 28, 28))
    assert (given >= 0).all()
    scalar = registry.get(name)()
    ours, theirs = (sum(p.numel() for p in r.critic(SHAPE).parameters()) for r in (recipe, scalar))
    assert theirs - ours == given.shape[1] + 1, "the last dense layer is gone"


def test_the_critic_ascends_what_the_generator_descends() -> None:
    torch.manual_seed(0)
    game = registry.get("vector-critic")(gradient_penalty=0).build(SHAPE, CPU)
    batch, latents, noise = Batch(torch.rand(8, 1, 28, 28)), torch.randn(8, 100), torch.Generator()
    game.latents = lambda count, noise: latents  # type: ignore[method-assign]
    game.generator.network.eval()
    critic = game.critic_loss(batch, noise).loss
    generator = game.generator_loss(batch, noise).loss
    assert critic.item() == pytest.approx(-generator.item())
    assert generator > 0
    both = game.losses(batch, noise)
    assert [o.loss.item() for o in both] == pytest.approx([critic.item(), generator.item()])
    before = generator.item()
    engine.critic_update(game, batch, noise)
    assert game.generator_loss(batch, noise).loss.item() > before


def test_outputs_without_the_metric_are_refused() -> None:
    with pytest.raises(ValueError, match="only objective: product-metric judges by a vector"):
        registry.get("dcgan")(critic_outputs=8)
