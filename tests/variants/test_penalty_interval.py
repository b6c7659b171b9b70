"""Penalties evaluated in every k-th critic update, and multiplied by k."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from bench import engine
from bench.cost import flops
from bench.store.committed import Committed
from tests.store.sweeps import run_plan
from tests.test_training import spec, train
from variants import registry
from variants.adversarial import AdversarialGame
from variants.game import Batch
from variants.penalties import PENALTIES
from variants.shapes import ImageShape, PointShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28)
NARROW = {"name": "dcgan-lite", "critic_norm": "none", "width_factor": 0.1}
WEIGHTS = {"r1": 2.0, "r2": 0.5}


def game_of(**fields: Any) -> AdversarialGame:
    torch.manual_seed(0)
    chosen = {**NARROW, "penalties": WEIGHTS, "batch_size": 4, **fields}
    return registry.get(chosen.pop("name"))(**chosen).build(SHAPE, CPU)


def batches(count: int) -> list[Batch]:
    rng = torch.Generator().manual_seed(7)
    return [Batch(torch.rand(4, 1, 28, 28, generator=rng) * 2 - 1) for _ in range(count)]


def rows_of(game: AdversarialGame, steps: int) -> dict[str, list[float]]:
    """What each step records, by column."""
    noise = torch.Generator().manual_seed(1)
    given = iter(batches(steps * game.critic_steps))
    rows = [
        engine.train_step(game, [next(given) for _ in range(game.critic_steps)], noise).tolist()
        for _ in range(steps)
    ]
    return dict(zip(engine.columns(game), map(list, zip(*rows, strict=True)), strict=True))


@pytest.mark.parametrize("interval", [2, 3])
def test_every_kth_update_has_the_penalty_times_k(interval: int) -> None:
    """Each value is compared with penalties evaluated on a copy of the critic beforehand."""
    game = game_of(penalty_interval=interval)
    latents = torch.randn(4, 100)
    game.latents = lambda count, noise: latents  # type: ignore[method-assign]
    for update, batch in enumerate(batches(7)):
        critic = copy.deepcopy(game.critic.network)
        with torch.no_grad():
            fake = game.generator.network(latents)
        plain = sum(
            weight * PENALTIES.get(name)()(critic, batch.target, fake, torch.Generator(), 4)
            for name, weight in WEIGHTS.items()
        )
        with torch.no_grad():
            on_real, on_fake = critic(batch.target), critic(fake)
            bare = game.rules.objective.critic(on_real, on_fake).item()
        loss, scalars = engine.critic_update(game, batch, torch.Generator())
        if update % interval == 0:
            assert scalars["penalty"].item() == pytest.approx(interval * plain.item(), rel=1e-4)
            assert loss.item() == pytest.approx(bare + interval * plain.item(), rel=1e-4)
        else:
            assert "penalty" not in scalars
            assert loss.item() == pytest.approx(bare, rel=1e-4)


def test_steps_between_have_no_penalty() -> None:
    present = [
        not math.isnan(value) for value in rows_of(game_of(penalty_interval=3), 7)["penalty"]
    ]
    assert present == [True, False, False, True, False, False, True]


def test_updates_are_counted_across_steps() -> None:
    """Two updates per step and an interval of three: updates 0, 3, 6 and 9 are in these steps."""
    game = game_of(penalty_interval=3, critic_steps=2)
    rows = rows_of(game, 5)
    present = [not math.isnan(value) for value in rows["penalty"]]
    assert present == [True, True, False, True, True]
    assert all(map(math.isfinite, rows["critic_loss"]))
    assert all(map(math.isfinite, rows["critic_score_real"]))


def test_a_step_records_the_mean_of_its_evaluated_penalties() -> None:
    game = game_of(penalty_interval=2, critic_steps=3)
    critic_update, seen = engine.critic_update, []

    def recorded(*arguments: Any) -> Any:
        outcome = critic_update(*arguments)
        seen.append(outcome)
        return outcome

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "critic_update", recorded)
        rows = rows_of(game, 1)
    first, between, last = seen
    assert "penalty" not in between.scalars
    mean = (first.scalars["penalty"] + last.scalars["penalty"]) / 2
    assert rows["penalty"] == pytest.approx([mean.item()])
    losses = [outcome.loss.item() for outcome in seen]
    assert rows["critic_loss"] == pytest.approx([sum(losses) / 3])


def test_an_interval_of_one_is_the_default() -> None:
    one, default = rows_of(game_of(penalty_interval=1), 4), rows_of(game_of(), 4)
    assert [one[name] for name in ("critic_loss", "generator_loss", "penalty")] == [
        default[name] for name in ("critic_loss", "generator_loss", "penalty")
    ]
    assert all(map(math.isfinite, default["penalty"]))


def test_the_interval_also_holds_for_simultaneous_updates() -> None:
    torch.manual_seed(0)
    recipe = registry.get("mixture-gan")(
        packs=4, generator_width=8, critic_width=8, penalties={"r1": 1.0}, penalty_interval=2
    )
    game = recipe.build(PointShape(), CPU)
    noise = torch.Generator().manual_seed(0)
    rows = [engine.train_step(game, [Batch(torch.randn(4, 2))], noise) for _ in range(4)]
    penalties = [row[engine.columns(game).index("penalty")].item() for row in rows]
    assert [not math.isnan(value) for value in penalties] == [True, False, True, False]


def test_means_and_steps_of_an_epoch(tmp_path: Path) -> None:
    """The epoch's mean is over the evaluated steps; in steps.parquet the others are null."""
    fields = {**NARROW, "penalties": WEIGHTS, "penalty_interval": 3}
    epochs = train(spec(variants=[fields]))
    committed = Committed(run_plan(0))
    present = []
    for epoch in epochs:
        penalties = epoch.steps["penalty"]
        present.append((~np.isnan(penalties)).tolist())
        mean = penalties[present[-1]].mean(dtype=np.float64)
        assert epoch.record.scalars["penalty"] == pytest.approx(mean, rel=1e-6)
        committed.commit(tmp_path, epoch, attempt=1)
    # Five updates per epoch; of ten, these are numbers 0, 3, 6 and 9.
    assert present == [[True, False, False, True, False], [False, True, False, False, True]]
    committed.gather(tmp_path)
    steps = pq.read_table(tmp_path / "steps.parquet")
    assert steps["penalty"].is_valid().to_pylist() == [*present[0], *present[1]]
    assert steps["critic_loss"].null_count == 0
    assert steps["critic_score_real"].null_count == 0


@pytest.mark.parametrize("interval", [2, 4])
@pytest.mark.parametrize("simultaneous", [False, True])
def test_flops_are_averaged_over_the_interval(interval: int, simultaneous: bool) -> None:
    def cost(**fields: Any) -> tuple[int, int]:
        updates = "simultaneous" if simultaneous else "alternating"
        recipe = registry.get("dcgan")(critic_norm="none", updates=updates, **fields)
        counts = flops.count(recipe, SHAPE)
        assert counts.critic_flops_per_image is not None
        assert counts.generator_flops_per_image is not None
        return counts.critic_flops_per_image, counts.generator_flops_per_image

    (base, generator), (every, _) = cost(), cost(penalties={"r1": 1.0})
    assert every > base
    found, unchanged = cost(penalties={"r1": 1.0}, penalty_interval=interval)
    assert found == pytest.approx(base + (every - base) / interval, abs=1)
    assert unchanged == generator
