"""The tables against the Parquet files, recomputed with plain numpy and scipy."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.report.data import SweepData
from bench.report.tables import Table, all_tables
from bench.report.tables.against_baseline import against_baseline
from bench.report.tables.incomplete import incomplete
from bench.report.tables.summary import summary
from bench.store import read_sweep


def rows(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


def texts(table: Table, heading: str) -> list[str]:
    titles = [column.title for column in table.columns]
    return [row[titles.index(heading)] for row in table.rows]


def tables_of(data: SweepData) -> list[Table]:
    """All tables; none is left out."""
    found, sentences = all_tables(data)
    assert sentences == []
    return found


def named(tables: list[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)


def interval(values: list[float], scale: str = "log") -> tuple[float, float, float]:
    """Mean and ends of Student's interval on a scale, transformed back."""
    there, back = {
        "log": (np.log, np.exp),
        "share": (lambda x: np.arcsin(np.sqrt(x)), lambda x: np.sin(x) ** 2),
        "linear": (np.array, np.array),
    }[scale]
    on_scale = there(values)
    ends = stats.t.interval(0.95, len(values) - 1, np.mean(on_scale), stats.sem(on_scale))
    mean, low, high = back([np.mean(on_scale), *ends])
    return float(mean), float(low), float(high)


@pytest.fixture(scope="module")
def of_trio(trio: Path) -> SweepData:
    return SweepData(read_sweep(trio))


def test_the_main_table_is_right_against_the_parquet(trio: Path, of_trio: SweepData) -> None:
    table = rows(summary(of_trio))
    run = pd.read_parquet(sorted(trio.glob("runs/*/run.parquet")))
    epoch = pd.read_parquet(sorted(trio.glob("runs/*/epochs.parquet")))
    assert [row["configuration"] for row in table] == ["dcgan", "half generator", "half critic"]
    for row in table:
        runs = run[run["label"] == row["configuration"]].sort_values("seed")
        per_run = {r: epoch[epoch["run_id"] == r].sort_values("epoch") for r in runs["run_id"]}
        assert int(row["seeds"]) == len(runs) == 3
        for name in (
            "generator_parameters",
            "critic_parameters",
            "generator_macs",
            "critic_macs",
            "train_flops_per_image",
        ):
            assert float(row[name]) == runs[name].iloc[0]
        seconds, final, lowest, kid, precision, recall = [], [], [], [], [], []
        of_image, of_update = [], []
        for epochs in per_run.values():
            images = np.diff(np.concatenate([[0], epochs["samples_seen"].to_numpy(float)]))
            seconds.append(float(np.mean(images / epochs["images_per_second"].to_numpy())))
            trained = epochs["train_seconds"].to_numpy()
            timed = float(trained @ epochs["images_per_second"].to_numpy())
            of_image.append(1000 * trained.sum() / timed)
            images_of_update = epochs["samples_seen"].iloc[-1] / epochs["steps"].iloc[-1]
            of_update.append(trained.sum() / timed * images_of_update)
            final.append(epochs["fcd"].iloc[-1])
            lowest.append(epochs["fcd"].min())
            kid.append(epochs["kid_mean"].iloc[-1])
            precision.append(epochs["precision"].iloc[-1])
            recall.append(epochs["recall"].iloc[-1])
        expected = {
            "seconds_per_epoch": seconds,
            "seconds_per_1000_images": of_image,
            "seconds_per_generator_update": of_update,
            "peak_host_bytes": runs["peak_host_bytes"].to_numpy(float).tolist(),
            "fcd_final": final,
            "fcd_lowest_over_epochs": lowest,
            "kid_final": kid,
            "precision_final": precision,
            "recall_final": recall,
        }
        scales = {"kid_final": "linear", "precision_final": "share", "recall_final": "share"}
        for name, values in expected.items():
            mean, low, high = interval(values, scales.get(name, "log"))
            assert float(row[f"{name}_mean"]) == pytest.approx(mean, rel=1e-12)
            assert float(row[f"{name}_low_95"]) == pytest.approx(low, rel=1e-9)
            assert float(row[f"{name}_high_95"]) == pytest.approx(high, rel=1e-9)


