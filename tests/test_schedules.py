"""What changes over the epochs: when, by how much, and what that makes of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from bench.training.schedules import Schedules
from tests.grid.loading import WriteGrid, load
from tests.test_resume import attempt, resources, trajectory
from tests.test_training import images, spec
from variants import registry
from variants.game import Batch
from variants.schedules import Schedule, cyclegan_decay
from variants.shapes import ImageShape


@pytest.mark.parametrize(
    ("epochs", "shares"),
    [
        (1, [1]),
        (2, [1, 1 / 2]),
        (3, [1, 1, 1 / 2]),
        (4, [1, 1, 2 / 3, 1 / 3]),
        (8, [1, 1, 1, 1, 4 / 5, 3 / 5, 2 / 5, 1 / 5]),
    ],
)
def test_the_rate_stays_and_then_falls_in_equal_steps(epochs: int, shares: list[float]) -> None:
    found = [cyclegan_decay(epochs).at(epoch, 1.0) for epoch in range(1, epochs + 1)]
    assert found == pytest.approx(shares)


def test_two_hundred_epochs_are_those_of_cyclegans_code() -> None:
    """Its rule for 100 epochs and 100 of decay, with the epoch counted from 1."""
    for epoch in range(1, 201):
        assert cyclegan_decay(200).at(epoch, 1.0) == 1 - max(0, epoch - 100) / (100 + 1)


def test_both_players_have_their_own_rate_also_from_a_checkpoint() -> None:
    recipe = registry.get("dcgan")(
        width_factor=0.1, generator_lr=1e-3, critic_lr=4e-3, lr_decay="linear"
    )

    def game():  # type: ignore[no-untyped-def]
        return recipe.build(ImageShape(1, 28), torch.device("cpu"))

    def rates(of) -> list[float]:  # type: ignore[no-untyped-def]
        return [p.optimizer.param_groups[0]["lr"] for p in (of.generator, of.critic)]

    first = game()
    Schedules(first, recipe, 4).begin(3)
    assert rates(first) == pytest.approx([1e-3 * 2 / 3, 4e-3 * 2 / 3])
    second = game()
    decay = Schedules(second, recipe, 4)
    second.load_state(first.state())
    decay.begin(4)
    assert rates(second) == pytest.approx([1e-3 / 3, 4e-3 / 3])


def decaying(**fields: object):  # type: ignore[no-untyped-def]
    variant = {"name": "dcgan-lite", "width_factor": 0.25, "lr_decay": "linear"}
    return spec(variants=[variant], **fields)


def test_a_run_trains_at_the_rate_of_its_epoch_and_resumes_at_it() -> None:
    """Up to the first decay it is the run without; from there it is not; resumed it is itself."""
    run, plain = decaying(epochs=4), spec(epochs=4)
    [whole], [without] = attempt([run], images()), attempt([plain], images())
    half = sum(len(e.steps["critic_loss"]) for e in whole[:2])
    assert np.array_equal(trajectory(whole)[:, :half], trajectory(without)[:, :half])
    assert not np.array_equal(trajectory(whole), trajectory(without))
    [first] = attempt([run], images(), until=3)
    [rest] = attempt([run], images(), resume=[first[-1].checkpoint])  # type: ignore[list-item]
    assert np.array_equal(trajectory([*first, *rest]), trajectory(whole))
    assert resources(run, images()).counts == resources(plain, images()).counts


def test_a_longer_run_is_another_one_only_if_its_rates_fall() -> None:
    assert spec(epochs=2).run_id == spec(epochs=3).run_id
    assert len({decaying(epochs=n).run_id for n in (2, 3)} | {spec().run_id}) == 3
    of_steps = [decaying(epochs=None, steps=n, steps_per_epoch=3).run_id for n in (7, 8)]
    assert of_steps[0] != of_steps[1], "the same number of epochs"
    run = decaying(epochs=2)
    assert run.identity()["epochs"] == 2
    assert "epochs" not in spec(epochs=2).identity()
    assert replace(run, seed=5).configuration == run.configuration


def test_a_graph_of_steps_that_differ_is_refused(write_grid: WriteGrid) -> None:
    from bench.errors import GridError

    text = "variants: [{name: dcgan, lr_decay: linear}]\nexecution: cuda-graph"
    with pytest.raises(GridError, match=r"steps of 'dcgan' differ \(lr_decay\), and a CUDA graph"):
        load(write_grid, text)


# ------------------------------------------------------------------------- any schedule


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ({"kind": "linear"}, [1, 0.8, 0.6, 0.4, 0.2]),
        ({"kind": "cosine"}, [1, 0.8828427, 0.6, 0.3171573, 0.2]),
        ({"kind": "constant"}, [1] * 5),
        ({"kind": "linear", "end": 0.5}, [1, 0.6, 0.2, 0.2, 0.2]),
        ({"kind": "linear", "start": 0.5}, [1, 1, 1, 0.6, 0.2]),
        ({"kind": "cosine", "start": 0.25, "end": 0.75}, [1, 1, 0.6, 0.2, 0.2]),
    ],
)
def test_a_number_goes_from_what_is_given_to_the_end(
    fields: dict[str, object], values: list[float]
) -> None:
    """Cosine: 0.2 + 0.8 · (1 + cos πt)/2."""
    course = Schedule(to=0.2, **fields).of(5)  # type: ignore[arg-type]
    assert [course.at(epoch, 1.0) for epoch in range(1, 6)] == pytest.approx(values)
    assert Schedule(to=0.2, **fields).of(1).at(1, 1.0) == 1  # type: ignore[arg-type]


SCHEDULES = {
    "lr": {"kind": "cosine", "to": 0.25},
    "penalties": {"kind": "linear", "to": 0.1},
    "beta2": {"kind": "linear", "to": 0.99},
}


def test_rates_betas_and_penalties_follow_their_schedules() -> None:
    recipe = registry.get("dcgan")(
        width_factor=0.1,
        generator_lr=1e-3,
        critic_lr=4e-3,
        beta2=0.9,
        critic_norm="none",
        penalties={"r1": 1.0},
        schedules=SCHEDULES,
    )
    game = recipe.build(ImageShape(1, 28), torch.device("cpu"))
    schedules = Schedules(game, recipe, 3)
    batch, noise = Batch(torch.rand(2, 1, 28, 28)), torch.Generator()
    penalties = []
    for epoch, (rate, beta2) in enumerate([(1, 0.9), (0.625, 0.945), (0.25, 0.99)], 1):
        schedules.begin(epoch)
        for player, own in ((game.generator, 1e-3), (game.critic, 4e-3)):
            (group,) = player.optimizer.param_groups
            assert group["lr"] == pytest.approx(own * rate)
            assert group["betas"] == pytest.approx((0.5, beta2))
        penalties.append(game.critic_loss(batch, noise.manual_seed(0)).scalars["penalty"].item())
    assert penalties == pytest.approx([penalties[0] * s for s in (1, 0.55, 0.1)])


def test_a_scheduled_run_resumes_at_its_epoch_and_is_part_of_its_length() -> None:
    variant = {
        "name": "dcgan-lite",
        "width_factor": 0.1,
        "critic_norm": "none",
        "penalties": {"r1": 1.0},
        "schedules": SCHEDULES,
    }
    run = spec(variants=[variant], epochs=3)
    [whole] = attempt([run], images())
    [first] = attempt([run], images(), until=2)
    [rest] = attempt([run], images(), resume=[first[-1].checkpoint])  # type: ignore[list-item]
    assert np.array_equal(trajectory([*first, *rest]), trajectory(whole), equal_nan=True)
    constant = {**variant, "schedules": {"lr": {"kind": "constant"}}}
    plain = {key: value for key, value in variant.items() if key != "schedules"}
    assert spec(variants=[constant]).run_id == spec(variants=[plain]).run_id
    ids = {spec(variants=[each], epochs=n).run_id for each in (variant, plain) for n in (2, 3)}
    assert len(ids) == 3, "the plain one continues"


MISTAKES = {
    "{learning_rate: {to: 0.1}}": "has 'learning_rate'; what can change over the epochs is lr, "
    "beta2, penalties.",
    "{penalties: {to: 0.1}}": "has penalties, of which there are none; set penalties.",
    "{beta2: {to: 1}}": "has beta2 go to 1; it should be below 1.",
    "{lr: {to: 0.1, start: 0.5, end: 0.5}}": "has a start of 0.5 and an end of 0.5; it should "
    "start before it ends.",
    "{lr: {kind: step}}": "should be 'constant', 'linear' or 'cosine'",
}


@pytest.mark.parametrize("given", MISTAKES)
def test_a_wrong_schedule_is_one_sentence(write_grid: WriteGrid, given: str) -> None:
    from bench.errors import GridError

    with pytest.raises(GridError) as caught:
        load(write_grid, f"variants: [{{name: dcgan, schedules: {given}}}]")
    assert MISTAKES[given] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_both_ways_to_lower_the_rate_are_refused_and_so_is_a_graph(write_grid: WriteGrid) -> None:
    from bench.errors import GridError

    text = "variants: [{name: dcgan, schedules: {lr: {to: 0}}"
    with pytest.raises(GridError, match="schedules has lr, and lr_decay lowers it too"):
        load(write_grid, f"{text}, lr_decay: linear}}]")
    with pytest.raises(GridError, match=r"steps of 'dcgan' differ \(schedules\), and a CUDA graph"):
        load(write_grid, f"{text}}}]\nexecution: cuda-graph")
