"""Mode coverage: counted right, compared with published numbers only in their set-up."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy import stats

from bench import report
from bench.report import figures
from bench.report.data import SweepData
from bench.report.data.over_seeds import over_seeds
from bench.report.findings.conditional import conditional_accuracy
from bench.report.findings.packing import packing
from bench.report.findings.paper import agreement
from bench.report.published import RECIPE, STEPS, TABLE_1, departures, repetitions
from bench.report.statistics import mean_bounds
from bench.report.table import Table
from bench.report.tables import all_tables
from bench.report.tables.modes import mode_coverage
from bench.report.tables.published import comparison
from bench.store import read_sweep
from variants import registry

SVG = "{http://www.w3.org/2000/svg}"
SAMPLES = ("samples", "samples-through-time")
ALONE = (5, 6, 7)
PACKED = (8, 8, 7)


def rows(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


def texts(table: Table, heading: str) -> list[str]:
    titles = [column.title for column in table.columns]
    return [row[titles.index(heading)] for row in table.rows]


def pair(synthetic, **options) -> list:
    return [
        synthetic.mixture("GAN", 1, ALONE, **options),
        synthetic.mixture("PacGAN2", 2, PACKED, **options),
    ]


def measured(synthetic, configs, **options) -> SweepData:
    return synthetic.data(configs, baseline="GAN", quality=False, **options)


def mode_tables(data: SweepData) -> list[Table]:
    found, _ = all_tables(data, ["mode-coverage", "published-ring", "published-grid-2d"])
    return found


def drawn(data: SweepData, *names: str) -> figures.Figure:
    """The one figure that these draw."""
    ((figure,), _) = figures.all_figures(data, names)
    return figure


@pytest.fixture
def duo(synthetic) -> SweepData:
    return measured(synthetic, pair(synthetic))


def words(figure: figures.Figure) -> list[str]:
    tree = ElementTree.fromstring(figure.svg)
    return ["".join(text.itertext()) for text in tree.iter(f"{SVG}text")]


# ------------------------------------------------------------------------------ coverage


def test_mode_coverage_against_scipy(duo: SweepData) -> None:
    table = rows(mode_coverage(duo))
    for row, values in zip(table, (ALONE, PACKED), strict=True):
        low, high = mean_bounds(values, (0, 8), 0.95)
        assert float(row["modes_captured_final_mean"]) == pytest.approx(np.mean(values))
        assert float(row["modes_captured_final_standard_error"]) == pytest.approx(stats.sem(values))
        assert float(row["modes_captured_final_low_95"]) == pytest.approx(low)
        assert float(row["modes_captured_final_high_95"]) == pytest.approx(high)
        assert float(row["reverse_kl_final_mean"]) == pytest.approx(0.4)
        assert float(row["high_quality_fraction_final_mean"]) == pytest.approx(0.94)
    assert [(row["pack"], row["modes"], row["trials"], row["steps"]) for row in table] == [
        ("1", "8", "3", "100"),
        ("2", "8", "3", "100"),
    ]
    assert texts(mode_coverage(duo), "Modes captured ↑ (± s.e.)")[0] == "6.0 ± 0.6"
    assert texts(mode_coverage(duo), "Modes captured (95 % interval)")[0] == "1.5–7.7"
    assert any("2,500 samples" in note for note in mode_coverage(duo).notes)


@pytest.mark.parametrize(
    ("dataset", "modes"), [("ring", "8"), ("grid-2d", "25"), ("stacked:mnist-5k", "1,000")]
)
def test_how_many_modes_the_data_has(synthetic, dataset: str, modes: str) -> None:
    configs = [synthetic.mixture("GAN", 1, ALONE, dataset=dataset)]
    table = mode_coverage(measured(synthetic, configs))
    assert texts(table, "Modes") == [modes]
    assert any("Stacked MNIST" in note for note in table.notes) == (modes == "1,000")


def test_only_the_modes_of_the_chosen_classes_count(synthetic) -> None:
    configs = [synthetic.mixture("GAN", 1, (2, 2, 1), classes=[0, 4])]
    assert texts(mode_coverage(measured(synthetic, configs)), "Modes") == ["2"]


def test_one_trial_has_no_error_and_a_diverged_run_has_no_value(synthetic) -> None:
    configs = [
        synthetic.mixture("GAN", 1, (5,)),
        replace(synthetic.mixture("PacGAN2", 2, (8,)), statuses=["diverged"], errors=["nan"]),
    ]
    table = mode_coverage(measured(synthetic, configs, seeds=[0]))
    assert texts(table, "Modes captured ↑ (± s.e.)") == ["5.00", "–"]
    assert texts(table, "Modes captured (95 % interval)") == ["–", "–"]
    assert texts(table, "Trials") == ["1", "0"]


def test_where_no_mode_was_counted_there_is_no_table(synthetic) -> None:
    assert mode_tables(synthetic.data(epochs=2)) == []


# ----------------------------------------------------------------------------- published


def test_the_papers_set_up_is_the_variants_default() -> None:
    defaults = registry.get("mixture-gan")().model_dump()
    assert RECIPE.items() <= defaults.items()
    assert defaults.keys() - RECIPE.keys() == {
        "pack",
        "batch_size",
        "drop_last_batch",
        "lr_decay",
        "schedules",
        "conditional",
        "critic_outputs",
        "reuse_samples",  # simultaneous updates do anyhow
        "penalty_interval",  # of penalties, which there are none of
        "generator_average",  # beside the generator, which it leaves as it is
    }


def test_the_published_numbers() -> None:
    """Lin et al. (2018), arXiv 1712.04086, Table 1."""
    shown = {
        dataset: [
            tuple(
                (round(value.mean, 3), round(value.standard_error or 0, 3))
                for value in row.values.values()
            )
            for row in published
        ]
        for dataset, published in TABLE_1.items()
    }
    assert shown["ring"][0] == ((6.3, 0.5), (0.982, 0.002), (0.45, 0.09))
    assert shown["ring"][3] == ((7.8, 0.1), (0.959, 0.014), (0.07, 0.02))
    assert shown["grid-2d"][1] == ((23.8, 0.7), (0.913, 0.008), (0.13, 0.04))
    assert [row.pack for row in TABLE_1["ring"]] == [1, 2, 3, 4]


def test_ours_are_compared_with_the_published(duo: SweepData) -> None:
    (repetition,) = repetitions(duo)
    table = comparison(duo, repetition)
    assert table.title.endswith("ring: 100 of the paper’s 400,000 steps, 3 of its 10 trials")
    assert texts(table, "Published as") == ["GAN", "PacGAN2"]
    assert texts(table, "Modes ↑ published") == ["6.3 ± 0.5", "7.9 ± 0.1"]
    assert texts(table, "HQ ↑ published (%)") == ["98.2 ± 0.2", "95.6 ± 2.0"]
    assert texts(table, "Reverse KL ↓ published") == ["0.45 ± 0.09", "0.07 ± 0.03"]
    apart = (np.mean(ALONE) - 6.3) / np.hypot(stats.sem(ALONE), 0.5)
    assert float(rows(table)[0]["modes_captured_standard_errors_apart"]) == pytest.approx(apart)
    assert texts(table, "Modes ↑ difference (s.e.)")[0] == "−0.4"
    assert any("fewer steps" in note for note in table.notes)


def test_with_one_trial_there_is_no_difference_in_standard_errors(synthetic) -> None:
    data = measured(synthetic, [synthetic.mixture("GAN", 1, (5,))], seeds=[0])
    table = comparison(data, *repetitions(data))
    assert texts(table, "Modes ↑ difference (s.e.)") == ["–"]
    assert table.title.endswith("1 of its 10 trials")


def test_runs_of_different_lengths_give_the_range(synthetic) -> None:
    """The GAN's runs ended after four times as many steps."""
    results = read_sweep(synthetic.write(pair(synthetic), baseline="GAN", quality=False))
    last = (results.epochs["label"] == "GAN") & (results.epochs["epoch"] == 5)
    results.epochs.loc[last, "steps"] = 400
    (repetition,) = repetitions(SweepData(results))
    assert repetition.share == "100–400 of the paper’s 400,000 steps, 3 of its 10 trials"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipe": {"latent_dim": 8}}, "latent_dim 8 instead of 2"),
        ({"recipe": {"updates": "alternating"}}, "updates alternating instead of simultaneous"),
        ({"plan": {"packs_per_step": 50}}, "packs_per_step 50 instead of 100"),
        ({"setup": {"train_images": 500}}, "train_images 500 instead of 100000"),
        ({"setup": {"quality_samples": 100}}, "quality_samples 100 instead of 2500"),
        ({"environment": {"precision": "bf16"}}, "precision bf16 instead of fp32"),
    ],
)
def test_another_set_up_is_not_compared_with_the_paper(synthetic, changes, words: str) -> None:
    other = synthetic.mixture("PacGAN2", 2, PACKED, **changes)
    data = measured(synthetic, [pair(synthetic)[0], other])
    assert departures(data, "PacGAN2") == [words]
    (repetition,) = repetitions(data)
    assert [label for label, _ in repetition.rows] == ["GAN"]
    assert any(f"“PacGAN2” ({words})" in note for note in mode_coverage(data).notes)
    alone = measured(synthetic, [replace(other, label="GAN")])
    assert [table.name for table in mode_tables(alone)] == ["mode-coverage"]


