"""Learning rates that fall with the epochs: when, by how much, and what that makes of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from bench.training.decay import LearningRates, share
from tests.grid.loading import WriteGrid, load
from tests.test_resume import attempt, resources, trajectory
from tests.test_training import images, spec
from variants import registry
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
    found = [share("linear", epoch, epochs) for epoch in range(1, epochs + 1)]
    assert found == pytest.approx(shares)
    assert [share("none", epoch, epochs) for epoch in range(1, epochs + 1)] == [1] * epochs


def test_two_hundred_epochs_are_those_of_cyclegans_code() -> None:
    """Its rule for 100 epochs and 100 of decay, with the epoch counted from 1."""
    for epoch in range(1, 201):
        assert share("linear", epoch, 200) == 1 - max(0, epoch - 100) / (100 + 1)


def test_both_players_have_their_own_rate_also_from_a_checkpoint() -> None:
    def game():  # type: ignore[no-untyped-def]
        recipe = registry.get("dcgan")(width_factor=0.1, generator_lr=1e-3, critic_lr=4e-3)
        return recipe.build(ImageShape(1, 28), torch.device("cpu"))

    def rates(of) -> list[float]:  # type: ignore[no-untyped-def]
        return [p.optimizer.param_groups[0]["lr"] for p in (of.generator, of.critic)]

    first = game()
    LearningRates(first, "linear", 4).begin(3)
    assert rates(first) == pytest.approx([1e-3 * 2 / 3, 4e-3 * 2 / 3])
    second = game()
    decay = LearningRates(second, "linear", 4)
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
