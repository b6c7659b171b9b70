"""The contract of a game, with one of two generator networks that a user might write."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from bench import engine, training
from bench.cost import environment, flops
from bench.cost.memory import open_memory
from bench.cost.nvml import NoGpu
from bench.describe import describe
from bench.measures import EpochResult
from tests.test_training import images, spec
from variants.game import Batch, Example, Game, Inputs, Noise, Outcome, Player
from variants.recipe import Recipe
from variants.scalars import Scalar
from variants.shapes import ImageShape, SampleShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)
CODE, LAYOUT = 5, 7

SPREAD = Scalar("spread", "standard deviation of the generated pixels", figure="spread")


class Painting(Game):
    """One network plans a layout, another paints it; its generator's weights are averaged."""

    scalars = (SPREAD,)

    def __init__(self, generator: Player, critic: Player) -> None:
        self.generator, self.critic = generator, critic
        self.calls: list[str] = []

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        fake = self.sample(self.inputs(len(batch), noise))
        real_scores, fake_scores = self.critic.network(batch.target), self.critic.network(fake)
        return Outcome((softplus(-real_scores) + softplus(fake_scores)).mean(), {})

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        fake = self._paint(self.inputs(len(batch), noise).latents)
        return Outcome(
            softplus(-self.critic.network(fake)).mean(), {SPREAD.name: fake.detach().std()}
        )

    def _paint(self, latents: Tensor) -> Tensor:
        networks = self.generator.network
        painted: Tensor = networks["painter"](networks["planner"](latents))
        return painted

    def inputs(self, count, noise, labels=None, source=None) -> Inputs:
        return Inputs(torch.randn(count, CODE, generator=noise))

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        return self._paint(inputs.latents)

    def example_inputs(self) -> list[Example]:
        networks = self.generator.network
        return [
            Example("generator", networks["planner"], (torch.zeros(1, CODE),), name="planner"),
            Example("generator", networks["painter"], (torch.zeros(1, LAYOUT),), name="painter"),
            Example("critic", self.critic.network, (torch.zeros(1, 1, 28, 28),)),
        ]

    def after_critic_update(self) -> None:
        self.calls.append("critic")

    def after_generator_update(self) -> None:
        self.calls.append("generator")


class Painter(Recipe):
    """A generator of two networks."""

    def build(self, shape: SampleShape, device: torch.device) -> Painting:
        planner = nn.Sequential(nn.Linear(CODE, LAYOUT), nn.ReLU())
        painter = nn.Sequential(nn.Linear(LAYOUT, 784), nn.Unflatten(1, (1, 28, 28)), nn.Tanh())
        generator = nn.ModuleDict({"planner": planner, "painter": painter})
        critic = nn.Sequential(nn.Flatten(), nn.Linear(784, 1))
        return Painting(
            self.player(generator.to(device), self.generator_lr),
            self.player(critic.to(device), self.critic_lr),
        )


def batch() -> Batch:
    return Batch(torch.rand(4, 1, 28, 28) * 2 - 1)


def run_of(epochs: int, resume: bytes | None = None) -> list[EpochResult]:
    """Trains the game of two generator networks as a run."""
    run = replace(spec(epochs=epochs), recipe=Painter(batch_size=16))
    resources = training.Resources(
        device=CPU,
        data=images(),
        counts=flops.count(run.recipe, run.shape),
        environment=environment.describe(CPU, NoGpu(), threads=1),
        evaluator=None,
        memory=open_memory(CPU),
        exclusive=True,
    )
    _, *reports = training.run(
        [run], resources, started=0.0, resume=[] if resume is None else [resume]
    )
    return [report for (report,) in reports]  # type: ignore[misc]


# --------------------------------------------------------------- several networks


def test_both_networks_of_a_player_are_trained() -> None:
    game = Painter().build(SHAPE, CPU)
    assert len(game.generator.networks) == 2
    before = {name: p.clone() for name, p in game.generator.network.named_parameters()}
    for _ in range(2):
        engine.train_step(game, [batch()], torch.Generator().manual_seed(0))
    after = dict(game.generator.network.named_parameters())
    assert {name.split(".")[0] for name in before} == {"planner", "painter"}
    assert not any(torch.equal(after[name], value) for name, value in before.items())


