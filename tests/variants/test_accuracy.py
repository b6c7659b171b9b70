"""How often critics tell real from generated: known values, chance, ties, stacks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import mannwhitneyu
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from bench import engine
from bench.cost.work import LayerFlops
from variants import registry
from variants.accuracy import accuracies, midpoint_accuracies, pairwise_accuracy, projections
from variants.adversarial import AdversarialGame
from variants.game import Batch
from variants.objectives import OBJECTIVES, Objective
from variants.scalars import SCALARS, Scalar
from variants.shapes import ImageShape

CPU = torch.device("cpu")
VECTOR, WASSERSTEIN = (OBJECTIVES.get(name)() for name in ("product-metric", "wasserstein"))

scores = arrays(
    np.float32, st.integers(1, 9).map(lambda n: (n, 1)), elements=st.sampled_from([-2, 0, 0.5, 3])
)


def column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).unsqueeze(1)


# ------------------------------------------------------------------------- scores


@given(scores, scores)
def test_the_pairwise_accuracy_is_the_area_under_the_roc_curve(
    real: np.ndarray, fake: np.ndarray
) -> None:
    """Which is Mann and Whitney's U over the number of pairs."""
    expected = mannwhitneyu(real.ravel(), fake.ravel()).statistic / (len(real) * len(fake))
    found = pairwise_accuracy(torch.tensor(real), torch.tensor(fake))
    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_the_midpoint_is_that_of_the_two_means() -> None:
    found = midpoint_accuracies(column(0, 1, 2, 9), column(-2, -1, 0, 1))  # 3 and −0.5: 1.25
    assert (found.real.item(), found.fake.item()) == (0.5, 1.0)
    on_it = midpoint_accuracies(column(1, 1, 1), column(1, 1, 1))
    assert (on_it.real.item(), on_it.fake.item()) == (0.5, 0.5)
    wrong = midpoint_accuracies(column(-1, -3), column(1, 5))
    assert (wrong.real.item(), wrong.fake.item()) == (0, 0), "real belongs above, even here"


def test_neither_depends_on_scale_and_offset_of_the_scores() -> None:
    real, fake = torch.randn(32, 1).double() + 0.5, torch.randn(32, 1).double()
    for objective in (WASSERSTEIN, OBJECTIVES.get("relativistic")()):
        assert accuracies(objective, real, fake) == accuracies(
            objective, 7 * real - 3, 7 * fake - 3
        )


def test_a_score_that_is_not_a_number_leaves_no_accuracy() -> None:
    good, bad = column(1, 2), column(0, math.nan)
    for real, fake in ((good, bad), (bad, good)):
        assert all(value.isnan() for value in accuracies(WASSERSTEIN, real, fake).values())


@pytest.mark.parametrize("name", OBJECTIVES.names())
def test_every_critic_has_a_pairwise_and_one_other_accuracy(name: str) -> None:
    objective = OBJECTIVES.get(name)()
    real, fake = (torch.rand(6, 3 if objective.head == "vector" else 1) for _ in range(2))
    kind = "critic_accuracy" if objective.threshold is not None else "critic_midpoint_accuracy"
    expected = {"critic_pairwise_accuracy", f"{kind}_real", f"{kind}_fake"}
    assert accuracies(objective, real, fake).keys() == expected


# ------------------------------------------------------------------------- vectors


@pytest.mark.parametrize("classes", [1, 4])
def test_chance_is_one_half_for_vectors_longer_than_the_batch(classes: int) -> None:
    """Projected onto the W of its own batch, every pair would be in order."""
    noise = torch.Generator().manual_seed(0)
    found, own = [], []
    for _ in range(200):
        of_class = 2 * torch.randn(classes, 400, generator=noise)[torch.arange(16) % classes]
        real, fake = (
            torch.relu(of_class + torch.randn(16, 400, generator=noise)) for _ in range(2)
        )
        found.append(torch.stack(list(accuracies(VECTOR, real, fake).values())))
        w = (real.mean(0) - fake.mean(0)).unsqueeze(1)
        own.append(pairwise_accuracy(real @ w, fake @ w))
    assert torch.stack(own).mean() > 0.99
    assert torch.stack(found).mean(0).tolist() == pytest.approx([0.5] * 3, abs=0.03)


def test_vectors_that_differ_are_told_apart() -> None:
    real, fake = torch.rand(16, 400) + 0.3, torch.rand(16, 400)
    assert torch.stack(list(accuracies(VECTOR, real, fake).values())).min() > 0.95


def test_the_projection_leaves_its_sample_out() -> None:
    real, fake = torch.rand(5, 3).double(), torch.rand(5, 3).double()
    others = [0, 1, 3, 4]
    a, b = real[others].mean(0), fake[others].mean(0)
    by_real, by_fake = projections(real, fake)
    for vector, found in ((real[2], by_real[2]), (fake[2], by_fake[2])):
        expected = 4 * ((vector - b).square().sum() - (vector - a).square().sum()) / 2
        torch.testing.assert_close(found.squeeze(), expected)


def test_a_dead_critic_is_at_chance_and_one_vector_says_nothing() -> None:
    same = torch.full((6, 5), 0.3)
    assert [value.item() for value in accuracies(VECTOR, same, same).values()] == [0.5] * 3
    assert accuracies(VECTOR, same[:1], same[:1]) == {}


