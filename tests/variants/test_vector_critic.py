"""The product metric: its value, its gradients, its estimates, and the penalty of its outputs."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench import engine
from variants import registry
from variants.game import Batch
from variants.networks.vector_head import VectorHead
from variants.objectives import OBJECTIVES
from variants.objectives.product_metric import (
    product_metric,
    product_metric_root,
    unbiased_product_metric,
)
from variants.penalties.gradient import gradient_penalty
from variants.shapes import ImageShape

CPU = torch.device("cpu")
METRIC, ROOT, WASSERSTEIN = (
    OBJECTIVES.get(name)() for name in ("product-metric", "product-metric-root", "wasserstein")
)
SHAPE = ImageShape(1, 28)


def draws(batches: int, size: int, outputs: int, spread: float) -> torch.Tensor:
    """Vectors that are not negative, (batches, size, outputs), their units correlated."""
    normal = torch.randn(batches, size, 1, dtype=torch.float64)
    own = torch.randn(batches, size, outputs, dtype=torch.float64)
    return (3 + spread * (normal + own)).abs()


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


def test_the_penalty_is_the_mean_of_that_of_each_output() -> None:
    """Each output is kept 1-Lipschitz, as if it were the score of a critic of its own."""
    torch.manual_seed(0)
    weights = torch.randn(3, 6, dtype=torch.float64) * torch.tensor([[0.2], [1.0], [3.0]])
    real, fake = torch.randn(2, 3000, 6, dtype=torch.float64)
    noise = torch.Generator().manual_seed(1)

    def potential(samples: torch.Tensor) -> torch.Tensor:
        return ROOT.potential(samples @ weights.T, noise)

    found = gradient_penalty(potential, real, fake, torch.rand(3000)).item()
    each = (weights.norm(dim=1) - 1).square()
    deviation = each.var(correction=0).item() ** 0.5
    assert found == pytest.approx(each.mean().item(), abs=4 * deviation / math.sqrt(3000))


def test_the_plain_metric_is_too_large_by_the_variance_of_two_means() -> None:
    """tr(Σr + Σf)/(nN) on average, and the unbiased estimate by nothing."""
    torch.manual_seed(0)
    batches, size, outputs = 20_000, 8, 4
    real = draws(batches, size, outputs, 0.3) + 0.2
    fake = draws(batches, size, outputs, 0.6)
    gap = real.mean((0, 1)) - fake.mean((0, 1))
    true = gap.square().mean().item()
    variance = real.flatten(0, 1).var(0).mean() + fake.flatten(0, 1).var(0).mean()
    for estimate, expected in (
        (product_metric, true + variance.item() / size),
        (unbiased_product_metric, true),
    ):
        found = torch.func.vmap(estimate)(real, fake)
        error = found.std().item() / math.sqrt(batches)
        assert found.mean().item() == pytest.approx(expected, abs=4 * error), estimate.__name__
    assert variance.item() / size > 20 * error, "the bias is there to be seen"


def test_the_unbiased_estimate_is_the_kernel_two_sample_statistic() -> None:
    """Gretton et al. 2012, Lemma 6, term by term."""
    torch.manual_seed(1)
    x, y = draws(1, 5, 3, 0.5)[0], draws(1, 5, 3, 1.0)[0]
    total = 0.0
    for i in range(5):
        for j in range(5):
            if i != j:
                h = x[i] @ x[j] + y[i] @ y[j] - x[i] @ y[j] - x[j] @ y[i]
                total += h.item()
    assert unbiased_product_metric(x, y).item() == pytest.approx(total / (5 * 4) / 3)


def test_what_both_sides_of_a_pair_share_adds_no_bias() -> None:
    """Real and generated samples of one index have one class, whose mean differs by class."""
    torch.manual_seed(2)
    batches, size = 20_000, 6
    shared = 3 * torch.randint(0, 3, (batches, size, 1)).double()
    found = torch.func.vmap(unbiased_product_metric)(
        draws(batches, size, 2, 0.3) + shared, draws(batches, size, 2, 0.3) + shared
    )
    assert found.mean().item() == pytest.approx(0, abs=4 * found.std().item() / 141)


def test_the_generator_is_not_rewarded_for_samples_that_vary_less() -> None:
    """The slope of either loss in the generated spread, at equal means."""
    torch.manual_seed(3)
    real, deviations = draws(20_000, 8, 4, 0.3), torch.randn(20_000, 8, 4, dtype=torch.float64)
    centre = real.mean((0, 1))
    spread = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    fake = centre + spread * deviations
    plain = torch.func.vmap(product_metric)(real, fake).mean()
    unbiased = torch.func.vmap(unbiased_product_metric)(real, fake).mean()
    (rewarded,) = torch.autograd.grad(plain, spread, retain_graph=True)
    (indifferent,) = torch.autograd.grad(unbiased, spread)
    assert rewarded.item() == pytest.approx(2 * 0.3 / 8, rel=0.1)
    assert abs(indifferent.item()) < 0.05 * rewarded.item()


@given(st.floats(0.01, 100))
def test_the_root_is_proportional_to_the_outputs_and_the_plain_metric_to_their_squares(
    factor: float,
) -> None:
    torch.manual_seed(4)
    real, fake = draws(1, 6, 3, 0.5)[0] + 1, draws(1, 6, 3, 0.5)[0]
    for metric, degree in ((product_metric_root, 1), (product_metric, 2)):
        expected = factor**degree * metric(real, fake).item()
        assert metric(factor * real, factor * fake).item() == pytest.approx(expected)


def test_a_penalty_bounds_the_root_but_not_the_plain_metric() -> None:
    """A critic a·v(x) = a·x on samples 4 apart, with λ = 10: only a is free.

    Plain: 16a² − 10(a − 1)² grows without bound. Root: 4a − 10(a − 1)² is largest at a = 1.2.
    """
    ends = {}
    for name, metric in (("plain", METRIC), ("root", ROOT)):
        slope = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        real = torch.full((4, 1), 5.0, dtype=torch.float64)
        optimizer = torch.optim.SGD([slope], lr=0.01)
        for _ in range(500):
            loss = metric.critic(slope * real, slope * (real - 4)) + 10 * (slope - 1).square()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        ends[name] = slope.item()
    assert ends["root"] == pytest.approx(1.2, abs=1e-6)
    assert ends["plain"] > 100


def test_the_root_of_large_batches_is_the_root_of_the_metric() -> None:
    torch.manual_seed(5)
    real, fake = draws(1, 50_000, 3, 0.5)[0] + 1, draws(1, 50_000, 3, 0.5)[0]
    root = product_metric_root(real, fake).item()
    assert root == pytest.approx(math.sqrt(product_metric(real, fake).item()), rel=1e-4)


def test_equal_vectors_have_no_distance_and_no_gradient() -> None:
    real = torch.full((4, 3), 0.7, requires_grad=True)
    loss = ROOT.critic(real, real.detach().clone())
    loss.backward()
    assert loss.item() == 0
    assert real.grad is not None
    assert torch.equal(real.grad, torch.zeros_like(real))


@pytest.mark.parametrize("counts", [(1, 1), (4, 3)])
def test_the_unbiased_estimate_needs_two_pairs(counts: tuple[int, int]) -> None:
    real, fake = (torch.zeros(count, 2) for count in counts)
    with pytest.raises(ValueError, match="at least two pairs"):
        unbiased_product_metric(real, fake)
    assert registry.get("vector-critic")().least_batch == 2


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


@pytest.mark.parametrize("norm", ["none", "spectral"])
@pytest.mark.parametrize("name", ["vector-critic", "conditional-vector-critic"])
def test_the_outputs_start_nearly_alike(name: str, norm: str) -> None:
    """As the sum of a common row and a fifth of one of their own, whatever bounds the critic."""
    torch.manual_seed(0)
    shape = ImageShape(1, 28, classes=10)
    fields: dict[str, Any] = {"critic_norm": norm}
    if norm == "spectral":
        fields["gradient_penalty"] = 0
    critic = registry.get(name)(**fields).critic(shape)
    (head,) = (part for part in critic.modules() if isinstance(part, VectorHead))
    last = head[0]
    rows = (last.parametrizations.weight.original if norm == "spectral" else last.weight).flatten(1)
    own = rows - rows[0] / 1.2
    assert (own[1:].std() / rows[0].std()).item() == pytest.approx(0.2 / 1.2, rel=0.02)
    cosines = torch.nn.functional.cosine_similarity(rows[:1], rows[1:])
    assert cosines.min() > 0.95
    assert len(rows.unique(dim=0)) == 64, "they are free to part"


def test_the_generator_is_that_of_the_scalar_critic() -> None:
    """A head draws its weights after the generator's, so the two games compare seed by seed."""
    weights = []
    for name in ("vector-critic", "wgan-gp"):
        torch.manual_seed(0)
        game = registry.get(name)().build(SHAPE, CPU)
        weights.append(torch.nn.utils.parameters_to_vector(game.generator.network.parameters()))
    assert torch.equal(*weights)


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
    with pytest.raises(ValueError, match="or product-metric-root judges by a vector"):
        registry.get("dcgan")(critic_outputs=8)