def test_other_variants_and_data_do_not_repeat_the_paper(synthetic) -> None:
    for changes in ({"variant": "dcgan"}, {"dataset": "stacked:mnist-5k"}):
        data = measured(synthetic, [synthetic.mixture("GAN", 1, ALONE, **changes)])
        assert [table.name for table in mode_tables(data)] == ["mode-coverage"]


def whole(synthetic, configs) -> SweepData:
    """As if each run had made the paper's steps."""
    results = read_sweep(synthetic.write(configs, baseline="GAN", quality=False))
    results.epochs["steps"] = results.epochs["epoch"] * (STEPS // synthetic.EPOCHS)
    return SweepData(results)


def test_agreement_is_judged_only_after_the_papers_steps(synthetic, duo: SweepData) -> None:
    assert agreement(duo) is None
    full = whole(synthetic, pair(synthetic))
    (repetition,) = repetitions(full)
    assert repetition.share == "all of the paper’s 400,000 steps, 3 of its 10 trials"
    assert not any("fewer steps" in note for note in comparison(full, repetition).notes)
    finding = agreement(full)
    apart = (0.4 - 0.07) / np.hypot(stats.sem([0.5, 0.3, 0.4]), 0.03)
    assert finding.evidence["ring"]["“PacGAN2” reverse KL"] == pytest.approx(apart)
    assert finding.text.startswith(
        "Compared with the published table, after the same number of steps – 4 of 6 means"
    )
    assert finding.text.endswith(f"“PacGAN2” reverse KL (+{apart:.1f}).")
    assert "outside: “GAN” high-quality samples (−2.0)" in finding.text


# ------------------------------------------------------------------------------ findings


def test_packing_that_captures_more(synthetic) -> None:
    configs = [
        synthetic.mixture("GAN", 1, (4, 5, 6, 5, 4, 5)),
        synthetic.mixture("more", 2, (7, 8, 8, 8, 8, 8)),
        synthetic.mixture("undecided", 3, (8, 5, 3, 4, 6, 5)),
        synthetic.mixture("fewer", 4, (2, 1, 2, 1, 2, 2)),
    ]
    finding = packing(measured(synthetic, configs, seeds=range(6)))
    kinds = {label: each.kind for label, each in finding.evidence["verdicts"].items()}
    assert kinds == {"more": "better", "undecided": "undecided", "fewer": "worse"}
    # With six against six, the extreme two of 924 divisions; three comparisons.
    assert finding.evidence["verdicts"]["more"].p == pytest.approx(1 - (1 - 2 / 924) ** 3)
    for part in (
        "hold together at 95 % – more: “more” (difference +3",
        "fewer: “fewer” (difference −3",
    ):
        assert part in finding.text
    assert "undecided: “undecided” (difference +0" in finding.text


def test_three_seeds_of_counts_decide_nothing(synthetic) -> None:
    """Three against three can be divided in 20 ways: p is never below 0.1."""
    configs = [synthetic.mixture("GAN", 1, (1, 1, 1)), synthetic.mixture("more", 2, (8, 8, 8))]
    finding = packing(measured(synthetic, configs))
    assert finding.evidence["verdicts"]["more"].kind == "undecided"
    assert finding.text.endswith("about 1 more seed needed).")


def test_one_seed_shows_nothing_about_packing(synthetic) -> None:
    configs = [synthetic.mixture("GAN", 1, (4,)), synthetic.mixture("PacGAN2", 2, (8,))]
    text = packing(measured(synthetic, configs, seeds=[0])).text
    assert text.endswith("untested: “PacGAN2” (difference +4.00, one seed).")


def test_packing_is_judged_only_between_recipes_that_differ_in_the_pack(synthetic) -> None:
    wide = synthetic.mixture("wide", 2, PACKED, recipe={"critic_width": 400})
    assert packing(measured(synthetic, [pair(synthetic)[0], wide])) is None
    elsewhere = synthetic.mixture("elsewhere", 2, PACKED, dataset="grid-2d")
    assert packing(measured(synthetic, [pair(synthetic)[0], elsewhere])) is None
    assert packing(measured(synthetic, [pair(synthetic)[0]])) is None
    assert packing(synthetic.data(epochs=2)) is None


def test_two_critics_without_packs_need_a_baseline(synthetic) -> None:
    configs = [*pair(synthetic), synthetic.mixture("another", 1, ALONE)]
    assert packing(measured(synthetic, configs)) is not None
    nameless = synthetic.data(configs, baseline=None, quality=False)
    assert packing(nameless) is None


def test_the_requested_class(synthetic) -> None:
    conditional = replace(synthetic.SMALL_CRITIC, epoch={"conditional_accuracy": 0.93})
    data = synthetic.data([synthetic.BASELINE, conditional])
    assert conditional_accuracy(data).text.endswith("requested class: “half critic” 93.0 ± 0 %.")
    setup = {"quality_classifier_accuracy": 0.98}
    alike = {"conditional_accuracy": 0.3, "conditional_accuracy_floor": 0.335}
    alike = replace(synthetic.SMALL_CRITIC, epoch=alike, setup=setup)
    both = replace(conditional, epoch={**conditional.epoch, "conditional_accuracy_floor": 0.335})
    both = replace(both, label="better", setup=setup)
    assert conditional_accuracy(synthetic.data([both, alike])).text.endswith(
        "“better” 93.0 ± 0 % and “half critic” 30.0 ± 0 %; real images 98.0 % (the ceiling) and "
        "one class throughout 33.5 % (the floor). Not shown to be above the floor: “half critic”."
    )
    assert conditional_accuracy(synthetic.data()) is None
    figure = drawn(data, "conditional-accuracy")
    assert "Conditional accuracy (%)" in words(figure)
    assert "half critic" in words(figure)
    assert "dcgan" not in words(figure)


# ------------------------------------------------------------------------------- figures


def test_the_curve_of_modes_by_step(duo: SweepData) -> None:
    curve, _ = over_seeds(duo, "modes_captured", "steps")
    own = curve.runs[curve.runs["run_id"] == curve.runs["run_id"].iloc[0]]
    assert own["x"].tolist() == [20, 40, 60, 80, 100]
    assert own["value"].tolist() == [1, 2, 3, 4, 5]
    figure = drawn(duo, "modes-step")
    assert {"Training step", "Modes captured", "GAN", "PacGAN2"} <= set(words(figure))
    assert "Dotted: all 8 modes" in figure.caption
    assert "bands: 95 % intervals, as in the tables." in figure.caption


def with_pictures(config, png):
    return replace(config, pictures=lambda index, epoch: png(epoch, 1, 64))


def test_points_are_shown_through_time(synthetic) -> None:
    configs = [with_pictures(config, synthetic.png) for config in pair(synthetic)]
    figure = drawn(measured(synthetic, configs), *SAMPLES)
    assert figure.name == "samples-through-time"
    shown = words(figure)
    assert [word for word in shown if word.startswith("step")] == [
        f"step {20 * epoch}" for epoch in range(1, 6)
    ]
    assert {"GAN", "PacGAN2"} <= set(" ".join(shown).replace("seed", " ").split())


def test_times_in_a_row_are_few_and_include_both_ends(synthetic) -> None:
    configs = [with_pictures(synthetic.mixture("GAN", 1, ALONE), synthetic.png)]
    figure = drawn(measured(synthetic, configs, epochs=11), "samples-through-time")
    steps = [word for word in words(figure) if word.startswith("step")]
    assert steps == [f"step {count}" for count in (20, 60, 100, 140, 180, 220)]


def test_one_picture_of_points_is_no_row(synthetic) -> None:
    """By default only the last epoch has a picture."""
    figure = drawn(measured(synthetic, pair(synthetic)), *SAMPLES)
    assert figure.name == "samples"


def test_steps_that_were_not_kept_are_reported_as_missing(synthetic, tmp_path: Path) -> None:
    path = synthetic.write(pair(synthetic), baseline="GAN", quality=False)
    for file in path.glob("runs/run0-*/steps.parquet"):
        file.unlink()
    found, omissions = figures.all_figures(SweepData(read_sweep(path)))
    assert "The steps of “GAN” are not in the results folder" in " ".join(omissions)
    losses = next(figure for figure in found if figure.name == "losses")
    assert "PacGAN2" in words(losses)
    assert "GAN" not in words(losses)
    for file in path.glob("runs/*/steps.parquet"):
        file.unlink()
    paths = report.write(path, tmp_path / "out")
    assert not {"losses", "critic-accuracy"} & {file.stem for file in paths.figures}
    assert "The steps of “GAN” and “PacGAN2” are not in" in paths.page.read_text()


def test_critics_without_a_threshold_have_no_accuracy(synthetic) -> None:
    path = synthetic.write([synthetic.BASELINE], epochs=2)
    results = read_sweep(path)
    kept = results.steps

    def without(run_ids):
        steps = kept(run_ids)
        steps[["critic_accuracy_real", "critic_accuracy_fake"]] = np.nan
        return steps

    object.__setattr__(results, "steps", without)
    found, omissions = figures.all_figures(SweepData(results))
    assert "losses" in [figure.name for figure in found]
    assert "critic-accuracy" not in [figure.name for figure in found]
    assert any("no critic accuracy" in sentence for sentence in omissions)


# ---------------------------------------------------------------------------------- page


def test_the_page_of_a_mixture_sweep(synthetic, tmp_path: Path) -> None:
    configs = [with_pictures(config, synthetic.png) for config in pair(synthetic)]
    path = synthetic.write(configs, baseline="GAN", quality=False)
    paths = report.write(path, tmp_path / "out")
    text = paths.markdown.read_text()
    for part in (
        "- Points: 100,000 for training",
        "- Steps: 500 per run",
        "Modes captured with packing",
        "Comparison with the published table, ring: 100 of the paper’s 400,000 steps",
        "figures/samples-through-time.png",
        "figures/modes-step.png",
    ):
        assert part in text.replace("\\", "")
    assert {file.stem for file in paths.tables} >= {"mode-coverage", "published-ring"}
    rest = report.write(
        type(synthetic)(tmp_path / "b").write(epochs=1, quality=False), tmp_path / "out"
    )
    assert not list((tmp_path / "out").rglob("*mode*"))
    assert not (tmp_path / "out" / "tables" / "published-ring.csv").exists()
    assert not (tmp_path / "out" / "figures" / "samples-through-time.svg").exists()
    assert rest.page.exists()


def test_the_terminal_shows_the_modes(synthetic) -> None:
    results = read_sweep(synthetic.write(pair(synthetic), baseline="GAN", quality=False))
    assert report.summaries(results)[0].rows[1]["Modes captured ↑"] == "7.7 (2.0–8.0)"
