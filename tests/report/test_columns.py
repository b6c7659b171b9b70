"""Columns that games and scorers add: where the report shows them, declared or not."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bench.measures.measure import EPOCH_MEASURES, Measure, declare
from bench.report import figures
from bench.report.data import SweepData
from bench.report.data.task import task_of
from bench.report.figures import trajectories
from bench.report.tables.summary import summary
from bench.store import Results, read_sweep

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _measures_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    EPOCH_MEASURES.names()
    monkeypatch.setattr(EPOCH_MEASURES, "_entries", dict(EPOCH_MEASURES._entries))
    monkeypatch.setattr(EPOCH_MEASURES, "_places", dict(EPOCH_MEASURES._places))


def with_steps(results: Results, **columns: float) -> Results:
    """The results as if each step had these columns, and each epoch their means."""
    kept = results.steps

    def steps(run_ids=None):
        return kept(run_ids).assign(**{name: np.float32(v) for name, v in columns.items()})

    object.__setattr__(results, "steps", steps)
    return with_epochs(results, **columns)


def with_epochs(results: Results, **columns: object) -> Results:
    object.__setattr__(results, "epochs", results.epochs.assign(**columns))
    return results


def titles(results: Results) -> list[str]:
    return [column.title for column in summary(SweepData(results)).columns]


def drawn(results: Results, *more: str) -> dict[str, list[str]]:
    """The words in each figure of trajectories."""
    names = ["losses", "critic-accuracy", "critic-scores", *more, "other-trajectories"]
    found, _ = figures.all_figures(SweepData(results), names)
    return {
        each.name: [
            "".join(text.itertext()) for text in ElementTree.fromstring(each.svg).iter(f"{SVG}text")
        ]
        for each in found
    }


# ------------------------------------------------------------------------- final values


@pytest.mark.parametrize(
    ("about", "title"),
    [
        ({}, "Sharpness"),
        ({"direction": "lower", "unit": "nats"}, "Sharpness ↓ (nats)"),
        ({"direction": "higher", "heading": ("Mean", "sharpness")}, "Mean sharpness ↑"),
    ],
)
def test_a_declared_final_value_has_a_column(trio: Path, about: dict, title: str) -> None:
    declare(Measure(name="sharpness", doc="how sharp samples are", over_epochs="final", **about))
    results = with_epochs(read_sweep(trio), sharpness=0.25)
    table = summary(SweepData(results))
    (column,) = (column for column in table.columns if column.key == "sharpness_final")
    assert column.title == title
    assert column.essential
    assert column.cell(0) == "0.250 ± 0"


def test_shares_are_shown_in_per_cent(trio: Path) -> None:
    declare(Measure(name="sharp", doc="share of sharp samples", over_epochs="final", unit="%"))
    table = summary(SweepData(with_epochs(read_sweep(trio), sharp=0.25)))
    (column,) = (column for column in table.columns if column.key == "sharp_final")
    assert (column.title, column.cell(0)) == ("Sharp (%)", "25.0 ± 0")
    assert "0.25" in table.csv()


def test_a_value_that_the_last_evaluation_lacks_is_not_an_earlier_one(trio: Path) -> None:
    declare(Measure(name="sharpness", doc="how sharp samples are", over_epochs="final"))
    results = read_sweep(trio)
    values = results.epochs["epoch"].astype("float64").where(results.epochs["epoch"] < 4)
    data = SweepData(with_epochs(results, sharpness=values))
    assert data.by_seed("dcgan", "sharpness_final") == {}
    assert data.not_finite("dcgan", "sharpness_final") == [0, 1, 2]


def test_what_is_no_final_value_has_no_column(trio: Path) -> None:
    declare(Measure(name="sharpness", doc="how sharp samples are"))
    assert titles(with_epochs(read_sweep(trio), sharpness=1.0)) == titles(read_sweep(trio))
    declare(Measure(name="absent", doc="in no file", over_epochs="final"))
    assert titles(read_sweep(trio)) == titles(read_sweep(trio))


def test_an_undeclared_float_column_is_a_final_value_under_its_name(trio: Path) -> None:
    """As when a sweep is reported without the plug-in that it was run with."""
    results = with_epochs(read_sweep(trio), my_score=0.5, my_count=3, my_word="a")
    assert [title for title in titles(results) if "my" in title] == ["my_score"]


def test_an_undeclared_mean_of_steps_is_no_final_value(trio: Path) -> None:
    results = with_steps(read_sweep(trio), gradient_norm=2.0)
    assert not any("gradient" in title for title in titles(results))


def test_costs_declared_as_shared_are_null_for_stacks(synthetic) -> None:
    from dataclasses import replace

    declare(Measure(name="fan_joules", doc="of the fan", shared=True))
    stacked = replace(synthetic.BASELINE, setup={"stacked_runs": 3})
    results = read_sweep(synthetic.write([stacked, synthetic.SMALL_CRITIC], epochs=1))
    epochs = SweepData(with_epochs(results, fan_joules=1.0)).epochs
    known = epochs.groupby("label")["fan_joules"].count()
    assert known.to_dict() == {"dcgan": 0, "half critic": 3}


# ------------------------------------------------------------------------- trajectories


def test_the_built_in_scalars_have_three_figures(trio: Path) -> None:
    found = drawn(read_sweep(trio))
    assert list(found) == ["losses", "critic-accuracy", "critic-scores"]
    assert {"critic", "generator"} <= set(found["losses"])
    assert "penalty" not in found["losses"]
    for name in ("critic-accuracy", "critic-scores"):
        assert {"real samples", "generated samples"} <= set(found[name])


def test_a_penalty_and_unknown_scalars_are_drawn_among_the_losses(trio: Path) -> None:
    found = drawn(with_steps(read_sweep(trio), penalty=0.5, cycle_loss=0.7))
    assert {"critic", "generator", "penalty", "cycle loss"} <= set(found["losses"])


def test_the_midpoint_pairs_and_estimates_are_drawn(trio: Path) -> None:
    midpoint = {f"critic_midpoint_accuracy_{kind}": 0.7 for kind in ("real", "fake")}
    estimates = {"wasserstein_estimate": 3.0, "product_metric": 4.0}
    results = with_steps(read_sweep(trio), **midpoint, critic_pairwise_accuracy=0.8, **estimates)
    found = drawn(results, "wasserstein-estimate", "product-metric")
    assert list(found)[3:] == ["wasserstein-estimate", "product-metric"]
    words = found["critic-accuracy"]
    assert words[-1] == "pairs: real above generated"
    assert {"real samples", "real, by the midpoint", "generated, by the midpoint"} <= set(words)
    assert "Wasserstein estimate" in found["wasserstein-estimate"]
    assert "L" in found["product-metric"]


def test_scores_without_a_common_unit_have_their_own_scales(trio: Path) -> None:
    """One critic's scores are a hundred times another's: both are legible."""
    results = read_sweep(trio)
    kept = results.steps

    def steps(run_ids):
        own = kept(run_ids)
        scale = 100 if run_ids[0].startswith("run0") else 1
        return own.assign(critic_score_real=own["critic_score_real"] * scale)

    object.__setattr__(results, "steps", steps)
    drawing = trajectories.critic_scores(SweepData(results))
    tops = [ax.get_ylim()[1] for ax in drawing.canvas.axes]
    assert max(tops) > 30 * min(tops)
    assert "scale of its own" in drawing.caption


def test_a_scalar_may_have_a_figure_of_its_own(trio: Path) -> None:
    declare(
        Measure(
            name="critic_gradient",
            doc="norm of the critic's gradient",
            level="step",
            figure="gradient-norms",
            heading=("critic",),
        )
    )
    found = drawn(with_steps(read_sweep(trio), critic_gradient=2.0))
    assert list(found) == ["losses", "critic-accuracy", "critic-scores", "gradient-norms"]
    assert {"Gradient norms", "critic", "half critic"} <= set(found["gradient-norms"])
    assert "critic gradient" not in found["losses"]


def test_only_configurations_that_report_a_scalar_have_a_panel(trio: Path) -> None:
    declare(Measure(name="extra", doc="", level="step", figure="extras"))
    results = read_sweep(trio)
    kept = results.steps

    def steps(run_ids):
        own = kept(run_ids)
        return own.assign(extra=np.float32(1)) if run_ids[0].startswith("run0") else own

    object.__setattr__(results, "steps", steps)
    found = drawn(results)
    assert "dcgan" in found["extras"]
    assert not {"half critic", "half generator"} & set(found["extras"])


# --------------------------------------------------------------------------------- task


@pytest.mark.parametrize(
    ("row", "task"),
    [
        ({"task": "paired", "dataset": "maps", "image_size": 64}, "paired"),
        ({"task": None, "dataset": "mnist-5k", "image_size": 28}, "images"),
        ({"dataset": "ring", "image_size": None}, "mixtures"),
        ({"dataset": "stacked:mnist-5k", "image_size": 28}, "stacked-digits"),
    ],
)
def test_the_task_of_a_run(row: dict, task: str) -> None:
    assert task_of(row) == task
