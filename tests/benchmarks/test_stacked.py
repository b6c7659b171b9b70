"""Many trials of the mixture benchmark at the price of few."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from bench import engine
from variants import registry
from variants.game import Batch
from variants.recipe import PointShape
from variants.stacked import StackedGame

CPU = torch.device("cpu")
TRIALS = 10


class _Maxout(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, 1000)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).unflatten(1, (200, 5)).max(2).values


class _Trial:
    """The paper's loop as a user would write it with torch's own layers."""

    def __init__(self, pack: int) -> None:
        layers: list[nn.Module] = []
        for inputs in (2, 400, 400, 400):
            layers += [nn.Linear(inputs, 400, bias=False), nn.BatchNorm1d(400), nn.ReLU()]
        self.pack = pack
        self.generator = nn.Sequential(*layers, nn.Linear(400, 2))
        self.critic = nn.Sequential(
            _Maxout(2 * pack), _Maxout(200), _Maxout(200), nn.Linear(200, 1)
        )
        settings = {"lr": 1e-4, "betas": (0.8, 0.999), "fused": True}
        self.of_generator = torch.optim.Adam(self.generator.parameters(), **settings)
        self.of_critic = torch.optim.Adam(self.critic.parameters(), **settings)

    def step(self) -> None:
        pack = self.pack
        real = torch.randn(100, 2 * pack)
        draws = [self.generator(torch.randn(100, 2)) for _ in range(pack)]
        fake = self.critic(torch.cat(draws, 1))
        critic = softplus(-self.critic(real)).mean() + softplus(fake).mean()
        generator = softplus(-fake).mean()
        self.of_critic.zero_grad()
        self.of_generator.zero_grad()
        critic.backward(inputs=list(self.critic.parameters()), retain_graph=True)
        generator.backward(inputs=list(self.generator.parameters()))
        self.of_critic.step()
        self.of_generator.step()


@pytest.mark.parametrize("pack", [1, 4])
def test_ten_stacked_trials(compare, pack: int) -> None:
    """Against the same trials one after another, eager, with torch's own layers."""
    recipe = registry.get("mixture-gan")(pack=pack)
    stack = StackedGame([recipe.build(PointShape(), CPU) for _ in range(TRIALS)])
    streams = [torch.Generator().manual_seed(seed) for seed in range(TRIALS)]
    trials = [_Trial(pack) for _ in range(TRIALS)]

    def stacked() -> None:
        for _ in range(2):
            batch = Batch(torch.randn(TRIALS, 100 * pack, 2))
            engine.play_round(stack, [batch], streams)

    def one_after_another() -> None:
        for trial in trials:
            for _ in range(2):
                trial.step()

    compare(
        f"ten stacked mixture trials, packs of {pack}",
        stacked,
        "the same one after another",
        one_after_another,
        at_least=1.5,
    )
