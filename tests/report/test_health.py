"""Whether a configuration learns, what its losses do, and the signs of failure."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

from bench.report.data import health
from bench.report.data.trajectories import Trajectory
from bench.report.figures import all_figures
from bench.report.findings import all_findings

BINS = 80
STEP = np.arange(BINS) * 10.0 + 5.5
NOISE = np.random.default_rng(0).normal(0, 1, (3, BINS))


def trajectory(**runs: np.ndarray) -> Trajectory:
    return Trajectory("dcgan", STEP, runs, (0, 1, 2), whole=True)


def constant(level: float, spread: float = 0.01) -> np.ndarray:
    return level + spread * NOISE


def kinds(found: Trajectory) -> dict[str, health.Sign]:
    return {sign.kind: sign for sign in health._of_steps(found)}


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (constant(1.0)[0], "stable"),
        (constant(-1.0)[0], "stable"),
        (constant(1.0, 0.6)[0], "oscillating"),
        (np.linspace(1, 4, BINS), "growing"),
        (np.linspace(-1, -4, BINS), "growing"),
        (np.linspace(4, 1, BINS), "falling"),
        (1 + np.linspace(0, 0.1, BINS), "stable"),  # less than a quarter of its size
        (1 + 0.8 * np.sin(np.arange(BINS) / 2), "oscillating"),
        (np.concatenate([np.linspace(9, 1, 40), np.ones(40)]), "stable"),  # the second half counts
        (np.zeros(BINS), "stable"),
        (np.ones(20), None),  # too short to say
        (np.full(BINS, np.nan), None),
    ],
)
def test_what_a_loss_does(loss, expected) -> None:
    assert health.behaviour(loss) == expected


def test_a_critic_that_wins() -> None:
    won = np.clip(constant(0.8), 0, 1)
    won[:, 40:] = 0.995
    found = kinds(trajectory(critic_accuracy_real=won, critic_accuracy_fake=won))
    sign = found["critic wins"]
    assert (sign.seeds, sign.of) == ((0, 1, 2), 3)
    assert sign.since == pytest.approx(STEP[40], abs=15)


def test_a_critic_that_recognises_one_kind_only_has_not_won() -> None:
    won, fooled = constant(0.995, 0), constant(0.6)
    assert not kinds(trajectory(critic_accuracy_real=won, critic_accuracy_fake=fooled))
    midpoint = trajectory(critic_midpoint_accuracy_real=won, critic_midpoint_accuracy_fake=won)
    assert set(kinds(midpoint)) == {"critic wins"}


def test_one_seed_of_three_is_no_sign_of_the_configuration() -> None:
    some = constant(0.8)
    some[0] = 0.995
    assert not kinds(trajectory(critic_accuracy_real=some, critic_accuracy_fake=some))


def test_a_loss_that_runs_away() -> None:
    away = constant(1.5)
    away[:, 50:] += np.linspace(0, 8, 30)
    usual = constant(0.7)
    found = kinds(trajectory(generator_loss=away, critic_accuracy_real=usual))
    assert set(found) == {"generator loss runs away"}
    assert STEP[50] < found["generator loss runs away"].since < STEP[65]
    assert not kinds(trajectory(generator_loss=constant(1.5), critic_accuracy_real=usual))
    # A loss of scores has no size of its own.
    assert not kinds(trajectory(generator_loss=away))


def collapsing(measure: str, best: float, last: float):
    return lambda index, epoch: {measure: last if epoch == 5 else best}


@pytest.mark.parametrize("measure", ["recall", "coverage"])
def test_a_collapse(synthetic, measure) -> None:
    bad = replace(synthetic.SMALL_CRITIC, measured=collapsing(measure, 0.6, 0.1))
    data = synthetic.data([synthetic.BASELINE, bad])
    (sign,) = [sign for sign in health.signs(data) if sign.kind == "collapse"]
    assert (sign.label, sign.measure, sign.seeds) == ("half critic", measure, (0, 1, 2))
    assert sign.since == 100  # the fifth epoch of 20 steps
    progress = {each.label: each.progress for each in health.learning(data)}
    assert progress == {"dcgan": "learned", "half critic": "collapsed"}


def test_what_never_was_cannot_collapse(synthetic) -> None:
    bad = replace(synthetic.SMALL_CRITIC, measured=collapsing("recall", 0.05, 0.0))
    assert not [s for s in health.signs(synthetic.data([bad])) if s.kind == "collapse"]


def test_learning_by_the_first_and_last_evaluation(synthetic) -> None:
    def flat(index: int, epoch: int, epochs: int) -> float:
        return 100 + 5 * ((index + epoch) % 2)

    def worse(index: int, epoch: int, epochs: int) -> float:
        return 20.0 if epoch == 2 else 100.0

    configs = [
        synthetic.BASELINE,
        replace(synthetic.SMALL_GENERATOR, curve=flat),
        replace(synthetic.SMALL_CRITIC, curve=worse),
    ]
    found = {each.label: each for each in health.learning(synthetic.data(configs))}
    assert found["dcgan"].progress == "learned"
    assert found["dcgan"].first == pytest.approx(np.mean([120, 121, 119.5]))
    assert found["half generator"].progress == "not yet"
    assert found["half critic"].progress == "collapsed"


BROKEN = {
    "statuses": ("completed", "completed", "diverged"),
    "errors": (None, None, "the loss is not finite"),
}


def test_runs_that_diverged_are_a_sign(synthetic) -> None:
    broken = replace(synthetic.SMALL_CRITIC, **BROKEN, lost={2: 33})
    data = synthetic.data([synthetic.BASELINE, broken])
    (sign,) = [sign for sign in health.signs(data) if sign.kind == "not finite"]
    assert (sign.label, sign.seeds, sign.of, sign.since) == ("half critic", (2,), 3, 33)
    findings, _ = all_findings(data, only=["signs-of-failure"])
    assert [each.text for each in findings] == [
        "Sign of failure: losses that are not finite, which ends a run: “half critic” "
        "(1 of 3 seeds, since about step 33)."
    ]
    (figure,) = all_figures(data, only=["losses"])[0]
    assert "not finite" in figure.svg.decode()
    assert "Dashed and shaded: since when there is the sign of failure" in figure.caption


def test_without_its_steps_a_run_that_diverged_is_named(synthetic) -> None:
    data = synthetic.data([synthetic.BASELINE, replace(synthetic.SMALL_CRITIC, **BROKEN)])
    (sign,) = [sign for sign in health.signs(data) if sign.kind == "not finite"]
    assert (sign.seeds, sign.since) == ((2,), None)
    (figure,) = all_figures(data, only=["losses"])[0]
    assert "not finite" not in figure.svg.decode()


def test_evaluations_that_are_not_finite_are_marked(synthetic) -> None:
    """At the upper edge of the curves, and said in the findings; the first here is made up for."""

    def curve(seed: int, epoch: int, epochs: int) -> float:
        return math.nan if (seed, epoch) in {(0, 2), (1, 4), (1, 5)} else 50.0 / epoch

    data = synthetic.data([synthetic.BASELINE, replace(synthetic.SMALL_CRITIC, curve=curve)])
    (sign,) = [sign for sign in health.signs(data) if sign.kind == "lost score"]
    assert (sign.label, sign.seeds, sign.of) == ("half critic", (1,), 3)
    assert sign.since == 80, "the fourth epoch of 20 steps"
    (figure,) = all_figures(data, only=["quality-epoch"])[0]
    assert "Red crosses at the upper edge, and in no mean: 3 evaluations not finite." in (
        figure.caption
    )
    rows = list(csv.DictReader(io.StringIO(figure.data.decode())))
    lost = [row for row in rows if row["drawn"] == "not finite"]
    assert [(row["configuration"], row["x"], row["y"]) for row in lost] == [
        ("half critic", "2.0", ""),
        ("half critic", "4.0", ""),
        ("half critic", "5.0", ""),
    ]


def test_findings_say_both(synthetic) -> None:
    findings, _ = all_findings(synthetic.data(), only=["learning", "losses"])
    learns, does = (each.text for each in findings)
    assert learns.startswith("Does it learn? By the FCD of the first and of the last evaluation")
    assert "learned: “dcgan” (120 → 20.2)" in learns
    assert does.startswith("What do the losses do? In the second half of training – ")


def test_the_interval_is_students_over_the_seeds() -> None:
    from scipy import stats

    levels = np.array([1.0, 2.0, 4.0])
    found = trajectory(critic_loss=np.repeat(levels[:, None], BINS, axis=1))
    ends = found.interval("critic_loss")
    assert ends is not None
    expected = stats.t.interval(0.95, 2, levels.mean(), stats.sem(levels))
    assert (ends[0][40], ends[1][40]) == pytest.approx(expected)
    two = Trajectory("a", STEP, {"critic_loss": found.runs["critic_loss"][:2]}, (0, 1), whole=True)
    assert two.interval("critic_loss") is None


def test_smoothing_keeps_what_is_missing() -> None:
    values = np.arange(BINS, dtype=float)
    values[:10] = np.nan
    smooth = Trajectory("a", STEP, {"x": values[None]}, (0,), whole=True).smooth("x")[0]
    assert np.isnan(smooth[:10]).all()
    assert smooth[20:70] == pytest.approx(values[20:70])
