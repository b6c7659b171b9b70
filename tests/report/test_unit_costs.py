"""Costs are compared per real image and per generator update, not by epochs that differ."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from bench.measures import UNIT_COSTS
from bench.report import figures
from bench.report.data import SweepData, units
from bench.report.findings.packing import packing
from bench.report.findings.speed import fastest
from bench.report.tables.against_baseline import against_baseline
from bench.report.tables.equal_cost import equal_cost
from bench.report.tables.modes import mode_coverage
from bench.report.tables.summary import summary
from bench.store import read_sweep


def rows(table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


def texts(table, heading: str) -> list[str]:
    titles = [column.title for column in table.columns]
    return [row[titles.index(heading)] for row in table.rows]


def titles(table) -> str:
    return " | ".join(column.title for column in table.columns)


@pytest.fixture
def packed(synthetic) -> SweepData:
    """PacGAN4's step has four times DCGAN's images, and takes 1 / 0.48 of its time."""

    def of(label: str, pack: int, seconds: float):
        return replace(
            synthetic.BASELINE,
            label=label,
            pack=pack,
            images=32_000 * pack,
            steps=500,
            seconds=[seconds, 1.1 * seconds, 0.9 * seconds],
            plan={"batch_size": 64 * pack, "packs_per_step": 64, "samples_per_step": 64 * pack},
        )

    configs = [of("DCGAN", 1, 48.0), of("PacGAN4", 4, 100.0)]
    return synthetic.data(configs, baseline="DCGAN")


@pytest.fixture
def five_critic_steps(synthetic) -> SweepData:
    """Five critic updates per generator update: 16 generator updates an epoch instead of 79."""
    configs = [
        replace(synthetic.BASELINE, steps=79, seconds=(10.0, 11.0, 9.0)),
        replace(
            synthetic.BASELINE,
            label="five",
            steps=16,
            seconds=(6.0, 6.6, 5.4),
            plan={"packs_per_step": 320, "samples_per_step": 320},
        ),
    ]
    return synthetic.data(configs)


def test_pacgan4_is_faster_per_image_and_slower_per_update(packed: SweepData) -> None:
    table = summary(packed)
    assert texts(table, "Speed-up per 1,000 real images (×)") == ["1.00", "1.92"]
    assert texts(table, "Speed-up per generator update (×)") == ["1.00", "0.480"]
    assert texts(table, "Real images per generator update") == ["64.0", "256"]
    assert "per epoch" not in titles(table)
    assert any("no measure of cost" in note for note in table.notes)
    seconds = [float(row["seconds_per_1000_images_mean"]) for row in rows(table)]
    assert seconds == pytest.approx([48 / 32, 100 / 128], rel=0.005)
    seconds = [float(row["seconds_per_generator_update_mean"]) for row in rows(table)]
    assert seconds == pytest.approx([48 / 500, 100 / 500], rel=0.005)
    flops = [float(row["train_flops_per_generator_update"]) for row in rows(table)]
    assert flops == pytest.approx([64e8, 256e8])
    ratios = rows(against_baseline(packed))[1]
    assert float(ratios["seconds_per_1000_images_ratio"]) == pytest.approx(1 / 1.92)
    assert float(ratios["seconds_per_generator_update_ratio"]) == pytest.approx(1 / 0.48)
    assert float(ratios["train_flops_per_generator_update_ratio"]) == pytest.approx(4)
    finding = fastest(packed)
    assert finding.text.startswith(
        "“PacGAN4” trains fastest per real image: 1.92 times the speed of the baseline “DCGAN”, "
        "and 0.480 times per generator update (3 seeds)"
    )


def test_five_critic_steps_are_no_speed_up_of_generator_updates(
    five_critic_steps: SweepData,
) -> None:
    table = summary(five_critic_steps)
    assert texts(table, "Speed-up per 1,000 real images (×)")[1] == "1.67"
    # (10 s / 79) / (6 s / 16)
    assert texts(table, "Speed-up per generator update (×)")[1] == "0.338"
    assert "per epoch" not in titles(table)
    shown = table.terminal()[1]
    assert shown["Speed-up per generator update (×)"] == "0.338"
    assert shown["Time per generator update (s)"] == "0.37 (0.29–0.48)"
    assert "0.338 times per generator update" in fastest(five_critic_steps).text


def test_an_epoch_has_a_time_only_where_all_hold_the_same(synthetic) -> None:
    alike = synthetic.data()
    assert units.epochs_alike(alike)
    assert texts(summary(alike), "Time per epoch (s)")[0] == "10.1 (9.1–11.1)"
    assert "generator update (×)" not in titles(summary(alike))
    assert not any("no measure of cost" in note for note in summary(alike).notes)
    for change in ({"images": 2500}, {"steps": 10}):
        configs = [synthetic.BASELINE, replace(synthetic.SMALL_CRITIC, **change)]
        data = synthetic.data(configs)
        assert not units.epochs_alike(data)
        assert "per epoch" not in titles(summary(data)) + titles(against_baseline(data))
        assert any("no measure of cost" in note for note in against_baseline(data).notes)
    (figure,), _ = figures.all_figures(data, ["quality-epoch"])
    assert "no measure of cost" in figure.caption


def test_a_run_that_stopped_early_leaves_epochs_alike(synthetic) -> None:
    broken = replace(synthetic.SMALL_CRITIC, statuses=("completed", "diverged", "completed"))
    assert units.epochs_alike(synthetic.data([synthetic.BASELINE, broken]))


def test_the_report_computes_what_the_store_has(synthetic) -> None:
    metered = replace(synthetic.BASELINE, watts=(50, 80, 100))
    results = read_sweep(synthetic.write([metered, synthetic.SMALL_CRITIC]))
    computed = SweepData(results).runs.set_index("run_id")
    stored = results.runs.set_index("run_id")
    for measure in UNIT_COSTS:
        expected = stored[measure.name].to_dict()
        assert computed[measure.name].to_dict() == pytest.approx(expected, nan_ok=True)
    assert stored["energy_joules_per_1000_images"].notna().sum() == 3


def test_contended_times_at_equal_time_are_marked(synthetic) -> None:
    shared = replace(synthetic.SMALL_CRITIC, epoch={"contended": True})
    configs = [synthetic.BASELINE, shared, synthetic.SMALL_GENERATOR]
    table = equal_cost(synthetic.data(configs))
    assert [text.endswith("†") for text in texts(table, "Budget (s)")] == [True, False]
    assert any(note.startswith("†") for note in table.notes)


def test_points_are_called_points(synthetic) -> None:
    configs = [synthetic.mixture("GAN", 1, (8, 8, 7)), synthetic.mixture("PacGAN2", 2, (8, 8, 8))]
    data = synthetic.data(configs, baseline="GAN", quality=False)
    assert "Time per 1,000 real points (s)" in titles(summary(data))
    assert "faster per real point than" in fastest(data).text


def test_fewer_packs_per_update_are_said(synthetic) -> None:
    """``pack: 2`` in a batch of 100 leaves 50 packs where the baseline has 100."""
    halved = {"batch_size": 100, "packs_per_step": 50, "samples_per_step": 100}
    unequal = synthetic.mixture("PacGAN2", 2, (8, 8, 8), plan=halved)
    data = synthetic.data([synthetic.mixture("GAN", 1, (6, 7, 6)), unequal], baseline="GAN")
    note = (
        "Packs that the critic judges per update, the baseline’s being 100: “PacGAN2” 50. Fewer "
        "packs are fewer decisions per step; PacGAN’s paper compares at equal packs (the key "
        "packs of a grid)."
    )
    assert note in summary(data).notes
    assert note in mode_coverage(data).notes
    assert packing(data).text.endswith(
        "The packs per update differ too: “PacGAN2” judges 50, “GAN” 100, so this is not the "
        "effect of packing alone."
    )


def test_equal_packs_need_no_note(synthetic) -> None:
    configs = [synthetic.mixture("GAN", 1, (6, 7, 6)), synthetic.mixture("PacGAN2", 2, (8, 8, 8))]
    data = synthetic.data(configs, baseline="GAN")
    assert not any("Packs" in note for note in summary(data).notes)
    assert "packs per update" not in packing(data).text