def test_time_is_that_of_all_images_though_warm_up_is_left_out(of_trio: SweepData) -> None:
    table = rows(summary(of_trio))
    seconds = stats.gmean([10.0, 10.5, 9.7])
    assert float(table[0]["seconds_per_epoch_mean"]) == pytest.approx(seconds)
    assert float(table[0]["seconds_per_1000_images_mean"]) == pytest.approx(seconds / 5)
    assert float(table[0]["seconds_per_generator_update_mean"]) == pytest.approx(seconds / 20)


def test_final_is_the_last_and_the_lowest_says_that_it_is(synthetic) -> None:
    falling_then_rising = replace(synthetic.BASELINE, curve=lambda s, e, n: 10.0 + (e - 3) ** 2)
    table = summary(synthetic.data([falling_then_rising]))
    assert texts(table, "Final FCD ↓") == ["14.0 ± 0"]
    assert texts(table, "Lowest FCD ↓ over epochs") == ["10.0 ± 0"]


def test_cumulative_time_includes_warm_up_but_no_evaluation(of_trio: SweepData) -> None:
    own = of_trio.evaluated[
        (of_trio.evaluated["label"] == "dcgan") & (of_trio.evaluated["seed"] == 0)
    ]
    # 1.3 s of warm-up, then nine tenths of an epoch of 10 s, then whole ones.
    assert own["training_seconds"].tolist() == pytest.approx([10.3, 20.3, 30.3, 40.3, 50.3])


def test_speed_up_is_paired_by_seed(synthetic) -> None:
    slow = replace(synthetic.BASELINE, seconds=(10.0, 12.0, 14.0))
    fast = replace(synthetic.SMALL_CRITIC, seconds=(5.0, 6.0, 7.0))
    row = rows(summary(synthetic.data([slow, fast])))[1]
    # Seed by seed exactly twice as fast: no uncertainty, however far apart the seeds are.
    for name in ("speed_up", "speed_up_low_95", "speed_up_high_95"):
        assert float(row[name]) == pytest.approx(2.0, rel=1e-9)


def test_wild_seeds_have_a_wide_interval_and_a_bounded_ratio(synthetic) -> None:
    wild = replace(synthetic.SMALL_CRITIC, seconds=(0.1, 5.0, 40.0))
    table = rows(summary(synthetic.data([synthetic.BASELINE, wild])))[1]
    for name in ("seconds_per_1000_images", "speed_up"):
        low, high = float(table[f"{name}_low_95"]), float(table[f"{name}_high_95"])
        assert 0 < low < high / 100
        assert np.isfinite(high)


def test_the_baseline_is_marked_and_the_order_is_the_grids(synthetic) -> None:
    configs = [synthetic.SMALL_CRITIC, synthetic.BASELINE, synthetic.SMALL_GENERATOR]
    table = summary(synthetic.data(configs))
    assert texts(table, "Configuration") == ["half critic", "dcgan (baseline)", "half generator"]
    assert [row["configuration"] for row in rows(table)] == [
        "half critic",
        "dcgan",
        "half generator",
    ]


def test_one_seed_prints_no_interval(synthetic) -> None:
    table = summary(synthetic.data(seeds=[0]))
    assert texts(table, "Time per 1,000 real images (s)") == ["2.00", "1.60", "1.00"]
    assert texts(table, "Speed-up per 1,000 real images (×)") == ["1.00", "1.25", "2.00"]
    assert "±" not in " ".join(cell for row in table.rows for cell in row)
    assert "One seed: no interval, and no verdict." in table.notes
    assert texts(table, "Verdict on final FCD") == ["–", *["untested: one seed"] * 2]
    assert rows(table)[0]["seconds_per_1000_images_low_95"] == ""


def test_verdicts_and_their_promise_are_in_the_main_table(synthetic) -> None:
    data = synthetic.data(
        [
            replace(synthetic.BASELINE, final=(20.0, 21.0, 19.5)),
            replace(synthetic.SMALL_CRITIC, final=(40.0, 41.0, 39.0)),
            replace(synthetic.SMALL_GENERATOR, final=(20.2, 20.9, 19.6)),
        ]
    )
    table = summary(data)
    assert texts(table, "Verdict on final FCD") == [
        "–",
        "worse",
        "undecided: about 2 more seeds needed",
    ]
    assert [row["fcd_final_verdict"] for row in rows(table)] == ["", "worse", "undecided"]
    assert rows(table)[2]["fcd_final_verdict_more_seeds_needed"] == "2"
    (note,) = (note for note in table.notes if note.startswith("Verdict"))
    for part in ("together at 95 %", "Holm", "within 10 %", "80 % power"):
        assert part in note