def test_the_costs_of_a_players_networks_add_up() -> None:
    counts = flops.count(Painter(), SHAPE)
    assert counts.generator_macs == CODE * LAYOUT + LAYOUT * 784
    assert counts.generator_parameters == CODE * LAYOUT + LAYOUT + LAYOUT * 784 + 784
    assert counts.critic_macs == 784
    planner, painter, critic = 2 * CODE * LAYOUT, 2 * LAYOUT * 784, 2 * 784
    # The critic's update has no gradient of the samples, the generator's none of the critic's
    # weights and none of the latents.
    assert counts.critic_flops_per_image == planner + painter + 4 * critic
    assert counts.generator_flops_per_image == 2 * planner + 3 * painter + 2 * critic


def test_each_network_is_described_under_its_own_heading() -> None:
    description = describe("painter", Painter(), SHAPE)
    assert list(description.networks) == ["Generator planner", "Generator painter", "Critic"]
    macs = {name: sum(x.macs for x in found) for name, found in description.networks.items()}
    assert macs == {
        "Generator planner": CODE * LAYOUT,
        "Generator painter": LAYOUT * 784,
        "Critic": 784,
    }


def test_a_player_of_two_networks_is_trained_and_resumed_as_a_run() -> None:
    whole = run_of(epochs=3)
    first = run_of(epochs=1)
    rest = run_of(epochs=3, resume=first[-1].checkpoint)
    for name in ("critic_loss", "generator_loss", "spread"):
        resumed = np.concatenate([epoch.steps[name] for epoch in [*first, *rest]])
        assert np.array_equal(resumed, np.concatenate([epoch.steps[name] for epoch in whole]))
    assert [e.samples_png is not None for e in [*first, *rest]] == [True] * 3


# --------------------------------------------------------------- scalars and hooks


def test_a_scalar_that_the_game_names_reaches_steps_and_epochs() -> None:
    (epoch,) = run_of(epochs=1)
    assert list(epoch.steps) == ["critic_loss", "generator_loss", "spread"]
    assert epoch.record.scalars["spread"] == pytest.approx(epoch.steps["spread"].mean(), rel=1e-6)


def test_a_scalar_that_no_step_reports_is_null() -> None:
    class Quiet(Painting):
        scalars = (SPREAD, Scalar("never", "what no loss reports"))

    game = Painter().build(SHAPE, CPU)
    quiet = Quiet(game.generator, game.critic)
    row = engine.train_step(quiet, [batch()], torch.Generator())
    assert engine.columns(quiet) == ("critic_loss", "generator_loss", "spread", "never")
    assert row[:3].isfinite().all()
    assert row[3].isnan()


def test_a_scalar_that_the_game_does_not_name_is_an_error() -> None:
    class Careless(Painting):
        scalars = ()

    game = Painter().build(SHAPE, CPU)
    with pytest.raises(
        ValueError,
        match="Careless reports spread, which its scalars do not name; add a Scalar for it",
    ):
        engine.train_step(Careless(game.generator, game.critic), [batch()], torch.Generator())


@pytest.mark.parametrize("simultaneous", [False, True])
def test_hooks_follow_every_update(simultaneous: bool) -> None:
    game = Painter().build(SHAPE, CPU)
    game.simultaneous = simultaneous
    engine.train_step(game, [batch(), batch(), batch()], torch.Generator())
    assert game.calls == ["critic", "critic", "critic", "generator"]


def test_a_game_need_not_have_latents() -> None:
    source = torch.arange(12.0).view(3, 1, 2, 2)
    inputs = Inputs(source=source, labels=torch.tensor([4, 5, 6]))
    assert len(inputs) == 3
    part = inputs[1:]
    assert part.latents is None
    assert torch.equal(part.source, source[1:])  # type: ignore[arg-type]
    assert part.labels.tolist() == [5, 6]  # type: ignore[union-attr]
