"""Both players receive the same class, and the generator's samples have it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from bench import engine
from variants import registry
from variants.game import Batch
from variants.networks.joining import LabelledCritic, LabelledGenerator
from variants.shapes import ImageShape

CPU = torch.device("cpu")
# Their critic receives the class as a plane; projections have a file of their own.
NAMES = [
    name
    for name in registry.names()
    if name.startswith("conditional-") and registry.get(name)().critic_condition == "plane"
]


def test_there_are_conditional_variants() -> None:
    assert NAMES == [
        "conditional-gan",
        "conditional-dcgan",
        "conditional-wgan-gp",
        "conditional-vector-critic",
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_shapes_and_sizes(name: str, size: int, channels: int) -> None:
    recipe, shape = registry.get(name)(), ImageShape(channels, size, 7)
    plain = registry.get(name)(conditional=False)
    labels = torch.tensor([0, 6, 3])
    generator, critic = recipe.generator(shape), recipe.critic(shape)
    samples = generator(torch.randn(3, recipe.latent_dim), labels)
    assert samples.shape == (3, channels, size, size)
    outputs = 64 if "vector" in name else 1
    assert critic(samples, labels).shape == (3, outputs)

    def sizes(network: nn.Module) -> int:
        return sum(p.numel() for p in network.parameters())

    # Seven more inputs of the generator's first layer; the critic's plane, and its channel.
    first = next(p for p in generator.parameters() if p.ndim > 1)
    per_input = first.numel() // (recipe.latent_dim + 7)
    assert sizes(generator) - sizes(plain.generator(shape)) == 7 * per_input
    first = next(p for p in critic.network.parameters() if p.ndim > 1)
    per_channel = first.numel() // (channels + 1)
    assert sizes(critic) - sizes(plain.critic(shape)) == 7 * size**2 + per_channel


def test_the_class_is_joined_to_the_latent_one_hot() -> None:
    inputs: list[Tensor] = []

    class Spy(nn.Module):
        def forward(self, given: Tensor) -> Tensor:
            inputs.append(given)
            return given

    LabelledGenerator(Spy(), 4)(torch.full((2, 3), 0.5), torch.tensor([2, 0]))
    expected = [[0.5, 0.5, 0.5, 0, 0, 1, 0], [0.5, 0.5, 0.5, 1, 0, 0, 0]]
    assert inputs[0].tolist() == expected


def test_the_class_becomes_a_plane_beside_its_own_image() -> None:
    inputs: list[Tensor] = []

    class Spy(nn.Module):
        def forward(self, given: Tensor) -> Tensor:
            inputs.append(given)
            return given.flatten(1)

    critic = LabelledCritic(Spy(), pack=2, classes=3, size=2)
    images, labels = torch.randn(4, 1, 2, 2), torch.tensor([2, 0, 1, 1])
    critic(images, labels)
    planes = critic.plane.weight.t()[labels].view(4, 2, 2)
    for index in range(4):
        image, plane = inputs[0][index // 2].split(1)[2 * (index % 2) : 2 * (index % 2) + 2]
        assert torch.equal(image[0], images[index, 0])
        assert torch.equal(plane[0], planes[index])


def test_both_players_receive_the_same_class() -> None:
    game = registry.get("conditional-dcgan")().build(ImageShape(1, 28, 10), CPU)
    received: list[Tensor] = []
    for network in (game.generator.network, game.critic.network):
        network.register_forward_pre_hook(lambda _, given: received.append(given[1]))
    labels = torch.tensor([3, 1, 4, 1])
    batch = Batch(torch.zeros(4, 1, 28, 28), labels=labels)
    engine.train_step(game, [batch], torch.Generator())
    assert len(received) == 5, "for each player generated and judged, and real images judged"
    assert all(torch.equal(given, labels) for given in received)


def test_the_penalty_is_on_the_image_alone() -> None:
    """A critic that looks at the plane only has no gradient with respect to the image."""
    game = registry.get("conditional-wgan-gp")().build(ImageShape(1, 28, 10), CPU)
    first = game.critic.network.network[0][0]
    with torch.no_grad():
        first.weight[:, 0] = 0  # channel 0 is the image, 1 the plane
    batch = Batch(torch.zeros(4, 1, 28, 28), labels=torch.tensor([3, 1, 4, 1]))
    outcome = game.critic_loss(batch, torch.Generator())
    assert outcome.scalars["penalty"].item() == pytest.approx(10.0), "λ(0 − 1)²"


def test_labels_are_needed() -> None:
    game = registry.get("conditional-dcgan")().build(ImageShape(1, 28, 10), CPU)
    with pytest.raises(ValueError, match="needs the labels"):
        game.critic_loss(Batch(torch.zeros(4, 1, 28, 28)), torch.Generator())


@pytest.mark.parametrize("classes", [0, 1])
def test_data_without_classes_is_refused(classes: int) -> None:
    refusal = registry.get("conditional-dcgan")().refusal(ImageShape(1, 28, classes))
    assert refusal is not None
    assert refusal.key == "conditional"