# ------------------------------------------------------------------------- games


def played(name: str, steps: int = 2, **fields: object) -> tuple[AdversarialGame, dict]:
    torch.manual_seed(0)
    recipe = registry.get(name)(**({} if "packs" in fields else {"batch_size": 8}), **fields)
    shape = ImageShape(1, 28, 10)
    game = recipe.build(shape, CPU)
    noise = torch.Generator().manual_seed(0)
    size = recipe.batch_size
    batch = Batch(torch.rand(size, 1, 28, 28) * 2 - 1, labels=torch.arange(size) % 10)
    batches = [batch] * recipe.critic_steps
    rows = torch.stack([engine.train_step(game, batches, noise) for _ in range(steps)])
    return game, dict(zip(engine.columns(game), rows.T, strict=True))


def test_the_wasserstein_estimate_is_the_loss_without_penalty_and_sign() -> None:
    _, rows = played("wgan-gp")
    torch.testing.assert_close(
        rows["wasserstein_estimate"], rows["penalty"] - rows["critic_loss"], rtol=0, atol=1e-5
    )
    _, rows = played("wgan")
    torch.testing.assert_close(rows["wasserstein_estimate"], -rows["critic_loss"])


@pytest.mark.parametrize(
    ("objective", "pairs"), [("product-metric", "all"), ("product-metric-root", "of two samples")]
)
def test_the_vector_critics_l_is_that_of_its_outputs(objective: str, pairs: str) -> None:
    """Products of pairs of differences; those of one sample with itself are the bias."""
    game, _ = played("vector-critic", steps=1, objective=objective)
    seen: list[Tensor] = []
    game.critic.network.register_forward_hook(lambda _m, _i, output: seen.append(output.detach()))
    batch = Batch(torch.rand(8, 1, 28, 28))
    outcome = game.critic_loss(batch, torch.Generator().manual_seed(3))
    gaps = seen[0].double() - seen[1].double()
    products = gaps @ gaps.T / gaps.shape[1]
    counted = torch.ones(8, 8) if pairs == "all" else 1 - torch.eye(8)
    expected = (products * counted).sum() / counted.sum()
    assert outcome.scalars["product_metric"].item() == pytest.approx(expected.item(), rel=1e-3)


@pytest.mark.parametrize("name", ["conditional-wgan-gp", "conditional-vector-critic", "pacgan"])
def test_every_game_reports_shares(name: str) -> None:
    _, rows = played(name, **({"packs": 4} if name == "pacgan" else {}))
    shares = torch.stack([values for name, values in rows.items() if "accuracy" in name])
    known = shares[~shares.isnan().any(1)]
    assert len(known) == 3
    assert ((known >= 0) & (known <= 1)).all()


class Silent(type(VECTOR)):  # type: ignore[misc]
    """The product metric that reports nothing."""

    scalars = ()

    def reported(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        return {}


class Seven(type(WASSERSTEIN)):  # type: ignore[misc]
    """An objective with a scalar of its own."""

    scalars = (Scalar("seven", "7"),)

    def reported(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        return {"seven": torch.full_like(real.mean(), 7)}


def with_objective(game: AdversarialGame, objective: Objective) -> AdversarialGame:
    rules = replace(game.rules, objective=objective)
    return AdversarialGame(rules, game.generator, game.critic)


def test_what_is_reported_is_not_counted_as_training() -> None:
    game, _ = played("vector-critic", steps=1)
    found = [
        LayerFlops({}).count(
            lambda game=game: engine.critic_update(
                game, Batch(torch.rand(4, 1, 28, 28)), torch.Generator()
            )
        )
        for game in (game, with_objective(game, Silent()))
    ]
    assert found[0] == found[1]
    with FlopCounterMode(display=False) as counter:
        accuracies(VECTOR, torch.rand(9, 40), torch.rand(9, 40))
    assert counter.get_total_flops() == 0


def test_an_objective_names_its_own_scalars() -> None:
    game = with_objective(played("gan", steps=1)[0], Seven())
    row = engine.train_step(game, [Batch(torch.rand(4, 1, 28, 28))], torch.Generator())
    assert row[engine.columns(game).index("seven")] == 7
    assert "seven" in SCALARS


def test_a_recorded_mean_does_not_depend_on_the_other_columns() -> None:
    """The mean over the critic's updates rounds alike with and without a further scalar."""
    games = [played("wgan", steps=1)[0] for _ in range(2)]
    more = with_objective(games[1], Seven())
    rows = []
    for game in (games[0], more):
        noise, data = torch.Generator().manual_seed(4), torch.Generator().manual_seed(5)
        images = [Batch(torch.rand(8, 1, 28, 28, generator=data)) for _ in range(5)]
        row = engine.train_step(game, images, noise)
        rows.append(dict(zip(engine.columns(game), row.tolist(), strict=True)))
    shared = [name for name in rows[0] if name in rows[1] and not math.isnan(rows[0][name])]
    assert len(shared) == 7
    assert [rows[0][name] for name in shared] == [rows[1][name] for name in shared]