def test_missing_quality_leaves_no_quality_column(synthetic) -> None:
    tables = tables_of(synthetic.data(quality=False))
    assert [table.name for table in tables] == ["verdicts", "summary", "against-baseline"]
    assert not any("FCD" in column.title for table in tables for column in table.columns)
    assert any("not measured" in note for note in tables[1].notes)


def test_protocols_are_never_mixed(synthetic) -> None:
    other = replace(
        synthetic.SMALL_CRITIC,
        setup={"quality_features": "inception", "quality_weights_hash": "f" * 64},
        epoch={"fid": 55.5, "fcd": None, "conditional_accuracy": 0.5},
    )
    tables = tables_of(synthetic.data([synthetic.BASELINE, synthetic.SMALL_GENERATOR, other]))
    assert [table.name for table in tables] == [
        "verdicts",
        "summary",
        "quality-protocol-1",
        "quality-protocol-2",
        "against-baseline",
    ]
    for name in ("summary", "against-baseline"):
        titles = " ".join(column.title for column in named(tables, name).columns)
        assert "FCD" not in titles
        assert "FID" not in titles
        assert "Conditional accuracy" not in titles, "it depends on the extractor too"
    first, second = (named(tables, f"quality-protocol-{i}") for i in (1, 2))
    assert texts(first, "Final FCD ↓")[2] == "–"
    assert texts(second, "Final FID ↓") == ["–", "–", "55.5 ± 0"]
    assert texts(second, "Conditional accuracy ↑ (%)") == ["–", "–", "50.0 ± 0"]
    assert "classifier" in first.notes[0]
    assert "inception" in second.notes[0]


@pytest.mark.parametrize(
    "setup",
    [
        {"quality_weights_hash": "f" * 64},
        {"quality_samples": 1000},
        {"quality_reference_hash": "e" * 64},
    ],
)
def test_every_part_of_a_protocol_keeps_tables_apart(synthetic, setup: dict[str, object]) -> None:
    other = replace(synthetic.SMALL_CRITIC, setup=setup)
    tables = tables_of(synthetic.data([synthetic.BASELINE, other]))
    assert {"quality-protocol-1", "quality-protocol-2"} <= {table.name for table in tables}


def test_the_protocol_is_stated(of_trio: SweepData) -> None:
    (note,) = (n for n in summary(of_trio).notes if n.startswith("FCD"))
    for part in ("FCD", "classifier", "abc1230000", "5,000 generated", "5,000 real", "0.800"):
        assert part in note


def test_failed_and_unstarted_runs_are_counted_and_not_averaged(synthetic) -> None:
    broken = replace(
        synthetic.SMALL_CRITIC,
        statuses=("completed", "diverged", None),
        errors=(None, "the loss is not finite", None),
    )
    data = synthetic.data([synthetic.BASELINE, broken])
    table = summary(data)
    assert texts(table, "Runs") == ["3 of 3 completed", "1 of 3 completed, 1 diverged, 1 not run"]
    assert texts(table, "Seeds") == ["3", "1"]
    assert texts(table, "Final FCD ↓")[1] == "32.0"
    assert incomplete(data).rows == [
        ["half critic", "1", "diverged", "the loss is not finite"],
        ["half critic", "2", "not run", "–"],
    ]


def test_a_configuration_that_never_ran_has_dashes(synthetic) -> None:
    absent = replace(synthetic.SMALL_CRITIC, statuses=(None, None, None))
    data = synthetic.data([synthetic.BASELINE, absent])
    cells = summary(data).rows[1]
    assert cells[:3] == ["half critic", "0", "0 of 3 completed, 3 not run"]
    assert set(cells[3:]) == {"–"}
    assert set(rows(summary(data))[1].values()) == {
        "half critic",
        "0",
        "0 of 3 completed, 3 not run",
        "",
    }


