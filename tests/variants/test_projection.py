"""The projection critic against the paper's formula in float64."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import parametrize

from bench import engine
from bench.cost import flops
from variants import registry
from variants.game import Batch
from variants.networks.joining import ProjectionCritic, packed
from variants.networks.score_heads import FeatureHead
from variants.shapes import ImageShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28, 10)
NARROW: dict[str, Any] = {
    "conditional": True,
    "critic_condition": "projection",
    "critic_norm": "none",
    "width_factor": 0.1,
}


def _critic(**fields: Any) -> ProjectionCritic:
    torch.manual_seed(0)
    critic = registry.get("dcgan")(**NARROW | fields).critic(SHAPE).double()
    assert isinstance(critic, ProjectionCritic)
    return critic


@pytest.mark.parametrize("pack", [1, 2])
@pytest.mark.parametrize("objective", ["non-saturating", "feature-matching"])
def test_the_score_is_that_of_the_formula(pack: int, objective: str) -> None:
    """ψ(φ(x)) + Σ v_y · φ(x), sample by sample; with gradients."""
    critic = _critic(pack=pack, packs=3, objective=objective)
    *hidden, head = critic.network
    assert isinstance(head, FeatureHead)
    images = torch.randn(3 * pack, 1, 28, 28, dtype=torch.float64, requires_grad=True)
    labels = torch.arange(3 * pack) * 7 % 10
    outputs = critic(images, labels)
    beside = _features(critic) if objective == "feature-matching" else 0
    assert outputs.shape == (3, 1 + beside)
    x = packed(images, pack)
    for layer in hidden:
        x = layer(x)
    for index in range(3):
        phi = x[index].flatten()
        classes = labels[index * pack : (index + 1) * pack]
        projected = sum((critic.embedding.weight[:, y] * phi).sum() for y in classes)
        expected = head.score(x[index : index + 1]).squeeze() + projected
        assert outputs[index, 0].item() == pytest.approx(expected.item(), rel=1e-10)
        weights = [critic.embedding.weight, images, *critic.network.parameters()]
        for ours, theirs in zip(
            torch.autograd.grad(outputs[index, 0], weights, retain_graph=True),
            torch.autograd.grad(expected, weights, retain_graph=True),
            strict=True,
        ):
            torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)


def _features(critic: ProjectionCritic) -> int:
    return critic.embedding.out_features


def test_the_class_decides_and_the_image_has_no_plane() -> None:
    critic = _critic()
    image = torch.randn(1, 1, 28, 28, dtype=torch.float64).expand(10, -1, -1, -1)
    assert len(set(critic(image, torch.arange(10))[:, 0].tolist())) == 10
    plain = registry.get("dcgan")(critic_norm="none", width_factor=0.1).critic(SHAPE)
    more = flops.parameters(critic) - flops.parameters(plain)
    assert more == 10 * _features(critic), "an embedding of each class, and nothing else"


def test_a_critic_under_spectral_norm_has_its_embedding_under_it_too() -> None:
    critic = _critic(critic_norm="spectral")
    assert parametrize.is_parametrized(critic.embedding, "weight")
    assert not parametrize.is_parametrized(_critic().embedding, "weight")


@pytest.mark.parametrize("fields", [{"penalties": {"r1": 1.0}}, {"gradient_penalty": 10.0}, {}])
def test_a_game_trains_with_it(fields: dict[str, Any]) -> None:
    torch.manual_seed(0)
    game = registry.get("dcgan")(**NARROW | fields, batch_size=4).build(SHAPE, CPU)
    noise = torch.Generator().manual_seed(0)
    before: Tensor = game.critic.network.embedding.weight.detach().clone()
    row = engine.train_step(game, [Batch(torch.rand(4, 1, 28, 28), labels=torch.arange(4))], noise)
    assert row[:2].isfinite().all()
    assert not torch.equal(before, game.critic.network.embedding.weight)


def test_a_vector_critic_has_no_projection() -> None:
    with pytest.raises(ValueError, match="judges by a vector; set critic_condition: plane"):
        registry.get("vector-critic")(conditional=True, critic_condition="projection")
