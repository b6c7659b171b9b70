"""Feature matching and minibatch discrimination against plain loops in float64."""

from __future__ import annotations

import math

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
from variants.networks.score_heads import FeatureHead, MinibatchDiscrimination, MinibatchHead
from variants.objectives import OBJECTIVES
from variants.shapes import ImageShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)
MATCHING = OBJECTIVES.get("feature-matching")()


@settings(deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 4))
def test_the_generator_matches_means_of_features(seed: int, size: int, features: int) -> None:
    torch.manual_seed(seed)
    real, fake = torch.randn(2, size, 1 + features, dtype=torch.float64).requires_grad_(True)
    found = MATCHING.generator(real, fake)
    gaps = [
        sum(real[i, k].item() - fake[i, k].item() for i in range(size)) / size
        for k in range(1, 1 + features)
    ]
    assert found.item() == pytest.approx(sum(gap**2 for gap in gaps), rel=1e-9, abs=1e-12)
    (slope,) = torch.autograd.grad(found, fake)
    rows = [[0.0, *(-2 * gap / size for gap in gaps)]] * size
    expected = torch.tensor(rows, dtype=torch.float64)
    torch.testing.assert_close(slope, expected, rtol=1e-9, atol=1e-12)
    critic = MATCHING.critic(real, fake)
    scores = zip(real[:, 0].tolist(), fake[:, 0].tolist(), strict=True)
    plain = [math.log1p(math.exp(-a)) + math.log1p(math.exp(b)) for a, b in scores]
    assert critic.item() == pytest.approx(sum(plain) / size, rel=1e-9)
    assert torch.equal(MATCHING.potential(real, torch.Generator()), real[:, :1])


@pytest.mark.parametrize("pack", [1, 2])
def test_the_features_are_the_inputs_of_the_critics_last_layer(pack: int) -> None:
    """Both losses of a game from a plain pass through the layers, and R1 on the score alone."""
    torch.manual_seed(0)
    fields = {"critic_norm": "none", "penalties": {"r1": 2.0}, "width_factor": 0.1}
    recipe = registry.get("dcgan")(objective="feature-matching", packs=4, pack=pack, **fields)
    game = recipe.build(SHAPE, CPU)
    for player in (game.generator, game.critic):
        player.network.double()
    network = game.critic.network.network if pack > 1 else game.critic.network
    *hidden, head = network
    assert isinstance(head, FeatureHead)

    def judged(images: Tensor) -> tuple[Tensor, Tensor]:
        x = packed(images, pack)
        for layer in hidden:
            x = layer(x)
        return head.score(x), x.flatten(1)

    real = torch.rand(4 * pack, 1, 28, 28, dtype=torch.float64) * 2 - 1
    latents = torch.randn(4 * pack, 100, dtype=torch.float64)
    game.latents = lambda count, noise: latents  # type: ignore[method-assign]
    fake = game._generate(latents, None).detach()
    point = real.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(judged(point)[0].sum(), point)
    penalty = slope.square().sum() / 4  # γ/2 with γ = 2, over four packs
    expected = softplus(-judged(real)[0]).mean() + softplus(judged(fake)[0]).mean() + penalty
    outcome = game.critic_loss(Batch(real), torch.Generator())
    assert outcome.loss.item() == pytest.approx(expected.item(), rel=1e-9)
    assert outcome.scalars["critic_score_real"].item() == pytest.approx(
        judged(real)[0].mean().item()
    )
    gap = judged(real)[1].mean(0) - judged(fake)[1].mean(0)
    found = game.generator_loss(Batch(real), torch.Generator()).loss
    assert found.item() == pytest.approx(gap.square().sum().item(), rel=1e-9)


def test_matching_costs_one_more_pass_of_the_critic() -> None:
    plain = flops.count(registry.get("dcgan")(), SHAPE)
    matched = flops.count(registry.get("dcgan")(objective="feature-matching"), SHAPE)
    assert matched.critic_flops_per_image == plain.critic_flops_per_image
    assert matched.generator_flops_per_image == (
        plain.generator_flops_per_image + 2 * plain.critic_macs
    )


def _plain_near(rows: Tensor, kernels: int) -> list[list[float]]:
    """o(x_i)_b, sample by sample and kernel by kernel."""
    rows = rows.view(len(rows), kernels, -1)
    return [
        [
            sum(
                math.exp(-sum(abs(a - b) for a, b in zip(own[k], other[k], strict=True)))
                for other in rows.tolist()
            )
            for k in range(kernels)
        ]
        for own in rows.tolist()
    ]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 4))
def test_minibatch_discrimination_is_the_papers_sum(seed: int, size: int, kernels: int) -> None:
    torch.manual_seed(seed)
    layer = MinibatchDiscrimination(6, kernels, 3).double()
    features = torch.randn(size, 2, 3, dtype=torch.float64)
    expected = _plain_near(features.flatten(1) @ layer.project.weight.T, kernels)
    torch.testing.assert_close(layer(features), torch.tensor(expected, dtype=torch.float64))
    assert torch.autograd.gradcheck(layer, features.requires_grad_(True))


def test_equal_samples_are_nearest_and_a_single_one_is_near_itself() -> None:
    layer = MinibatchDiscrimination(4, 3, 5)
    same, different = torch.randn(1, 4).repeat(6, 1), 100 * torch.randn(6, 4)
    torch.testing.assert_close(layer(same), torch.full((6, 3), 6.0))
    assert (layer(different) < 2).all()
    torch.testing.assert_close(layer(same[:1]), torch.ones(1, 3))


@pytest.mark.parametrize("objective", ["non-saturating", "feature-matching"])
@pytest.mark.parametrize("name", ["dcgan", "gan"])
def test_any_critic_of_images_may_compare_its_batch(name: str, objective: str) -> None:
    torch.manual_seed(0)
    recipe = registry.get(name)(
        minibatch_kernels=7, objective=objective, width_factor=0.1, batch_size=4
    )
    game = recipe.build(SHAPE, CPU)
    assert any(isinstance(m, MinibatchHead) for m in game.critic.network.modules())
    row = engine.train_step(game, [Batch(torch.rand(4, 1, 28, 28))], torch.Generator())
    assert row[:2].isfinite().all()
    assert recipe.least_batch == 2
    plain = registry.get(name)(objective=objective, width_factor=0.1).critic(SHAPE)
    features = next(
        w[0].numel() for w in list(plain.parameters())[::-1] if w.ndim > 1 and len(w) == 1
    )
    more = flops.parameters(game.critic.network) - flops.parameters(plain)
    assert more == features * 7 * 5 + 7
    assert not any(isinstance(m, nn.BatchNorm1d) for m in game.critic.network.modules())