def test_contended_timings_carry_a_dagger(synthetic) -> None:
    shared = replace(synthetic.SMALL_CRITIC, epoch={"contended": True})
    table = summary(synthetic.data([synthetic.BASELINE, shared]))
    assert texts(table, "Time per 1,000 real images (s)")[0] == "2.01 (1.82–2.22)"
    assert texts(table, "Time per 1,000 real images (s)")[1] == "1.00 ± 0.05†"
    assert texts(table, "Speed-up per 1,000 real images (×)")[1].endswith("†")
    assert any(note.startswith("†") for note in table.notes)
    assert [row["seconds_per_1000_images_contended"] for row in rows(table)] == ["false", "true"]


def test_a_contended_baseline_taints_every_speed_up(synthetic) -> None:
    shared = replace(synthetic.BASELINE, epoch={"contended": True})
    table = summary(synthetic.data([shared, synthetic.SMALL_CRITIC]))
    assert not texts(table, "Time per 1,000 real images (s)")[1].endswith("†")
    assert texts(table, "Speed-up per 1,000 real images (×)")[1].endswith("†")


def test_unknown_contention_is_not_marked(synthetic) -> None:
    unknown = replace(synthetic.BASELINE, epoch={"contended": None})
    table = summary(synthetic.data([unknown, synthetic.SMALL_CRITIC]))
    assert not any("†" in cell for row in table.rows for cell in row)


def test_memory_columns_name_the_kind_of_memory(synthetic) -> None:
    gpu = {"peak_gpu_allocated_bytes": 3 * 2**30}
    on_gpu = [replace(config, epoch=gpu) for config in (synthetic.BASELINE, synthetic.SMALL_CRITIC)]
    table = summary(synthetic.data(on_gpu))
    titles = [column.title for column in table.columns]
    assert "Peak GPU memory allocated (MiB)" in titles
    assert not any("host" in title for title in titles)
    assert texts(table, "Peak GPU memory allocated (MiB)") == ["3072 ± 0", "3072 ± 0"]


def test_memories_of_different_kinds_have_columns_of_their_own(synthetic) -> None:
    gpu = replace(synthetic.BASELINE, epoch={"peak_gpu_allocated_bytes": 3 * 2**30})
    table = summary(synthetic.data([gpu, synthetic.SMALL_CRITIC]))
    assert texts(table, "Peak GPU memory allocated (MiB)")[1] == "–"
    assert texts(table, "Peak host memory (MiB)")[0] == "–"
    ratios = against_baseline(synthetic.data([gpu, synthetic.SMALL_CRITIC]))
    assert texts(ratios, "Peak host memory (×)") == ["–", "–"]


def test_energy_only_where_it_was_measured(synthetic) -> None:
    assert not any("Energy" in c.title for c in summary(synthetic.data()).columns)
    metered = replace(synthetic.BASELINE, watts=(10,) * 5)
    table = summary(synthetic.data([metered, synthetic.SMALL_CRITIC]))
    # At constant power, the energy of 5,000 images is that power for their seconds.
    joules = [row["energy_joules_per_1000_images_mean"] for row in rows(table)]
    assert float(joules[0]) == pytest.approx(10 * stats.gmean(synthetic.BASELINE.seconds) / 5)
    assert joules[1] == ""
    assert texts(table, "Energy per 1,000 real images (J)")[1] == "–"
    assert texts(table, "Energy per generator update (J)")[0] == "5.0 ± 0.5"


def test_energy_per_image_is_the_runs_energy_over_its_metered_images(synthetic) -> None:
    whole = replace(synthetic.BASELINE, watts=(50, 80, 100, 120, 70))
    # Its GPU was shared from the fourth epoch on, and its first two epochs are below 10 s.
    partly = replace(synthetic.SMALL_CRITIC, watts=(50, 80, 100))
    path = synthetic.write([whole, partly])
    epoch = pd.read_parquet(sorted(path.glob("runs/*/epochs.parquet")))
    expected: dict[str, list[float]] = {"run0": [], "run1": []}
    for run_id, of_run in epoch.groupby("run_id"):
        joules = of_run.sort_values("epoch")["energy_joules"].tolist()
        last = max(i for i, value in enumerate(joules) if pd.notna(value))
        assert pd.isna(joules[0])
        assert last == (4 if run_id.startswith("run0") else 2)
        # The first epoch was timed over nine tenths of its images only.
        images = (last + 0.9) * synthetic.IMAGES
        expected[run_id.partition("-")[0]].append(1000 * joules[last] / images)
    table = rows(summary(SweepData(read_sweep(path))))
    for row, values in zip(table, expected.values(), strict=True):
        mean, low, high = interval(values)
        assert float(row["energy_joules_per_1000_images_mean"]) == pytest.approx(mean)
        assert float(row["energy_joules_per_1000_images_low_95"]) == pytest.approx(low)
        assert float(row["energy_joules_per_1000_images_high_95"]) == pytest.approx(high)


def test_different_machines_are_noted(synthetic) -> None:
    elsewhere = replace(
        synthetic.SMALL_CRITIC, environment={"host": "laptop", "torch_version": "2.8.0"}
    )
    notes = summary(synthetic.data([synthetic.BASELINE, elsewhere])).notes
    assert any("host: desk, laptop; torch: 2.15.0, 2.8.0" in note for note in notes)
    assert not any("different machines" in note for note in summary(synthetic.data()).notes)


def test_kid_is_in_thousandths_unless_it_is_large(synthetic, of_trio: SweepData) -> None:
    assert texts(summary(of_trio), "Final KID ↓ (×10⁻³)")[0] == "20.2 ± 1.9"
    large = replace(synthetic.BASELINE, epoch={"kid_mean": 24.3})
    assert texts(summary(synthetic.data([large])), "Final KID ↓") == ["24.3 ± 0"]


def test_ratios_against_the_baseline(of_trio: SweepData) -> None:
    table = rows(against_baseline(of_trio))
    critic = table[2]
    assert float(critic["critic_parameters_ratio"]) == 0.5
    assert float(critic["train_flops_per_image_ratio"]) == pytest.approx(0.6)
    seconds = stats.gmean([5.0, 5.1, 4.9]) / stats.gmean([10.0, 10.5, 9.7])
    assert float(critic["seconds_per_1000_images_ratio"]) == pytest.approx(seconds)
    own, base = [32.0, 34.0, 33.0], [20.0, 21.0, 19.5]
    assert float(critic["fcd_final_ratio"]) == pytest.approx(stats.gmean(own) / stats.gmean(base))
    low, high = float(critic["fcd_final_ratio_low_95"]), float(critic["fcd_final_ratio_high_95"])
    alone = stats.ttest_ind(np.log(own), np.log(base), equal_var=False).confidence_interval(0.95)
    assert low < np.exp(alone.low) < np.exp(alone.high) < high, "one of two, with few seeds"
    assert critic["fcd_final_verdict"] == "worse"


def test_quality_at_equal_flops_is_read_off_the_curves(synthetic) -> None:
    flat = replace(synthetic.BASELINE, flops_per_image=100, curve=lambda s, e, n: 100.0 - 10 * e)
    cheap = replace(synthetic.SMALL_CRITIC, flops_per_image=50, curve=lambda s, e, n: 90.0 - 10 * e)
    table = rows(named(tables_of(synthetic.data([flat, cheap])), "equal-cost"))[0]
    # The cheap one ends at 5 × 50 × images, where the baseline is halfway from epoch 2 to 3.
    assert float(table["equal_training_flops"]) == 5 * 50 * synthetic.IMAGES
    assert float(table["fcd_at_equal_training_flops_mean"]) == pytest.approx(40.0)
    assert float(table["baseline_fcd_at_equal_training_flops_mean"]) == pytest.approx(75.0)
    assert float(table["fcd_at_equal_training_flops_difference_mean"]) == pytest.approx(-35.0)


def test_no_comparison_where_one_ends_before_the_other_was_evaluated(synthetic) -> None:
    tiny = replace(synthetic.SMALL_CRITIC, flops_per_image=1_000_000)
    table = named(tables_of(synthetic.data([synthetic.BASELINE, tiny])), "equal-cost")
    assert table.rows[0][1:5] == ["–"] * 4
